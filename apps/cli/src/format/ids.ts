import { TercetError } from '@tercet/protocol';
import { usage } from '../errors.js';

const SHORTEST = 8;
const LENGTH = 64;

/** How many digits tell these ids apart, at least 8. */
export const digitsFor = (ids: readonly string[]): number => {
  for (let digits = SHORTEST; digits < LENGTH; digits++) {
    if (new Set(ids.map((id) => id.slice(0, digits))).size === new Set(ids).size) return digits;
  }
  return LENGTH;
};

/** An id or its first digits, as typed. Throws USAGE. */
export const typedId = (text: string): string => {
  const id = text.trim().toLowerCase();
  if (/^[0-9a-f]{1,64}$/.test(id)) return id;
  throw usage(
    `"${text}" is not an id. Nothing was sent.`,
    'Write the id, or its first digits, as a list shows it.',
  );
};

/** The one id that begins so. Throws ORDER_NOT_FOUND, USAGE where several do. */
export const oneOf = (ids: readonly string[], start: string): string => {
  const [found, ...more] = ids.filter((id) => id.startsWith(start));
  if (found === undefined) {
    throw new TercetError('ORDER_NOT_FOUND', `There is no offer ${start} here. Nothing was done.`, {
      wayOut: 'See them all with "tercet offer list --all".',
    });
  }
  if (more.length > 0) {
    throw usage(
      `${more.length + 1} offers begin with ${start}. Nothing was done.`,
      'Write more digits of the id.',
    );
  }
  return found;
};
