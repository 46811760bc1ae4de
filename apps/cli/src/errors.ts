import { TercetError } from '@tercet/protocol';
import { toJson } from './format/json.js';
import { plain } from './format/plain.js';

/** The command line itself is wrong; nothing was sent to a daemon. */
export const usage = (message: string, wayOut: string): TercetError =>
  new TercetError('USAGE', message, { wayOut });

/** A person was asked and said no, or pressed Ctrl-C. */
export const declined = (): TercetError =>
  new TercetError('DECLINED', 'You did not agree. Nothing was done, no sats have moved.', {
    wayOut: 'Nothing. Run the command again when you want to.',
  });

/** Errors that aren't ours are faults of this program, or of the machine (a full disk). */
export const asTercetError = (error: unknown): TercetError =>
  error instanceof TercetError
    ? error
    : new TercetError(
        'CLI_FAILED',
        `The command line failed: ${error instanceof Error ? error.message : String(error)}. The daemon goes on by itself.`,
        { wayOut: 'Look with "tercet trades" before you repeat a command.', cause: error },
      );

/** What stands on stderr: two lines for people, one JSON document with `--json`. Causes stay inside. */
export const errorText = (error: TercetError, json: boolean): string => {
  const { code, message, wayOut } = error;
  return json
    ? toJson({ error: { code, message, wayOut } })
    : `Error: ${plain(message)}\nWhat to do: ${plain(wayOut)}\n[${code}]`;
};
