import { describe, expect, test } from '@jest/globals';
import type { StepCase } from '../testing/cases.js';
import { bodySent, CANCELLED, due, expectStep, says, told } from '../testing/cases.js';
import { beforePayment } from '../testing/steps.js';
import { ThreeParties } from '../testing/three-parties.js';
import { height, msat } from '../units.js';

const RETAINED_BY = 1000 + 6;

describe('the maker is asked', () => {
  const trade = new ThreeParties('sell', 'AGENT_HELD');
  trade.take();
  const takeOrder = () => {
    const other = trade.copy();
    other.settle();
    return bodySent(other, 'maker', 'takeOrder');
  };

  test('A5 A7 A15: terms that fit the order are signed, and the order is taken by this trade alone', () =>
    expectStep(trade, 'maker', {
      rule: 'A7',
      in: {},
      fact: says('taker', takeOrder()),
      then: { deal: 'retaining' },
      asks: ['taker: accepted', 'agent: retain'],
      claim: 'take',
    }));

  test('A5 A15: terms that differ from the order are refused, with the reason, and the order stays open', () => {
    const body = takeOrder();
    const terms = { ...body.terms, priceMsat: msat(1) };
    expectStep(trade, 'maker', {
      rule: 'A15',
      in: {},
      fact: says('taker', { ...body, terms }),
      then: { deal: 'refused' },
      asks: ['taker: rejected'],
      keeps: { why: "The taker's terms were refused." },
    });
  });
});

/** Maker buys: it is the payee, so an invoice of its own waits for the payout. */
const ENDS: StepCase[] = (['retaining', 'accepted'] as const).flatMap((deal): StepCase[] => {
  const before = { deal, escrow: 'idle', claim: 'waiting' };
  const after = { deal: 'lapsed', claim: 'voided' };
  const common = { in: before, then: after, asks: ['cancel'], claim: 'release' as const };
  return [
    {
      rule: `A7 ${deal}: not retained in time: the order is open again, nothing was paid`,
      ...common,
      fact: due('deal.giveUp'),
      keeps: { why: 'The agent was not retained in time. Nothing was paid; the order is open again.' },
    },
    {
      rule: `A7 A15 ${deal}: the agent cancels: the order is open again`,
      ...common,
      fact: says('agent', CANCELLED),
      keeps: { why: 'Said to be cancelled.' },
    },
    {
      rule: `A7 A15 ${deal}: a message is refused for good: the order is open again`,
      ...common,
      fact: () => ({ kind: 'undelivered', to: 'taker', type: 'tradeResponse', code: 'X_Y', text: 'No.' }),
      keeps: { why: 'The taker refused tradeResponse: No.' },
    },
  ];
});

const AGREED: StepCase[] = [
  { rule: 'A10 locked', in: {}, fact: told('secured'), then: { deal: 'locked' } },
  {
    rule: 'S48 settled before anybody locked it: from here the escrow speaks',
    in: {},
    fact: told('endangered', { why: 'Taken.' }),
    then: { deal: 'locked' },
  },
  {
    rule: 'A7 not locked: the order is open again, for the reason the escrow gives',
    in: {},
    fact: told('unsecured', { why: 'Not paid.' }),
    then: { deal: 'lapsed', claim: 'voided' },
    asks: ['cancel'],
    claim: 'release',
    keeps: { why: 'Not paid.' },
  },
];

describe('the deal of the maker', () => {
  const trade = beforePayment('buy', 'AGENT_HELD');
  const retained = () => bodySent(trade, 'maker', 'retained');

  test.each([...ENDS, ...AGREED].map((one) => [one.rule, one] as const))('%s', (_, one) =>
    expectStep(trade, 'maker', one),
  );

  test.each(['retaining', 'accepted'])(
    'S58 A7 %s: a lease is believed for its length and 2 blocks',
    (deal) => {
      const one: StepCase = { rule: 'A7', in: { deal, escrow: 'idle' }, fact: says('agent', retained()) };
      const first = RETAINED_BY - 6 - 2;
      const then = { deal: 'agreed', escrow: 'waiting' };
      expectStep(trade, 'maker', { ...one, tip: () => first, then, keeps: { leaseEnd: RETAINED_BY } });
      expectStep(trade, 'maker', { ...one, tip: () => first - 1, waits: true });
    },
  );

  test.each(['retaining', 'accepted'])('A7 %s: a lease that the agent did not sign is none', (deal) => {
    const body = { ...retained(), leaseEnd: height(RETAINED_BY - 1) };
    expectStep(trade, 'maker', {
      rule: 'A7',
      in: { deal, escrow: 'idle' },
      fact: says('agent', body),
      waits: true,
    });
  });

  test('A7 S59: retained after the maker has left: sent back at once', () =>
    expectStep(trade, 'maker', {
      rule: 'A7',
      in: { deal: 'lapsed', escrow: 'idle', claim: 'voided' },
      fact: says('agent', retained()),
      asks: ['agent: cancelRequest'],
    }));
});

test('A15: a maker that sells retains the agent itself, one that buys leaves it to the taker', () => {
  const sent = (side: 'sell' | 'buy') =>
    beforePayment(side, 'AGENT_HELD').delivered.filter(({ effect }) => effect.body.type === 'retain');
  expect(sent('sell').map(({ from }) => from)).toEqual(['maker']);
  expect(sent('buy').map(({ from }) => from)).toEqual(['taker']);
});
