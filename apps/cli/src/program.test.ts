import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rpc, TercetError } from '@tercet/protocol';
import { runCli } from './program.js';
import { startFakeDaemon, type FakeDaemon } from './testing/fake-daemon.js';
import { fakeIo } from './testing/fake-io.js';
import { buyersTrade, ORDER_ID, TRADE_ID } from './testing/samples.js';

let home: string;
let fake: FakeDaemon | undefined;
const daemon = (): FakeDaemon => {
  if (!fake) throw new Error('not started');
  return fake;
};
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'tercet-cli-'));
  fake = await startFakeDaemon(home);
});
afterEach(async () => {
  await fake?.stop();
  rmSync(home, { recursive: true, force: true });
});

const run = async (argv: string[], options?: Parameters<typeof fakeIo>[1]) => {
  const io = fakeIo(home, options);
  const code = await runCli(argv, io);
  return { code, out: io.shown(), err: io.complained(), asked: io.asked };
};
const asked = (method: string): object[] =>
  daemon()
    .calls.filter((call) => call.method === method)
    .map(({ request }) => request);

describe('reading', () => {
  test('status, with what a stranger wrote made harmless', async () => {
    const { code, out } = await run(['status']);
    expect(code).toBe(0);
    expect(out).toContain('maker 0.1.0 on regtest');
    expect(out).toContain('No agent is ready.');
    expect(out).toContain('1 sat 500 msat');
    expect(out).not.toContain('\u001b');
  });

  test('--json is one document, amounts as strings, wherever the flag stands', async () => {
    for (const argv of [
      ['--json', 'status'],
      ['status', '--json'],
    ]) {
      const { code, out } = await run(argv);
      expect(code).toBe(0);
      expect(JSON.parse(out)).toMatchObject({ role: 'ROLE_MAKER', owedMsat: '1500', tipHeight: 1005 });
    }
  });

  test('trades and one trade by its first digits', async () => {
    expect((await run(['trades'])).out).toContain('3f2a9c1b');
    expect((await run(['trade', '3F2A'])).out).toContain('Where are my sats');
    const { out } = await run(['trade', '3f2a', '--json']);
    expect(JSON.parse(out)).toMatchObject({
      trade: { tradeId: TRADE_ID, sats: { amountMsat: '100000000' } },
    });
  });

  test('all of a long history, page after page, the newest last', async () => {
    const [first] = daemon().trades;
    const ids = ['a', 'b', 'c', 'd', 'e'].map((digit) => digit.repeat(64));
    daemon().trades = ids.map((tradeId) => ({ ...(first as rpc.Trade), tradeId, ended: true }));
    const { out } = await run(['trades', '--all', '--json']);
    const { trades } = JSON.parse(out) as { trades: { tradeId: string }[] };
    expect(trades.map(({ tradeId }) => tradeId)).toEqual(ids);
    expect(asked('listTrades')).toHaveLength(3);
  });

  test('evidence, to stdout or to a new file of one’s own', async () => {
    expect((await run(['evidence', '3f2a'])).out).toBe('{"terms":{}}');
    const file = join(home, 'evidence.json');
    expect((await run(['evidence', '3f2a', '--out', file])).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe('{"terms":{}}');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect((await run(['evidence', '3f2a', '--out', file])).err).toContain('[FILE_EXISTS]');
  });
});

describe('what moves sats is agreed to first', () => {
  test('release asks, and a no does nothing', async () => {
    const { code, err, asked: questions } = await run(['release', '3f2a'], { answers: [false] });
    expect(code).toBe(1);
    expect(err).toContain('Nothing was done');
    expect(questions[0]).toContain(
      "Have the 95.00 EUR arrived on your account? Releasing gives the buyer 100 500 sat 250 msat, and can't be undone",
    );
    expect(asked('release')).toEqual([]);
  });

  test('release by the whole id, whatever was typed', async () => {
    expect((await run(['release', '3f2a'], { answers: [true] })).code).toBe(0);
    expect((await run(['release', '3f2a', '--yes'])).code).toBe(0);
    expect(asked('release')).toEqual([{ tradeId: TRADE_ID }, { tradeId: TRADE_ID }]);
  });

  test.each([['release'], ['release', '--json']])(
    'nobody to ask: %s is wrong usage without --yes',
    async (...argv) => {
      const { code, err } = await run([...argv, '3f2a']);
      expect(code).toBe(2);
      expect(err).toContain('--yes');
      expect(asked('release')).toEqual([]);
    },
  );

  test('take shows what the shapes mean before it asks', async () => {
    const order = join(home, 'order.json');
    writeFileSync(order, '{"order":1}\n');
    const {
      code,
      out,
      asked: questions,
    } = await run(['take', order, '--role', 'maker'], {
      answers: ['PEER_HELD', true],
    });
    expect(code).toBe(0);
    expect(out).toContain('who could take the sats');
    expect(out).toContain('height 1 500 at the latest');
    expect(questions[1]).toContain(
      'You buy 100 000 sat for 95.00 EUR under PEER_HELD. The retain fee of 10 sat 432 msat',
    );
    expect(asked('take')).toMatchObject([
      { orderUri: '{"order":1}', shape: rpc.Shape.PEER_HELD, agentKey: '' },
    ]);
  });

  test('an order with an obstacle is not taken', async () => {
    daemon().order.obstacles = ['No agent in common.'];
    const { code, err } = await run(['take', 'tercet:order/x', '--yes']);
    expect(code).toBe(4);
    expect(err).toContain("can't be taken now: No agent in common. Nothing was promised or paid.");
    expect(asked('take')).toEqual([]);
  });

  test('cancel passes the rule’s warning on, and sends the loss only when it was confirmed', async () => {
    daemon().refusal = new TercetError('CONFIRM_LOSS', 'You said that you sent the fiat.', {
      wayOut: 'If that is what you want: tercet cancel ID --confirm-loss',
    });
    const piped = await run(['cancel', '3f2a']);
    expect(piped.code).toBe(4);
    expect(piped.err).toContain('What to do: If that is what you want: tercet cancel ID --confirm-loss');
    const person = await run(['cancel', '3f2a'], { answers: [false] });
    expect(person.asked).toEqual(['You said that you sent the fiat. Cancel all the same?']);
    await run(['cancel', '3f2a', '--confirm-loss']);
    expect(asked('cancel').map((request) => (request as rpc.CancelRequest).confirm)).toEqual([
      false,
      false,
      true,
    ]);
  });
});

describe('offers', () => {
  const sell = [
    'offer',
    'sell',
    '100_000',
    '95.00',
    'EUR',
    '--method',
    'SEPA instant',
    '--settlement-minutes',
    '10',
  ];

  test('sell: exact amounts, details from a file, the order in a new file', async () => {
    const [details, out] = [join(home, 'iban'), join(home, 'order.json')];
    writeFileSync(details, 'Alice\nDE02\n');
    const { code } = await run([...sell, '--details-file', details, '--shape', 'peer-held', '--out', out]);
    expect(code).toBe(0);
    expect(asked('createOffer')).toMatchObject([
      {
        side: rpc.Side.SELL,
        amountMsat: 100_000_000n,
        fiat: { currency: 'EUR', amountMinor: 9500n, decimals: 2 },
        method: { name: 'SEPA instant', settlementMinutes: 10, reversibleHours: 0 },
        paymentDetails: 'Alice\nDE02',
        shapes: [rpc.Shape.PEER_HELD],
      },
    ]);
    expect(readFileSync(out, 'utf8')).toBe('{"order":1}');
  });

  test('no order is made for a file that can not be written, and no file for an order that is refused', async () => {
    const taken = join(home, 'order.json');
    writeFileSync(taken, 'mine');
    const into = (out: string) => run([...sell, '--details', 'DE02', '--out', out]);
    expect(await into(taken)).toMatchObject({
      code: 4,
      err: expect.stringContaining('[FILE_EXISTS]') as string,
    });
    const nowhere = join(home, 'no folder', 'order.json');
    expect(await into(nowhere)).toMatchObject({
      code: 2,
      err: expect.stringContaining("can't be written") as string,
    });
    expect(asked('createOffer')).toEqual([]);
    expect(readFileSync(taken, 'utf8')).toBe('mine');

    daemon().refusal = new TercetError('NO_AGENT_READY', 'No agent is ready.', { wayOut: 'Wait.' });
    const refused = join(home, 'refused.json');
    expect((await into(refused)).err).toContain('[NO_AGENT_READY]');
    expect(existsSync(refused)).toBe(false);
  });

  test('a seller is asked for its account, a buyer’s is never sent', async () => {
    expect((await run(sell)).code).toBe(2);
    expect((await run(sell, { answers: ['DE02'] })).asked[0]).toContain(
      'Where does the buyer send the fiat?',
    );
    expect((await run([...sell.with(1, 'buy'), '--details', 'DE02'])).code).toBe(2);
    expect(asked('createOffer')).toHaveLength(1);
  });

  test('list and withdraw', async () => {
    expect((await run(['offers'])).out).toContain('77aa77aa  open');
    expect((await run(['offer', 'withdraw', '77'])).out).toContain('withdrawn');
    expect(asked('withdrawOffer')).toEqual([{ orderId: ORDER_ID }]);
    expect((await run(['offer', 'withdraw', '12'])).code).toBe(6);
  });
});

describe('watch', () => {
  const answer = (sequence: number, ended = false): rpc.WatchTradesResponse =>
    rpc.WatchTradesResponse.fromPartial({
      trade: buyersTrade({ ended }),
      change: { sequence, kind: `fact${sequence}`, height: 1005 },
      cursor: `c${sequence}`,
    });
  const away = new TercetError('SHUTTING_DOWN', 'The daemon is shutting down.', { wayOut: 'Connect again.' });

  test('resumes after the last cursor, and ends with the trade', async () => {
    daemon().streams.push(
      { answers: [answer(1), answer(2)], end: away },
      { answers: [], end: away },
      { answers: [answer(3, true)] },
    );
    const { code, out, err } = await run(['watch', '3f2a', '--json']);
    expect(code).toBe(0);
    expect(out.split('\n').map((line) => (JSON.parse(line) as { cursor: string }).cursor)).toEqual([
      'c1',
      'c2',
      'c3',
    ]);
    expect(asked('watchTrades')).toEqual(['', 'c2', 'c2'].map((cursor) => ({ tradeId: TRADE_ID, cursor })));
    expect(err.split('\n')).toHaveLength(1);
  });

  test('lines for people', async () => {
    daemon().streams.push({ answers: [answer(1, true)] });
    expect((await run(['watch', '3f2a'])).out).toBe(
      '3f2a9c1b  height 1 005  fact1; your sats: held until height 1 432; you can: sent, cancel; over',
    );
  });
});

describe('errors', () => {
  test('an unknown trade', async () => {
    const { code, err, out } = await run(['trade', 'ffff', '--json']);
    expect([code, out]).toEqual([6, '']);
    expect(JSON.parse(err)).toEqual({
      error: {
        code: 'TRADE_NOT_FOUND',
        message: 'There is no trade ffff here.',
        wayOut: 'See them all with "tercet trades --all".',
      },
    });
  });

  test('a daemon that is away', async () => {
    await daemon().stop();
    const { code, err } = await run(['status', '--timeout', '5']);
    expect(code).toBe(3);
    expect(err).toContain("Your daemon doesn't answer at 127.0.0.1:");
    expect(err).toContain('[DAEMON_UNREACHABLE]');
  });

  test('a daemon that never ran here', async () => {
    const { code, err } = await run(['status', '--role', 'taker']);
    expect(code).toBe(3);
    expect(err).toContain('[CERT_FILE_MISSING]');
  });

  test('a token that is for reading only, and one of another daemon', async () => {
    const read = join(home, '.tercet', 'maker', 'tokens', 'read.token');
    const refused = await run(['release', '3f2a', '--yes', '--token-file', read]);
    expect(refused.code).toBe(5);
    expect(refused.err).toContain('[TOKEN_SCOPE]');
    writeFileSync(read, 'x\n');
    expect((await run(['status', '--token-file', read])).err).toContain('[TOKEN_UNKNOWN]');
  });

  test.each([
    [['tradse'], 'Did you mean'],
    [['trade'], "Missing required argument 'id'"],
    [['trade', 'xyz'], 'is not an id'],
    [['status', '--timeout', '0'], '--timeout'],
    [['offer', 'sell', '1', '1.00', 'EUR'], '--method'],
    [[], 'No command was given'],
  ])('wrong usage: %j', async (argv, message) => {
    const { code, err } = await run(argv);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });

  test('help is an answer, not an error', async () => {
    const { code, out, err } = await run(['--help']);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('Exit codes:');
    expect((await run(['offer', 'sell', '--help'])).out).toContain('--details-file');
  });
});

describe('init', () => {
  const folder = (): string => join(home, '.tercet', 'taker');
  const init = ['init', '--role', 'taker'];

  test('for scripts: configuration and seed, private, once', async () => {
    const agent = `${'ab'.repeat(32)}@127.0.0.1:10301#${'cd'.repeat(32)}`;
    const { code, out } = await run([...init, '--json', '--lnd-socket', '127.0.0.1:1', '--agent', agent]);
    expect(code).toBe(0);
    const { words } = JSON.parse(out) as { words: string[] };
    expect(words).toHaveLength(24);
    expect(JSON.parse(readFileSync(join(folder(), 'config.json'), 'utf8'))).toEqual({
      agents: [{ key: 'ab'.repeat(32), address: '127.0.0.1:10301', fingerprint: 'cd'.repeat(32) }],
      lnd: { socket: '127.0.0.1:1' },
    });
    for (const file of ['config.json', 'seed'])
      expect(statSync(join(folder(), file)).mode & 0o777).toBe(0o600);

    const again = await run(init);
    expect(again.code).toBe(4);
    expect(again.err).toContain('[SET_UP_ALREADY]');

    const seed = readFileSync(join(folder(), 'seed'), 'utf8');
    rmSync(folder(), { recursive: true });
    expect((await run([...init, '--words-file', '-'], { stdin: words.join('\n') })).code).toBe(0);
    expect(readFileSync(join(folder(), 'seed'), 'utf8')).toBe(seed);
  });

  test('with a person: words once, questions only for what no option said', async () => {
    const {
      code,
      out,
      asked: questions,
    } = await run([...init, '--lnd-socket', 'a:1'], {
      answers: ['signet', '', '/m.macaroon', ''],
    });
    expect(code).toBe(0);
    expect(questions).toHaveLength(4);
    expect(out).toMatch(/ {3}1 [a-z]+ /);
    expect(JSON.parse(readFileSync(join(folder(), 'config.json'), 'utf8'))).toEqual({
      network: 'signet',
      agents: [],
      lnd: { socket: 'a:1', certPath: '~/.lnd/tls.cert', macaroonPath: '/m.macaroon' },
    });
  });

  test('what is there stays: a seed without a configuration', async () => {
    await run([...init, '--no-input']);
    const seed = readFileSync(join(folder(), 'seed'), 'utf8');
    rmSync(join(folder(), 'config.json'));
    const { code, out } = await run([...init, '--no-input']);
    expect(code).toBe(0);
    expect(out).toContain('(was there, left as it is)');
    expect(readFileSync(join(folder(), 'seed'), 'utf8')).toBe(seed);
  });

  test.each([
    [['--network', 'bitcoin'], 'real money'],
    [['--lnd-socket', 'nowhere'], 'lnd.socket'],
    [['--agent', 'x'], 'KEY@HOST:PORT#FINGERPRINT'],
    [['--words-file', '-'], '24 words'],
  ])('nothing is written when %j is refused', async (argv, message) => {
    const { err } = await run([...init, '--no-input', ...argv], { stdin: 'one two' });
    expect(err).toContain(message);
    // Nor an empty folder, by which the daemon would count as set up.
    expect(existsSync(folder())).toBe(false);
  });
});
