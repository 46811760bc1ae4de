import { describe, expect, test } from '@jest/globals';
import { height } from '../units.js';
import { beforeAck, beforePayment, fiatSent, performing, SIDES_AND_SHAPES } from '../testing/steps.js';
import { ThreeParties } from '../testing/three-parties.js';

type Hold = Parameters<ThreeParties['settle']>[0];
const retained = (trade: ThreeParties): bigint => trade.data('agent').terms?.retainFeeMsat ?? 0n;

describe.each(SIDES_AND_SHAPES)('maker: %s, %s', (side, shape) => {
  test('S59: nobody asks to perform: refund at perform-by, not a block earlier', () => {
    const trade = new ThreeParties(side, shape);
    trade.take();
    const silent: Hold = (_, effect) => effect.kind === 'send' && effect.body.type === 'fiatDetails';
    trade.settle(silent);
    const performBy = trade.data('agent').locked?.performBy ?? 0;
    trade.mineTo(performBy - 1, silent);
    expect(trade.state('agent')).toBe('locked');
    trade.mineTo(performBy, silent);
    trade.settle();
    expect(trade.engines).toEqual(['refunded', 'refunded', 'refunded']);
    expect(trade.lightning.balance[trade.payer]).toBe(trade.payer === 'taker' ? -retained(trade) : 0n);
    expect(trade.allTerminal).toBe(true);
  });

  test('S47 S59: acknowledged and silent: refund at performing-until + 36, not a block earlier', () => {
    const trade = performing(side, shape);
    const end = (trade.data('agent').performingUntil ?? 0) + 36;
    trade.mineTo(end - 1);
    expect(trade.engines).toEqual(['performing', 'performing', 'performing']);
    expect(trade.lightning.inFlight).toBe(trade.data('agent').terms?.priceMsat);
    trade.mineTo(end);
    expect(trade.engines).toEqual(['refunded', 'refunded', 'refunded']);
    expect(trade.allTerminal).toBe(true);
  });

  test.each<[string, (trade: ThreeParties) => number]>([
    ['the grace', (trade) => (trade.data('agent').performingUntil ?? 0) + 40],
    ['the hold', (trade) => trade.A + 20],
    ['decide-by', (trade) => (trade.data('agent').locked?.decideBy ?? 0) + 20],
  ])(
    'S47 S56: the agent was away from before "sent" until after %s: it is heard, and the payee is paid',
    (_, until) => {
      const trade = performing(side, shape);
      const balance = trade.lightning.balance[trade.payee];
      trade.down.add('agent');
      trade.command(trade.payee, 'cmdSent');
      trade.settle();
      trade.mineTo(until(trade));
      trade.down.delete('agent');
      trade.hearingSince.set('agent', height(trade.tip));
      // Its deadlines and what its node has to tell come before the mail.
      const mail = trade.mail.splice(0);
      trade.mineTo(trade.tip + 1);
      trade.settle();
      trade.mail.push(...mail);
      trade.settle();
      if (trade.state(trade.payer) !== 'done') trade.command(trade.payer, 'cmdRelease');
      trade.settle();
      trade.mineTo(trade.tip + 2000);
      expect(trade.lightning.balance[trade.payee] - balance).toBeGreaterThanOrEqual(99_000_000n);
      expect(trade.allTerminal).toBe(true);
    },
  );

  test.each(['payer', 'payee'] as const)(
    'A11: cancel by the %s before the acknowledgement is a refund',
    (seat) => {
      const trade = new ThreeParties(side, shape);
      trade.take();
      trade.settle((_, effect) => effect.kind === 'send' && effect.body.type === 'fiatDetails');
      expect(trade.engines).toEqual(['locked', 'awaitingDetails', 'locked']);
      trade.command(trade[seat], 'cmdCancel');
      trade.settle((_, effect) => effect.kind === 'send' && effect.body.type === 'fiatDetails');
      trade.settle();
      expect(trade.engines).toEqual(['refunded', 'refunded', 'refunded']);
      expect(trade.allTerminal).toBe(true);
    },
  );

  test('S47: cancel by the payer after the acknowledgement is refused, to the person and at the agent', () => {
    const trade = performing(side, shape);
    expect(trade.command(trade.payer, 'cmdCancel')).toMatchObject({
      result: 'refused',
      refusal: { code: 'WAIT_FOR_PERFORMER' },
    });
    expect(trade.state('agent')).toBe('performing');
  });

  test('A11: the payee cancels after the acknowledgement: refund', () => {
    const trade = performing(side, shape);
    trade.command(trade.payee, 'cmdCancel');
    trade.settle();
    expect(trade.engines).toEqual(['refunded', 'refunded', 'refunded']);
    expect(trade.allTerminal).toBe(true);
  });

  test('A11: the payee cancels after "sent": only when the loss is confirmed', () => {
    const trade = fiatSent(side, shape);
    expect(trade.command(trade.payee, 'cmdCancel', false)).toMatchObject({
      refusal: { code: 'CONFIRM_LOSS' },
    });
    trade.command(trade.payee, 'cmdCancel', true);
    trade.settle();
    expect(trade.engines).toEqual(['refunded', 'refunded', 'refunded']);
  });

  test('S47: of cancel and acknowledgement the one stored first holds: cancel first', () => {
    const trade = beforeAck(side, shape);
    trade.command(trade.payer, 'cmdCancel');
    const cancel = trade.mail.findIndex(({ effect }) => effect.body.type === 'cancelRequest');
    const [sent] = trade.mail.splice(cancel, 1);
    if (sent) trade.deliver(sent);
    trade.settle();
    expect(trade.engines).toEqual(['refunded', 'refunded', 'refunded']);
    expect(trade.delivered.some(({ effect }) => effect.body.type === 'performingAck')).toBe(false);
    expect(trade.allTerminal).toBe(true);
  });

  test('S47: of cancel and acknowledgement the one stored first holds: acknowledgement first', () => {
    const trade = beforeAck(side, shape);
    trade.command(trade.payer, 'cmdCancel');
    const request = trade.mail.findIndex(({ effect }) => effect.body.type === 'performing');
    const [sent] = trade.mail.splice(request, 1);
    if (sent) trade.deliver(sent);
    trade.settle();
    expect(trade.engines).toEqual(['performing', 'performing', 'performing']);
  });

  test('S59: "sent" is refused when it would come too late, one block to each side', () => {
    const trade = performing(side, shape);
    const settlement = trade.data(trade.payee).terms?.windows.settlementBlocks ?? 0;
    const last = (trade.data(trade.payee).performingUntil ?? 0) - settlement - 6;
    trade.mineTo(last + 1);
    expect(trade.command(trade.payee, 'cmdSent')).toMatchObject({ refusal: { code: 'TOO_LATE_TO_PAY' } });
    trade.tip = last;
    expect(trade.command(trade.payee, 'cmdSent').result).toBe('taken');
  });

  test('A8: "sent" before the acknowledgement is refused', () => {
    const trade = beforeAck(side, shape);
    expect(trade.command(trade.payee, 'cmdSent')).toMatchObject({ refusal: { code: 'NOT_ACKNOWLEDGED' } });
  });

  test('A7: nobody pays the hold: the order falls back to open', () => {
    const trade = performing(side, shape, {});
    expect(trade.taken.some((row) => row.startsWith('maker deal.new:takeOrder'))).toBe(true);
    const idle = beforePayment(side, shape);
    idle.mineTo((idle.data('maker').leaseEnd ?? 0) + 3, (_, effect) => effect.kind === 'pay');
    expect(idle.state('agent', 'deal')).toBe('lapsed');
    idle.settle();
    expect(idle.state('maker', 'deal')).toBe('lapsed');
    expect(idle.freed).toBe(true);
    expect(idle.lightning.inFlight).toBe(0n);
  });
});
