import { describe, expect, test } from '@jest/globals';
import type { StepCase } from '../testing/cases.js';
import { bodySent, due, expectStep, says, saysOf, told, withLine } from '../testing/cases.js';
import { beforePayment } from '../testing/steps.js';
import { ThreeParties } from '../testing/three-parties.js';
import type { Signature } from '../units.js';

const feeOpen = withLine('retainFee', 'live');
/** An invoice that was open is closed with the deal. */
const before = (deal: string) => ({ deal, escrow: 'idle', claim: 'waiting' });
const lapsed = { deal: 'lapsed', claim: 'voided' };
const NOT_RETAINED = 'Nobody retained the agent in time.';

const CASES: StepCase[] = [
  ...['offered', 'awaitingFee', 'feePaid'].map((deal): StepCase => ({
    rule: `A7 ${deal}: not retained in time`,
    in: before(deal),
    fact: due('deal.giveUp'),
    then: lapsed,
    keeps: { why: NOT_RETAINED },
  })),
  {
    rule: 'A7 offered: the fee is paid before the retain',
    in: { deal: 'offered', escrow: 'idle' },
    has: feeOpen,
    fact: saysOf('retainFee', 'invoicePaid'),
    then: { deal: 'feePaid' },
  },
  {
    rule: 'A7 offered: the fee was not paid in time',
    in: { deal: 'offered', escrow: 'idle' },
    has: feeOpen,
    fact: saysOf('retainFee', 'invoiceCancelled'),
    then: { deal: 'lapsed' },
    keeps: { why: 'The retain fee was not paid in time.' },
  },
  {
    rule: 'A7 retained before the fee was paid: the hold is made when it is',
    in: { deal: 'awaitingFee', escrow: 'idle' },
    has: feeOpen,
    fact: saysOf('retainFee', 'invoicePaid'),
    then: { deal: 'hosting', escrow: 'creating' },
    asks: ['create hold'],
  },
  { rule: 'A10 locked', in: {}, fact: told('secured'), then: { deal: 'locked' } },
  {
    rule: 'A7 not locked: over, for the reason the escrow gives',
    in: {},
    fact: told('unsecured', { why: 'Not paid.' }),
    then: { deal: 'lapsed' },
    keeps: { why: 'Not paid.' },
  },
];

describe('the deal of the agent', () => {
  const trade = beforePayment('sell', 'AGENT_HELD');
  test.each(CASES.map((one) => [one.rule, one] as const))('%s', (_, one) => expectStep(trade, 'agent', one));

  const retain = () => bodySent(trade, 'agent', 'retain');
  const opened = () => trade.data('agent').payoutRequest;

  test('A6: the payout invoice is opened with the retain, before the fee is paid', () => {
    expect(opened()?.request).toMatch(/^lnbcrt/);
    expectStep(trade, 'agent', {
      rule: 'A6',
      in: { deal: 'offered', escrow: 'idle' },
      has: { payoutRequest: undefined, sealedPayout: undefined, signatures: {} },
      fact: says('maker', retain()),
      then: { deal: 'awaitingFee' },
      keeps: { payoutRequest: opened(), sealedPayout: retain().payout },
    });
  });
  test('A6: the payout invoice is opened with the retain, after the fee was paid', () =>
    expectStep(trade, 'agent', {
      rule: 'A6',
      in: { deal: 'feePaid', escrow: 'idle' },
      has: { payoutRequest: undefined, sealedPayout: undefined, signatures: {} },
      fact: says('maker', retain()),
      then: { deal: 'hosting', escrow: 'creating' },
      asks: ['create hold'],
      keeps: { payoutRequest: opened(), sealedPayout: retain().payout },
    }));

  const signature = '11'.repeat(64) as Signature;
  test.each(
    (['offered', 'feePaid'] as const).flatMap((deal) =>
      (['agentSignature', 'takerSignature', 'makerSignature', 'payout'] as const).map(
        (field) => [deal, field] as const,
      ),
    ),
  )('A6 A9 %s: a retain whose %s does not fit is refused, and the payer is told', (deal, field) =>
    expectStep(trade, 'agent', {
      rule: 'A6',
      in: before(deal),
      fact: says('maker', { ...retain(), [field]: field === 'payout' ? null : signature }),
      then: { deal: 'refused', claim: 'voided' },
      asks: ['maker: cancelled'],
      keeps: { why: 'The payer handed over signatures that do not fit.' },
    }),
  );
});

test('A15: an order that the agent does not take is refused, with the reasons, to the taker', () => {
  const trade = new ThreeParties('sell', 'AGENT_HELD');
  trade.take();
  const [sent] = trade.mail;
  const { body } = sent?.effect ?? {};
  if (body?.type !== 'solicit') throw new Error('the taker solicits first');
  const signedOrder = { ...body.signedOrder, signature: '11'.repeat(64) as Signature };
  expectStep(trade, 'agent', {
    rule: 'A15',
    in: {},
    fact: says('taker', { ...body, signedOrder }),
    then: { deal: 'refused' },
    asks: ['taker: rejected'],
    keeps: { why: 'The order was refused.' },
  });
});
