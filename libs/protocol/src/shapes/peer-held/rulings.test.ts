import { describe, expect, test } from '@jest/globals';
import type { MessageFact } from '../../machine/facts.js';
import type { TradeData, TradeState } from '../../machine/state.js';
import { step } from '../../machine/step.js';
import { partyOf } from '../../parties.js';
import type { StepCase } from '../../testing/cases.js';
import { due, expectStep, ruling, says } from '../../testing/cases.js';
import { fiatSent } from '../../testing/steps.js';
import type { Height } from '../../units.js';

/** A node that is blocks behind the agent's hears the ruling before its height: it waits, and is taken when that comes. */

const trade = fiatSent('sell', 'PEER_HELD');
type Word = Parameters<typeof ruling>;
type Trader = 'maker' | 'taker';

const said = (...word: Word): MessageFact =>
  ({
    ...{ kind: 'ruling', from: 'agent', sequence: 9, envelopeId: 'said', at: trade.at },
    body: ruling(...word),
  }) as MessageFact;
const waits = (...word: Word): Partial<TradeData> => ({ early: [said(...word)] });
const heightOf = (d: TradeData, name: 'decideBy' | 'performBy' | 'A') => d.locked?.[name] ?? 0;
const ruled = due('escrow.ruled');
const taken = { early: [] };

/** The payer is the maker, the payee the taker. */
const AT_THE_PAYER: StepCase[] = [
  {
    rule: 'S45 held: the default is taken when its height comes',
    in: {},
    has: waits('payee', 'default'),
    tip: (d) => heightOf(d, 'decideBy') - 2,
    fact: ruled,
    then: { escrow: 'releasing' },
    keeps: taken,
  },
  {
    rule: 'S45 settled without our release, and the default came before its height: all is well',
    in: { escrow: 'taken', engine: 'endangered' },
    has: waits('payee', 'default'),
    tip: (d) => heightOf(d, 'decideBy') - 2,
    fact: ruled,
    then: { escrow: 'released', engine: 'done' },
    keeps: taken,
  },
  {
    rule: 'S45 the hold is gone, and the default comes before its height: nothing is forgotten',
    in: { escrow: 'lapsed', engine: 'refunded' },
    tip: (d) => heightOf(d, 'decideBy') - 3,
    fact: says('agent', ruling('payee', 'default')),
    then: { escrow: 'defaulting' },
    keeps: { why: 'Ruled so.' },
  },
  {
    rule: 'S45 S56 and at its height the price is owed',
    in: { escrow: 'defaulting', engine: 'refunded' },
    tip: (d) => heightOf(d, 'decideBy') - 2,
    fact: due('escrow.defaultFrom'),
    then: { escrow: 'owing', debt: 'owed' },
    asks: ['taker: obligation 1'],
  },
];
const AT_THE_PAYEE: StepCase[] = [
  {
    rule: 'S59 held: a refund by deadline is taken when the grace is over',
    in: {},
    has: { ...waits('payer', 'deadline'), fiatSent: undefined },
    tip: (d) => heightOf(d, 'performBy') + 36 - 2,
    fact: ruled,
    then: { escrow: 'refunding' },
    asks: ['cancel', 'maker: cancelRequest'],
    keeps: taken,
  },
  {
    rule: 'S45 held: the default for us is known when its height comes',
    in: {},
    has: waits('payee', 'default'),
    tip: (d) => heightOf(d, 'decideBy') - 2,
    fact: ruled,
    keeps: { ...taken, decided: 'payee' },
  },
  {
    rule: 'S20 held, and decided for us: a refund that comes to its height changes nothing, and waits no longer',
    in: {},
    has: { ...waits('payer', 'deadline'), decided: 'payee', fiatSent: undefined },
    tip: (d) => heightOf(d, 'performBy') + 36 - 2,
    fact: ruled,
    keeps: { ...taken, decided: 'payee' },
  },
  {
    rule: 'S48 settled without a release: a refund that comes to its height is paid back',
    in: { escrow: 'unreleased' },
    has: { ...waits('payer', 'deadline'), fiatSent: undefined },
    tip: (d) => heightOf(d, 'performBy') + 36 - 2,
    fact: ruled,
    then: { escrow: 'repaying', debt: 'owed' },
    asks: ['maker: obligation 1'],
    keeps: taken,
  },
];

