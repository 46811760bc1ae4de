/**
 * "Where are my sats, until which height, what can I do" (D7, C14): from state, for every party and state, never from
 * the memory of a message.
 */
import type { At } from '../machine/facts.js';
import type { TradeData, TradeState } from '../machine/state.js';
import type { Role } from '../messages/bodies.js';
import { partyOf } from '../parties.js';
import { ROUTE_ALLOWANCE, UNREADABLE_WALLET_BLOCKS } from '../terms/windows.js';
import type { Height, Msat } from '../units.js';
import { above, height as heightOf, msat } from '../units.js';
import { AGENT_HELD_AGENT, PEER_HELD_AGENT } from './agent.js';
import type { TradeCommand } from './commands.js';
import { commandsNow } from './commands.js';
import { CLAIM, DEAL_AGENT, DEAL_MAKER, DEAL_TAKER, DEBT } from './deal.js';
import type { Entries, Entry, Where } from './entry.js';
import type { NextOf } from './fiat.js';
import { FIAT_AGENT, FIAT_PAYEE, FIAT_PAYER } from './fiat.js';
import { AGENT_HELD_PAYEE, PEER_HELD_PAYEE } from './payee.js';
import { AGENT_HELD_PAYER, PEER_HELD_PAYER } from './payer.js';

export interface SatsAnswer {
  where: Where;
  holder: Role | 'self' | 'nobody';
  /** What the answer speaks of: the sats in the escrow, or what is owed. */
  amountMsat: Msat;
  /** Until here they can be locked, or stay in custody; absent where no height bounds it. */
  untilHeight?: Height;
  text: string;
  can: TradeCommand[];
}

/** Entries by the name of their table. */
export const SATS: Record<string, Entries> = {
  'deal.maker': DEAL_MAKER,
  'deal.taker': DEAL_TAKER,
  'deal.agent': DEAL_AGENT,
  'AGENT_HELD.payer': AGENT_HELD_PAYER,
  'AGENT_HELD.payee': AGENT_HELD_PAYEE,
  'AGENT_HELD.agent': AGENT_HELD_AGENT,
  'PEER_HELD.payer': PEER_HELD_PAYER,
  'PEER_HELD.payee': PEER_HELD_PAYEE,
  'PEER_HELD.agent': PEER_HELD_AGENT,
  debt: DEBT,
  claim: CLAIM,
};
export const NEXT: Record<string, Record<string, NextOf>> = {
  'fiat.payer': FIAT_PAYER,
  'fiat.payee': FIAT_PAYEE,
  'fiat.agent': FIAT_AGENT,
};

/** Up to where the payer's own first hop can be locked, when nothing was read from its node. */
function payersBound(d: TradeData, tip: Height): Height | undefined {
  if (d.lockedUntil !== undefined) return d.lockedUntil;
  if (!d.terms) return undefined;
  const longest = d.externalWallet ? UNREADABLE_WALLET_BLOCKS : d.terms.windows.cltvExpiry + ROUTE_ALLOWANCE;
  // Paying ends with the lease; what was accepted at h was paid at h or before.
  const paidBy = d.locked?.h ?? heightOf(Math.min(tip, d.leaseEnd ?? tip));
  return above(paidBy, longest);
}

const BOUNDED: readonly Where[] = ['underWay', 'held', 'returning', 'releasing'];

function untilOf(where: Where, d: TradeData, tip: Height): Height | undefined {
  if (where === 'custody') return d.custodyUntil;
  if (d.seat === 'payer') {
    return BOUNDED.includes(where) || (where === 'nothing' && d.escrowHash) ? payersBound(d, tip) : undefined;
  }
  return BOUNDED.includes(where) ? d.locked?.A : undefined;
}

const inWords = (until: Height | undefined): string =>
  until === undefined ? 'a height that is not known yet' : `height ${String(until)}`;

function amountOf(where: Where, d: TradeData): Msat {
  if (where === 'nothing') return msat(0);
  if (where === 'owing' && d.obligation) return d.obligation.amountMsat;
  const price = d.terms?.priceMsat ?? d.signedOrder.order.amountMsat;
  return d.seat === 'payee' && d.shape === 'AGENT_HELD' ? (d.terms?.payoutMsat ?? price) : price;
}

/** What is owed speaks first (a fee isn't what the trade is about), then the escrow, then, while there is none, the deal. */
function speaking(s: TradeState): readonly [machine: string, state: string] {
  const party = partyOf(s.data);
  const { deal, escrow, debt, claim } = s.machines;
  const owesSats = s.data.obligation?.purpose !== 'successFee' && !['none', 'paid'].includes(debt);
  if (owesSats) return [party.debt.name, debt];
  const isOwed = claim === 'making' || (claim === 'waiting' && s.data.owedBy);
  if (isOwed && s.data.seat !== 'agent') return [party.claim.name, claim];
  return escrow === party.escrow.initial ? [party.deal.name, deal] : [party.escrow.name, escrow];
}

function entryOf(s: TradeState, tip: Height): Entry & { untilHeight: Height | undefined } {
  const [machine, state] = speaking(s);
  const entry = SATS[machine]?.[state];
  if (!entry) throw new Error(`where the sats are in ${machine} ${state} is not said`);
  const untilHeight = untilOf(entry(s.data, '').where, s.data, tip);
  return { ...entry(s.data, inWords(untilHeight)), untilHeight };
}

/** The answer at a height. Pure; throws only where a table has a state without an entry, which a test rules out. */
export function whereAreMySats(s: TradeState, at: Pick<At, 'height'>): SatsAnswer {
  const { where, holder, text, untilHeight } = entryOf(s, at.height);
  const next = NEXT[partyOf(s.data).engine.name]?.[s.machines.engine]?.(s.data) ?? '';
  return {
    where,
    holder,
    amountMsat: amountOf(where, s.data),
    ...(untilHeight === undefined ? {} : { untilHeight }),
    text: next === '' ? text : `${text} ${next}`,
    can: commandsNow(s, at),
  };
}
