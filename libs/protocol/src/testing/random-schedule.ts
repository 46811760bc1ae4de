/**
 * Any order in which honest daemons, their nodes and the network can do things: mail between two parties keeps its order
 * and may wait for ever so long, node events may wait and repeat, deadlines may fire late, people press buttons when they
 * like. Driven by plain numbers, so that fast-check can shrink a failing schedule. Test code only.
 */
import { isLive } from '../machine/ledger.js';
import type { Role } from '../messages/bodies.js';
import { ROLES } from '../messages/bodies.js';
import { partyOf } from '../parties.js';
import type { NodeEvent } from './scripted-lightning.js';
import type { Sent } from './three-parties.js';
import type { ThreeParties } from './three-parties.js';

const JUMPS = [1, 1, 1, 3, 6, 30, 60, 150];

export class RandomSchedule {
  private readonly seen: { mail: Sent[]; events: NodeEvent[] } = { mail: [], events: [] };
  /** What broke while it ran, each line a rule. */
  readonly broken: string[] = [];
  /** How many payments of each purpose the network still lets fail. */
  private failures: number;

  constructor(
    readonly trade: ThreeParties,
    failures = 2,
  ) {
    this.failures = failures;
    trade.lightning.verdict = (_, effect) => {
      if (effect.purpose === 'retainFee' || this.failures <= 0) return {};
      this.failures -= 1;
      const refused = this.failures % 2 === 0 && effect.activeChannels.length > 0;
      return refused ? { refused: 'HOLD_ON_CHAIN' } : { failed: 'NO_ROUTE' };
    };
  }

  run(choices: readonly number[]): this {
    for (const choice of choices) {
      const before = ROLES.map((role) => this.trade.states[role]);
      this.act(choice);
      ROLES.forEach((role, index) => this.check(role, before[index]));
    }
    return this;
  }

  /** Everything that was held up arrives, no payment fails any more, and blocks come until nothing is left to wait for. */
  drain(): this {
    const { trade } = this;
    this.failures = 0;
    for (let rounds = 0; rounds < 60 && !(trade.allTerminal && trade.mail.length === 0); rounds += 1) {
      trade.fireDue();
      trade.settle();
      const next = this.nextDeadline();
      if (next === undefined) break;
      while (trade.tip < next) trade.lightning.mine();
    }
    return this;
  }

  private nextDeadline(): number | undefined {
    const heights = ROLES.flatMap((role) =>
      Object.values(this.trade.states[role].deadlines).map((at) =>
        'height' in at ? at.height : this.trade.tip + 1,
      ),
    );
    const { A } = this.trade;
    // A hold that nobody watches by height is still watched by its host's node.
    const { inFlight, nextExpiry } = this.trade.lightning;
    const later = [
      ...heights,
      ...(inFlight > 0n ? [A + 50, this.trade.tip + 30] : []),
      ...(nextExpiry === undefined ? [] : [nextExpiry]),
    ];
    const ahead = later.filter((height) => height > this.trade.tip);
    return ahead.length === 0 ? (later.length > 0 ? this.trade.tip + 1 : undefined) : Math.min(...ahead);
  }

  private act(choice: number): void {
    const kind = choice % 100;
    const pick = Math.floor(choice / 100);
    if (kind < 72) this.progress(pick);
    else if (kind < 80) this.repeat(pick);
    else if (kind < 90) this.command(pick);
    else if (kind < 94) this.trade.fireDue();
    else this.mine(JUMPS[pick % JUMPS.length] ?? 1);
  }

  private progress(pick: number): void {
    const { mail, work, lightning } = this.trade;
    const heads = mail.filter(
      (sent, index) =>
        mail.findIndex((other) => other.from === sent.from && other.effect.to === sent.effect.to) === index,
    );
    const events = ROLES.flatMap((role) =>
      lightning.events.filter((event) => event.role === role).slice(0, 1),
    );
    const all = heads.length + events.length + work.length;
    if (all === 0) return;
    const index = pick % all;
    const sent = heads[index];
    const event = events[index - heads.length];
    if (sent) this.deliver(sent);
    else if (event) this.tell(event);
    else {
      const [next] = work.splice(index - heads.length - events.length, 1);
      if (next) this.trade.carryOut(next.role, next.effect);
    }
  }

  private deliver(sent: Sent): void {
    this.trade.mail.splice(this.trade.mail.indexOf(sent), 1);
    this.seen.mail.push(sent);
    const result = this.trade.deliver(sent);
    if (result.result === 'refused')
      this.broken.push(`honest mail refused: ${sent.from} ${sent.effect.body.type} ${result.refusal.code}`);
  }

  private tell(event: NodeEvent): void {
    const { events } = this.trade.lightning;
    events.splice(events.indexOf(event), 1);
    this.seen.events.push(event);
    this.trade.fact(event.role, { ...event.fact, at: this.trade.at });
  }

  /** S21: what came once comes again, and must change nothing. */
  private repeat(pick: number): void {
    const { mail, events } = this.seen;
    if (mail.length + events.length === 0) return;
    const index = pick % (mail.length + events.length);
    const sent = mail[index];
    if (sent) {
      if (this.trade.deliver(sent).result !== 'ignored')
        this.broken.push(`S21 mail again: ${sent.effect.body.type}`);
      return;
    }
    const event = events[index - mail.length];
    if (event && event.fact.kind !== 'invoiceMade' && event.fact.kind !== 'holdCreated') {
      const result = this.trade.fact(event.role, { ...event.fact, at: this.trade.at });
      if (result.result !== 'ignored') this.broken.push(`S21 event again: ${event.fact.kind}`);
    }
  }

  private command(pick: number): void {
    const role: Role = pick % 2 === 0 ? 'maker' : 'taker';
    const kind = (['cmdSent', 'cmdSent', 'cmdRelease', 'cmdCancel'] as const)[Math.floor(pick / 2) % 4];
    // Cancelling is as rare as people's second thoughts, or no trade would go on.
    if (kind === 'cmdCancel' && Math.floor(pick / 8) % 4 !== 0) return;
    if (kind) this.trade.command(role, kind, Math.floor(pick / 32) % 2 === 0);
  }

  private mine(blocks: number): void {
    for (let n = 0; n < blocks; n += 1) this.trade.lightning.mine();
  }

  /** Rules that speak of each step: S1, S9, S20. */
  private check(role: Role, before: ThreeParties['states'][Role] | undefined): void {
    const state = this.trade.states[role];
    if (!before || state === before) return;
    const party = partyOf(state.data);
    for (const name of ['deal', 'engine', 'escrow', 'debt', 'claim'] as const) {
      const from = before.machines[name];
      if (party[name].states[from]?.at === 'end' && state.machines[name] !== from)
        this.broken.push(`S20 ${role} ${name} left ${from}`);
    }
    const live = state.data.ledger.filter((entry) => entry.kind === 'payment' && isLive(entry));
    if (new Set(live.map(({ purpose }) => purpose)).size < live.length)
      this.broken.push(`S1 ${role} pays twice`);
  }
}
