import { describe, expect, test } from '@jest/globals';
import { sha256Hex } from '../../crypto/canonical.js';
import type { Effect } from '../../machine/effects.js';
import { fiatSent, performing } from '../../testing/steps.js';
import { ThreeParties } from '../../testing/three-parties.js';
import type { PaymentHash, Preimage } from '../../units.js';

const price = (trade: ThreeParties): bigint => trade.data('agent').terms?.priceMsat ?? 0n;
const preimages = (trade: ThreeParties) =>
  trade.delivered.filter(({ effect }) => effect.body.type === 'preimage');
const isPreimage = (_: unknown, effect: Effect) => effect.kind === 'send' && effect.body.type === 'preimage';
const secret = (trade: ThreeParties): Preimage =>
  trade.keys.agent.preimage(trade.data('agent').termsHash ?? '', 'escrow', 1);
const escrowHash = (trade: ThreeParties) => (trade.data('agent').escrowHash ?? '') as PaymentHash;

describe('PEER_HELD, maker sells', () => {
  test('S45: undecided at decide-by with fiat sent: the payee is given the preimage', () => {
    const trade = fiatSent('sell', 'PEER_HELD');
    const decideBy = trade.data('agent').locked?.decideBy ?? 0;
    trade.mineTo(decideBy - 1);
    expect(preimages(trade)).toEqual([]);
    trade.mineTo(decideBy);
    expect(trade.engines).toEqual(['done', 'done', 'released']);
    expect(trade.lightning.balance.maker).toBe(-price(trade));
    expect(trade.allTerminal).toBe(true);
  });

  test('S45: without fiat sent nothing is undecided: the payer has its sats back before', () => {
    const trade = performing('sell', 'PEER_HELD');
    trade.mineTo(trade.data('agent').locked?.decideBy ?? 0);
    expect(trade.engines).toEqual(['refunded', 'refunded', 'refunded']);
    expect(preimages(trade)).toEqual([]);
    expect(trade.allTerminal).toBe(true);
  });

  test('S9: a refund is cancelled by the payee at once, not at A', () => {
    const trade = performing('sell', 'PEER_HELD');
    trade.command('taker', 'cmdCancel');
    trade.settle();
    expect(trade.lightning.inFlight).toBe(0n);
    expect(trade.escrows).toEqual(['refunded', 'refunded', 'refunded']);
  });

  test('S60: the preimage goes to the payee only', () => {
    const trade = fiatSent('sell', 'PEER_HELD');
    trade.command('maker', 'cmdRelease');
    trade.settle();
    expect(preimages(trade).map(({ effect }) => effect.to)).toEqual(['taker']);
  });

  test.each([
    [1, 1],
    [0, 0],
  ])('S16 S34: a preimage held up until A - %i is sent %i times', (before, times) => {
    const trade = fiatSent('sell', 'PEER_HELD');
    trade.command('maker', 'cmdRelease');
    trade.settle(isPreimage);
    // Only the mail waits: at A the payee would have cancelled by itself.
    trade.tip = trade.A - before;
    trade.settle();
    expect(preimages(trade)).toHaveLength(times);
    // Later messages of the agent aren't held up by a number that never came.
    expect(trade.mail).toEqual([]);
    expect(trade.refusals).toEqual([]);
  });

  test('S56: released, but the hold is over before the preimage arrives: the payer owes and pays', () => {
    const trade = fiatSent('sell', 'PEER_HELD');
    trade.command('maker', 'cmdRelease');
    trade.settle(isPreimage);
    trade.mineTo(trade.A, isPreimage);
    trade.settle();
    expect(trade.engines).toEqual(['done', 'done', 'released']);
    expect(trade.state('taker', 'claim')).toBe('paid');
    expect(trade.lightning.balance.maker).toBe(-price(trade));
    expect(trade.allTerminal).toBe(true);
  });

  test('S56: the agent was down from decide-by to A: the default is owed all the same', () => {
    const trade = fiatSent('sell', 'PEER_HELD');
    trade.down.add('agent');
    trade.mineTo(trade.A + 3);
    trade.down.delete('agent');
    trade.fireDue();
    trade.settle();
    expect(trade.lightning.balance.maker).toBe(-price(trade));
    expect(preimages(trade)).toEqual([]);
    expect(trade.allTerminal).toBe(true);
  });

  test('S38: a wrong preimage settles nothing', () => {
    const trade = fiatSent('sell', 'PEER_HELD');
    trade.keys.agent = { ...trade.keys.agent, preimage: () => 'ee'.repeat(32) as Preimage };
    trade.command('maker', 'cmdRelease');
    trade.settle();
    expect(trade.state('taker', 'escrow')).toBe('held');
    expect(trade.data('taker').why).toContain('does not fit');
    expect(trade.done.some(({ effect }) => effect.kind === 'settleHold')).toBe(false);
  });

  test('S48: settled without a release: noticed, and a release afterwards makes it good', () => {
    const trade = fiatSent('sell', 'PEER_HELD');
    expect(sha256Hex(secret(trade))).toBe(escrowHash(trade));
    trade.lightning.steal(escrowHash(trade), 'agent', secret(trade));
    trade.settle();
    expect(trade.state('maker')).toBe('endangered');
    expect(trade.state('maker', 'escrow')).toBe('taken');
    expect(trade.data('maker').why).toContain('without your release');
    trade.command('maker', 'cmdRelease');
    trade.settle();
    expect(trade.state('maker')).toBe('done');
  });

  test('S45 S48: the node hears of the settle before the ruling comes: not robbed, only early', () => {
    const trade = fiatSent('sell', 'PEER_HELD');
    const ruling = (_: unknown, effect: Effect) =>
      effect.kind === 'send' && effect.to === 'maker' && effect.body.type === 'ruling';
    trade.mineTo(trade.data('agent').locked?.decideBy ?? 0, ruling);
    expect(trade.state('maker')).toBe('endangered');
    trade.settle();
    expect(trade.state('maker')).toBe('done');
    expect(trade.allTerminal).toBe(true);
  });

  test('S58: the agent is gone between accepted and locked: the payee cancels at lease end + 2', () => {
    const trade = new ThreeParties('sell', 'PEER_HELD');
    trade.take();
    const agentGone = (_: unknown, effect: Effect) =>
      effect.kind === 'send' &&
      (effect.body.type === 'accepted' || effect.body.type === 'payerExpiry') &&
      effect.to === 'agent';
    trade.settle(agentGone);
    trade.down.add('agent');
    const end = trade.data('taker').leaseEnd ?? 0;
    trade.mineTo(end + 1);
    expect(trade.lightning.inFlight).toBe(price(trade));
    trade.mineTo(end + 2);
    expect(trade.lightning.inFlight).toBe(0n);
    expect(trade.state('maker', 'escrow')).toBe('unpaid');
    expect(trade.data('taker').why).toContain('No locked');
    trade.down.clear();
    trade.mineTo(end + 12);
    expect(trade.allTerminal).toBe(true);
  });

  test.each<[string, ThreeParties['lightning']['arrival'], string]>([
    ['overpaid', { receivedMsat: 100_000_001n, parts: [100_000_001n] }, 'instead of'],
    ['a part below the smallest price', { parts: [99_000_000n, 1_000_000n] }, 'smallest price'],
    ['window too short', { pad: -1 }, 'window is too short'],
  ])('S15 S49 S55: %s: the payee cancels at once, and everybody is told why', (_, arrival, why) => {
    const trade = new ThreeParties('sell', 'PEER_HELD');
    trade.lightning.arrival = arrival;
    trade.take();
    trade.settle();
    expect(trade.lightning.inFlight).toBe(0n);
    expect(trade.escrows).toEqual(['unpaid', 'unlocked', 'lapsed']);
    for (const role of ['maker', 'taker', 'agent'] as const) expect(trade.data(role).why).toContain(why);
    expect(trade.freed).toBe(true);
    expect(trade.allTerminal).toBe(true);
  });

  test('S13: payer and payee see different expiries: never locked', () => {
    const trade = new ThreeParties('sell', 'PEER_HELD');
    trade.take();
    trade.settle((_, effect) => effect.kind === 'readPaymentExpiry');
    const E = trade.data('taker').accepted?.E ?? 0;
    trade.work.length = 0;
    trade.fact('maker', {
      kind: 'paymentExpiry',
      at: trade.at,
      hash: escrowHash(trade),
      E: (E + 1) as NonNullable<ReturnType<typeof trade.data>['payerExpiry']>,
      firstHopExpiry: (E + 80) as NonNullable<ReturnType<typeof trade.data>['lockedUntil']>,
    });
    trade.settle();
    expect(trade.lightning.inFlight).toBe(0n);
    expect(trade.escrows).toEqual(['unpaid', 'unlocked', 'lapsed']);
  });

  test('S9: the payee was away until its hold invoice ran out: the trade ends for all', () => {
    const trade = new ThreeParties('sell', 'PEER_HELD');
    trade.take();
    trade.settle((role, effect) => role === trade.payee && effect.kind === 'createHold');
    trade.runOutUnheard(trade.payee);
    expect(trade.escrows).toEqual(['unpaid', 'unlocked', 'lapsed']);
    expect(trade.allTerminal).toBe(true);
  });

  test('S9 S56: owed and paid before the payee heard that its hold is gone, the trade ends all the same', () => {
    const trade = fiatSent('sell', 'PEER_HELD');
    const settling: Parameters<typeof trade.settle>[0] = (_, effect) => effect.kind === 'settleHold';
    trade.command('maker', 'cmdRelease');
    trade.settle(settling);
    trade.down.add(trade.payee);
    trade.mineTo(trade.A + 1, settling);
    trade.down.delete(trade.payee);
    const told = trade.lightning.events.findIndex(({ fact }) => fact.kind === 'holdCancelled');
    const [event] = trade.lightning.events.splice(told, 1);
    trade.settle(settling);
    expect(trade.state(trade.payee, 'claim')).toBe('paid');
    if (event) trade.fact(event.role, { ...event.fact, at: trade.at });
    trade.settle();
    expect(trade.engines).toEqual(['done', 'done', 'released']);
    expect(trade.allTerminal).toBe(true);
  });
});
