/** Observation for daemons that run inside another program: a simulation, a test. Errors are told, all else is let go. */
import type { LogFields } from './fields.js';
import type { Logger } from './logger.js';
import type { Metrics } from './metrics.js';

const quiet = () => undefined;

/** @param onError told of each error with its stack. */
export function errorsOnly(onError: (text: string) => void): Logger {
  const error = (fields: LogFields, message: string) =>
    onError(`${message}: ${fields.error instanceof Error ? (fields.error.stack ?? '') : ''}`);
  const logger: Logger = {
    ...{ trace: quiet, debug: quiet, info: quiet, warn: quiet },
    error,
    fatal: error,
    with: () => logger,
  };
  return logger;
}

/** Counts nothing. */
export const NO_METRICS: Omit<Metrics, 'contentType' | 'text' | 'counted'> = {
  fact: quiet,
  effect: quiet,
  tip: quiet,
  refused: quiet,
  alarm: quiet,
  openTrades: quiet,
  jobFired: quiet,
  measured: quiet,
};
