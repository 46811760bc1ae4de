/** S1-S13: where the sats are, and that they move once. */
import { feeLimitMsat, isLive, type LedgerEntry } from '@tercet/protocol';
import { PARTIES, SMALLEST_PRICE } from '../world/scene.js';
import type { Check, Invariant } from './invariant.js';

const onePaymentPerPurpose: Check = ({ world, sight }) => {
  for (const role of PARTIES) {
    const live = new Map<string, string>();
    for (const { kind, purpose, hash } of sight.data(role)?.ledger ?? []) {
      if (kind !== 'payment') continue;
      const { state } = sight.payment(role, hash);
      if (state !== 'inFlight' && state !== 'paid') continue;
      const other = live.get(purpose);
      if (other !== undefined && other !== hash && world.isHonest(role))
        return `${role} has two live payments for ${purpose}`;
      live.set(purpose, hash);
    }
  }
  return undefined;
};

const destinationStays: Check = ({ step }) => {
  if (!step) return undefined;
  const { machines, data } = step.change.trade.state;
  if (machines.debt !== 'paying') return undefined;
  const last = data.ledger.findLast(({ kind, purpose }) => kind === 'payment' && purpose === 'payout');
  return last && isLive(last) && last.hash !== data.payoutRequest?.hash
    ? `${step.party.role} has another destination than the payment that is under way`
    : undefined;
};

/** Lines that say an end and the node says otherwise. */
const lineIsTrue =
  (wrong: (line: LedgerEntry, node: string) => boolean): Check =>
  ({ step }) => {
    if (!step) return undefined;
    const { node, role } = step.party;
    for (const line of step.change.trade.state.data.ledger) {
      const { state } =
        line.kind === 'payment' ? node.payments.state(line.hash) : node.invoices.state(line.hash);
      if (wrong(line, state))
        return `${role} books its ${line.purpose} ${line.kind} as ${line.status}; the node says ${state}`;
    }
    return undefined;
  };

const amountIsOwed: Check = ({ sight, world, acts }) => {
  for (const act of acts) {
    if (act.kind !== 'pay') continue;
    const { role } = world.parties.of(act.node);
    const line = sight
      .data(role)
      ?.ledger.findLast(({ kind, hash }) => kind === 'payment' && hash === act.hash);
    const { terms } = sight;
    if (!line || !terms || !world.isHonest(role)) continue;
    const owed = {
      escrow: terms.priceMsat,
      retainFee: terms.retainFeeMsat,
      successFee: terms.successFeeMsat,
      payout: sight.data(role)?.obligation?.amountMsat ?? terms.payoutMsat,
    }[line.purpose];
    // The creditor pays for later tries of a debt.
    const isDebt = line.purpose === 'payout' || line.purpose === 'successFee';
    const least = isDebt ? owed - feeLimitMsat(owed) : owed;
    const paid = act.request.amountMsat;
    if (paid > owed || paid < least) return `${role} pays ${paid} for ${line.purpose}, not ${owed}`;
  }
  return undefined;
};

const payoutRouteFits: Check = ({ sight, acts }) => {
  const data = sight.data('agent');
  if (!data?.locked || !sight.isAgentHeld) return undefined;
  for (const act of acts) {
    const isPayout = data.ledger.some(
      ({ kind, purpose, hash }) => kind === 'payment' && purpose === 'payout' && hash === act.hash,
    );
    if (act.kind !== 'pay' || act.node !== sight.party('agent').node || !isPayout) continue;
    if (data.settling || sight.hold.state !== 'accepted') continue;
    // A call may be under way while a block comes.
    const room = data.locked.A - data.limits.margins.forcedSettle - act.height + 2;
    if (act.request.cltvLimit > Math.max(1, room))
      return `a payout may take ${act.request.cltvLimit} blocks; ${room} are left`;
  }
  return undefined;
};

const noCancelBesidePayout: Check = ({ sight, acts }) => {
  for (const act of acts) {
    if (act.kind !== 'cancelHold' || act.hash !== sight.escrowHash) continue;
    const { role } = sight.world.parties.of(act.node);
    const open = sight
      .data(role)
      ?.ledger.find(
        ({ kind, purpose, hash }) =>
          kind === 'payment' &&
          purpose === 'payout' &&
          ['inFlight', 'paid'].includes(sight.payment(role, hash).state),
      );
    if (open) return `${role} cancels the hold while its payout is not proven failed`;
  }
  return undefined;
};

const onlyForward: Check = ({ sight, world, acts }) => {
  for (const act of acts) {
    if (act.kind !== 'cancelHold') continue;
    const settled = world.log.acts.some(
      (other) =>
        other.kind === 'settleHold' &&
        other.hash === act.hash &&
        other.node === act.node &&
        other.atMs < act.atMs - HALF_A_MINUTE_MS,
    );
    const { role } = world.parties.of(act.node);
    if (settled && act.hash === sight.escrowHash && world.isHonest(role))
      return `${role} cancels what it was settling`;
  }
  return undefined;
};
/** A call of a process that died may still be under way. */
const HALF_A_MINUTE_MS = 30_000;

