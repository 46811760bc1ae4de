/** One step as one transaction: what the journal writes of it. Envelopes are signed here, so that a retry sends the same bytes. */
import type { Commit } from '@tercet/journal';
import type {
  Body,
  Effect,
  Envelope,
  Fact,
  Keyring,
  Role,
  StepResult,
  TradeData,
  TradeId,
  TradeState,
} from '@tercet/protocol';
import { purposeOf, seal } from '@tercet/protocol';
import { asJson, type OutboxEffect } from './stored.js';
import type { SubmitOptions, TradeView } from './port.js';
import { orderClaim, termsTaken } from './taken-names.js';

interface Step {
  view: TradeView;
  fact: Fact;
  result: StepResult & { result: 'taken' };
  options: SubmitOptions;
  keys: Keyring;
}

export function commitOf({ view, fact, result, options, keys }: Step): Commit {
  const { state } = result;
  return {
    tradeId: view.tradeId,
    expectedSequence: view.sequence,
    role: state.data.role,
    fact: asJson({ fact, envelope: options.envelope }),
    state: asJson(state),
    terminal: result.terminal,
    // A debt that turns up after the end opens the trade again (S56); no machine leaves an end of its own (S20).
    reopens: view.terminal && !result.terminal,
    effects: result.effects.map((effect) => stored(effect, state, fact, keys)),
    deadlines: deadlineChanges(view.state.deadlines, state.deadlines),
    hashes: [...newHashes(view.state.data, state.data), ...newTerms(view, state.data)],
    claims: {
      take: result.claim === 'take' ? [orderClaim(state.data.signedOrder)] : [],
      release: result.claim === 'release' ? [orderClaim(state.data.signedOrder)] : [],
    },
    finishes:
      options.finishes === undefined ? undefined : { effectKey: options.finishes, outcome: fact.kind },
    eventId: options.eventId,
  };
}

function stored(effect: Effect, s: TradeState, fact: Fact, keys: Keyring): Commit['effects'][number] {
  if (effect.kind !== 'send') return { kind: effect.kind, body: asJson(effect) };
  const sealed = (body: Body): Envelope =>
    seal(
      {
        from: s.data.role,
        to: effect.to,
        tradeId: s.data.tradeId,
        sequence: effect.sequence ?? 0,
        termsHash: s.data.termsHash,
        body,
      },
      fact.at.timeMs,
      keys.publicKey,
      (hash) => keys.sign(hash),
    );
  const { to, notAfter, body, instead } = effect;
  const outbox: OutboxEffect = {
    kind: 'send',
    to,
    envelope: sealed(body),
    notAfter,
    instead: instead && sealed(instead),
  };
  // Messages to one party go out in their order; parties don't wait for one another (S28).
  return { kind: 'send', body: asJson(outbox), lane: laneTo(s.data.tradeId, effect.to) };
}

export const laneTo = (tradeId: TradeId, to: Role): string => `${tradeId}/${to}`;

function deadlineChanges(
  before: TradeState['deadlines'],
  after: TradeState['deadlines'],
): Commit['deadlines'] {
  const same = (name: string) => JSON.stringify(before[name]) === JSON.stringify(after[name]);
  return {
    set: Object.entries(after)
      .filter(([name]) => !same(name))
      .map(([name, at]) => ({ name, at: at as Commit['deadlines']['set'][number]['at'] })),
    clear: Object.keys(before).filter((name) => !(name in after)),
  };
}

/**
 * S12: every hash that a step brings into the trade is unique over all trades, by constraint. A payout invoice counts from
 * when it is handed over, so that one seen before is refused to whoever brings it, not found when it is to be paid.
 */
function newHashes(before: TradeData, after: TradeData): Commit['hashes'] {
  // Lines are only added behind the others: looking each up among all would be quadratic in a payout's tries.
  const lines = after.ledger
    .slice(before.ledger.length)
    .map((entry) => ({ hash: entry.hash, purpose: `${entry.purpose}/${entry.kind}` }));
  const { payoutRequest } = after;
  if (!payoutRequest || payoutRequest.hash === before.payoutRequest?.hash) return lines;
  return [...lines, { hash: payoutRequest.hash, purpose: `${purposeOf(after.obligation ?? {})}/payment` }];
}

/** Those that the step brings in: by them strangers ask for the escrow. */
const newTerms = ({ sequence, state }: TradeView, after: TradeData): Commit['hashes'] =>
  sequence > 0 && state.data.termsHash === after.termsHash ? [] : termsTaken(after);
