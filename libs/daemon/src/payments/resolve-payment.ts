/**
 * What an operator can do about a payment that isn't over: have the node asked again, prove that it was paid, or answer
 * for it that it wasn't. Nothing is ever sent from here (S1, S3); every answer is a fact in the journal, with who gave it.
 */
import type { PaymentHash, Preimage } from '@tercet/protocol';
import { msat, sha256Hex, TercetError } from '@tercet/protocol';
import { factOf } from '../effects/pay.js';
import type { NewFact, Trades } from '../executor/port.js';
import type { OpenPayment } from './open-payments.js';

export interface Resolving {
  /** Proof that it was paid: hashes to the payment hash. */
  preimage?: string;
  /** The operator answers for it that nothing was paid. */
  declareFailed: boolean;
  note: string;
  /** Scope of the token that it came with. */
  by: string;
}

export type Can = 'lookUp' | 'preimage' | 'declareFailed';

/** What would be taken now. */
export function canResolve({ sent, status }: OpenPayment): Can[] {
  if (!sent) return [];
  const { node, taken } = sent;
  if (status === 'paid' || status === 'failed' || node.state === 'inFlight') return ['lookUp'];
  if (node.state === 'noAnswer') return ['lookUp', 'preimage'];
  return taken ? ['lookUp', 'preimage', 'declareFailed'] : ['lookUp'];
}

/** The fact that follows, or nothing: it isn't over. Throws PREIMAGE_WRONG, NOTE_MISSING, PAYMENT_NOT_UNKNOWN. */
export function resolution(payment: OpenPayment, resolving: Resolving): NewFact | undefined {
  const { sent } = payment;
  if (!sent) throw noHash();
  const { hash, node } = sent;
  // The node's own word comes before anybody's.
  const said = node.state === 'noAnswer' ? undefined : factOf(hash, node);
  const { preimage, declareFailed, note, by } = resolving;
  if (said || (preimage === undefined && !declareFailed)) return said;
  if (preimage !== undefined && declareFailed) throw both();
  if (note.trim() === '') throw noNote();
  const can = canResolve(payment);
  const operator = { by, note: note.trim() };
  if (preimage !== undefined) {
    const proof = proofOf(preimage, hash);
    if (!can.includes('preimage')) throw notUnknown();
    return { kind: 'paymentPaid', hash, preimage: proof, feeMsat: msat(0), operator };
  }
  if (!can.includes('declareFailed')) throw notUnknown();
  return { kind: 'paymentFailed', hash, reason: 'DECLARED_BY_OPERATOR', operator };
}

/** Gives the fact to its trade. Answers its kind, or '' where nothing is new. */
export async function record(
  trades: Pick<Trades, 'submit'>,
  payment: OpenPayment,
  fact: NewFact | undefined,
): Promise<string> {
  if (!fact) return '';
  const outcome = await trades.submit(payment.tradeId, fact);
  if (outcome.result === 'refused') {
    const { code, text, wayOut } = outcome.refusal;
    throw new TercetError(code, text, { wayOut });
  }
  return outcome.result === 'taken' ? fact.kind : '';
}

/** S38: judged by its hash, 32 bytes exactly. */
function proofOf(text: string, hash: PaymentHash): Preimage {
  const preimage = text.trim().toLowerCase();
  if (/^[0-9a-f]{64}$/.test(preimage) && sha256Hex(preimage) === hash) return preimage as Preimage;
  throw new TercetError(
    'PREIMAGE_WRONG',
    'This preimage does not hash to the payment hash, so it proves nothing. Nothing was recorded.',
    { wayOut: 'Ask the receiver for the preimage of this payment: 64 hex digits.' },
  );
}

const noHash = () =>
  new TercetError('PAYMENT_NOT_FOUND', 'There is no invoice for this debt yet, so nothing was sent.', {
    wayOut: 'Wait: it is asked for by itself.',
  });
const both = () =>
  new TercetError(
    'ARGUMENT_INVALID',
    'A payment is proven paid or declared failed, not both. Nothing was recorded.',
    {
      wayOut: 'Give one of the two.',
    },
  );
const noNote = () =>
  new TercetError(
    'NOTE_MISSING',
    'What an operator answers for is recorded with its reason. Nothing was recorded.',
    {
      wayOut: 'Say how you know: --note TEXT.',
    },
  );
const notUnknown = () =>
  new TercetError(
    'PAYMENT_NOT_UNKNOWN',
    "The node still has this payment, or was never known to have it: it ends by itself, and no operator's word replaces that. Nothing was recorded.",
    { wayOut: 'See what the node says with: tercet payouts HASH' },
  );
