/** Characters, not UTF-16 units; a wide one counts as one all the same. */
const widthOf = (text: string): number => Array.from(text).length;

/** Columns as wide as their widest cell, two blanks between them; `right` names the columns of numbers. */
export const table = (
  head: readonly string[],
  rows: readonly string[][],
  right: readonly number[] = [],
): string => {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => widthOf(row[column] ?? ''))));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => {
        const gap = ' '.repeat(Math.max(0, (widths[column] ?? 0) - widthOf(cell)));
        return right.includes(column) ? gap + cell : cell + gap;
      })
      .join('  ')
      .trimEnd();
  return all.map(line).join('\n');
};

/** Breaks a text at blanks so that no line is longer than `width`, each line indented. A longer word stays whole. */
export const wrap = (text: string, width: number, indent = 0): string[] => {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent + line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((each) => ' '.repeat(indent) + each);
};

/** `label  value` lines, values aligned and wrapped under themselves; a pair without a value is left out. */
export const fields = (
  pairs: readonly (readonly [string, string])[],
  width: number,
  indent = 2,
): string[] => {
  const given = pairs.filter(([, value]) => value !== '');
  const column = indent + Math.max(0, ...given.map(([label]) => label.length)) + 2;
  return given.flatMap(([label, value]) => {
    const [first = '', ...rest] = wrap(value, width, column);
    return [`${' '.repeat(indent)}${label}`.padEnd(column) + first.trimStart(), ...rest];
  });
};
