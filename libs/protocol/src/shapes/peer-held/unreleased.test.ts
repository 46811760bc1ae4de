/** PEER_HELD, the payee: the preimage came, and the node settled, without the payer's release: row by row. */
import { describe, test } from '@jest/globals';
import type { TradeData } from '../../machine/state.js';
import type { StepCase } from '../../testing/cases.js';
import { due, expectStep, ruling, says, settled, told } from '../../testing/cases.js';
import { fiatSent } from '../../testing/steps.js';
import type { PaymentHash, PaymentRequest } from '../../units.js';
import { height, msat } from '../../units.js';

const SETTLED = ['agent: notice settled', 'maker: notice settled'];
const FEE = {
  successFeeInvoice: { hash: '66'.repeat(32) as PaymentHash, request: 'lnbcrt1' as PaymentRequest },
};
const released = { escrow: 'released', engine: 'done' };
const withFee = { ...released, debt: 'recording' };
const repaying = { escrow: 'repaying', debt: 'owed' };
const asksForInvoice = ['maker: obligation 1'];
const OWED_BACK = { obligation: { to: 'maker', amountMsat: 100_000_000n, refund: true } };
const unreleased = { escrow: 'unreleased' };
const says_ = (side: 'payer' | 'payee', by: 'cancel' | 'deadline' | 'default' | 'lease') =>
  says('agent', ruling(side, by));
const AT_A = (d: TradeData) => d.locked?.A ?? 0;
const GRACE_OVER = (d: TradeData) => (d.performingUntil ?? 0) + 36;
const DECIDE_BY = (d: TradeData) => d.locked?.decideBy ?? 0;
/** Our node may be two blocks behind the agent's. */
const RULED_FROM = (d: TradeData) => DECIDE_BY(d) - 2;

const SETTLES: StepCase[] = ['held', 'settling', 'lapsing', 'refunding'].flatMap((escrow): StepCase[] => [
  {
    rule: `A9 S8 ${escrow}: settled and released: ours`,
    in: { escrow },
    has: { releaseSigned: true },
    fact: settled,
    then: released,
    asks: SETTLED,
  },
  {
    rule: `A9 S8 ${escrow}: settled and decided for us: ours, less the agent's fee`,
    in: { escrow },
    has: { ...FEE, decided: 'payee' },
    fact: settled,
    then: withFee,
    asks: [...SETTLED, 'record 1'],
    keeps: { obligation: { to: 'agent', purpose: 'successFee', amountMsat: 500_000n } },
  },
  {
    rule: `S20 S48 ${escrow}: settled, ruled for the payer, and released by the payer itself: ours`,
    in: { escrow },
    has: { releaseSigned: true, decided: 'payer' },
    fact: settled,
    then: released,
    asks: SETTLED,
  },
  {
    rule: `S48 ${escrow}: settled, and refunded meanwhile: it goes back at once, with no fee`,
    in: { escrow },
    has: { ...FEE, decided: 'payer' },
    fact: settled,
    then: repaying,
    asks: [...SETTLED, ...asksForInvoice],
    keeps: OWED_BACK,
  },
  {
    rule: `S48 ${escrow}: settled, and nobody has released: owed, and nothing is paid yet, no fee either`,
    in: { escrow },
    has: FEE,
    fact: settled,
    then: unreleased,
    asks: SETTLED,
  },
]);

