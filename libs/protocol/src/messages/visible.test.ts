import { describe, expect, test } from '@jest/globals';
import type { ThreeParties } from '../testing/three-parties.js';
import { fiatSent, performing, SIDES_AND_SHAPES } from '../testing/steps.js';
import { ROLES } from './bodies.js';

/** Trades that together send every kind of message. */
function trades(side: 'sell' | 'buy', shape: 'AGENT_HELD' | 'PEER_HELD'): ThreeParties[] {
  const released = fiatSent(side, shape);
  let tries = 0;
  released.lightning.verdict = (_, { purpose }) =>
    purpose === 'payout' && (tries += 1) === 1 ? { failed: 'NO_ROUTE' } : {};
  released.command(released.payer, 'cmdRelease');
  released.settle();
  released.mineTo(released.tip + 1);
  const undecided = fiatSent(side, shape);
  undecided.mineTo(2600);
  const cancelled = performing(side, shape);
  cancelled.command(cancelled.payee, 'cmdCancel');
  cancelled.settle();
  return [released, undecided, cancelled];
}

describe.each(SIDES_AND_SHAPES)('S32: what each party may see, maker: %s, %s', (side, shape) => {
  const all = trades(side, shape);
  const sent = all.flatMap((trade) => trade.delivered.map((one) => ({ trade, ...one })));

  test('every message, by who reads it', () => {
    const seat = (trade: ThreeParties, role: string) =>
      role === 'agent' ? 'agent' : role === trade.payer ? 'payer' : 'payee';
    const seen = sent.map(({ trade, from, effect }) => {
      const filled = Object.entries(effect.body).filter(([, value]) => value !== null);
      const fields = filled.map(([name]) => name).filter((name) => name !== 'type');
      return `${seat(trade, from)} -> ${seat(trade, effect.to)}: ${effect.body.type} ${fields.sort().join(' ')}`.trim();
    });
    expect([...new Set(seen)].sort()).toMatchSnapshot();
  });

  test('payment details are read by the payee alone', () => {
    for (const { trade, effect } of sent) {
      if (effect.body.type !== 'fiatDetails') {
        expect(JSON.stringify(effect.body, text)).not.toContain('IBAN');
        continue;
      }
      expect(effect.to).toBe(trade.payee);
      expect(readers(trade, effect.body.sealed.text, trade.payer)).toEqual([trade.payee]);
    }
  });

  test('a payout invoice is read by the agent alone, whoever carries it', () => {
    for (const { trade, effect } of sent) {
      const payout = 'payout' in effect.body ? effect.body.payout : null;
      if (payout) expect(readers(trade, payout.sealed.text, trade.payee)).toEqual(['agent']);
    }
  });

  test('a preimage is read by the payee alone; no other message holds one', () => {
    for (const { trade, effect } of sent) {
      const terms = trade.data('agent').termsHash ?? '';
      const clear = JSON.stringify(effect.body, text);
      for (const role of ROLES) {
        for (const purpose of ['escrow', 'payout', 'retainFee', 'successFee'])
          expect(clear).not.toContain(trade.keys[role].preimage(terms, purpose, 1));
      }
      if (effect.body.type !== 'preimage') continue;
      expect(effect.to).toBe(trade.payee);
      expect(readers(trade, effect.body.sealed.text, 'agent')).toEqual([trade.payee]);
    }
  });
});

const text = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value);

/** Who, but its writer, can open a sealed text. */
function readers(trade: ThreeParties, sealed: string, writer: 'maker' | 'taker' | 'agent'): string[] {
  return ROLES.filter((role) => {
    if (role === writer) return false;
    try {
      trade.keys[role].openSeal(sealed, trade.keys[writer].publicKey);
      return true;
    } catch (error) {
      expect(error).toMatchObject({ code: 'SEAL_BROKEN' });
      return false;
    }
  });
}
