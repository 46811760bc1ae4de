import { readFileSync } from 'node:fs';
import type { Context } from '../context.js';
import { usage } from '../errors.js';

export interface DetailsOptions {
  details?: string;
  detailsFile?: string;
}

export const DETAILS_HELP =
  'your account, for the buyer alone, once the escrow is locked (other users of this machine can see it: better --details-file)';

/**
 * The account that fiat is to be sent to: needed from who sells bitcoin, from nobody else. Asked for where somebody sits there.
 * Throws USAGE.
 */
export const paymentDetails = async (
  context: Context,
  sells: boolean,
  { details, detailsFile }: DetailsOptions,
): Promise<string> => {
  if (details !== undefined && detailsFile !== undefined) {
    throw usage('Both --details and --details-file were given. Nothing was sent.', 'Give one of them.');
  }
  if (!sells) {
    if (details === undefined && detailsFile === undefined) return '';
    throw usage(
      'You buy bitcoin, so nobody sends you fiat. Your account details were not sent.',
      'Leave --details out.',
    );
  }
  if (detailsFile !== undefined)
    return given(detailsFile === '-' ? await context.io.stdin() : read(detailsFile));
  if (details !== undefined) return given(details);
  if (context.json || !context.io.interactive) {
    throw usage(
      'You sell bitcoin, and it was not said where the buyer sends the fiat. Nothing was sent.',
      'Add --details-file FILE, or --details TEXT.',
    );
  }
  return given(
    await context.io.ask.text(
      'Where does the buyer send the fiat? (told to the buyer alone, once the escrow is locked)',
      {
        check: (text) => (text.trim() === '' ? 'Name the account.' : undefined),
      },
    ),
  );
};

const given = (text: string): string => {
  if (text.trim() !== '') return text.trim();
  throw usage('The account details are empty. Nothing was sent.', 'Say where the buyer sends the fiat.');
};

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw usage(
      `${path} can't be read: ${error instanceof Error ? error.message : String(error)}. Nothing was sent.`,
      'Name a file with your account details.',
    );
  }
};
