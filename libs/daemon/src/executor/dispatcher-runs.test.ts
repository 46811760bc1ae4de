import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EffectRow, Journal } from '@tercet/journal';
import { openJournal } from '@tercet/journal';
import type { TradeId } from '@tercet/protocol';
import { height, unixMs } from '@tercet/protocol';
import { Dispatcher, type DispatcherOptions } from './dispatcher.js';
import type { NewFact, Outcome } from './port.js';

const A = 'aa'.repeat(16) as TradeId;
const B = 'bb'.repeat(16) as TradeId;
let folder: string;
let journal: Journal;
let nowMs: number;
/** What was delivered, by the envelope's content. */
let delivered: string[];
let later: [key: string, dueMs: number][];
let troubles: unknown[];
let deliver: DispatcherOptions['deliver'];
let submitted: NewFact[];
let outcome: Outcome;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tercet-dispatcher-'));
  journal = await openJournal({ url: `sqlite:${join(folder, 'journal.db')}`, key: new Uint8Array(32) });
  nowMs = 1_000_000;
  delivered = [];
  later = [];
  troubles = [];
  submitted = [];
  outcome = { result: 'taken', sequence: 1 };
  deliver = (_, { envelope }) => {
    delivered.push(envelope.content);
    return Promise.resolve(undefined);
  };
});
afterEach(async () => {
  await journal.close();
  rmSync(folder, { recursive: true, force: true });
});

const dispatcher = (over: Partial<DispatcherOptions> = {}) =>
  new Dispatcher({
    journal,
    trades: {
      now: () => ({ height: height(1), timeMs: unixMs(nowMs) }),
      submit: async (_, fact, options) => {
        submitted.push(fact);
        if (outcome.result === 'taken' && options?.finishes !== undefined)
          await journal.finishEffect(options.finishes, fact.kind);
        return outcome;
      },
    },
    deliver: (tradeId, effect) => deliver(tradeId, effect),
    context: () => Promise.reject(new Error('no node here')),
    later: (key, dueMs) => later.push([key, dueMs]),
    onTrouble: (error) => troubles.push(error),
    exclusive: true,
    ...over,
  });

const sequences = new Map<TradeId, number>();
beforeEach(() => sequences.clear());
/** Commits messages of one trade to one party; answers the rows. */
const ask = async (tradeId: TradeId, ...contents: string[]): Promise<EffectRow[]> => {
  const expectedSequence = sequences.get(tradeId) ?? 0;
  sequences.set(tradeId, expectedSequence + 1);
  const envelope = (content: string) => ({
    id: '',
    pubkey: '',
    created_at: 0,
    kind: 0,
    tags: [],
    content,
    sig: '',
  });
  const answer = await journal.commit({
    tradeId,
    expectedSequence,
    role: 'taker',
    fact: null,
    state: null,
    terminal: false,
    effects: contents.map((content) => ({
      kind: 'send',
      body: { kind: 'send', to: 'agent', envelope: envelope(content) },
      lane: `${tradeId}/agent`,
    })),
    deadlines: { set: [], clear: [] },
    hashes: [],
    claims: { take: [], release: [] },
  });
  if (answer.result !== 'committed') throw new Error(answer.result);
  return answer.effects;
};
const gate = () => {
  let open: () => void = () => undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, passed };
};
const unreachable = () => Promise.reject(new Error('away'));

