import { describe, expect, test } from '@jest/globals';
import { TABLES } from '../parties.js';
import { ThreeParties } from '../testing/three-parties.js';
import { cancelNeedsConfirmation } from './commands.js';
import { NEXT, SATS, whereAreMySats } from './sats.js';

describe('D7: where the sats are is said for every state of every table', () => {
  test.each(TABLES.map((table) => [table.name, table] as const))('%s', (name, table) => {
    const said = { ...SATS, ...NEXT }[name] ?? {};
    expect(Object.keys(said).sort()).toEqual(Object.keys(table.states).sort());
  });
});

describe('C14: the answer follows the trade', () => {
  const answer = (trade: ThreeParties, role: 'maker' | 'taker' | 'agent') =>
    whereAreMySats(trade.states[role], trade.at);

  test('before anything is held: nothing, nobody', () => {
    const trade = new ThreeParties('sell', 'AGENT_HELD');
    expect(answer(trade, 'maker')).toMatchObject({
      where: 'nothing',
      holder: 'nobody',
      amountMsat: 0n,
      can: [],
    });
    trade.take();
    expect(answer(trade, 'taker').can).toEqual(['cmdCancel']);
  });

  test.each([
    ['AGENT_HELD', 'agent', 'agent', 'self'],
    ['PEER_HELD', 'taker', 'self', 'taker'],
  ] as const)(
    '%s: held names who holds it, and the height of the payer',
    (shape, forPayer, forPayee, forAgent) => {
      const trade = new ThreeParties('sell', shape);
      trade.take();
      trade.settle();
      const payer = answer(trade, 'maker');
      expect(payer).toMatchObject({ where: 'held', holder: forPayer, can: ['cmdRelease'] });
      // The expiry of the payer's own first hop, which is later than A.
      expect(payer.untilHeight).toBe(trade.states.maker.data.lockedUntil);
      expect(payer.text).toContain(`height ${String(payer.untilHeight)}`);
      expect(answer(trade, 'taker')).toMatchObject({
        where: 'held',
        holder: forPayee,
        untilHeight: trade.states.taker.data.locked?.A,
        can: ['cmdSent', 'cmdCancel'],
      });
      expect(answer(trade, 'agent')).toMatchObject({ where: 'held', holder: forAgent, can: [] });
    },
  );

  test('S52: an external wallet may be locked for 2016 blocks from the height of the hold', () => {
    const trade = new ThreeParties('sell', 'AGENT_HELD', { externalWallet: ['maker'] });
    trade.take();
    trade.settle();
    expect(answer(trade, 'maker')).toMatchObject({ where: 'underWay', untilHeight: trade.tip + 2016 });
    trade.payElsewhere();
    trade.settle();
    const h = trade.states.maker.data.locked?.h ?? 0;
    trade.tip += 5;
    expect(answer(trade, 'maker')).toMatchObject({ where: 'held', untilHeight: h + 2016 });
  });

  test('S52: before the expiry is read, the bound is tip + cltv_limit', () => {
    const trade = new ThreeParties('sell', 'AGENT_HELD');
    trade.take();
    trade.settle((_, effect) => effect.kind === 'pay' && effect.purpose === 'escrow');
    expect(answer(trade, 'maker').untilHeight).toBe(trade.tip + 432 + 203);
  });

  test('S59: "sent" is no longer offered when it would come too late; a cancel after it must be confirmed', () => {
    const trade = new ThreeParties('sell', 'AGENT_HELD');
    trade.take();
    trade.settle();
    const until = trade.states.taker.data.performingUntil ?? 0;
    const spare = (trade.states.taker.data.terms?.windows.settlementBlocks ?? 0) + 6;
    const late = { ...trade.at, height: until - spare + 1 } as typeof trade.at;
    expect(whereAreMySats(trade.states.taker, late).can).toEqual(['cmdCancel']);
    expect(cancelNeedsConfirmation(trade.states.taker, trade.at)).toBe(false);
    trade.command('taker', 'cmdSent');
    expect(cancelNeedsConfirmation(trade.states.taker, trade.at)).toBe(true);
  });
});
