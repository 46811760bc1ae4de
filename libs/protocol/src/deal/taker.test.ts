import { describe, expect, test } from '@jest/globals';
import type { Body } from '../messages/bodies.js';
import type { StepCase } from '../testing/cases.js';
import {
  bodySent,
  CANCELLED,
  due,
  expectStep,
  command,
  says,
  saysOf,
  told,
  withLine,
} from '../testing/cases.js';
import { beforePayment } from '../testing/steps.js';
import { AGENT_POLICY, orderOf, ThreeParties } from '../testing/three-parties.js';
import type { Signature } from '../units.js';
import { height, msat } from '../units.js';
import { agentTermsHashOf } from '../terms/agent-terms.js';

const REJECTED: Body = {
  type: 'tradeResponse',
  answer: 'rejected',
  reasons: ['too dear', 'too late'],
  makerSignature: null,
  payout: null,
};
const NOT_AVAILABLE: Body = { ...REJECTED, answer: 'notAvailable' };
const REFUSED_WHY = 'The other side refused: too dear; too late.';

/** Whatever was prepared is given up: the payout invoice is cancelled. */
const stopped = (deal: string, state: string): Pick<StepCase, 'in' | 'then' | 'asks'> => ({
  in: { deal, escrow: 'idle', claim: 'waiting' },
  then: { deal: state, claim: 'voided' },
  asks: ['cancel'],
});
const STOPPED: StepCase[] = ['soliciting', 'offered', 'accepted', 'retaining'].flatMap((deal): StepCase[] => [
  {
    rule: `A15 ${deal}: a message is refused for good`,
    ...stopped(deal, 'refused'),
    fact: () => ({ kind: 'undelivered', to: 'maker', type: 'takeOrder', code: 'X_Y', text: 'No.' }),
    keeps: { why: 'The maker refused takeOrder: No.' },
  },
  {
    rule: `A15 ${deal}: cancelled by the agent`,
    ...stopped(deal, 'refused'),
    fact: says('agent', CANCELLED),
    keeps: { why: 'Said to be cancelled.' },
  },
]);

const soliciting = { deal: 'soliciting', escrow: 'idle', claim: 'none' };
const payingFee = { deal: 'payingFee', escrow: 'idle', claim: 'none' };
const feeUnderWay = withLine('retainFee', 'live');

