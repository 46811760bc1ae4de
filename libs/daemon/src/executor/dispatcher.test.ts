import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EffectRow, Journal } from '@tercet/journal';
import type { TradeId } from '@tercet/protocol';
import { height, TercetError, unixMs } from '@tercet/protocol';
import { laneTo } from './commit.js';
import { Dispatcher } from './dispatcher.js';
import type { Trades } from './port.js';

const TRADE = 'ab'.repeat(32) as TradeId;
const LANE = laneTo(TRADE, 'agent');

/** An outbox with one message to the agent, and an agent that is away until it is told to be there. */
function oneMessage() {
  let row: EffectRow | undefined = {
    key: `${TRADE}/1/0`,
    tradeId: TRADE,
    kind: 'send',
    body: { kind: 'send', to: 'agent' },
    lane: LANE,
    attempts: 0,
    dueMs: unixMs(0),
  };
  let isThere = false;
  let timeMs = 1_000_000;
  let told: () => void = () => undefined;
  const pauses: number[] = [];
  const journal: Partial<Journal> = {
    pendingEffects: () => Promise.resolve(row ? [row] : []),
    postponeEffect: (_key, dueMs) => {
      if (row) row = { ...row, attempts: row.attempts + 1, dueMs };
      return Promise.resolve();
    },
    finishEffect: () => {
      row = undefined;
      return Promise.resolve();
    },
  };
  const trades: Partial<Trades> = { now: () => ({ height: height(500), timeMs: unixMs(timeMs) }) };
  const dispatcher = new Dispatcher({
    journal: journal as Journal,
    trades: trades as Trades,
    deliver: () =>
      isThere
        ? Promise.resolve(undefined)
        : Promise.reject(
            new TercetError('PEER_UNREACHABLE', 'It is away.', { wayOut: 'It is tried again.' }),
          ),
    context: () => Promise.reject(new Error('a message needs none')),
    later: (_key, dueMs) => pauses.push(dueMs - timeMs),
    onTry: () => told(),
    onTrouble: (error) => {
      throw error;
    },
    exclusive: true,
  });
  /** Does something that leads to one try, and waits until the lane is free again. */
  const tried = async (act: () => void): Promise<void> => {
    const once = new Promise<void>((resolve) => {
      told = resolve;
    });
    act();
    await once;
    await nextTurn();
  };
  return {
    dispatcher,
    pauses,
    tried,
    waiting: () => row,
    comesBack: () => (isThere = true),
    /** The next try, when its time has come. */
    again: () => {
      timeMs = Math.max(timeMs, row?.dueMs ?? 0);
      return tried(() => dispatcher.start(row ? [row] : []));
    },
  };
}

describe('S26: a message whose addressee is away', () => {
  test('is tried after longer and longer pauses', async () => {
    const box = oneMessage();
    for (let tries = 0; tries < 4; tries += 1) await box.again();
    expect(box.pauses).toEqual([250, 500, 1000, 2000]);
    await box.dispatcher.close();
  });

  test('goes out as soon as the addressee is heard, whatever pause was left', async () => {
    const box = oneMessage();
    for (let tries = 0; tries < 4; tries += 1) await box.again();
    box.comesBack();
    await box.tried(() => box.dispatcher.heard(TRADE, 'agent'));
    await box.dispatcher.close();
    expect(box.waiting()).toBeUndefined();
  });

  test('begins its pauses anew when the addressee was heard and yet is not reached', async () => {
    const box = oneMessage();
    for (let tries = 0; tries < 4; tries += 1) await box.again();
    await box.tried(() => box.dispatcher.heard(TRADE, 'agent'));
    await box.again();
    expect(box.pauses.slice(4)).toEqual([250, 500]);
    await box.dispatcher.close();
  });

  test('nothing is tried for a party that nothing waits for', async () => {
    const box = oneMessage();
    box.dispatcher.heard(TRADE, 'agent');
    box.dispatcher.heard(TRADE, 'maker');
    await box.dispatcher.close();
    expect(box.pauses).toEqual([]);
  });
});
