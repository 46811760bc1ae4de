import { TercetError } from '@tercet/protocol';
import type { Logger } from '../observe/index.js';

type Close = () => Promise<void> | void;

/** Told of each part that didn't close. */
export type CloseTrouble = (part: string, why: 'failed' | 'late', error?: unknown) => void;

/**
 * Closes what was opened, in reverse order: who came last leans on who came before. Each part has its own time; a part that fails or
 * hangs doesn't keep the others from closing, since the journal, closed among the last, is what must be whole.
 */
export interface Shutdown {
  /** Aborted when the shutdown begins: streams and waits end with it. */
  readonly signal: AbortSignal;
  /**
   * Registers a part right after it was opened. While a shutdown already runs the part is closed with the rest, and
   * SHUTTING_DOWN is thrown so that a start in progress opens nothing more.
   */
  onClose(part: string, close: Close, seconds?: number): void;
  /** From now on troubles go to this log. */
  logTo(logger: Logger): void;
  /** Runs once; a second call waits for the first. Answers whether every part closed in time. */
  close(): Promise<boolean>;
}

const CLOSE_SECONDS = 20;

const shuttingDown = (part: string): TercetError =>
  new TercetError(
    'SHUTTING_DOWN',
    `The daemon is shutting down, ${part} is closed again. Nothing was started.`,
    {
      wayOut: 'Start the daemon again.',
    },
  );

export const createShutdown = (trouble: CloseTrouble, defaultSeconds = CLOSE_SECONDS): Shutdown => {
  const parts: { part: string; close: Close; seconds: number }[] = [];
  const begun = new AbortController();
  let logger: Logger | undefined;
  let running: Promise<boolean> | undefined;
  let clean = true;

  const report: CloseTrouble = (part, why, error) => {
    clean = false;
    if (logger)
      logger.error(
        { name: part, error },
        why === 'late' ? 'a part took too long to close' : 'a part failed to close',
      );
    else trouble(part, why, error);
  };
  const closeOne = async ({ part, close, seconds }: (typeof parts)[number]): Promise<void> => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), seconds * 1_000);
    });
    try {
      // In an async function, so that a close that throws at once is caught as well.
      const closed = (async () => close())();
      if ((await Promise.race([closed, late])) === 'late') {
        report(part, 'late');
        closed.catch((error: unknown) => report(part, 'failed', error));
      }
    } catch (error) {
      report(part, 'failed', error);
    } finally {
      clearTimeout(timer);
    }
  };
  const closeAll = async (): Promise<boolean> => {
    begun.abort();
    // Popped one by one: a start in progress may still add a part.
    for (let next = parts.pop(); next; next = parts.pop()) {
      logger?.debug({ name: next.part }, 'closing');
      await closeOne(next);
    }
    return clean;
  };

  return {
    signal: begun.signal,
    onClose(part, close, seconds = defaultSeconds) {
      parts.push({ part, close, seconds });
      if (!begun.signal.aborted) return;
      // The round in progress may have ended: whoever waits for close() next waits for this part too.
      running = (running ?? Promise.resolve(true)).then(closeAll);
      throw shuttingDown(part);
    },
    logTo(to) {
      logger = to;
    },
    close() {
      running ??= closeAll();
      return running;
    },
  };
};
