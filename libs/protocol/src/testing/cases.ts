/**
 * A row at a time: a party is put into a state by hand, is given one fact, and everything that follows must be what the
 * case says: which of its machines moves where, what is asked of node and peers, what is kept. Test code only.
 */
import { expect } from '@jest/globals';
import type { Effect } from '../machine/effects.js';
import type { InternalKind, MessageFact } from '../machine/facts.js';
import type { LedgerEntry, MachineName, Purpose, TradeData, TradeState } from '../machine/state.js';
import { agreedTerms } from '../machine/state.js';
import type { StepResult } from '../machine/step.js';
import { step } from '../machine/step.js';
import type { Body, BodyOf, BodyType, Role } from '../messages/bodies.js';
import { partyOf } from '../parties.js';
import { lockedBody } from '../shapes/checks.js';
import type { LockedHeights } from '../terms/windows.js';
import { lockedHeights } from '../terms/windows.js';
import type { PaymentHash } from '../units.js';
import { height, msat } from '../units.js';
import type { NodeEvent } from './scripted-lightning.js';
import type { ThreeParties } from './three-parties.js';

type Machines = Partial<Record<MachineName, string>>;
type Given = (d: TradeData, tip: number) => NodeEvent['fact'];

export interface StepCase {
  /** The rule, by its number, and what it means here. */
  rule: string;
  /** Where the party's machines are; the others stay where the trade has them. */
  in: Machines;
  /** What it knows besides, or otherwise than in the trade. */
  has?: Partial<TradeData> | ((d: TradeData) => Partial<TradeData>);
  /** The tip; the trade's own where none is said. */
  tip?: (d: TradeData) => number;
  fact: Given;
  /** Machines that move; all others must stay. */
  then?: Machines;
  /** Effects, in words and in their order; none where none are said. */
  asks?: string[];
  keeps?: object;
  claim?: 'take' | 'release';
  /** The message is before its time: it waits for the state that takes it. */
  waits?: true;
  /** Code of the refusal. */
  refused?: string;
}

/** An effect in a few words: `taker: ruling for payer by cancel`, `pay payout`, `cancel hold`. */
function inWords(effect: Effect): string {
  switch (effect.kind) {
    case 'send':
      return `${effect.to}: ${bodyInWords(effect.body)}`;
    case 'pay':
      return `pay ${effect.purpose}`;
    case 'settleHold':
      return `settle with ${effect.preimage}`;
    case 'cancelHold':
      return 'cancel';
    case 'createHold':
      return 'create hold';
    case 'makeInvoice':
      return `invoice ${effect.purpose} ${String(effect.attempt)}`;
    case 'recordToSelf':
      return `record ${String(effect.attempt)}`;
    case 'readPaymentExpiry':
      return 'read expiry';
  }
}
function bodyInWords(body: Body): string {
  if (body.type === 'ruling') return `ruling for ${body.for} by ${body.by}`;
  if (body.type === 'notice') return `notice ${body.what}`;
  if (body.type === 'obligation') return `obligation ${String(body.attempt)}`;
  if (body.type === 'tradeResponse') return body.answer;
  return body.type;
}

/** Checks one case for one party of a trade. */
export function expectStep(trade: ThreeParties, role: Role, one: StepCase): void {
  const { before, result } = take(trade, role, one);
  const moved = { ...before.machines, ...one.then };
  if (one.refused !== undefined) {
    expect(result).toMatchObject({ result: 'refused', refusal: { code: one.refused } });
    return;
  }
  if (result.result !== 'taken') {
    expect({ result: result.result, moved, asks: one.asks ?? [], waits: one.waits ?? false }).toEqual({
      result: 'ignored',
      moved: before.machines,
      asks: [],
      waits: false,
    });
    expect(before.data).toMatchObject(one.keeps ?? {});
    return;
  }
  expect({
    machines: result.state.machines,
    asks: result.effects.map(inWords),
    claim: result.claim,
    waits: result.state.data.early.length > before.data.early.length,
  }).toEqual({ machines: moved, asks: one.asks ?? [], claim: one.claim, waits: one.waits ?? false });
  expect(result.state.data).toMatchObject(one.keeps ?? {});
}

function take(trade: ThreeParties, role: Role, one: StepCase): { before: TradeState; result: StepResult } {
  const state = trade.states[role];
  const has = typeof one.has === 'function' ? one.has(state.data) : one.has;
  const data: TradeData = { ...state.data, ...has };
  const before: TradeState = { ...state, machines: { ...state.machines, ...one.in }, data };
  const at = { ...trade.at, height: (one.tip?.(data) ?? trade.tip) as typeof trade.at.height };
  const fact = { ...one.fact(data, at.height), at };
  return { before, result: step(partyOf(data), before, fact, { keys: trade.keys[role] }) };
}

/* ---- facts ---- */

const hashOf = (d: TradeData): PaymentHash => d.escrowHash ?? ('' as PaymentHash);

