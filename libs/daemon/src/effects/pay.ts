import { blocks, hasCode, height, isLive, TercetError } from '@tercet/protocol';
import type { DecodedInvoice, LightningNode, PaymentState } from '@tercet/lightning';
import type { Blocks, Effect, Height, PaymentHash, TradeData } from '@tercet/protocol';
import type { NewFact } from '../executor/port.js';
import { invoiceFault } from './check-invoice.js';
import type { EffectContext, EffectOf } from './port.js';

/**
 * Pays an invoice. Keeps
 * S1: the intent was stored with the step; a run that finds the hash at the node sends nothing, also after a crash;
 * S3: paid and failed are the node's words, everything else stays unknown and is tracked by hash;
 * S4: the invoice is checked here, by the node that pays; S5: the caller's cltv limit; S54: held HTLCs are off chain;
 * S35: nothing goes out past the kill switch or the spend cap. What waits there for too long is refused by the checks before.
 */
export const pay: EffectOf<'pay'> = async (effect, context) => {
  const { lightning, data } = context;
  const { hash } = effect.expect;
  // A late second run of a payment that was refused: something else may have been paid in its place since (S1).
  if (!data.ledger.some((entry) => entry.kind === 'payment' && entry.hash === hash && isLive(entry)))
    return undefined;
  const asked = askAll(effect, lightning);
  const before = await asked.payment;
  if (before.state !== 'absent') return factOf(hash, before);
  // The node's own tip: an effect that waited for the node to come back must not be judged by the height it went away at.
  const tip = height(Math.max(context.now().height, (await asked.tip).height));
  const refused = await reasonNotToPay(effect, context, { ...asked, tip });
  if (refused) return { kind: 'payRefused', hash, ...refused };
  await context.gate.pass({ hash, amountMsat: effect.expect.amountMsat, refund: effect.refund === true });
  try {
    const after = await lightning.pay({
      request: effect.request,
      hash,
      amountMsat: effect.expect.amountMsat,
      maxFeeMsat: effect.maxFeeMsat,
      cltvLimit: limitAt(tip, effect, data),
      attemptSeconds: ATTEMPT_SECONDS,
    });
    // Neither taken nor refused: unknown. Looked up again, and sent again under the same hash if it isn't there (S3).
    if (after.state === 'absent') throw notThere();
    return factOf(hash, after);
  } catch (error) {
    if (!hasCode(error, 'PAYMENT_REFUSED')) throw error;
    return {
      kind: 'payRefused',
      hash,
      reason: 'REFUSED_BY_NODE',
      text: `${error.message} Nothing was paid.`,
    };
  }
};

interface Asked {
  payment: Promise<PaymentState>;
  tip: Promise<{ height: Height }>;
  channelsActive: Promise<boolean>;
  invoice: Promise<DecodedInvoice>;
}

/** All that has to be known before a payment, asked at once: one after the other each would hold it up by a call. */
function askAll({ expect, request, activeChannels }: Effect<'pay'>, lightning: LightningNode): Asked {
  const asked: Asked = {
    payment: lightning.lookUpPayment(expect.hash),
    tip: lightning.tip(),
    channelsActive:
      activeChannels.length === 0 ? Promise.resolve(true) : lightning.channelsActive(activeChannels),
    invoice: lightning.decode(request),
  };
  // Where one answer settles it, nobody waits for the others; each that is waited for is heard all the same.
  for (const answer of Object.values(asked) as Promise<unknown>[]) answer.catch(() => undefined);
  return asked;
}

const notThere = () =>
  new TercetError('PAYMENT_UNKNOWN', 'The node took the payment and then knew nothing of it.', {
    wayOut: 'It is looked up again by itself.',
  });

/** S5: a payout out of an open hold ends before the forced settle, however long it waited to be sent. Never 0: no limit. */
function limitAt(
  tip: Height,
  { cltvLimit, activeChannels }: Effect<'pay'>,
  { locked, limits }: TradeData,
): Blocks {
  if (activeChannels.length === 0 || !locked) return cltvLimit;
  return blocks(Math.max(1, Math.min(cltvLimit, locked.A - limits.margins.forcedSettle - tip)));
}

/** How long the node may start new attempts; an HTLC in flight isn't bounded by it. */
const ATTEMPT_SECONDS = 60;

/** What a look-up says, as a fact; nothing while the payment is under way: the watcher tells. */
export function factOf(hash: PaymentHash, state: PaymentState): NewFact | undefined {
  switch (state.state) {
    case 'paid':
      return { kind: 'paymentPaid', hash, preimage: state.preimage, feeMsat: state.feeMsat };
    case 'failed':
      return { kind: 'paymentFailed', hash, reason: state.reason };
    case 'absent':
    case 'inFlight':
      return undefined;
  }
}

async function reasonNotToPay(
  effect: Effect<'pay'>,
  { data, now }: EffectContext,
  { tip, channelsActive, invoice }: Pick<Asked, 'channelsActive' | 'invoice'> & { tip: Height },
): Promise<{ reason: string; text: string } | undefined> {
  if (effect.startBefore !== undefined && tip >= effect.startBefore) {
    return {
      reason: 'TOO_LATE',
      text: 'The lease is nearly over, so the escrow could not be locked in time. Nothing was paid.',
    };
  }
  if (!(await channelsActive)) {
    return {
      reason: 'HOLD_ON_CHAIN',
      text: 'A channel that carries the hold is not active; the hold is settled first.',
    };
  }
  try {
    return invoiceFault(await invoice, effect, data.signedOrder.order.network, now().timeMs);
  } catch (error) {
    if (!hasCode(error, 'INVOICE_INVALID')) throw error;
    return { reason: 'UNREADABLE', text: 'The invoice can not be read by this node. Nothing was paid.' };
  }
}