const CASES: StepCase[] = [
  {
    rule: 'A15 soliciting: refused, with the reasons',
    in: soliciting,
    fact: says('agent', REJECTED),
    then: { deal: 'refused' },
    keeps: { why: REFUSED_WHY },
  },
  {
    rule: 'A15 soliciting: no longer available',
    in: soliciting,
    fact: says('maker', NOT_AVAILABLE),
    then: { deal: 'refused' },
    keeps: { why: 'The order is no longer available.' },
  },
  {
    rule: 'A11 soliciting: cancelled before anything was signed',
    in: soliciting,
    fact: command('cmdCancel'),
    then: { deal: 'abandoned' },
    keeps: { why: 'Cancelled before anything was signed.' },
  },
  {
    rule: 'A4 soliciting: no answer in time',
    in: soliciting,
    fact: due('deal.giveUp'),
    then: { deal: 'abandoned' },
    keeps: { why: 'The agent did not answer in time. Nothing was paid.' },
  },
  {
    rule: 'S3 the retain fee failed: over, nothing was paid',
    in: payingFee,
    has: feeUnderWay,
    fact: saysOf('retainFee', 'paymentFailed'),
    then: { deal: 'refused' },
    keeps: { why: 'The payment failed: NO_ROUTE.' },
  },
  {
    rule: 'S4 our node refuses to pay the retain fee: over, nothing was paid',
    in: payingFee,
    has: feeUnderWay,
    fact: saysOf('retainFee', 'payRefused'),
    then: { deal: 'refused' },
    keeps: { why: 'Refused: too late.' },
  },
  {
    rule: 'A15 offered: refused, with the reasons',
    ...stopped('offered', 'refused'),
    fact: says('maker', REJECTED),
    keeps: { why: REFUSED_WHY },
  },
  {
    rule: 'A7 offered: no answer in time',
    ...stopped('offered', 'abandoned'),
    fact: due('deal.giveUp'),
    keeps: { why: 'The maker did not answer in time. Only the retain fee was paid.' },
  },
  {
    rule: 'A7 accepted: not retained in time',
    ...stopped('accepted', 'abandoned'),
    fact: due('deal.giveUp'),
    keeps: { why: 'The maker never retained the agent. Only the retain fee was paid.' },
  },
  {
    rule: 'A7 retaining: not confirmed in time',
    in: { deal: 'retaining', escrow: 'idle' },
    fact: due('deal.giveUp'),
    then: { deal: 'abandoned' },
    keeps: { why: 'The agent never confirmed that it is retained. Only the retain fee was paid.' },
  },
  { rule: "A15 the maker's answer comes after the agent's", in: {}, fact: says('maker', REJECTED) },
  {
    rule: "A15 the maker's answer comes after `locked`",
    in: { deal: 'locked', escrow: 'secured', engine: 'asking' },
    fact: says('maker', REJECTED),
  },
  { rule: 'A10 locked', in: {}, fact: told('secured'), then: { deal: 'locked' } },
  {
    rule: 'S48 settled before anybody locked it: from here the escrow speaks',
    in: {},
    fact: told('endangered', { why: 'Taken.' }),
    then: { deal: 'locked' },
  },
  {
    rule: 'A7 not locked: over, for the reason the escrow gives',
    in: {},
    fact: told('unsecured', { why: 'Not paid.' }),
    then: { deal: 'lapsed', claim: 'voided' },
    asks: ['cancel'],
    keeps: { why: 'Not paid.' },
  },
];

describe('the deal of the taker', () => {
  const trade = beforePayment('sell', 'AGENT_HELD');
  test.each([...STOPPED, ...CASES].map((one) => [one.rule, one] as const))('%s', (_, one) =>
    expectStep(trade, 'taker', one),
  );

  test('A4: the clock of the negotiation starts with the take', () => {
    const fresh = new ThreeParties('sell', 'AGENT_HELD');
    fresh.tip = 1100;
    fresh.take();
    expect(fresh.data('taker').startedMs).toBe(fresh.at.timeMs);
    expect(fresh.states.taker.deadlines['deal.giveUp']).toEqual({
      timeMs: fresh.at.timeMs + 600_000,
      withinMs: 600_000,
    });
  });

  test('A5: terms with another fee than the agent announced are refused before anything is paid', () => {
    const body = bodySent(trade, 'taker', 'signedTerms');
    const dearer = { ...body, terms: { ...body.terms, retainFeeMsat: msat(8000) } };
    for (const wrong of [dearer, { ...body, feeInvoice: null }])
      expectStep(trade, 'taker', {
        rule: 'A5',
        in: soliciting,
        fact: says('agent', wrong),
        then: { deal: 'refused' },
        keeps: {
          why: "The agent's terms differ from the order or from its own announcement. Nothing was paid.",
        },
      });
  });

  test('A15: an answer that accepts is no refusal before the agent has answered', () =>
    expectStep(trade, 'taker', {
      rule: 'A15',
      in: soliciting,
      fact: says('maker', bodySent(trade, 'taker', 'tradeResponse')),
      waits: true,
    }));
});

