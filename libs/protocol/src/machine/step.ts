/**
 * The one transition function (S19): a state and a fact in, a state and what to do out. Pure.
 *
 * A fact from outside goes to the first of the party's machines that has a row for it; what a row raises goes to every
 * machine that has one. A message that no state takes yet, but another state of the party would, waits in `early`:
 * messages of different senders have no order among them.
 */
import type { BodyType, Role, Seat } from '../messages/bodies.js';
import { BODIES, SENDERS } from '../messages/bodies.js';
import type { Effect } from './effects.js';
import type { At, CommandKind, Fact, FactKind, InternalKind, MessageFact } from './facts.js';
import { COMMANDS } from './facts.js';
import { newlyLate } from './late.js';
import { enterEffect, enterFact } from './ledger.js';
import { atRest, isTerminal, type Party } from './rest.js';
import type { MachineName, TradeData, TradeState } from './state.js';
import type { Context, Row, StateSpec } from './table.js';

const ORDER: readonly MachineName[] = ['deal', 'engine', 'escrow', 'debt', 'claim'];
/** More early messages of one sender than an honest one can have under way are refused; nobody fills another's share. */
const MOST_EARLY = 16;

export interface Refusal {
  code: string;
  text: string;
  wayOut: string;
}

export type StepResult =
  | {
      result: 'taken';
      state: TradeState;
      effects: Effect[];
      claim: 'take' | 'release' | undefined;
      terminal: boolean;
      /** Rows taken, as `escrow.paying:locked`: for logs. */
      path: string[];
      /** The same rows as the tables have them: for coverage, since several of a state may answer one kind of fact. */
      rows: Row[];
    }
  /** Known already, or stale: nothing changes, the sender is told that all is well (S21). */
  | { result: 'ignored' }
  | { result: 'refused'; refusal: Refusal };

export const initialState = (party: Party, data: TradeData): TradeState => ({
  machines: {
    deal: party.deal.initial,
    engine: party.engine.initial,
    escrow: party.escrow.initial,
    debt: party.debt.initial,
    claim: party.claim.initial,
  },
  data,
  deadlines: {},
});

export const isMessage = (fact: Fact): fact is MessageFact => fact.kind in BODIES;
const isCommand = (kind: FactKind): boolean => (COMMANDS as readonly string[]).includes(kind);

/** One step. Throws only on a fault of the tables themselves. */
export function step(party: Party, before: TradeState, fact: Fact, context: Context): StepResult {
  if (isMessage(fact)) {
    const verdict = checkMessage(before.data, fact);
    if (verdict !== 'next') return verdict;
  }
  const work = new Work(party, before, context);
  const booked = work.book(fact);
  if (booked === 'known') return { result: 'ignored' };
  const row = work.deliver(fact);
  if (row?.refuse) return { result: 'refused', refusal: row.refuse };
  if (!row) {
    if (isMessage(fact)) return work.setAside(fact);
    if (isCommand(fact.kind)) return { result: 'refused', refusal: wrongState(before, fact.kind) };
    // A stale deadline or a late effect result changes nothing; what the node said was booked all the same.
    if (booked === 'unrelated') return { result: 'ignored' };
  }
  if (isMessage(fact)) work.countReceived(fact);
  work.deliverEarly(fact);
  return work.finish();
}

/** Replay, then role (S30, S31); signature and size were checked when the envelope was opened. */
function checkMessage(d: TradeData, fact: MessageFact): 'next' | StepResult {
  const last = d.received[fact.from] ?? 0;
  if (fact.sequence <= last) return { result: 'ignored' };
  if (fact.sequence > last + 1) {
    return refused('OUT_OF_ORDER', 'An earlier message is missing.', 'Send the messages in their order.');
  }
  const allowed = SENDERS[fact.kind];
  if (!allowed.includes(fact.from) && !allowed.includes(seatOf(d, fact.from))) {
    return refused(
      'WRONG_ROLE',
      `A ${fact.from} may not send ${fact.kind} in this trade.`,
      'Nothing: this is refused for good.',
    );
  }
  return 'next';
}

/** Where a role sits in the escrow: the bitcoin seller pays. */
export function seatOf(d: TradeData, role: Role): Seat {
  if (role === 'agent') return 'agent';
  const seller = d.signedOrder.order.side === 'sell' ? 'maker' : 'taker';
  return role === seller ? 'payer' : 'payee';
}

const refused = (code: string, text: string, wayOut: string): StepResult => ({
  result: 'refused',
  refusal: { code, text, wayOut },
});

const wrongState = (s: TradeState, kind: FactKind): Refusal => ({
  code: 'WRONG_STATE',
  text: `This can not be done now: the deal is ${s.machines.deal}, the trade ${s.machines.engine}, the escrow ${s.machines.escrow}. Nothing was changed (${kind}).`,
  wayOut: 'See what can be done with: tercet trade ID',
});

function findRow(name: MachineName, spec: StateSpec, d: TradeData, fact: Fact, c: Context): Row | undefined {
  return spec.rows.find(
    (row) =>
      row.on === fact.kind &&
      (fact.kind !== 'due' || fact.name === `${name}.${row.name ?? ''}`) &&
      row.when.every((guard) => guard(d, fact, c)),
  );
}

/** The row that a command would take now, the first as in a step; undefined where no machine has one (S30). */
export function rowForCommand(
  party: Party,
  s: TradeState,
  command: Fact<CommandKind>,
  c: Context,
): Row | undefined {
  for (const name of ORDER) {
    const spec = party[name].states[s.machines[name]];
    const row = spec && findRow(name, spec, s.data, command, c);
    if (row) return row;
  }
  return undefined;
}

