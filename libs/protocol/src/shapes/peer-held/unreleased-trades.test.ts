/** PEER_HELD, whole trades in which an agent gives the preimage away before anybody released. */
import { describe, expect, test } from '@jest/globals';
import type { Effect } from '../../machine/effects.js';
import type { Body, BodyType, Role } from '../../messages/bodies.js';
import { says } from '../../testing/cases.js';
import { fiatSent, performing } from '../../testing/steps.js';
import type { ThreeParties } from '../../testing/three-parties.js';
import { whereAreMySats } from '../../view/sats.js';

const SIDES = ['sell', 'buy'] as const;
const sent = (type: BodyType) => (_: unknown, effect: Effect) =>
  effect.kind === 'send' && effect.body.type === type;
const pays = (_: unknown, effect: Effect) => effect.kind === 'pay' && effect.purpose === 'payout';
const price = (trade: ThreeParties): bigint => trade.data('agent').terms?.priceMsat ?? 0n;
const payouts = (trade: ThreeParties) =>
  trade.done.filter(({ effect }) => effect.kind === 'pay' && effect.purpose === 'payout').length;

/** What a party says by hand, counted among what its daemon sends. */
function lies(trade: ThreeParties, from: Role, to: Role, body: Body): void {
  const fact = says(from, body)(trade.data(to), trade.tip);
  trade.fact(to, { ...fact, at: trade.at });
  const state = trade.states[from];
  const count = (state.data.sent[to] ?? 0) + 1;
  trade.states[from] = { ...state, data: { ...state.data, sent: { ...state.data.sent, [to]: count } } };
}

/** The agent gives the payee the preimage before its time, and the payee's node settles. */
function leaked(trade: ThreeParties, hold?: (role: Role, effect: Effect) => boolean): ThreeParties {
  const { payee, keys } = trade;
  const preimage = keys.agent.preimage(trade.data('agent').termsHash ?? '', 'escrow', 1);
  const text = keys.agent.seal(preimage, keys[payee].publicKey);
  lies(trade, 'agent', payee, { type: 'preimage', sealed: { to: payee, text }, feeInvoice: null });
  trade.settle(hold);
  return trade;
}
/** The agent tells the payee of a refund. */
const rules = (trade: ThreeParties, by: 'cancel' | 'deadline' | 'default' | 'lease') =>
  lies(trade, 'agent', trade.payee, { type: 'ruling', for: 'payer', by, why: 'Ruled so.' });
const graceEnd = (trade: ThreeParties) => (trade.data('agent').performingUntil ?? 0) + 36;

