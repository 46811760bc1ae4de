/** How a page may look: nothing but text where stdout isn't a terminal. */
export interface Look {
  width: number;
  colour: boolean;
}

const styled =
  (on: string) =>
  (text: string, { colour }: Look): string =>
    colour ? `\u001b[${on}m${text}\u001b[0m` : text;

/** A heading, or what must not be overlooked. */
export const bold = styled('1');
/** Warnings. */
export const yellow = styled('33');

/** A heading and its lines, or nothing when there are none. */
export const section = (heading: string, lines: readonly string[], look: Look): string[] =>
  lines.length === 0 ? [] : ['', bold(heading, look), ...lines];