/** Which words of the agent's count, and from which height (S47). */
const HELD_ON: StepCase[] = (['deadline', 'default', 'cancel'] as const).flatMap((by): StepCase[] => [
  {
    rule: `S56 held, the release in hand: no refund by ${by} gives it back`,
    in: { escrow: 'held' },
    has: { releaseSigned: true, fiatSent: undefined, performingUntil: undefined },
    tip: AT_A,
    fact: says_('payer', by),
    waits: true,
  },
]);
const GIVEN_UP: StepCase[] = [
  {
    rule: 'A11 S20 held, the release in hand, and we gave up: the cancel that was recorded first gives it back',
    in: { escrow: 'held', engine: 'cancelling' },
    has: { releaseSigned: true, cancelAsked: true },
    fact: says_('payer', 'cancel'),
    then: { escrow: 'refunding' },
    asks: ['cancel'],
  },
  {
    rule: 'A11 S48 settled and decided for us, who gave up: nothing is ours without a release',
    in: { escrow: 'settling', engine: 'cancelling' },
    has: { decided: 'payee', cancelAsked: true },
    fact: settled,
    then: unreleased,
    asks: SETTLED,
  },
  {
    rule: 'A11 S21 held, nothing sent, and our own cancel comes back as a ruling: said already',
    in: { escrow: 'held', engine: 'cancelling' },
    has: { fiatSent: undefined, cancelAsked: true },
    fact: says_('payer', 'cancel'),
    then: { escrow: 'refunding' },
    asks: ['cancel'],
  },
  {
    rule: 'A11 S59 held, nothing sent, and refunded: we say ourselves that we take nothing',
    in: { escrow: 'held' },
    has: { fiatSent: undefined },
    tip: GRACE_OVER,
    fact: says_('payer', 'deadline'),
    then: { escrow: 'refunding' },
    asks: ['cancel', 'maker: cancelRequest'],
    keeps: { cancelAsked: true, decided: 'payer' },
  },
];
const MAY: [
  by: 'cancel' | 'deadline' | 'default' | 'lease',
  at: (d: TradeData) => number,
  has: Partial<TradeData>,
  counts: boolean,
][] = [
  ['deadline', (d) => GRACE_OVER(d) - 3, { fiatSent: undefined }, false],
  ['deadline', (d) => GRACE_OVER(d) - 2, { fiatSent: undefined }, true],
  // Sent: the payer may still release, up to the end of the hold.
  ['deadline', (d) => AT_A(d) - 3, {}, false],
  ['deadline', (d) => AT_A(d) - 2, {}, true],
  [
    'deadline',
    (d) => (d.locked?.performBy ?? 0) - 3,
    { performingUntil: undefined, fiatSent: undefined },
    false,
  ],
  [
    'deadline',
    (d) => (d.locked?.performBy ?? 0) - 2,
    { performingUntil: undefined, fiatSent: undefined },
    true,
  ],
  ['default', (d) => DECIDE_BY(d) - 3, { fiatSent: undefined }, false],
  ['default', (d) => DECIDE_BY(d) - 2, { fiatSent: undefined }, true],
  // Sent, and undecided goes to the payee by the terms.
  ['default', AT_A, {}, false],
  ['cancel', AT_A, {}, false],
  ['cancel', (d) => d.locked?.h ?? 0, { cancelAsked: true }, true],
  ['cancel', (d) => d.locked?.h ?? 0, { performingUntil: undefined }, true],
  ['lease', AT_A, {}, false],
];
const RULINGS: StepCase[] = MAY.flatMap(([by, tip, has, counts], index): StepCase[] => [
  {
    rule: `S47 S48 ${by} #${String(index)}: a refund that the terms allow now is paid back, another waits`,
    in: unreleased,
    has: { ...FEE, ...has },
    tip,
    fact: says_('payer', by),
    ...(counts
      ? { then: repaying, asks: asksForInvoice, keeps: { ...OWED_BACK, why: 'Ruled so.' } }
      : { waits: true }),
  },
  {
    rule: `S20 S47 settling, ${by} #${String(index)}: one that the terms allow is kept for when the node has settled, another waits`,
    in: { escrow: 'settling' },
    has,
    tip,
    fact: says_('payer', by),
    ...(counts ? { keeps: { why: 'Ruled so.', decided: 'payer' } } : { waits: true }),
  },
  {
    rule: `S9 S47 held, ${by} #${String(index)}: a refund that the terms allow now cancels, another waits`,
    in: { escrow: 'held' },
    has,
    tip,
    fact: says_('payer', by),
    ...(counts
      ? {
          then: { escrow: 'refunding' },
          // Nothing was sent: it says itself that it takes nothing.
          asks: 'fiatSent' in has ? ['cancel', 'maker: cancelRequest'] : ['cancel'],
          keeps: { why: 'Ruled so.', decided: 'payer' },
        }
      : { waits: true }),
  },
]);

const FIRST: StepCase[] = [
  {
    rule: 'S20 held, and decided for us: a refund that is ruled afterwards leaves the hold alone',
    in: { escrow: 'held' },
    has: { decided: 'payee' },
    tip: DECIDE_BY,
    fact: says_('payer', 'default'),
    waits: true,
    keeps: { decided: 'payee' },
  },
  {
    rule: 'S20 decided for us: a refund that is ruled afterwards changes nothing',
    in: { escrow: 'settling' },
    has: { decided: 'payee' },
    tip: AT_A,
    fact: says_('payer', 'deadline'),
    keeps: { decided: 'payee' },
  },
  {
    rule: 'S20 refunded: what is decided for us afterwards changes nothing',
    in: { escrow: 'settling' },
    has: { decided: 'payer' },
    tip: DECIDE_BY,
    fact: says_('payee', 'default'),
    keeps: { decided: 'payer' },
  },
  {
    rule: 'S45 held: decided for us, kept until the preimage is here',
    in: { escrow: 'held' },
    tip: DECIDE_BY,
    fact: says_('payee', 'default'),
    keeps: { decided: 'payee' },
  },
  {
    rule: 'S20 being paid back: a ruling changes nothing',
    in: repaying,
    has: (d) => owes(d),
    fact: says_('payee', 'default'),
  },
];

