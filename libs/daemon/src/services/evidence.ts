/** What is signed in a trade, to show to an arbiter or a court: each envelope as it was received or sent, byte for byte. */
import type { Envelope, Fact, TradeData } from '@tercet/protocol';
import { orderIdOf, signedOrder, terms } from '@tercet/protocol';
import { z } from 'zod';
import type { TradeView } from '../executor/port.js';

interface EvidenceInput {
  view: TradeView;
  facts: readonly { sequence: number; fact: Fact; envelope?: Envelope }[];
  sent: readonly Envelope[];
}

/** As text: readable JSON, amounts in msat as decimal strings. */
export function evidence({ view, facts, sent }: EvidenceInput): string {
  const d = view.state.data;
  const received = facts.flatMap(({ sequence, fact, envelope }) =>
    envelope ? [{ sequence, height: fact.at.height, timeMs: fact.at.timeMs, envelope }] : [],
  );
  return JSON.stringify(
    {
      format: 'tercet-evidence/1',
      tradeId: view.tradeId,
      madeBy: d.role,
      seat: d.seat,
      states: view.state.machines,
      orderId: orderIdOf(d.signedOrder.order),
      signedOrder: z.encode(signedOrder, d.signedOrder),
      terms: d.terms && z.encode(terms, d.terms),
      termsHash: d.termsHash,
      signatures: d.signatures,
      locked: d.locked,
      escrow: escrowOf(d, facts),
      // With the preimage of each payment that went through: the proof of what was really paid.
      ledger: d.ledger.map((entry) => ({
        ...entry,
        amountMsat: String(entry.amountMsat),
        feeMsat: entry.feeMsat === undefined ? undefined : String(entry.feeMsat),
      })),
      operator: facts.flatMap(operatorsWord),
      received,
      sent,
    },
    undefined,
    2,
  );
}

/** What an operator answered for in the node's place. */
function operatorsWord({ sequence, fact }: EvidenceInput['facts'][number]) {
  if ((fact.kind !== 'paymentPaid' && fact.kind !== 'paymentFailed') || !fact.operator) return [];
  const { kind, hash, at, operator } = fact;
  return [{ sequence, ...at, kind, hash, ...operator }];
}

/** The preimage in the payer's hands is the proof that it paid (S60); no other party's is ever shown. */
function escrowOf(d: TradeData, facts: EvidenceInput['facts']) {
  if (d.escrowHash === undefined) return undefined;
  const paid = facts.find(({ fact }) => fact.kind === 'paymentPaid' && fact.hash === d.escrowHash)?.fact;
  const preimage = d.seat === 'payer' && paid?.kind === 'paymentPaid' ? paid.preimage : undefined;
  return { hash: d.escrowHash, preimage, releaseSigned: d.releaseSigned === true };
}
