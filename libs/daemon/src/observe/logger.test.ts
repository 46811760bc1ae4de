import { TercetError } from '@tercet/protocol';
import { createLogger, type LogLevel } from './logger.js';
import type { LogFields } from './fields.js';
import { scrub } from './scrub.js';

const SECRETS = {
  preimage: 'f0e1d2c3'.repeat(8),
  macaroon: '0201036c6e64'.repeat(20),
  invoice: `lnbcrt100u1p${'q3zxv9a8'.repeat(20)}`,
  nsec: `nsec1${'qpzry9x8gf2tvdw0'.repeat(4)}`,
  words: 'abandon ability able about above absent absorb abstract absurd abuse access accident',
  token: 'dGVyY2V0LXRva2Vu'.repeat(6),
  password: 'hunter2hunter2',
};

const lines = (
  level: LogLevel,
  log: (logger: ReturnType<typeof createLogger>) => void,
): Record<string, unknown>[] => {
  const written: string[] = [];
  log(
    createLogger({ name: 'maker-daemon', level, destination: { write: (line) => void written.push(line) } }),
  );
  return written.map((line) => JSON.parse(line) as Record<string, unknown>);
};

/** Fields as a careless caller would pass them, past the types. */
const careless = (fields: Record<string, unknown>): LogFields => fields;

describe('S36 secrets never in logs', () => {
  const ways: [string, (secret: string) => (logger: ReturnType<typeof createLogger>) => void][] = [
    ['in the message', (secret) => (logger) => logger.info({}, `lnd said: no route for ${secret}`)],
    ['in an allowed field', (secret) => (logger) => logger.info({ why: `got ${secret}` }, 'refused')],
    [
      'in a field that is not allowed',
      (secret) => (logger) => logger.info(careless({ body: secret }), 'took'),
    ],
    ['in an object', (secret) => (logger) => logger.info(careless({ reason: { secret } }), 'took')],
    ['in a bound field', (secret) => (logger) => logger.with(careless({ extra: secret })).info({}, 'took')],
    [
      'in an error',
      (secret) => (logger) => logger.error({ error: new Error(`failed: ${secret}`) }, 'failed'),
    ],
    [
      'in a cause, in details and in a way out',
      (secret) => (logger) =>
        logger.error(
          {
            error: new TercetError('X', `no: ${secret}`, {
              wayOut: `try ${secret}`,
              details: { got: secret },
              cause: new Error(secret),
            }),
          },
          'failed',
        ),
    ],
    ['in a thrown text', (secret) => (logger) => logger.error({ error: `lost ${secret}` }, 'failed')],
  ];
  const named = Object.entries(SECRETS).filter(([name]) => name !== 'password');
  test.each(ways)('%s', (_, way) => {
    for (const [, secret] of named) {
      const output = JSON.stringify(lines('trace', way(secret)));
      expect(output).not.toContain(secret);
      expect(output).toContain('maker-daemon');
    }
  });

  test.each([
    ['a URL', `connect to redis://user:${SECRETS.password}@host:1 failed`, 'redis://***@host:1'],
    ['a named value', `{"password": "${SECRETS.password}"}`, '"password": "***"'],
    ['a named value, plain', `macaroon=${SECRETS.password} refused`, 'macaroon=*** refused'],
  ])('%s', (_, text, expected) => {
    expect(scrub(text)).not.toContain(SECRETS.password);
    expect(scrub(text)).toContain(expected);
  });

  test('an invoice under the name of an id is no id', () => {
    expect(
      JSON.stringify(lines('info', (logger) => logger.info({ peer: SECRETS.invoice }, 'x'))),
    ).not.toContain(SECRETS.invoice);
  });
});

describe('what a line says', () => {
  test('ids whole, amounts as text, level and service by name, left-out fields named', () => {
    const tradeId = 'ab'.repeat(32);
    const [line] = lines('info', (logger) =>
      logger
        .with({ tradeId })
        .info(careless({ height: 812_345, amountMsat: 10_000n, invoice: 'x' }), 'locked'),
    );
    expect(line).toMatchObject({
      level: 'info',
      service: 'maker-daemon',
      tradeId,
      height: 812_345,
      amountMsat: '10000',
      msg: 'locked',
      withheld: ['invoice'],
    });
  });

  test('an error of ours keeps code, words and way out; its causes follow', () => {
    const error = new TercetError('NODE_LOCKED', 'The wallet of lnd is locked.', {
      wayOut: 'Unlock it.',
      cause: new Error('rpc error'),
    });
    const [line] = lines('info', (logger) => logger.error({ error }, 'start refused'));
    expect(line?.['error']).toMatchObject({
      code: 'NODE_LOCKED',
      message: 'The wallet of lnd is locked.',
      wayOut: 'Unlock it.',
      cause: { message: 'rpc error' },
    });
  });

  test('an ordinary sentence stays as it is', () => {
    const sentence =
      'the hold ends at height 812345 and nothing was paid, so ask the other side for new terms at once';
    expect(scrub(sentence)).toBe(sentence);
  });

  test('below the level nothing is written', () => {
    expect(lines('warn', (logger) => logger.info({}, 'quiet'))).toEqual([]);
  });
});