/** From `unreleased`: what voids it, with the agent's fee and without. */
const VOIDS: StepCase[] = [
  ['A9 S48 the payer releases', told('releaseEscrow'), {}] as const,
  ['S45 S48 decided for us', says_('payee', 'default'), { why: 'Ruled so.', decided: 'payee' }] as const,
  ['S45 S48 undecided at A, fiat sent: the default is ours', due('escrow.holdOver'), {}] as const,
].flatMap(([rule, fact, keeps]): StepCase[] => [
  { rule: `${rule}: ours`, in: unreleased, tip: RULED_FROM, fact, then: released, keeps },
  {
    rule: `${rule}: ours, less the agent's fee`,
    in: unreleased,
    tip: RULED_FROM,
    has: FEE,
    fact,
    then: withFee,
    asks: ['record 1'],
    keeps: { ...keeps, obligation: { to: 'agent', purpose: 'successFee' } },
  },
]);
const TOO_EARLY: StepCase[] = [{}, FEE].map((has): StepCase => ({
  rule: `S45 decided for us, a block before that counts (${Object.keys(has).join()}): it waits`,
  in: unreleased,
  tip: (d) => RULED_FROM(d) - 1,
  has,
  fact: says_('payee', 'default'),
  waits: true,
}));
const UNDECIDED: StepCase[] = [
  ['no fiat was sent', { fiatSent: undefined }] as const,
  ['we gave up', { cancelAsked: true }] as const,
  [
    'the default is the payer',
    (d: TradeData) =>
      ({
        terms: d.terms && { ...d.terms, defaults: { ...d.terms.defaults, undecided: 'payer' } },
      }) as Partial<TradeData>,
  ] as const,
].map(([why, has]): StepCase => ({
  rule: `S48 S56 undecided at A, and ${why}: it goes back`,
  in: unreleased,
  has: (d) => ({ ...FEE, ...(typeof has === 'function' ? has(d) : has) }),
  fact: due('escrow.holdOver'),
  then: repaying,
  asks: asksForInvoice,
  keeps: {
    ...OWED_BACK,
    why: 'The preimage came without a release, and none followed: the price goes back.',
  },
}));

/** The debt, where the payer releases after all. */
const owes = (d: TradeData): Partial<TradeData> => ({
  ...{ releaseSigned: true, payoutRequest: undefined, nextTryMs: 1 as TradeData['nextTryMs'] },
  obligation: {
    ...{ to: 'maker', amountMsat: msat(100_000_000), why: 'Owed so.', attempt: 3, refund: true },
    tries: { count: 1, height: height(1), timeMs: 1 as NonNullable<TradeData['nextTryMs']> },
  },
  ledger: d.ledger,
});
const forgotten = { obligation: undefined, payoutRequest: undefined, nextTryMs: undefined };
const REPAYING: StepCase[] = [
  ...['owed', 'resting'].flatMap((debt): StepCase[] => [
    {
      rule: `A9 S48 ${debt}: released before it gave an invoice: void`,
      in: { escrow: 'repaying', debt },
      has: owes,
      fact: told('releaseEscrow'),
      then: { ...released, debt: 'none' },
      keeps: forgotten,
    },
    {
      rule: `A9 S48 ${debt}: void, and the agent's fee is due on its own invoice`,
      in: { escrow: 'repaying', debt },
      has: (d) => ({ ...owes(d), ...FEE }),
      fact: told('releaseEscrow'),
      then: withFee,
      asks: ['record 1'],
      keeps: {
        obligation: { to: 'agent', attempt: 1, tries: undefined },
        payoutRequest: FEE.successFeeInvoice,
      },
    },
    ...[{ releaseSigned: undefined }, { refund: undefined }].map((not): StepCase => ({
      rule: `S45 ${debt}, without ${Object.keys(not).join()}: nothing else is void by a release`,
      in: { escrow: 'repaying', debt },
      has: (d) => {
        const owed = { ...owes(d), ...not };
        return 'refund' in not && owed.obligation
          ? { ...owed, obligation: { ...owed.obligation, refund: undefined } }
          : owed;
      },
      fact: told('releaseEscrow'),
    })),
  ]),
  {
    rule: 'S1 S20 the try that was under way failed, and it was released meanwhile: not tried again',
    in: { escrow: 'repaying', debt: 'resting' },
    has: owes,
    fact: due('debt.nextTry'),
    then: { ...released, debt: 'none' },
    keeps: forgotten,
  },
  ...['recording', 'paying'].map((debt): StepCase => ({
    rule: `S1 S2 ${debt}: what is being paid is not taken back`,
    in: { escrow: 'repaying', debt },
    has: owes,
    fact: told('releaseEscrow'),
  })),
  {
    rule: 'S48 S56 paid back: refunded',
    in: repaying,
    has: owes,
    fact: told('debtPaid'),
    then: { escrow: 'refunded', engine: 'refunded' },
  },
];

describe('PEER_HELD, the payee, settled without a release', () => {
  const trade = fiatSent('sell', 'PEER_HELD');
  const all = [SETTLES, HELD_ON, GIVEN_UP, RULINGS, FIRST, VOIDS, TOO_EARLY, UNDECIDED, REPAYING].flat();
  test.each(all.map((one) => [one.rule, one] as const))('%s', (_, one) => expectStep(trade, 'taker', one));
});
