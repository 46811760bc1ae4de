/** A payment that isn't over, as its daemon shows it: figures, and what they mean and allow in words. */
import { rpc } from '@tercet/protocol';
import type { Spending, Stop } from '../payments/index.js';
import { canResolve, type NodeWord, type OpenPayment } from '../payments/index.js';
import { rpcRole } from './names.js';

const STATUS = {
  owed: rpc.PaymentStatus.OWED,
  waiting: rpc.PaymentStatus.WAITING,
  sending: rpc.PaymentStatus.SENDING,
  inFlight: rpc.PaymentStatus.IN_FLIGHT,
  unknown: rpc.PaymentStatus.UNKNOWN,
  paid: rpc.PaymentStatus.PAID,
  failed: rpc.PaymentStatus.FAILED,
} as const satisfies Record<OpenPayment['status'], rpc.PaymentStatus>;

export function paymentView(payment: OpenPayment): rpc.Payment {
  const { tradeId, purpose, amountMsat, to, attempt, status, asked, sent } = payment;
  return {
    tradeId,
    purpose,
    hash: sent?.hash ?? '',
    amountMsat,
    to: rpcRole(to),
    attempt,
    status: STATUS[status],
    sinceMs: BigInt(asked?.timeMs ?? 0),
    sinceHeight: asked?.height ?? 0,
    lockedUntilHeight: payment.lockedUntil ?? 0,
    tries: payment.tries,
    lastError: payment.lastError ?? '',
    node: sent && nodePayment(sent.node),
    why: payment.why ?? '',
    text: meaning(payment),
    can: canResolve(payment),
  };
}

export const spendingView = (spending: Spending): rpc.Spending => ({ ...spending });
export const stopView = (stop: Stop | undefined): rpc.Stop | undefined =>
  stop && { reason: stop.reason, by: stop.by, sinceMs: BigInt(stop.sinceMs) };

function nodePayment(node: NodeWord): rpc.NodePayment {
  return rpc.NodePayment.fromPartial({
    state: node.state,
    reason: node.state === 'failed' ? node.reason : node.state === 'noAnswer' ? node.why : '',
    preimage: node.state === 'paid' ? node.preimage : '',
    feeMsat: node.state === 'paid' ? node.feeMsat : 0n,
    htlcs:
      node.state === 'inFlight'
        ? node.htlcs.map(({ amountMsat, feeMsat, firstHopExpiry, state }) => ({
            amountMsat,
            feeMsat,
            expiryHeight: firstHopExpiry,
            state,
          }))
        : [],
  });
}

/** What it means, and what can be done. */
function meaning(payment: OpenPayment): string {
  switch (payment.status) {
    case 'owed':
      return 'Owed, and nothing of it is under way: the last payment failed and is tried again after a pause, or a fresh invoice was asked for. It goes on by itself.';
    case 'waiting':
      return payment.lastError === 'TRADING_STOPPED'
        ? 'Not sent, since trading is stopped; none of it is locked. It goes out by itself after "tercet resume".'
        : 'Not sent, since more than ceilings.satsPerHour would leave within the hour; none of it is locked. It goes out by itself when the hour allows.';
    case 'sending':
      return `Your node does not have it yet. It is sent by itself, and looked up before each try, so never twice.${payment.tries > 0 ? ' Look at the node: the tries so far got no answer.' : ''}`;
    case 'inFlight':
      return payment.purpose === 'escrow'
        ? 'The escrow of the trade: it stays under way until the trade is decided, and ends by itself.'
        : 'Under way, your node says. It ends by itself, at the latest soon after the height until which it can be locked. Nothing else is sent meanwhile.';
    case 'paid':
    case 'failed':
      return `It ${payment.status === 'paid' ? 'was paid' : 'has failed'}, your node says; the trade takes that in now.`;
    case 'unknown':
      return payment.sent?.node.state === 'absent' ? LOST : NO_ANSWER;
  }
}

const NO_ANSWER =
  'Your node gives no answer, so nobody knows what became of it, and nothing is sent again. Bring the node back: it is looked up by itself. If the receiver shows the preimage, that proves it was paid.';
const LOST =
  'Your node had this payment and does not know it any more, as after its database was restored or payments were deleted. Not known is not failed: it may still arrive, so nothing is sent again and it stays owed. If the receiver shows the preimage, it was paid. If you can rule out that it was (the height until which it could be locked has passed, and the receiver has nothing), you may declare it failed: it is then paid again, and if you are wrong, paid twice, at your loss.';

/** What came of a look-up or an operator's word. */
export function outcomeText(payment: OpenPayment, recorded: string): string {
  if (recorded === 'paymentPaid') return 'Recorded as paid; the trade goes on.';
  if (recorded === 'paymentFailed') return 'Recorded as failed; what is owed is paid on a fresh invoice.';
  return `Nothing is new. ${meaning(payment)}`;
}
