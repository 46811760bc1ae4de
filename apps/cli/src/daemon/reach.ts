import { hasCode, TercetError } from '@tercet/protocol';

/** Errors after which a stream is opened again: the daemon is away, or ended the stream in good order. */
const PASSING = ['DAEMON_UNREACHABLE', 'NO_ANSWER_IN_TIME', 'SHUTTING_DOWN'];

/**
 * "Nobody answers" said of the daemon itself, in words for its own user. The same said by the daemon, of an agent or a
 * peer, stays as it is.
 */
export const ofOwnDaemon = (error: unknown, address: string): unknown => {
  if (!hasCode(error, 'PEER_UNREACHABLE') || error.details['address'] !== plainAddress(address)) return error;
  return new TercetError(
    'DAEMON_UNREACHABLE',
    `Your daemon doesn't answer at ${address}. Its trades are stored, but deadlines pass while it is away.`,
    {
      wayOut: 'Start it, or see that the address is right (--address, or listen in its configuration).',
      cause: error,
    },
  );
};

/** As the client writes it in its errors: `[::1]:1` without brackets. */
const plainAddress = (address: string): string => address.replace(/[[\]]/g, '');

/** Whether waiting and connecting again can help. */
export const isPassing = (error: unknown): boolean =>
  error instanceof TercetError && PASSING.includes(error.code);
