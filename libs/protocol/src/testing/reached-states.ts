/**
 * States that a party of a trade can really be in, with the messages that honest parties sent on the way: the ground on
 * which the matrix of `matrix.ts` is laid. Found by seeded random schedules, so the same every time. Test code only.
 */
import fc from 'fast-check';
import type { MachineName, TradeState } from '../machine/state.js';
import type { At } from '../machine/facts.js';
import type { Body, BodyType, Role } from '../messages/bodies.js';
import { ROLES } from '../messages/bodies.js';
import type { ShapeName } from '../terms/order.js';
import { height } from '../units.js';
import { RandomSchedule } from './random-schedule.js';
import { ThreeParties } from './three-parties.js';

/** Schedules per side and shape; each has up to so many choices. */
const SCHEDULES = 120;
const CHOICES = 220;
const SEED = 5030;
/** The same machine states with other data behind them may answer otherwise: so many of each are looked at. */
const MOST_SAMPLES = 3;

export interface Reached {
  state: TradeState;
  at: At;
}
export interface Ground {
  /** By role, then by the names of all five machine states. */
  reached: Record<Role, Map<string, Reached[]>>;
  /** What an honest sender said to a role, by kind: `agent retained`. */
  said: Map<string, Body>;
}

const nameOf = ({ machines }: TradeState): string =>
  (['deal', 'engine', 'escrow', 'debt', 'claim'] satisfies MachineName[])
    .map((machine) => `${machine} ${machines[machine]}`)
    .join(', ');

/** Every state that the schedules of one side and shape came through. */
function groundOf(side: 'sell' | 'buy', shape: ShapeName, runs: number): Ground {
  const ground: Ground = {
    reached: { maker: new Map(), taker: new Map(), agent: new Map() },
    said: new Map(),
  };
  const own = new ThreeParties(side, shape);
  const outside = new ThreeParties(side, shape, { externalWallet: [own.payer] });
  const starts = [own, outside].map((trade) => begun(ground, trade));
  const choices = fc.array(fc.nat(1_000_000), { minLength: 40, maxLength: CHOICES, size: 'max' });
  fc.sample(choices, { numRuns: runs, seed: SEED }).forEach((chosen, number) => {
    // One in six pays from a wallet of its own, two in six begin at the beginning.
    const [taken, performing] = starts[number % 6 === 0 ? 1 : 0] ?? [own, own];
    const from = number % 3 === 0 ? taken : performing;
    const trade = watched(ground, from.copy());
    const run = new RandomSchedule(trade, number % 6).run(chosen);
    trade.payElsewhere();
    run.drain();
  });
  return ground;
}

/** The trade just taken, and the same trade on its honest way to where fiat is paid. */
function begun(ground: Ground, taken: ThreeParties): [taken: ThreeParties, performing: ThreeParties] {
  watched(ground, taken);
  taken.take();
  const performing = watched(ground, taken.copy());
  performing.settle();
  performing.payElsewhere();
  performing.settle();
  return [taken, performing];
}

/** Notes every state that the trade comes through from here on, and every message. */
function watched(ground: Ground, trade: ThreeParties): ThreeParties {
  for (const role of ROLES) note(ground, trade, role);
  const { fact, deliver } = trade;
  trade.fact = (role, what) => {
    const result = fact.call(trade, role, what);
    if (result.result === 'taken') note(ground, trade, role);
    return result;
  };
  trade.deliver = (sent) => {
    const said = `${sent.effect.to} ${sent.effect.body.type}`;
    if (!ground.said.has(said)) ground.said.set(said, sent.effect.body);
    return deliver.call(trade, sent);
  };
  return trade;
}

function note({ reached }: Ground, trade: ThreeParties, role: Role): void {
  const state = trade.states[role];
  const name = nameOf(state);
  const samples = reached[role].get(name) ?? [];
  reached[role].set(name, samples);
  if (samples.length < MOST_SAMPLES) samples.push({ state, at: trade.at });
}

/** The grounds of every side and shape; what one shape never says is taken from another. */
export function groundsOf(
  kinds: readonly (readonly ['sell' | 'buy', ShapeName])[],
  schedules = SCHEDULES,
): Ground[] {
  const grounds = kinds.map(([side, shape]) => groundOf(side, shape, schedules));
  for (const ground of grounds) {
    for (const [to, body] of grounds.flatMap(({ said }) => [...said])) {
      if (!ground.said.has(to)) ground.said.set(to, body);
    }
  }
  return grounds;
}

/** What no honest daemon says yet, though its form is fixed. */
const UNSAID: Partial<Record<BodyType, Body>> = {
  escrowQuery: { type: 'escrowQuery' },
  escrowStatus: {
    type: 'escrowStatus',
    state: 'held',
    A: height(1400),
    decideBy: null,
    payoutHash: null,
    tipHeight: height(1000),
  },
};

/** An honest body of that kind for that role; where nobody ever says it to that role, as it is said to another. */
export function saidTo(ground: Ground, role: Role, type: BodyType): Body {
  const others = [...ROLES.map((other) => ground.said.get(`${other} ${type}`)), UNSAID[type]];
  const said = ground.said.get(`${role} ${type}`) ?? others.find((body) => body !== undefined);
  if (!said) throw new Error(`no schedule says ${type}, and UNSAID has none`);
  return said;
}
