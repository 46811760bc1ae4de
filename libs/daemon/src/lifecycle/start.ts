import { TercetError } from '@tercet/protocol';
import { scrub } from '../observe/index.js';
import { EXIT, exitCodeOfRefusal, exitCodeOfSignal } from './exit-codes.js';
import { createShutdown, type Shutdown } from './shutdown.js';

/** The process as a daemon's start and end need it; tests bring their own. */
export interface Host {
  onSignal(listener: (signal: 'SIGTERM' | 'SIGINT') => void): void;
  /** An exception or rejection that nobody caught. */
  onFault(listener: (error: unknown) => void): void;
  exit(code: number): void;
  /** A line for the person who started it. */
  print(line: string): void;
}

const thisProcess: Host = {
  onSignal(listener) {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => listener(signal));
  },
  // An unhandled rejection arrives here too, Node makes it one.
  onFault: (listener) => process.on('uncaughtException', listener),
  exit: (code) => process.exit(code),
  print: (line) => process.stderr.write(`${line}\n`),
};

/** How long a start that was told to stop may take to notice. */
const STOP_START_MS = 20_000;

const sentence = (name: string, error: unknown): string => {
  if (error instanceof TercetError) return scrub(`${name}: ${error.message} ${error.wayOut} [${error.code}]`);
  const what = error instanceof Error ? error.message : String(error);
  return scrub(
    `${name}: it failed in a way it has no words for (${what}). What the journal holds is safe. Start it again with logLevel debug, and report what it logs. [FAULT]`,
  );
};

/**
 * Runs a daemon: `main` opens its parts one by one and registers each with the shutdown it is given; when it returns, the daemon is
 * ready and lives until SIGTERM or SIGINT. Ends with an exit code of exit-codes.ts.
 *
 * A start that fails prints one sentence with the way out, without a stack, and closes what was open: never a half-started process.
 * A first signal closes all in order, a second one ends at once. An exception nobody caught closes all in order with code 1: its
 * state is unknown, the journal's is not.
 */
export const runDaemon = async (
  name: string,
  main: (shutdown: Shutdown) => Promise<void>,
  host: Host = thisProcess,
): Promise<void> => {
  const shutdown = createShutdown((part, why, error) =>
    host.print(
      `${name}: ${part} ${why === 'late' ? 'took too long to close' : `failed to close: ${scrub(String(error))}`}`,
    ),
  );
  let ended = false;
  const end = (code: number): void => {
    if (ended) return;
    ended = true;
    host.exit(code);
  };
  const started = (async () => main(shutdown))();
  const startEnds = async (): Promise<boolean> => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), STOP_START_MS);
    });
    // How it ends doesn't matter here: a failure after the signal is the shutdown's doing.
    const ends = Promise.allSettled([started]).then(() => true);
    const ended = await Promise.race([ends, late]);
    clearTimeout(timer);
    return ended;
  };
  const endInOrder = async (code: number): Promise<void> => {
    await shutdown.close();
    const stopped = await startEnds();
    // Again: a start in progress may have registered one more part.
    const clean = (await shutdown.close()) && stopped;
    end(code === EXIT.ok && !clean ? EXIT.unclean : code);
  };

  host.onSignal((signal) => {
    if (shutdown.signal.aborted) end(exitCodeOfSignal(signal));
    else void endInOrder(EXIT.ok);
  });
  host.onFault((error) => {
    host.print(sentence(name, error));
    if (shutdown.signal.aborted) end(EXIT.fault);
    else void endInOrder(EXIT.fault);
  });

  try {
    await started;
  } catch (error) {
    // Stopped by a signal during the start: endInOrder is at work.
    if (shutdown.signal.aborted) return;
    host.print(sentence(name, error));
    await endInOrder(error instanceof TercetError ? exitCodeOfRefusal(error.code) : EXIT.fault);
  }
};
