import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Commit, Journal } from '@tercet/journal';
import { openJournal } from '@tercet/journal';
import type { TradeData } from '@tercet/protocol';
import { height, TercetError, unixMs } from '@tercet/protocol';
import { SEED } from '../services/testing/fake-trades.js';
import { NOW, sampleTrade, TIP } from '../services/testing/samples.js';
import { Clock } from './clock.js';
import { Keyrings } from './keyring.js';
import { Executor, type ExecutorOptions } from './executor.js';
import type { Change, NewFact } from './port.js';
import { asJson } from './stored.js';

let folder: string;
let journal: Journal;
let changes: Change[];
let troubles: unknown[];
let nowMs: number;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tercet-executor-'));
  journal = await open();
  changes = [];
  troubles = [];
  nowMs = NOW;
});
afterEach(async () => {
  await journal.close();
  rmSync(folder, { recursive: true, force: true });
});
const open = () => openJournal({ url: `sqlite:${join(folder, 'journal.db')}`, key: new Uint8Array(32) });

const executor = (over: Partial<ExecutorOptions> = {}) =>
  new Executor({
    journal,
    keyrings: new Keyrings(SEED),
    clock: new Clock(TIP, () => nowMs),
    afterCommit: (change) => changes.push(change),
    exclusive: true,
    mayBegin: () => Promise.resolve(),
    onTrouble: (_, error) => troubles.push(error),
    ...over,
  });

/** A payee that performs, in the journal at sequence 1. */
const performing = async (data: Partial<TradeData> = {}) => {
  const { tradeId, state } = sampleTrade({ data });
  const deadlines = { 'engine.graceEnd': { height: height(TIP + 200) } };
  await journal.commit({
    tradeId,
    expectedSequence: 0,
    role: 'taker',
    fact: asJson({ fact: { kind: 'due', name: 'test', at: { height: TIP, timeMs: NOW } } }),
    state: asJson({ ...state, deadlines }),
    terminal: false,
    effects: [],
    deadlines: { set: [], clear: [] },
    hashes: [],
    claims: { take: [], release: [] },
  });
  return tradeId;
};
const sent: NewFact = { kind: 'cmdSent' };
/** A journal that does something else than the real one for its next commit. */
const onceInCommit = (
  instead: (commit: Commit) => ReturnType<Journal['commit']>,
): ExecutorOptions['journal'] => {
  let done = false;
  return {
    load: (id) => journal.load(id),
    openTrades: () => journal.openTrades(),
    newestTrades: (filter) => journal.newestTrades(filter),
    heads: () => journal.heads(),
    idsBeginning: (digits, most) => journal.idsBeginning(digits, most),
    hashHolder: (hash) => journal.hashHolder(hash),
    claimHolder: (claim) => journal.claimHolder(claim),
    facts: (id) => journal.facts(id),
    commit: (commit) => {
      if (done) return journal.commit(commit);
      done = true;
      return instead(commit);
    },
  };
};

describe('S19 S22 a step is computed from what is committed', () => {
  test('a commit whose outcome is unknown, and was written: the trade is read again', async () => {
    const tradeId = await performing();
    const trades = executor({
      journal: onceInCommit(async (commit) => {
        await journal.commit(commit);
        throw new Error('connection lost');
      }),
    });
    await expect(trades.submit(tradeId, sent)).rejects.toThrow('connection lost');
    expect((await trades.view(tradeId))?.state.machines.engine).toBe('sent');
    expect(await trades.submit(tradeId, sent)).toMatchObject({ result: 'refused' });
    expect(await journal.pendingEffects({ tradeId })).toHaveLength(2);
  });

  test('and was not written: the step is taken the next time', async () => {
    const tradeId = await performing();
    const trades = executor({ journal: onceInCommit(() => Promise.reject(new Error('connection lost'))) });
    await expect(trades.submit(tradeId, sent)).rejects.toThrow('connection lost');
    expect(await trades.submit(tradeId, sent)).toEqual({ result: 'taken', sequence: 2 });
  });

  test('a replica was faster: stepped again from its state', async () => {
    const tradeId = await performing();
    const [ours, theirs] = [executor(), executor()];
    expect((await ours.view(tradeId))?.sequence).toBe(1);
    await ours.submit(tradeId, { kind: 'paymentFailed', hash: 'ff'.repeat(32) as never, reason: 'x' });
    await theirs.submit(tradeId, sent);
    expect(await ours.submit(tradeId, { kind: 'cmdCancel', confirmed: true })).toEqual({
      result: 'taken',
      sequence: 3,
    });
  });

  test('replicas keep nothing: what one took in, the other does not refuse', async () => {
    const tradeId = await performing();
    const [ours, theirs] = [executor({ exclusive: false }), executor({ exclusive: false })];
    const notice = (sequence: number): NewFact => ({
      kind: 'notice',
      from: 'agent',
      sequence,
      envelopeId: `id ${sequence}`,
      body: { type: 'notice', what: 'released', hash: null, text: '' },
    });
    for (const [n, trades] of [ours, theirs, ours, theirs].entries())
      expect(await trades.submit(tradeId, notice(n + 1))).toMatchObject({ result: 'taken' });
  });

  test('a reader never puts back an older state than the one committed', async () => {
    const tradeId = await performing();
    let read: () => void = () => undefined;
    const slow = new Promise<void>((resolve) => {
      read = resolve;
    });
    let loads = 0;
    const trades = executor({
      journal: {
        ...onceInCommit((commit) => journal.commit(commit)),
        load: async (id) => {
          const row = await journal.load(id);
          if ((loads += 1) === 1) await slow;
          return row;
        },
      },
    });
    const early = trades.view(tradeId);
    await trades.submit(tradeId, sent);
    read();
    expect((await early)?.sequence).toBe(1);
    expect((await trades.view(tradeId))?.sequence).toBe(2);
  });
});