const terminalIsOver: Check = ({ step, world }) => {
  if (!step?.change.trade.terminal || !world.isHonest(step.party.role)) return undefined;
  const { node, role } = step.party;
  for (const { kind, hash, purpose } of step.change.trade.state.data.ledger) {
    const { state } = kind === 'payment' ? node.payments.state(hash) : node.invoices.state(hash);
    if (state === 'accepted' || state === 'inFlight')
      return `${role} is done and its ${purpose} ${kind} is ${state}`;
  }
  return undefined;
};

const hashesOnce: Check = ({ step }) => {
  if (!step) return undefined;
  const { ledger } = step.change.trade.state.data;
  const names = ledger.map(({ kind, hash }) => `${kind} ${hash}`);
  return new Set(names).size === names.length ? undefined : `${step.party.role} uses a hash twice`;
};

const nobodyPerformsBeforeLocked: Check = ({ sight, world, letters }) => {
  const { payee, payer } = sight;
  const performs = sight.in(payee, 'engine', 'performing', 'sent') || sight.data(payee)?.fiatSent === true;
  if (performs && world.isHonest(payee) && !sight.data(payee)?.locked)
    return 'the payee performs and nothing is locked';
  if (performs && world.isHonest(payee, 'agent') && !sight.data('agent')?.locked)
    return 'the payee performs and the agent has locked nothing';
  const told = letters.some(
    ({ from, body, honest }) => honest && from === payer && body.type === 'fiatDetails',
  );
  return told && !sight.data(payer)?.locked
    ? 'the payer tells its account before anything is locked'
    : undefined;
};

const exactAndNoDust: Check = ({ sight, world, step }) => {
  const { hold, host, terms } = sight;
  if (!step || !terms || !world.isHonest(host, 'agent')) return undefined;
  if (!sight.data('agent')?.locked || hold.state !== 'accepted') return undefined;
  if (hold.receivedMsat !== terms.priceMsat) return `the hold is locked with ${hold.receivedMsat} msat`;
  return hold.htlcs.some(({ amountMsat }) => amountMsat < SMALLEST_PRICE)
    ? 'a part of the hold is dust'
    : undefined;
};

/** A payout out of an open hold starts while the HTLCs it counts on can still be settled off chain. */
const heldOffChain: Check = ({ sight, acts }) => {
  const data = sight.data('agent');
  const { node } = sight.party('agent');
  const closedMs = sight.sinceMs('the channel of the hold is closed', !node.channelActive);
  if (!data?.locked || !sight.isAgentHeld || data.settling) return undefined;
  for (const act of acts) {
    const isPayout = data.ledger.some(
      ({ kind, purpose, hash }) => kind === 'payment' && purpose === 'payout' && hash === act.hash,
    );
    if (act.kind !== 'pay' || act.node !== node || !isPayout || sight.hold.state !== 'accepted') continue;
    if (closedMs !== undefined && act.atMs - closedMs > A_MINUTE_MS)
      return 'a payout starts though its hold is on chain';
  }
  return undefined;
};
/** Between the look at the channel and the payment lie some calls to the node. */
const A_MINUTE_MS = 60_000;

export const MONEY: readonly Invariant[] = [
  { number: 'S1', title: 'one live payment per purpose', when: 'always', check: onePaymentPerPurpose },
  {
    number: 'S2',
    title: 'a destination stays while a payment to it is live',
    when: 'step',
    check: destinationStays,
  },
  {
    number: 'S3',
    title: 'failed is what the node says, never a guess',
    when: 'step',
    check: lineIsTrue(
      ({ kind, status }, node) =>
        kind === 'payment' && status === 'failed' && (node === 'inFlight' || node === 'paid'),
    ),
  },
  { number: 'S4', title: 'what is paid is what is owed', when: 'always', check: amountIsOwed },
  {
    number: 'S5',
    title: 'a payout ends before its hold is settled by force',
    when: 'always',
    check: payoutRouteFits,
  },
  {
    number: 'S6',
    title: 'no hold is cancelled beside a payout that may arrive',
    when: 'always',
    check: noCancelBesidePayout,
  },
  { number: 'S7', title: 'what is being settled is never cancelled', when: 'always', check: onlyForward },
  {
    number: 'S8',
    title: 'settled and paid are what the node proves',
    when: 'step',
    check: lineIsTrue(
      ({ status }, node) =>
        (status === 'settled' && node !== 'settled') || (status === 'paid' && node !== 'paid'),
    ),
  },
  { number: 'S9', title: 'a trade is over when nothing of it is open', when: 'step', check: terminalIsOver },
  { number: 'S12', title: 'each hash once', when: 'step', check: hashesOnce },
  {
    number: 'S13',
    title: 'nobody performs before locked',
    when: 'always',
    check: nobodyPerformsBeforeLocked,
  },
  {
    number: 'S24',
    title: 'only cancelled is cancelled',
    when: 'step',
    check: lineIsTrue(({ status }, node) => status === 'cancelled' && node !== 'cancelled'),
  },
  { number: 'S54', title: 'a hold is money only off chain', when: 'always', check: heldOffChain },
  { number: 'S55', title: 'the hold is exact and no part of it dust', when: 'step', check: exactAndNoDust },
];