describe.each(['sell', 'buy'] as const)('A6 A7: the maker has signed or has not, maker: %s', (side) => {
  const trade = beforePayment(side, 'AGENT_HELD');
  const answer = () => bodySent(trade, 'taker', 'tradeResponse');
  const retained = () => bodySent(trade, 'taker', 'retained');
  const offered = { deal: 'offered', escrow: 'idle' };
  const RETAIN = side === 'buy' ? ['agent: retain'] : [];
  const agreed = (): StepCase['then'] => ({ deal: 'agreed', escrow: side === 'buy' ? 'paying' : 'waiting' });
  const PAY = side === 'buy' ? ['pay escrow'] : [];

  test('signed: the payer retains the agent, the payee waits', () =>
    expectStep(trade, 'taker', {
      rule: 'A7',
      in: offered,
      has: (d) => ({ signatures: { ...d.signatures, maker: undefined } }),
      fact: says('maker', answer()),
      then: { deal: side === 'buy' ? 'retaining' : 'accepted' },
      asks: RETAIN,
      keeps: { signatures: { maker: answer().makerSignature } },
    }));

  test('signed by somebody else: refused', () =>
    expectStep(trade, 'taker', {
      rule: 'A6',
      in: offered,
      fact: says('maker', { ...answer(), makerSignature: '11'.repeat(64) as Signature }),
      then: { deal: 'refused', ...(side === 'sell' ? { claim: 'voided' } : {}) },
      asks: side === 'sell' ? ['cancel'] : [],
    }));

  test("the agent's `retained` before the maker's answer: enough for the payee, not for the payer", () => {
    const one: StepCase = { rule: 'A7', in: offered, fact: says('agent', retained()) };
    expectStep(trade, 'taker', side === 'sell' ? { ...one, then: agreed() } : { ...one, waits: true });
  });

  test.each(side === 'sell' ? ['offered', 'accepted'] : ['retaining'])(
    '%s: a lease is believed for its length and 2 blocks, and when the agent signed it',
    (deal) => {
      const at = { rule: 'A7', in: { deal, escrow: 'idle' } };
      const body = retained();
      const first = body.leaseEnd - 6 - 2;
      const fact = says('agent', body);
      expectStep(trade, 'taker', { ...at, fact, tip: () => first, then: agreed(), asks: PAY });
      expectStep(trade, 'taker', { ...at, fact, tip: () => first - 1, waits: true });
      const unsigned = says('agent', { ...body, leaseEnd: height(body.leaseEnd - 1) });
      expectStep(trade, 'taker', { ...at, fact: unsigned, waits: true });
    },
  );

  test.each(['refused', 'abandoned'])(
    'S59 %s: retained after the taker has left: sent back at once',
    (deal) =>
      expectStep(trade, 'taker', {
        rule: 'S59',
        in: { deal, escrow: 'idle', claim: 'none' },
        fact: says('agent', retained()),
        asks: ['agent: cancelRequest'],
      }),
  );
});

test('A4: an agent that asks no retain fee: no invoice, no payment, and the trade goes on', () => {
  const policy = {
    ...AGENT_POLICY,
    fees: { ...AGENT_POLICY.fees, retainBaseMsat: msat(0), retainPpmPer1000Blocks: 0 },
  };
  const [listed] = orderOf('sell').order.agents;
  const agents = listed ? [{ ...listed, termsHash: agentTermsHashOf(policy) }] : [];
  const trade = new ThreeParties('sell', 'AGENT_HELD', { policy, order: orderOf('sell', { agents }) });
  trade.take();
  trade.settle();
  expect(trade.done.some(({ effect }) => 'purpose' in effect && effect.purpose === 'retainFee')).toBe(false);
  expect(trade.engines).toEqual(['performing', 'performing', 'performing']);
  // Such terms with a fee invoice all the same, or other ones, are refused.
  const body = bodySent(trade, 'taker', 'signedTerms');
  expectStep(trade, 'taker', {
    rule: 'A5',
    in: { deal: 'soliciting', escrow: 'idle', engine: 'idle', claim: 'none' },
    fact: says('agent', { ...body, signature: '11'.repeat(64) as Signature }),
    then: { deal: 'refused' },
  });
  // An order that the agent doesn't take is refused without a fee too.
  const solicit = bodySent(trade, 'agent', 'solicit');
  const signedOrder = { ...solicit.signedOrder, signature: '11'.repeat(64) as Signature };
  expectStep(trade, 'agent', {
    rule: 'A15',
    in: { deal: 'new', escrow: 'idle', engine: 'idle' },
    fact: says('taker', { ...solicit, signedOrder }),
    then: { deal: 'refused' },
    asks: ['taker: rejected'],
  });
});
