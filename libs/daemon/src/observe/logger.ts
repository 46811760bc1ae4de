import { pino, type DestinationStream } from 'pino';
import { allowedFields, type LogFields } from './fields.js';
import { scrub } from './scrub.js';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

type Write = (fields: LogFields, message: string) => void;

/** The only way to a log line: fields that are allowed, then a fixed sentence. */
export type Logger = Readonly<Record<LogLevel, Write>> & {
  /** The same logger with fields on each line. */
  with(fields: LogFields): Logger;
};

/** Names that never hold anything a log may show, wherever they turn up; the second net under the list of allowed fields. */
const REDACTED = [
  'macaroon',
  'preimage',
  'seed',
  'token',
  'password',
  'paymentDetails',
  'details.paymentDetails',
];

/**
 * JSON lines on standard output. Secrets can't get through (S36): fields outside the list of fields.ts are left out, every text is
 * scrubbed, and what pino itself would add (host name, bindings) is named here.
 */
export const createLogger = (options: {
  name: string;
  level: LogLevel;
  destination?: DestinationStream;
}): Logger => {
  const root = pino(
    {
      level: options.level,
      base: { service: options.name },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
      redact: { paths: [...REDACTED, ...REDACTED.map((path) => `*.${path}`)], censor: '***' },
    },
    // Synchronous: the last lines before a crash are the ones that matter.
    options.destination ?? pino.destination({ fd: 1, sync: true }),
  );
  const wrap = (bound: LogFields): Logger => {
    const write =
      (level: LogLevel): Write =>
      (fields, message) => {
        if (root.isLevelEnabled(level)) root[level](allowedFields({ ...bound, ...fields }), scrub(message));
      };
    return {
      trace: write('trace'),
      debug: write('debug'),
      info: write('info'),
      warn: write('warn'),
      error: write('error'),
      fatal: write('fatal'),
      with: (fields) => wrap({ ...bound, ...fields }),
    };
  };
  return wrap({});
};