describe.each(SIDES)('S48 settled without a release, maker: %s', (side) => {
  test('it is owed, both are told, and nothing is paid before it is decided', () => {
    const trade = leaked(performing(side, 'PEER_HELD'));
    expect(trade.escrows).toEqual(['taken', 'unreleased', 'held']);
    const { payer, payee } = trade;
    expect(whereAreMySats(trade.states[payee], trade.at)).toMatchObject({ where: 'owing', holder: 'self' });
    expect(whereAreMySats(trade.states[payer], trade.at).text).toContain('without your release');
    expect(payouts(trade)).toBe(0);
  });

  test('S56 refunded: the payee pays it back once, on an invoice of the payer', () => {
    const trade = leaked(performing(side, 'PEER_HELD'));
    trade.mineTo(graceEnd(trade));
    expect(trade.engines).toEqual(['refunded', 'refunded', 'refunded']);
    expect(payouts(trade)).toBe(1);
    expect(trade.lightning.balance[trade.payer]).toBe(side === 'sell' ? 0n : trade.lightning.balance.taker);
    expect(trade.lightning.balance[trade.payee]).toBeLessThanOrEqual(0n);
    expect(trade.allTerminal).toBe(true);
  });

  test('S56 the agent is gone, and no fiat was sent: it goes back at A', () => {
    const trade = leaked(performing(side, 'PEER_HELD'));
    trade.down.add('agent');
    trade.mineTo(trade.A - 1);
    expect(trade.state(trade.payee, 'escrow')).toBe('unreleased');
    trade.mineTo(trade.A);
    expect(trade.engines.slice(0, 2)).toEqual(['refunded', 'refunded']);
    expect(payouts(trade)).toBe(1);
  });

  test('S45 the agent is gone, and fiat was sent: the default of the terms holds at A', () => {
    const trade = leaked(fiatSent(side, 'PEER_HELD'));
    trade.down.add('agent');
    trade.mineTo(trade.A);
    expect(trade.state(trade.payee)).toBe('done');
    expect(payouts(trade)).toBe(0);
  });

  test('A9 a release makes it the payee’s own', () => {
    const trade = leaked(fiatSent(side, 'PEER_HELD'));
    trade.command(trade.payer, 'cmdRelease');
    trade.settle();
    expect(trade.engines).toEqual(['done', 'done', 'released']);
    expect(payouts(trade)).toBe(0);
    trade.mineTo(trade.A + 200);
    expect(trade.allTerminal).toBe(true);
  });

  test('A9 the release comes between the preimage and the settle: released, as if in order', () => {
    const trade = leaked(fiatSent(side, 'PEER_HELD'), (_, effect) => effect.kind === 'settleHold');
    trade.command(trade.payer, 'cmdRelease');
    trade.settle((_, effect) => effect.kind === 'settleHold');
    expect(trade.state(trade.payee, 'escrow')).toBe('settling');
    trade.settle();
    expect(trade.engines).toEqual(['done', 'done', 'released']);
  });

  test('S47 an agent that rules a refund which the terms do not allow moves nothing', () => {
    const trade = leaked(fiatSent(side, 'PEER_HELD'));
    for (const by of ['cancel', 'deadline', 'default', 'lease'] as const) rules(trade, by);
    trade.settle();
    expect(trade.state(trade.payee, 'escrow')).toBe('unreleased');
    const waiting = trade.data(trade.payee).early.map(({ kind }) => kind);
    expect(waiting).toEqual(['ruling', 'ruling', 'ruling', 'ruling']);
    expect(payouts(trade)).toBe(0);
  });
});