/** What the own node says of the escrow. */
export const settled: Given = (d) => ({ kind: 'holdSettled', hash: hashOf(d) });
export const cancelled: Given = (d) => ({ kind: 'holdCancelled', hash: hashOf(d) });
export const paid: Given = (d) => ({
  kind: 'paymentPaid',
  hash: hashOf(d),
  preimage: '77'.repeat(32) as never,
  feeMsat: msat(0),
});
export const failed: Given = (d) => ({ kind: 'paymentFailed', hash: hashOf(d), reason: 'NO_ROUTE' });
export const refused: Given = (d) => ({
  kind: 'payRefused',
  hash: hashOf(d),
  reason: 'TOO_LATE',
  text: 'Refused: too late.',
});
/** The whole price has arrived, in one HTLC that fits. */
export const accepted: Given = (d, tip) => ({
  kind: 'holdAccepted',
  hash: hashOf(d),
  receivedMsat: d.terms?.priceMsat ?? msat(0),
  htlcs: [
    {
      amountMsat: d.terms?.priceMsat ?? msat(0),
      acceptHeight: tip as never,
      expiryHeight: (tip + (d.terms?.windows.cltvExpiry ?? 0) + 3) as never,
      channelId: '1x1x1',
    },
  ],
});

/** A message that comes in its turn. */
export const says =
  (from: Role, body: Body): Given =>
  (d) =>
    ({
      kind: body.type,
      from,
      sequence: (d.received[from] ?? 0) + 1,
      envelopeId: `${from} says`,
      body,
    }) as Omit<MessageFact, 'at'> as NodeEvent['fact'];

/** The agent's `locked` for a hold accepted at this height, or at the tip, as the windows want it or otherwise. */
export const locked =
  (change: Partial<LockedHeights> = {}, acceptedAt?: number): Given =>
  (d, tip) => {
    const { terms } = agreedTerms(d);
    const h = height(acceptedAt ?? tip);
    const heights = lockedHeights(h, change.E ?? height(h + terms.windows.cltvExpiry + 3), terms.windows);
    return says('agent', lockedBody(hashOf(d), { ...heights, ...change }))(d, tip);
  };
/** Our own payment's expiries, as the node reads them. */
export const expiries =
  (E: number, firstHopExpiry: number): Given =>
  (d) => ({
    kind: 'paymentExpiry',
    hash: hashOf(d),
    E: height(E),
    firstHopExpiry: height(firstHopExpiry),
  });

/** What one machine of the party tells the others. */
export const told =
  (kind: InternalKind, more: object = {}): Given =>
  () =>
    ({ kind, ...more }) as NodeEvent['fact'];

/** A deadline, as `escrow.lease`, at a daemon that hears its peers since a height, or always. */
export const due =
  (name: string, hearingSince?: (d: TradeData) => number): Given =>
  (d) => ({ kind: 'due', name, ...(hearingSince && { hearingSince: height(hearingSince(d)) }) });

export const command =
  (kind: 'cmdSent' | 'cmdRelease' | 'cmdCancel', confirmed = true): Given =>
  () =>
    kind === 'cmdCancel' ? { kind, confirmed } : { kind };

/** What the node says of the newest payment or invoice for a purpose. */
export const saysOf =
  (
    purpose: Purpose,
    kind: 'paymentPaid' | 'paymentFailed' | 'payRefused' | 'invoicePaid' | 'invoiceCancelled',
  ): Given =>
  (d, tip) => {
    const hash = d.ledger.findLast((entry) => entry.purpose === purpose)?.hash;
    const said: object[] = [
      refused(d, tip),
      failed(d, tip),
      paid(d, tip),
      { receivedMsat: msat(1), kind, hash },
    ];
    return Object.assign({}, ...said) as NodeEvent['fact'];
  };

/** A message of this kind that was delivered in the trade. */
export function bodySent<T extends BodyType>(trade: ThreeParties, to: Role, type: T): BodyOf<T> {
  const sent = trade.delivered.find(({ effect }) => effect.to === to && effect.body.type === type);
  if (!sent) throw new Error(`no ${type} was delivered to the ${to}`);
  return sent.effect.body as BodyOf<T>;
}

/* ---- what the party has ---- */

/** Its account book, with the line for this purpose at another status. */
export const withLine =
  (purpose: Purpose, status: LedgerEntry['status']) =>
  (d: TradeData): Partial<TradeData> => ({
    ledger: d.ledger.map((entry) => (entry.purpose === purpose ? { ...entry, status } : entry)),
  });

export const ruling = (side: 'payer' | 'payee', by: 'cancel' | 'deadline' | 'default' | 'lease'): Body => ({
  type: 'ruling',
  for: side,
  by,
  why: 'Ruled so.',
});
export const notice = (what: 'released' | 'settled' | 'tooLate'): Body => ({
  type: 'notice',
  what,
  hash: null,
  text: 'Noticed so.',
});
export const CANCELLED: Body = { type: 'cancelled', hash: null, why: 'Said to be cancelled.' };
