/** Payments of this daemon that aren't over, each with what the node says of it now (S3, S24). Reads, never writes. */
import type { EffectRow, Journal } from '@tercet/journal';
import type { LightningNode, PaymentState } from '@tercet/lightning';
import type { At, Height, LedgerEntry, Msat, PaymentHash, Purpose, Role, TradeId } from '@tercet/protocol';
import { above, height, isLive, purposeOf } from '@tercet/protocol';
import type { Trades, TradeView } from '../executor/port.js';
import { storedEffect } from '../executor/stored.js';
import { isWaitingCode } from './gate.js';

export type PaymentStatus = 'owed' | 'waiting' | 'sending' | 'inFlight' | 'unknown' | 'paid' | 'failed';
/** The node's word, or that it gives none. */
export type NodeWord = PaymentState | { state: 'noAnswer'; why: string };

export interface OpenPayment {
  tradeId: TradeId;
  purpose: Purpose;
  amountMsat: Msat;
  /** Absent for an escrow: it is nobody's yet. */
  to?: Role;
  attempt: number;
  status: PaymentStatus;
  /** When the trade asked for it. */
  asked?: At;
  /** Sats of it can be locked until there at most. */
  lockedUntil?: Height;
  /** Tries that came to nothing, or to no answer. */
  tries: number;
  lastError?: string;
  why?: string;
  /** Absent while there is no invoice. */
  sent?: { hash: PaymentHash; node: NodeWord; taken: boolean };
}

export interface OpenPaymentsParts {
  trades: Pick<Trades, 'open' | 'now'>;
  journal: Pick<Journal, 'pendingEffects'>;
  lightning: Pick<LightningNode, 'lookUpPayment'>;
}

/** So many look-ups at once: each opens a stream at lnd. */
const AT_ONCE = 16;

/** All, oldest trade first; `hash`: only those whose hash begins so. */
export async function openPayments(parts: OpenPaymentsParts, hash = ''): Promise<OpenPayment[]> {
  // In this order: an effect that was asked for in between must not look as if it were done.
  const { lines, owed } = await openLines(parts.trades, hash);
  const pending = await parts.journal.pendingEffects();
  const effects = new Map(
    pending.flatMap((row) => (row.kind === 'pay' ? [[hashOf(row), row] as const] : [])),
  );
  const { height: tip } = parts.trades.now();
  const payments: OpenPayment[] = [];
  for (let from = 0; from < lines.length; from += AT_ONCE) {
    const some = lines.slice(from, from + AT_ONCE);
    payments.push(
      ...(await Promise.all(
        some.map(async ({ view, entry }) =>
          payment(view, entry, {
            effect: effects.get(entry.hash),
            node: await wordOf(parts.lightning, entry.hash),
            tip,
          }),
        ),
      )),
    );
  }
  return hash === '' ? [...payments, ...owed] : payments;
}

interface Lines {
  lines: { view: TradeView; entry: LedgerEntry }[];
  owed: OpenPayment[];
}

/** Payments in the ledgers that aren't over, and debts that aren't sent; a trade without either isn't kept. */
async function openLines(trades: Pick<Trades, 'open'>, hash: string): Promise<Lines> {
  const found: Lines = { lines: [], owed: [] };
  for await (const view of trades.open()) {
    const live = view.state.data.ledger.filter(
      (entry) => entry.kind === 'payment' && isLive(entry) && entry.hash.startsWith(hash),
    );
    found.lines.push(...live.map((entry) => ({ view, entry })));
    found.owed.push(...owedOnly(view));
  }
  return found;
}

/** What the node says now. A node out of reach answers nothing, and nothing follows from that. */
async function wordOf(lightning: Pick<LightningNode, 'lookUpPayment'>, hash: PaymentHash): Promise<NodeWord> {
  try {
    return await lightning.lookUpPayment(hash);
  } catch (error) {
    return { state: 'noAnswer', why: error instanceof Error ? error.message : String(error) };
  }
}

interface Seen {
  effect: EffectRow | undefined;
  node: NodeWord;
  tip: Height;
}

function payment({ tradeId, state }: TradeView, entry: LedgerEntry, seen: Seen): OpenPayment {
  const { obligation } = state.data;
  const isDebt = obligation !== undefined && purposeOf(obligation) === entry.purpose;
  const status = statusOf(seen);
  return {
    tradeId,
    purpose: entry.purpose,
    amountMsat: entry.amountMsat,
    to: isDebt ? obligation.to : entry.purpose === 'escrow' ? undefined : 'agent',
    attempt: entry.attempt,
    status,
    asked: entry.asked,
    lockedUntil: lockedUntil(status, seen),
    tries: seen.effect?.attempts ?? 0,
    lastError: seen.effect?.lastError,
    why: isDebt ? obligation.why : undefined,
    sent: { hash: entry.hash, node: seen.node, taken: seen.effect === undefined },
  };
}

/** An effect is done once the node had the payment; one that the node doesn't know afterwards is unknown, not failed (S24). */
function statusOf({ effect, node }: Seen): PaymentStatus {
  if (node.state === 'noAnswer') return 'unknown';
  if (node.state !== 'absent') return node.state;
  if (!effect) return 'unknown';
  return isWaitingCode(effect.lastError) ? 'waiting' : 'sending';
}

/** From the HTLCs where the node shows them. Otherwise no longer than a payment could take that is sent at this moment. */
function lockedUntil(status: PaymentStatus, { effect, node, tip }: Seen): Height | undefined {
  if (node.state === 'inFlight' && node.htlcs.length > 0)
    return height(Math.max(...node.htlcs.map(({ firstHopExpiry }) => firstHopExpiry)));
  if (status === 'waiting' || status === 'paid' || status === 'failed') return undefined;
  return above(tip, effect ? limitOf(effect) : LONGEST_ROUTE);
}

/** What lnd itself allows for a whole route (2016 blocks), where nothing narrower is known any more. */
export const LONGEST_ROUTE = 2016;

const payOf = (row: EffectRow) => {
  const effect = storedEffect(row.body);
  if (effect.kind !== 'pay') throw new Error(`effect ${row.key} is no payment`);
  return effect;
};
const hashOf = (row: EffectRow): PaymentHash => payOf(row).expect.hash;
const limitOf = (row: EffectRow): number => payOf(row).cltvLimit;

/** A debt between two payments: it rests, or waits for its creditor's invoice. */
function owedOnly({ tradeId, state }: TradeView): OpenPayment[] {
  const { obligation } = state.data;
  if (!obligation || !['resting', 'owed', 'recording'].includes(state.machines.debt)) return [];
  const { to, amountMsat, attempt, why } = obligation;
  return [
    { tradeId, purpose: purposeOf(obligation), amountMsat, to, attempt, status: 'owed', tries: 0, why },
  ];
}
