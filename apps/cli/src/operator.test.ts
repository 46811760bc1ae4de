/** What an operator does about payments, against a daemon over real gRPC. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rpc } from '@tercet/protocol';
import { runCli } from './program.js';
import { startFakeDaemon, type FakeDaemon } from './testing/fake-daemon.js';
import { fakeIo } from './testing/fake-io.js';
import { lostPayout, PAYMENT_HASH } from './testing/samples.js';

let home: string;
let fake: FakeDaemon | undefined;
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'tercet-cli-'));
  fake = await startFakeDaemon(home);
  fake.payments = [lostPayout()];
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
  (fake?.calls ?? []).filter((call) => call.method === method).map(({ request }) => request);
const readToken = () => ['--token-file', join(home, '.tercet/maker/tokens/read.token')];
const DECLARE = ['--declare-failed', '--may-pay-twice', '--note', 'the node was restored'];

describe('tercet payouts', () => {
  test('each payment on one line, the unknown one marked, cap and switch below', async () => {
    fake?.payments.push(
      lostPayout({ hash: '', status: rpc.PaymentStatus.OWED, node: undefined, lockedUntilHeight: 0 }),
    );
    const { code, out } = await run(['payouts', ...readToken()]);
    expect(code).toBe(0);
    const [head, unknown, owed] = out.split('\n');
    expect(head).toMatch(/^hash +for +to +amount +state +node says +since +locked until +tries +trade$/);
    expect(unknown).toMatch(
      /^9b049b04 +payout +taker +99 500 sat +unknown \(!\) +absent +2026-09-21 14:13 UTC +3 021 +0 +3f2a9c1b$/,
    );
    expect(owed).toMatch(/^- +payout +taker +99 500 sat +owed +- .* - +0 +3f2a9c1b$/);
    expect(out).toContain('60 000 sat of 5 000 000 sat sent within the last hour; 1 wait.');
    expect(out).toContain('Trading is stopped: a');
    expect(out).not.toContain('\u001b');
  });

  test('nothing under way is said', async () => {
    if (fake) fake.payments = [];
    expect((await run(['payouts'])).out).toContain('No payments under way, and nothing owed.');
  });

  test('one, in words: what it means, what the node says, what can be done', async () => {
    const { code, out } = await run(['payouts', '9b04']);
    expect(code).toBe(0);
    expect(out).toContain('payout of 99 500 sat: unknown');
    expect(out).toContain('Not known is not failed.');
    expect(out).toContain('height 3 021 at most (2 016 blocks from now)');
    expect(out).toMatch(/What the node says now\n +state +absent/);
    expect(out).toContain('tercet payouts 9b049b049b04 --look');
    expect(out).toContain('tercet payouts 9b049b049b04 --preimage HEX --note TEXT');
    expect(out).toContain('paid twice');
  });

  test('HTLCs of one that is under way', async () => {
    const htlcs = [{ amountMsat: 99_500_000n, feeMsat: 1_000n, expiryHeight: 1115, state: 'inFlight' }];
    if (fake) {
      const node = { state: 'inFlight', htlcs };
      fake.payments = [lostPayout({ status: rpc.PaymentStatus.IN_FLIGHT, node, can: ['lookUp'] })];
    }
    const { out } = await run(['payouts', '9b04']);
    expect(out).toContain(': in flight');
    expect(out).toContain('HTLC of 99 500 sat and 1 sat of fees: inFlight, until height 1 115');
  });

  test('one that is not there', async () => {
    expect(await run(['payouts', 'ffff'])).toMatchObject({ code: 6 });
  });

  test('--json is the answer of the daemon', async () => {
    const { out } = await run(['payouts', '--json']);
    expect(JSON.parse(out)).toMatchObject({
      payments: [{ hash: PAYMENT_HASH, status: 'PAYMENT_STATUS_UNKNOWN', amountMsat: '99500000' }],
    });
  });
});

describe('S3 resolving one', () => {
  test('a look-up needs nothing but the hash', async () => {
    const { code, out } = await run(['payouts', '9b04', '--look']);
    expect(code).toBe(0);
    expect(out).toContain('Nothing was recorded');
    expect(asked('resolvePayment')).toEqual([
      { hash: '9b04', preimage: '', declareFailedMayPayTwice: false, note: '' },
    ]);
  });

  test('a preimage is passed on with its note', async () => {
    const preimage = '07'.repeat(32);
    const { out } = await run(['payouts', '9b04', '--preimage', preimage, '--note', 'shown']);
    expect(out).toContain('Recorded: paymentPaid');
    expect(asked('resolvePayment')).toMatchObject([{ preimage, note: 'shown' }]);
  });

  test('S24 declared failed only after the warning is agreed to', async () => {
    const no = await run(['payouts', '9b04', ...DECLARE], { answers: [false] });
    expect(no.code).toBe(1);
    expect(no.asked[0]).toContain('it is paid twice');
    expect(asked('resolvePayment')).toEqual([]);
    expect((await run(['payouts', '9b04', ...DECLARE], { answers: [true] })).code).toBe(0);
    expect((await run(['payouts', '9b04', ...DECLARE, '--yes'])).code).toBe(0);
    expect(asked('resolvePayment')).toMatchObject([
      { declareFailedMayPayTwice: true, note: 'the node was restored' },
      { declareFailedMayPayTwice: true },
    ]);
  });

  test.each([
    ['without the risk said', ['payouts', '9b04', '--declare-failed', '--note', 'x', '--yes']],
    ['with the risk alone', ['payouts', '9b04', '--may-pay-twice', '--note', 'x', '--yes']],
    ['by nobody who could be asked', ['payouts', '9b04', ...DECLARE]],
    ['of no payment', ['payouts', '--look']],
  ])('refused as wrong usage: %s', async (_, argv) => {
    expect((await run(argv)).code).toBe(2);
    expect(asked('resolvePayment')).toEqual([]);
  });

  test('S30 the token of reading or trading does not do', async () => {
    const { code, err } = await run(['payouts', '9b04', '--look', ...readToken()]);
    expect(code).toBe(5);
    expect(err).toContain('[TOKEN_SCOPE]');
    expect(asked('resolvePayment')).toEqual([]);
  });
});

describe('S35 the kill switch', () => {
  test('stop asks nothing but why, and says what goes on', async () => {
    const { code, out } = await run(['stop-trading', '--reason', 'odd payments']);
    expect(code).toBe(0);
    expect(out).toContain('odd payments');
    expect(out).toContain('Refunds, cancels, claims and settles go');
    expect(asked('stopTrading')).toEqual([{ reason: 'odd payments' }]);
    expect((await run(['stop-trading'])).code).toBe(2);
  });

  test('resume says how long it was', async () => {
    expect((await run(['resume'])).out).toContain('it was stopped for 2 min');
    expect((await run(['resume', '--reason', 'never'])).out).toBe('Trading was not stopped.');
  });

  test.each([['stop-trading', '--reason', 'x'], ['resume']])(
    'S30 %s needs the admin token',
    async (...argv) => {
      expect((await run([...argv, ...readToken()])).code).toBe(5);
    },
  );
});
