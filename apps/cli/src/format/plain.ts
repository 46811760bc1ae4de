/** Control, format and surrogate characters: what a stranger's text could steer a terminal with. */
const STEERING = /\p{C}/gu;

/** A text that others wrote (account details, aliases, reasons) as one line that is safe on a terminal. */
export const plain = (text: string): string => text.replace(STEERING, ' ').replace(/ {2,}/g, ' ').trim();

/** The same for a text of several lines, without empty ones at its ends. */
export const plainLines = (text: string): string[] => {
  const lines = text.split(/\r?\n/).map((line) => line.replace(STEERING, ' ').trimEnd());
  const first = lines.findIndex((line) => line !== '');
  return first < 0 ? [] : lines.slice(first, lines.findLastIndex((line) => line !== '') + 1);
};
