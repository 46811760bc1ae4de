/** A trade as its own daemon shows it: from state alone, and nothing secret but what the contract gives this party (S32). */
import type { At, Fact, LedgerEntry, Role, TradeData, TradeState } from '@tercet/protocol';
import { alarmsNow, lateAlarmsNow, orderIdOf, PERFORM_SPARE, rpc, whereAreMySats } from '@tercet/protocol';
import type { TradeView } from '../executor/port.js';
import { rpcDirection, rpcRole, rpcSeat, rpcShape } from './names.js';
import { termsOf } from './terms-view.js';

export interface Shown {
  at: At;
  /** Its facts, where the history is asked for. */
  facts?: readonly { sequence: number; fact: Fact }[];
  /** What the daemon knows beside the state: a peer out of reach. */
  warnings?: readonly string[];
}

export function tradeView(view: TradeView, { at, facts = [], warnings = [] }: Shown): rpc.Trade {
  const { state } = view;
  const d = state.data;
  const { order } = d.signedOrder;
  return {
    tradeId: view.tradeId,
    orderId: orderIdOf(order),
    role: rpcRole(d.role),
    seat: rpcSeat(d.seat),
    direction: rpcDirection(order.side),
    shape: rpcShape(d.shape),
    states: { ...state.machines },
    ended: view.terminal,
    why: d.why ?? '',
    terms: termsOf(d, at.height),
    sats: sats(state, at),
    heights: heights(d),
    performingUntilHeight: d.performingUntil ?? 0,
    paymentRequest: invoiceForOtherWallet(state),
    fiatDetails: payableDetails(state, at),
    fiatSent: d.fiatSent === true,
    ledger: d.ledger.map(ledgerEntry),
    history: facts.map(({ sequence, fact }) => historyEntry(sequence, fact)),
    obligations: obligations(state),
    deadlines: deadlines(state),
    startedMs: BigInt(d.startedMs),
    sequence: view.sequence,
    tipHeight: at.height,
    warnings: [...stateWarnings(state), ...warnings],
  };
}

/** An escrow's preimage is evidence, shown there alone; of what this party paid else it is the receipt. */
const ledgerEntry = ({
  purpose,
  kind,
  hash,
  amountMsat,
  feeMsat,
  status,
  attempt,
  preimage,
}: LedgerEntry) => ({
  purpose,
  kind,
  hash,
  amountMsat,
  feeMsat: feeMsat ?? 0n,
  status,
  attempt,
  preimage: purpose === 'escrow' ? '' : (preimage ?? ''),
});

/**
 * A trade that can't be shown whole, since its state doesn't hold together: it fails alone, and the others are still
 * listed (S25). The reason is the program's own words about a field, never the field's content.
 */
export const damagedView = (view: TradeView, at: At, error: unknown): rpc.Trade =>
  rpc.Trade.fromPartial({
    tradeId: view.tradeId,
    role: rpcRole(view.state.data.role),
    seat: rpcSeat(view.state.data.seat),
    states: view.state.machines,
    ended: view.terminal,
    sequence: view.sequence,
    tipHeight: at.height,
    warnings: [`This trade can't be shown: ${error instanceof Error ? error.message : String(error)}.`],
  });

/** One line of the history. Only named fields are taken: a body, a preimage or an invoice never is (S36). */
export const historyEntry = (sequence: number, fact: Fact): rpc.HistoryEntry => ({
  sequence,
  kind: fact.kind,
  height: fact.at.height,
  timeMs: BigInt(fact.at.timeMs),
  from: rpcRole('from' in fact ? fact.from : undefined),
  deadline: fact.kind === 'due' ? fact.name : '',
});

/** Words of the contract for commands. */
const WORDS = { cmdSent: 'sent', cmdRelease: 'release', cmdCancel: 'cancel' } as const;

function sats(state: TradeState, at: At): rpc.Sats {
  const answer = whereAreMySats(state, at);
  return {
    where: answer.where,
    holder: rpcRole(holderRole(answer.holder, state.data)),
    untilHeight: answer.untilHeight ?? 0,
    amountMsat: answer.amountMsat,
    text: answer.text,
    can: answer.can.map((command) => WORDS[command]),
  };
}

/** The contract leaves the holder unset where the sats are nobody's but one's own. */
const holderRole = (holder: Role | 'self' | 'nobody', d: TradeData): Role | undefined =>
  holder === 'self' || holder === 'nobody' || holder === d.role ? undefined : holder;

const heights = ({ locked }: TradeData): rpc.LockedHeights | undefined =>
  locked && {
    acceptedHeight: locked.h,
    expiryHeight: locked.E,
    endHeight: locked.A,
    performByHeight: locked.performBy,
    answerByHeight: locked.answerBy,
    decideByHeight: locked.decideBy,
  };

/** The hold invoice, while another wallet of the payer is to pay it. */
const invoiceForOtherWallet = ({ machines, data }: TradeState): string =>
  data.externalWallet && data.seat === 'payer' && machines.escrow === 'payingElsewhere'
    ? (data.holdInvoice ?? '')
    : '';

/**
 * Account details, to the payee alone: with the acknowledgement in hand and while a payment still arrives in time, or
 * once it said that it paid (protocol.md, "no race at the window's end").
 */
function payableDetails({ machines, data }: TradeState, at: At): string {
  if (data.seat !== 'payee' || data.fiatDetails === undefined) return '';
  if (machines.engine === 'sent') return data.fiatDetails;
  if (machines.engine !== 'performing' || data.performingUntil === undefined || !data.terms) return '';
  const arrivesBy = at.height + data.terms.windows.settlementBlocks + PERFORM_SPARE;
  return arrivesBy <= data.performingUntil ? data.fiatDetails : '';
}

/** What this party owes, and what it is owed by an invoice of its own that is open. */
function obligations({ machines, data: d }: TradeState): rpc.Obligation[] {
  const owed: rpc.Obligation[] = [];
  if (d.obligation && machines.debt !== 'paid') {
    const { to, amountMsat, why, attempt } = d.obligation;
    owed.push({ from: rpcRole(d.role), to: rpcRole(to), amountMsat, why, attempt });
  }
  const claimed = d.ledger.findLast(
    ({ kind, purpose }) => kind === 'invoice' && (purpose === 'payout' || purpose === 'successFee'),
  );
  if (d.owedBy !== undefined && claimed?.status === 'live') {
    owed.push({
      from: rpcRole(d.owedBy),
      to: rpcRole(d.role),
      amountMsat: claimed.amountMsat,
      why: d.why ?? '',
      attempt: d.claimAttempt ?? 0,
    });
  }
  return owed;
}

const deadlines = (state: TradeState): rpc.Deadline[] =>
  Object.entries(state.deadlines).map(([name, at]) => ({
    name,
    height: 'height' in at ? at.height : 0,
    timeMs: 'timeMs' in at ? BigInt(at.timeMs) : 0n,
  }));

/** What the state itself says isn't as it should be. */
function stateWarnings(state: TradeState): string[] {
  const alarms = [...alarmsNow(state), ...lateAlarmsNow(state)].map(({ text }) => text);
  if (state.machines.engine !== 'endangered') return alarms;
  const { why = 'The sats left the hold without a release. Keep the evidence of this trade.' } = state.data;
  return [why, ...alarms];
}