describe.each(SIDES)('S1 S48 a release and a repayment exclude each other, maker: %s', (side) => {
  /** Owed back, and the payer hasn't answered yet. */
  const refunded = () => {
    const trade = leaked(performing(side, 'PEER_HELD'));
    trade.mineTo(graceEnd(trade), sent('obligation'));
    expect(trade.state(trade.payee, 'debt')).toBe('owed');
    return trade;
  };

  test('released before the payer was asked for an invoice: it gives none, and the debt is void', () => {
    const trade = refunded();
    trade.command(trade.payer, 'cmdRelease');
    trade.settle();
    expect(trade.engines.slice(0, 2)).toEqual(['done', 'done']);
    expect(payouts(trade)).toBe(0);
    expect(trade.lightning.balance[trade.payee]).toBeGreaterThan(0n);
    expect(trade.allTerminal).toBe(true);
  });

  test.each([
    ['is being made', (_: unknown, effect: Effect) => effect.kind === 'makeInvoice'],
    ['is on its way', sent('freshInvoice')],
    ['is being paid', pays],
  ])('the payer’s invoice %s: it can no longer release', (_, hold) => {
    const trade = refunded();
    trade.settle(hold);
    expect(trade.command(trade.payer, 'cmdRelease')).toMatchObject({
      result: 'refused',
      refusal: { code: 'BEING_REPAID' },
    });
    expect(whereAreMySats(trade.states[trade.payer], trade.at).can).toEqual([]);
    trade.settle();
    expect(trade.engines.slice(0, 2)).toEqual(['refunded', 'refunded']);
    expect(payouts(trade)).toBe(1);
    expect(trade.allTerminal).toBe(true);
  });

  test('S2 a payer that releases by hand while it is being paid: paid once, and nothing more', () => {
    const trade = refunded();
    trade.settle(pays);
    lies(trade, trade.payer, trade.payee, { type: 'release' });
    trade.settle();
    expect(trade.engines.slice(0, 2)).toEqual(['refunded', 'refunded']);
    expect(payouts(trade)).toBe(1);
  });

  test('S1 S3 the payment fails, and a release was signed by hand meanwhile: nothing is tried again', () => {
    const trade = refunded();
    trade.settle(pays);
    lies(trade, trade.payer, trade.payee, { type: 'release' });
    trade.lightning.verdict = () => ({ failed: 'NO_ROUTE' });
    trade.settle();
    expect(trade.state(trade.payee, 'debt')).toBe('resting');
    trade.lightning.verdict = () => ({});
    trade.wait(60 * 60 * 1000);
    expect(trade.state(trade.payee)).toBe('done');
    expect(payouts(trade)).toBe(1);
  });

  test('S56 the payment fails: paid on the next invoice, once', () => {
    const trade = refunded();
    let failures = 2;
    trade.lightning.verdict = () => (failures-- > 0 ? { failed: 'NO_ROUTE' } : {});
    trade.settle();
    for (let tries = 0; tries < 3; tries += 1) trade.wait(60 * 60 * 1000);
    expect(trade.engines.slice(0, 2)).toEqual(['refunded', 'refunded']);
    expect(trade.lightning.paid.filter((line) => line.startsWith(`${trade.payee} `))).toHaveLength(
      side === 'sell' ? 2 : 1,
    );
    expect(trade.allTerminal).toBe(true);
  });

  test('S48 the payer’s invoice ran out unpaid: it may release again', () => {
    const trade = refunded();
    trade.settle(sent('freshInvoice'));
    trade.mineTo(trade.tip + 22 * 144, sent('freshInvoice'));
    expect(trade.command(trade.payer, 'cmdRelease')).toMatchObject({ result: 'taken' });
    trade.settle();
    for (let tries = 0; tries < 3; tries += 1) trade.wait(60 * 60 * 1000);
    expect(trade.engines.slice(0, 2)).toEqual(['done', 'done']);
    expect(trade.allTerminal).toBe(true);
  });

  test('S2 S45 the agent decides for the payee while the payer is being paid: its invoice stays', () => {
    const trade = refunded();
    trade.settle(pays);
    lies(trade, 'agent', trade.payer, { type: 'ruling', for: 'payee', by: 'default', why: 'Ruled so.' });
    expect(trade.state(trade.payer, 'escrow')).toBe('taken');
    trade.settle();
    expect(trade.engines.slice(0, 2)).toEqual(['refunded', 'refunded']);
  });

  test('S27 the payee asks before the payer’s node has told of the settle: answered then', () => {
    const trade = leaked(performing(side, 'PEER_HELD'), (_, effect) => effect.kind === 'settleHold');
    trade.mineTo(graceEnd(trade), (_, effect) => effect.kind === 'settleHold');
    trade.down.add(trade.payer);
    trade.settle();
    const late = trade.lightning.events.splice(0);
    trade.down.delete(trade.payer);
    trade.settle();
    expect(trade.state(trade.payer, 'claim')).toBe('none');
    trade.lightning.events.push(...late);
    trade.settle();
    expect(trade.engines.slice(0, 2)).toEqual(['refunded', 'refunded']);
    expect(payouts(trade)).toBe(1);
  });
});

test.each(SIDES)('S4 nobody pays a payer back whose payment was not settled, maker: %s', (side) => {
  const trade = performing(side, 'PEER_HELD');
  const owed: Body = { type: 'obligation', why: 'I owe you.', amountMsat: price(trade) as never, attempt: 1 };
  lies(trade, trade.payee, trade.payer, owed);
  expect(trade.state(trade.payer, 'claim')).toBe('none');
});

test.each(SIDES)(
  'A9 S56 release was pressed after the agent had told the payer alone of a refund: released, maker: %s',
  (side) => {
    const trade = fiatSent(side, 'PEER_HELD');
    lies(trade, 'agent', trade.payer, { type: 'ruling', for: 'payer', by: 'deadline', why: 'Ruled so.' });
    trade.command(trade.payer, 'cmdRelease');
    trade.settle();
    expect(trade.engines).toEqual(['done', 'done', 'released']);
  },
);