class Work {
  private readonly machines: Record<MachineName, string>;
  /** The state's own until something changes, then a copy of this step's alone. */
  private data: TradeData;
  private readonly effects: Effect[] = [];
  private readonly path: string[] = [];
  private readonly rows: Row[] = [];
  private claim: 'take' | 'release' | undefined;

  constructor(
    private readonly party: Party,
    private readonly before: TradeState,
    private readonly context: Context,
  ) {
    this.machines = { ...before.machines };
    this.data = before.data;
  }

  /** Enters what the node said into the account book. `known` = it said so before. */
  book(fact: Fact): 'known' | 'booked' | 'unrelated' {
    const ledger = enterFact(this.data.ledger, fact);
    if (ledger === 'known' || ledger === 'unrelated') return ledger;
    const late = newlyLate(this.data.ledger, ledger).map((alarm) => ({ alarm, height: fact.at.height }));
    this.change({ ledger });
    if (late.length > 0) this.change({ told: [...(this.data.told ?? []), ...late] });
    return 'booked';
  }

  /** Gives a fact from outside to the first machine with a row for it. */
  deliver(fact: Fact): Row | undefined {
    for (const name of ORDER) {
      const row = this.find(name, fact);
      if (!row) continue;
      if (!row.refuse) this.take(name, row, fact);
      return row;
    }
    return undefined;
  }

  countReceived(fact: MessageFact): void {
    this.change({ received: { ...this.data.received, [fact.from]: fact.sequence } });
  }

  setAside(fact: MessageFact): StepResult {
    if (!this.takenSomewhere(fact.kind)) {
      return { result: 'refused', refusal: wrongState(this.before, fact.kind) };
    }
    if (this.over()) {
      // The trade is over, the message was under way: counted, so that the sender's next number fits, and forgotten.
      this.countReceived(fact);
      return this.finish();
    }
    if (this.data.early.filter(({ from }) => from === fact.from).length >= MOST_EARLY) {
      return refused(
        'TOO_MANY_EARLY',
        'Too many messages came before their time.',
        'Wait and send it again.',
      );
    }
    this.countReceived(fact);
    this.change({ early: [...this.data.early, fact] });
    return this.finish();
  }

  /** Messages that waited are tried again, in their order, each time the state has moved. */
  deliverEarly(latest: Fact): void {
    for (let moved = true; moved;) {
      moved = false;
      for (const early of this.data.early) {
        const row = this.deliver({ ...early, at: latest.at, used: latest.used });
        if (!row) continue;
        this.change({ early: this.data.early.filter((other) => other !== early) });
        moved = true;
        break;
      }
    }
  }

  finish(): StepResult {
    if (this.over() && this.data.early.length > 0) this.change({ early: [] });
    const state: TradeState = { machines: this.machines, data: this.data, deadlines: this.deadlines() };
    return {
      result: 'taken',
      state,
      effects: this.effects,
      claim: this.claim,
      terminal: isTerminal(this.party, state),
      path: this.path,
      rows: this.rows,
    };
  }

  /** Copied once: a step changes a dozen things, and what it is given stays as it was. */
  private change(some: Partial<TradeData>): void {
    if (this.data === this.before.data) this.data = { ...this.data };
    Object.assign(this.data, some);
  }

  private find(name: MachineName, fact: Fact): Row | undefined {
    return findRow(name, this.spec(name), this.data, fact, this.context);
  }

  private spec(name: MachineName) {
    const spec = this.party[name].states[this.machines[name]];
    if (!spec) throw new Error(`table ${this.party[name].name} has no state ${this.machines[name]}`);
    return spec;
  }

  private take(name: MachineName, row: Row, fact: Fact): void {
    this.path.push(`${name}.${this.machines[name]}:${row.on}${row.name === undefined ? '' : `:${row.name}`}`);
    this.rows.push(row);
    for (const fn of row.keep) this.change(fn(this.data, fact, this.context));
    for (const fn of row.ask) this.ask([fn(this.data, fact, this.context)].flat(), fact.at);
    if (row.claim) this.claim = row.claim;
    if (row.to !== undefined) this.machines[name] = row.to;
    for (const fn of row.raise)
      this.broadcast({ ...fn(this.data, fact, this.context), at: fact.at, used: fact.used });
  }

  private broadcast(fact: Fact<InternalKind>): void {
    for (const name of ORDER) {
      const row = this.find(name, fact);
      if (row) this.take(name, row, fact);
    }
  }

  private ask(effects: Effect[], at: At): void {
    for (const effect of effects) {
      const ledger = enterEffect(this.data.ledger, effect, at);
      if (ledger !== this.data.ledger) this.change({ ledger });
      if (effect.kind === 'send') {
        const sequence = (this.data.sent[effect.to] ?? 0) + 1;
        this.change({ sent: { ...this.data.sent, [effect.to]: sequence } });
        this.effects.push({ ...effect, sequence });
      } else {
        this.effects.push(effect);
      }
    }
  }

  /** Every machine is at rest: nothing that is still under way can matter. */
  private over(): boolean {
    return atRest(this.party, this.machines);
  }

  private takenSomewhere(kind: BodyType): boolean {
    return ORDER.some((name) =>
      Object.values(this.party[name].states).some((spec) => spec.rows.some((row) => row.on === kind)),
    );
  }

  private deadlines(): TradeState['deadlines'] {
    const set: TradeState['deadlines'] = {};
    for (const name of ORDER) {
      for (const [deadline, at] of Object.entries(this.spec(name).until)) {
        const when = at(this.data);
        if (when) set[`${name}.${deadline}`] = when;
      }
    }
    return set;
  }
}
