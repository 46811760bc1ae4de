import { describe, expect, test } from '@jest/globals';
import type { Effect } from '../machine/effects.js';
import { ROLES } from '../messages/bodies.js';
import { says } from '../testing/cases.js';
import { fiatSent, SIDES_AND_SHAPES } from '../testing/steps.js';
import type { PaymentHash, PaymentRequest } from '../units.js';
import { whereAreMySats } from '../view/sats.js';

const isPayout = (_: unknown, effect: Effect) => effect.kind === 'pay' && effect.purpose === 'payout';
const isRecord = (_: unknown, effect: Effect) => effect.kind === 'recordToSelf';

describe("S2: a payout's destination stays while a claim on it is live", () => {
  test.each([
    ['recording', isRecord],
    ['paying', isPayout],
  ])('%s: another invoice of the payee changes nothing, and only the first is ever paid', (state, hold) => {
    const trade = fiatSent('sell', 'AGENT_HELD');
    trade.command('maker', 'cmdRelease');
    trade.settle(hold);
    expect(trade.state('agent', 'debt')).toBe(state);
    const destination = trade.data('agent').payoutRequest;
    const other = says('taker', {
      type: 'freshInvoice',
      attempt: trade.data('agent').obligation?.attempt ?? 0,
      hash: '99'.repeat(32) as PaymentHash,
      request: 'lnbcrt1other' as PaymentRequest,
    });
    trade.fact('agent', { ...other(trade.data('agent'), trade.tip), at: trade.at });
    expect(trade.state('agent', 'debt')).toBe(state);
    expect(trade.data('agent').payoutRequest).toEqual(destination);
    trade.settle();
    const paid = trade.done.flatMap(({ effect }) =>
      effect.kind === 'pay' && effect.purpose === 'payout' ? [effect.request] : [],
    );
    expect(paid).toEqual([destination?.request]);
  });
});

describe('S27: what is owed is asked for, and what can be done is said, from state alone', () => {
  test('a creditor that has nothing but its state answers the debtor, and is paid', () => {
    const trade = fiatSent('sell', 'AGENT_HELD');
    trade.mineTo(trade.A - 24);
    trade.command('taker', 'cmdCancel', true);
    const isObligation = (_: unknown, effect: Effect) =>
      effect.kind === 'send' && effect.body.type === 'obligation';
    trade.settle(isObligation);
    const price = trade.data('agent').terms?.priceMsat;
    expect(trade.data('agent').obligation).toMatchObject({ to: 'maker', amountMsat: price });
    trade.states.maker = structuredClone(trade.states.maker);
    trade.settle();
    expect(trade.lightning.balance.maker).toBe(0n);
    expect(trade.allTerminal).toBe(true);
  });

  test.each(SIDES_AND_SHAPES)(
    'every prompt is the same after the state was stored and read: %s %s',
    (side, shape) => {
      const trade = fiatSent(side, shape);
      for (const role of ROLES) {
        const answer = whereAreMySats(trade.states[role], trade.at);
        expect(whereAreMySats(structuredClone(trade.states[role]), trade.at)).toEqual(answer);
      }
      expect(whereAreMySats(trade.states[trade.payer], trade.at).can).toEqual(['cmdRelease']);
    },
  );
});