describe('S45 S47: a ruling that came before its height', () => {
  test.each(AT_THE_PAYER.map((one) => [one.rule, one] as const))('%s', (_, one) =>
    expectStep(trade, 'maker', one),
  );
  test.each(AT_THE_PAYEE.map((one) => [one.rule, one] as const))('at the payee: %s', (_, one) =>
    expectStep(trade, 'taker', one),
  );

  /** The state after a message came at that height, and what is to happen next by itself. */
  const hears = (
    role: Trader,
    height: number,
    word: Word,
    has: Partial<TradeData> = {},
    escrow = 'held',
  ): TradeState => {
    const state = trade.states[role];
    const before = {
      ...state,
      machines: { ...state.machines, escrow },
      data: { ...state.data, ...has },
    };
    const at = { ...trade.at, height: height as Height };
    const fact = { ...said(...word), sequence: (before.data.received.agent ?? 0) + 1, at };
    const result = step(partyOf(before.data), before, fact, { keys: trade.keys[role] });
    if (result.result !== 'taken') throw new Error(result.result);
    return result.state;
  };
  const locked = trade.data('maker').locked;
  const decideBy = locked?.decideBy ?? 0;
  const graceEnd = (locked?.performBy ?? 0) + 36;

  test.each([
    ['maker', ['payee', 'default'], {}, 'held', decideBy - 2],
    ['maker', ['payee', 'default'], { fiatSent: undefined }, 'held', undefined],
    ['maker', ['payee', 'cancel'], {}, 'held', undefined],
    ['taker', ['payee', 'default'], {}, 'held', decideBy - 2],
    ['taker', ['payee', 'default'], { fiatSent: undefined }, 'held', undefined],
    ['taker', ['payer', 'default'], { fiatSent: undefined }, 'held', decideBy - 2],
    ['taker', ['payer', 'default'], {}, 'held', undefined],
    ['taker', ['payer', 'deadline'], { fiatSent: undefined }, 'held', graceEnd - 2],
    ['taker', ['payer', 'deadline'], {}, 'held', (locked?.A ?? 0) - 2],
    ['taker', ['payer', 'cancel'], {}, 'held', undefined],
    ['taker', ['payer', 'lease'], {}, 'held', undefined],
    ['maker', ['payee', 'default'], {}, 'taken', decideBy - 2],
    ['taker', ['payer', 'deadline'], { fiatSent: undefined }, 'unreleased', graceEnd - 2],
  ] as [Trader, Word, Partial<TradeData>, string, number | undefined][])(
    'the %s that hears "%s" is woken at the height that the terms allow it from, or never (%j, %s)',
    (role, word, has, escrow, height) => {
      const after = hears(role, graceEnd - 3, word, has, escrow);
      expect(after.data.early).toHaveLength(1);
      expect(after.deadlines['escrow.ruled']).toEqual(height === undefined ? undefined : { height });
    },
  );

  test('S14 woken once: nothing that is allowed goes on waiting', () => {
    for (const role of ['maker', 'taker'] as const) {
      for (const side of ['payer', 'payee'] as const) {
        for (const by of ['cancel', 'deadline', 'default', 'lease'] as const) {
          for (const has of [
            {},
            { decided: 'payee' },
            { decided: 'payer' },
            { fiatSent: undefined },
          ] as const) {
            const heard = hears(role, graceEnd - 3, [side, by], has);
            const wake = heard.deadlines['escrow.ruled'];
            if (!wake || !('height' in wake)) continue;
            const fact = {
              kind: 'due' as const,
              name: 'escrow.ruled',
              at: { ...trade.at, height: wake.height },
            };
            const result = step(partyOf(heard.data), heard, fact, { keys: trade.keys[role] });
            expect(result).toMatchObject({ result: 'taken', state: { data: { early: [] } } });
            expect(result.result === 'taken' && result.state.deadlines['escrow.ruled']).toBeUndefined();
          }
        }
      }
    }
  });
});
