import { describe, expect, test } from '@jest/globals';
import type { LedgerEntry, MachineName, TradeState } from '../machine/state.js';
import { step } from '../machine/step.js';
import { ROLES } from '../messages/bodies.js';
import { partyOf } from '../parties.js';
import { fiatSent, SIDES_AND_SHAPES } from '../testing/steps.js';
import type { NodeEvent } from '../testing/scripted-lightning.js';
import type { PaymentHash, PaymentRequest, Preimage } from '../units.js';
import { msat } from '../units.js';

const hash = '55'.repeat(32) as PaymentHash;
const later = '66'.repeat(32) as PaymentHash;

/** What the node may say of a payment or an invoice, with the line of the account book that it speaks of. */
const SAID: [NodeEvent['fact'], LedgerEntry['kind']][] = [
  [{ kind: 'paymentPaid', hash, preimage: '77'.repeat(32) as Preimage, feeMsat: msat(0) }, 'payment'],
  [{ kind: 'paymentFailed', hash, reason: 'NO_ROUTE' }, 'payment'],
  [{ kind: 'payRefused', hash, reason: 'NO_ROUTE', text: 'No route.' }, 'payment'],
  [{ kind: 'payRefused', hash, reason: 'HOLD_ON_CHAIN', text: 'On chain.' }, 'payment'],
  [{ kind: 'invoicePaid', hash, receivedMsat: msat(1) }, 'invoice'],
  [{ kind: 'invoiceCancelled', hash }, 'invoice'],
  [{ kind: 'invoiceMade', hash, request: 'lnbcrt1' as PaymentRequest }, 'invoice'],
];
const obligation = { to: 'taker', amountMsat: msat(1), why: 'Owed so.', attempt: 1 } as const;
const PURPOSES = ['escrow', 'retainFee', 'successFee', 'payout'] as const;

/** S21, S24: a word of an earlier try, however late, is entered into the account book and moves nothing. */
describe.each(SIDES_AND_SHAPES)(
  'S21 S24: what is said of an earlier payment, maker: %s, %s',
  (side, shape) => {
    const trade = fiatSent(side, shape);
    test.each(ROLES)('moves no machine of the %s, in whatever state', (role) => {
      const state = trade.states[role];
      const party = partyOf(state.data);
      const line = (
        kind: LedgerEntry['kind'],
        purpose: LedgerEntry['purpose'],
        of: PaymentHash,
      ): LedgerEntry => ({
        kind,
        purpose,
        hash: of,
        attempt: 1,
        amountMsat: msat(1),
        status: 'live',
      });
      const moved: string[] = [];
      for (const name of Object.keys(party) as MachineName[]) {
        for (const at of Object.keys(party[name].states)) {
          for (const [said, kind] of SAID) {
            // The same purpose was tried again since.
            const ledger = PURPOSES.flatMap((purpose) => [
              line(kind, purpose, hash),
              line(kind, purpose, later),
            ]);
            const before: TradeState = {
              ...state,
              machines: { ...state.machines, [name]: at },
              data: { ...state.data, ledger, obligation },
            };
            const fact = { ...said, at: trade.at };
            const result = step(party, before, fact, { keys: trade.keys[role] });
            if (result.result !== 'taken') continue;
            const same = Object.entries(result.state.machines).every(
              ([machine, now]) => before.machines[machine as MachineName] === now,
            );
            if (!same || result.effects.length > 0)
              moved.push(`${party[name].name} ${at}: ${result.path.join(' ')}`);
          }
        }
      }
      expect(moved).toEqual([]);
    });
  },
);
