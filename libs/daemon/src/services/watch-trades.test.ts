import fc from 'fast-check';
import type { TradeId } from '@tercet/protocol';
import { rpc } from '@tercet/protocol';
import type { TradeView } from '../executor/port.js';
import { sampleTrade } from './testing/samples.js';
import { FakeTrades } from './testing/fake-trades.js';
import { watchTrades } from './watch-trades.js';

const bases = new Map<string, TradeView>();
/** A version of somebody's trade. */
function trade(taker: string, sequence: number, terminal = false): TradeView {
  const base = bases.get(taker) ?? sampleTrade({ taker });
  bases.set(taker, base);
  return { ...base, sequence, terminal };
}
const show = (view: TradeView): Promise<rpc.Trade> =>
  Promise.resolve(
    rpc.Trade.fromPartial({ tradeId: view.tradeId, sequence: view.sequence, ended: view.terminal }),
  );

/** A client that watches, and remembers what it was given. */
class Client {
  readonly given = new Map<string, number>();
  readonly answers: rpc.WatchTradesResponse[] = [];
  cursor = '';
  private abort = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly trades: FakeTrades) {}

  connect(tradeId?: TradeId): void {
    this.abort = new AbortController();
    const { signal } = this.abort;
    this.running = (async () => {
      for await (const answer of watchTrades({
        trades: this.trades,
        show,
        tradeId,
        cursor: this.cursor,
        signal,
      })) {
        this.answers.push(answer);
        this.given.set(answer.trade?.tradeId ?? '', answer.trade?.sequence ?? 0);
        this.cursor = answer.cursor;
      }
    })();
  }
  /** Lets everything arrive that is on its way. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
  async disconnect(): Promise<void> {
    this.abort.abort();
    await this.running;
  }
}

const given = (client: Client) =>
  client.answers.map(({ trade: t, change }) => [t?.sequence, change?.sequence]);

test('the trades as they are, then every change; ended ones are not shown first', async () => {
  const trades = new FakeTrades();
  trades.put(trade('a', 3));
  trades.put(trade('b', 9, true));
  const client = new Client(trades);
  client.connect();
  await client.settle();
  trades.put(trade('a', 4));
  trades.put(trade('c', 1));
  await client.settle();
  expect(given(client)).toEqual([
    [3, undefined],
    [4, 4],
    [1, 1],
  ]);
  await client.disconnect();
  expect(trades.listening).toBe(0);
});

test('after a reconnect only what changed, what began and ended in between included', async () => {
  const trades = new FakeTrades();
  trades.put(trade('a', 3));
  trades.put(trade('b', 2));
  trades.put(trade('c', 9, true));
  const client = new Client(trades);
  client.connect();
  await client.settle();
  await client.disconnect();
  trades.put(trade('b', 5, true));
  trades.put(trade('d', 4, true));
  client.answers.length = 0;
  client.connect();
  await client.settle();
  expect(given(client)).toEqual([
    [5, undefined],
    [4, undefined],
  ]);
  await client.disconnect();
  client.answers.length = 0;
  client.connect();
  await client.settle();
  expect(client.answers).toEqual([]);
  await client.disconnect();
});

test('a trade that goes on while another is given comes with each of its changes', async () => {
  const trades = new FakeTrades();
  for (const name of ['a', 'b']) trades.put(trade(name, 3));
  const watch = watchTrades({ trades, show, cursor: '', signal: new AbortController().signal });
  const next = async () => {
    const { value } = (await watch.next()) as { value: rpc.WatchTradesResponse };
    return [value.trade?.sequence, value.change?.sequence];
  };
  expect(await next()).toEqual([3, undefined]);
  trades.put(trade('b', 4));
  trades.put(trade('b', 5));
  expect([await next(), await next()]).toEqual([
    [4, 4],
    [5, 5],
  ]);
  await watch.return(undefined);
});

test('one trade alone, ended or not', async () => {
  const trades = new FakeTrades();
  const ended = trade('a', 3, true);
  trades.put(ended);
  trades.put(trade('b', 2));
  const client = new Client(trades);
  client.connect(ended.tradeId);
  await client.settle();
  trades.put(trade('b', 3));
  await client.settle();
  expect(given(client)).toEqual([[3, undefined]]);
  await client.disconnect();
});

test('a cursor of somebody else is refused', async () => {
  const client = watchTrades({
    trades: new FakeTrades(),
    show,
    cursor: 'nonsense',
    signal: new AbortController().signal,
  });
  await expect(client.next()).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
});

test('whatever happens in whatever order, a client that reconnects ends with every change', async () => {
  const names = ['a', 'b', 'c', 'd', 'z'];
  const happening = fc.oneof(
    fc.record({
      kind: fc.constant('step' as const),
      name: fc.constantFrom(...names),
      terminal: fc.boolean(),
    }),
    fc.constant({ kind: 'cut' as const }),
    fc.constant({ kind: 'settle' as const }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { maxLength: 25 }), async (happenings) => {
      const trades = new FakeTrades();
      const client = new Client(trades);
      const sequences = new Map<string, number>([['z', 1]]);
      // Without a first answer there is no cursor to come back with.
      trades.put(trade('z', 1));
      client.connect();
      await client.settle();
      for (const one of happenings) {
        if (one.kind === 'step') {
          const sequence = (sequences.get(one.name) ?? 0) + 1;
          sequences.set(one.name, sequence);
          trades.put(trade(one.name, sequence, one.terminal));
        } else if (one.kind === 'cut') {
          await client.disconnect();
          // What happens while nobody listens.
          const sequence = (sequences.get('a') ?? 0) + 1;
          sequences.set('a', sequence);
          trades.put(trade('a', sequence, sequence % 2 === 0));
          client.connect();
        } else {
          await client.settle();
        }
      }
      await client.settle();
      await client.disconnect();
      for (const [name, sequence] of sequences) {
        expect([name, client.given.get(trade(name, 1).tradeId)]).toEqual([name, sequence]);
      }
    }),
    { numRuns: 150 },
  );
});