describe('lanes', () => {
  test('S26 messages of one trade to one party go out in their order', async () => {
    const work = dispatcher();
    const first = await ask(A, '1', '2', '3');
    work.start(first);
    work.start(await ask(A, '4'));
    await work.idle();
    expect(delivered).toEqual(['1', '2', '3', '4']);
    expect(await journal.pendingEffects()).toEqual([]);
  });

  test('S26 what is asked for at the very moment a lane is done is not left lying', async () => {
    const work = dispatcher();
    for (let n = 1; n <= 60; n += 1) {
      const rows = await ask(A, String(n));
      work.start(rows);
      // Ends up in every turn between the last look and the end of the lane.
      for (let turns = 0; turns < n % 30; turns += 1) await Promise.resolve();
    }
    await work.idle();
    expect(delivered).toEqual(Array.from({ length: 60 }, (_, n) => String(n + 1)));
  });

  test('S28 a party that does not answer holds up no other trade', async () => {
    const { open, passed } = gate();
    const quick = deliver;
    deliver = async (tradeId, effect) => {
      if (tradeId === A) await passed;
      return quick(tradeId, effect);
    };
    const work = dispatcher();
    work.start(await ask(A, 'slow'));
    const rows = await ask(B, 'quick');
    work.start(rows);
    while (delivered.length === 0) await new Promise(setImmediate);
    expect(delivered).toEqual(['quick']);
    open();
    await work.idle();
    expect(delivered).toEqual(['quick', 'slow']);
  });

  test('the head of a lane that failed waits for its time, whatever comes behind it', async () => {
    const reach = deliver;
    deliver = unreachable;
    const work = dispatcher();
    work.start(await ask(A, '1'));
    await work.idle();
    expect(later).toEqual([[`${A}/1/0`, nowMs + 250]]);
    deliver = reach;
    work.start(await ask(A, '2'));
    await work.run(`${A}/1/0`);
    await work.idle();
    expect(delivered).toEqual([]);
    nowMs += 250;
    await work.run(`${A}/1/0`);
    await work.idle();
    expect(delivered).toEqual(['1', '2']);
  });

  test('S26 the clock is set back by a day: what was put off for a second goes with the next reconcile', async () => {
    const reach = deliver;
    deliver = unreachable;
    const work = dispatcher();
    work.start(await ask(A, '1'));
    await work.idle();
    deliver = reach;
    nowMs -= 24 * 60 * 60 * 1000;
    work.start(await ask(A, '2'));
    await work.idle();
    await work.runDue();
    await work.idle();
    expect(delivered).toEqual(['1', '2']);
  });

  test('backoff doubles up to a minute', async () => {
    deliver = unreachable;
    const work = dispatcher();
    work.start(await ask(A, '1'));
    await work.idle();
    for (let n = 0; n < 10; n += 1) {
      nowMs = later.at(-1)?.[1] ?? 0;
      await work.run(`${A}/1/0`);
      await work.idle();
    }
    const due = later.map(([, at]) => at);
    expect(due.map((at, n) => at - (due[n - 1] ?? 1_000_000))).toEqual([
      250, 500, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000,
    ]);
  });

  test('a journal that can not be read is told of, and the next reconcile goes on', async () => {
    let broken = true;
    const work = dispatcher({
      journal: {
        ...journal,
        pendingEffects: (filter) =>
          broken ? Promise.reject(new Error('disk')) : journal.pendingEffects(filter),
      },
    });
    work.start(await ask(A, '1'));
    await work.idle();
    expect(troubles).toEqual([new Error('disk')]);
    broken = false;
    await work.runDue();
    await work.idle();
    expect(delivered).toEqual(['1']);
  });
});

describe('results', () => {
  const refusal = { code: 'WRONG_TERMS', text: 'no', wayOut: 'none' };
  test('S8 an effect is done with its result, in one transaction', async () => {
    deliver = () =>
      Promise.resolve({ kind: 'undelivered', to: 'agent', type: 'solicit', code: 'X', text: 'x' });
    const work = dispatcher();
    work.start(await ask(A, '1'));
    await work.idle();
    expect(submitted).toHaveLength(1);
    expect(await journal.effect(`${A}/1/0`)).toMatchObject({ done: true, outcome: 'undelivered' });
  });
  test.each<[string, Outcome, object]>([
    ['known already: done', { result: 'ignored' }, { done: true }],
    [
      'refused: it stays asked for and is seen',
      { result: 'refused', refusal },
      { done: false, lastError: 'WRONG_TERMS' },
    ],
  ])('a result that is %s', async (_, answer, expected) => {
    outcome = answer;
    deliver = () =>
      Promise.resolve({ kind: 'undelivered', to: 'agent', type: 'solicit', code: 'X', text: 'x' });
    const work = dispatcher();
    work.start(await ask(A, '1'));
    await work.idle();
    expect(await journal.effect(`${A}/1/0`)).toMatchObject(expected);
  });
});

describe('S1 a payment is tried by one replica at a time', () => {
  const pay = async (): Promise<EffectRow[]> => {
    const answer = await journal.commit({
      tradeId: A,
      expectedSequence: 0,
      role: 'agent',
      fact: null,
      state: null,
      terminal: false,
      effects: [{ kind: 'pay', body: { kind: 'pay' } }],
      deadlines: { set: [], clear: [] },
      hashes: [],
      claims: { take: [], release: [] },
    });
    return answer.result === 'committed' ? answer.effects : [];
  };
  test('the second finds it claimed, and takes it over when the first has died', async () => {
    const tries: string[] = [];
    const { open, passed } = gate();
    const replica = (name: string) =>
      dispatcher({
        exclusive: false,
        context: async () => {
          tries.push(name);
          await passed;
          throw new Error('node away');
        },
      });
    const [one, two] = [replica('one'), replica('two')];
    one.start(await pay());
    while (tries.length === 0) await new Promise(setImmediate);
    await two.runDue();
    await two.idle();
    expect(tries).toEqual(['one']);
    nowMs += 180_000;
    await two.runDue();
    while (tries.length === 1) await new Promise(setImmediate);
    expect(tries).toEqual(['one', 'two']);
    open();
    await Promise.all([one.idle(), two.idle()]);
  });
});

test('closing waits for what runs and takes up nothing new; the journal has it', async () => {
  const { open, passed } = gate();
  const quick = deliver;
  deliver = async (...args) => {
    await passed;
    return quick(...args);
  };
  const work = dispatcher();
  work.start(await ask(A, '1', '2'));
  await new Promise(setImmediate);
  const closed = work.close();
  work.start(await ask(B, '3'));
  open();
  await closed;
  expect(delivered).toEqual(['1']);
  expect(await journal.pendingEffects()).toHaveLength(2);
});