describe('S21 each transition applies once', () => {
  test('the same envelope again, and the same effect again', async () => {
    const tradeId = await performing();
    const trades = executor();
    expect(await trades.submit(tradeId, sent, { eventId: 'e' })).toMatchObject({ result: 'taken' });
    const [effect] = await journal.pendingEffects({ tradeId });
    const finishes = effect?.key ?? '';
    const cancel: NewFact = { kind: 'cmdCancel', confirmed: true };
    await journal.finishEffect(finishes, 'done');
    expect(await trades.submit(tradeId, cancel, { finishes })).toEqual({ result: 'ignored' });
    expect((await trades.view(tradeId))?.state.machines.engine).toBe('sent');
    expect(await trades.submit(tradeId, cancel, { eventId: 'e' })).toEqual({ result: 'ignored' });
  });

  test('two at once are taken one after the other', async () => {
    const tradeId = await performing();
    const trades = executor();
    const outcomes = await Promise.all([trades.submit(tradeId, sent), trades.submit(tradeId, sent)]);
    expect(outcomes.map(({ result }) => result)).toEqual(['taken', 'refused']);
  });

  test.each<[string, number, string]>([
    ['before its height', TIP + 199, 'ignored'],
    ['at its height', TIP + 200, 'taken'],
  ])('a deadline fired %s', async (_, tip, result) => {
    const tradeId = await performing({ performingUntil: height(TIP + 164) });
    const clock = new Clock(TIP);
    clock.seen(height(tip));
    const trades = executor({ clock });
    const fired = await trades.submit(tradeId, { kind: 'due', name: 'engine.graceEnd' });
    expect(fired.result).toBe(result);
    expect(await trades.submit(tradeId, { kind: 'due', name: 'engine.gone' })).toEqual({ result: 'ignored' });
  });
});

describe('S7 optional work can not undo a step', () => {
  test('a listener that throws is told of, and the others hear of the step', async () => {
    const tradeId = await performing();
    const trades = executor();
    const heard: string[] = [];
    trades.onChange(() => {
      throw new Error('a page broke');
    });
    trades.onChange(({ path }) => heard.push(...path));
    expect(await trades.submit(tradeId, sent)).toMatchObject({ result: 'taken' });
    expect(heard).toEqual(['engine.performing:cmdSent']);
    expect(troubles).toEqual([new Error('a page broke')]);
  });
});

test('S25 what a table can not read fails its own trade only, and an unknown trade is said to be unknown', async () => {
  const tradeId = await performing({ locked: undefined });
  const trades = executor();
  const ack: NewFact = {
    kind: 'performingAck',
    from: 'agent',
    sequence: 1,
    envelopeId: 'x',
    body: { type: 'performingAck', performingUntil: height(TIP) },
  };
  await trades.submit(tradeId, ack);
  nowMs += 1;
  expect(trades.now().timeMs).toBe(unixMs(NOW + 1));
  await expect(trades.submit('00'.repeat(16) as never, sent)).rejects.toMatchObject({
    code: 'TRADE_NOT_FOUND',
  });
});

describe('S35 new trades are refused in the core, whoever asks', () => {
  const refuse = () => Promise.reject(new TercetError('TRADING_STOPPED', 'no', { wayOut: 'wait' }));

  test('none begins, and nothing is written', async () => {
    const { tradeId, state } = sampleTrade();
    const trades = executor({ mayBegin: refuse });
    await expect(trades.create(state.data, sent)).rejects.toMatchObject({ code: 'TRADING_STOPPED' });
    expect(await journal.load(tradeId)).toBeUndefined();
  });

  test('one that runs goes on, by whatever call', async () => {
    const tradeId = await performing();
    const trades = executor({ mayBegin: refuse });
    expect(await trades.create(sampleTrade().state.data, sent)).toMatchObject({ result: 'taken' });
    expect((await trades.view(tradeId))?.state.machines.engine).toBe('sent');
  });
});
