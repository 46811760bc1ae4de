/** One schedule, from its seed to its end. */
import { replaceCurve, type Role, type ShapeName } from '@tercet/protocol';
import type { Coverage } from './coverage.js';
import type { Violation } from './invariants/invariant.js';
import { Watch } from './invariants/watch.js';
import { MemoryDisk, SqliteDisk, type Disk } from './world/disk.js';
import { FAKE_CURVE } from './world/fake-curve.js';
import type { FaultKind, FaultOptions } from './world/faults.js';
import { Liars } from './world/liars.js';
import { drawRoutes } from './world/network.js';
import type { Death } from './world/port.js';
import { People } from './world/people.js';
import { drawHostile, planOutages } from './world/plan.js';
import { Random } from './world/random.js';
import { Papers, PARTIES } from './world/scene.js';
import { drawStage } from './world/second.js';
import { SimWorld } from './world/world.js';

export interface ScheduleOptions extends FaultOptions {
  seed: number;
  /** Of the first trade. */
  shape?: ShapeName;
  /** Trades at once: as the seed draws unless told. */
  trades?: 1 | 2;
  /** Real signatures and a SQLite journal. */
  real?: boolean;
  /** This process dies there, instead of those that the seed draws, and nothing else goes wrong. */
  death?: { role: Role; at: Death };
  coverage?: Coverage;
  trace?: boolean;
}

export interface ScheduleResult {
  seed: number;
  /** Of the first trade. */
  shape: ShapeName;
  trades: number;
  violations: Violation[];
  happenings: number;
  faults: { number: number; kind: FaultKind }[];
  /** Commits of each party: where it could have died. */
  commits: Record<Role, number>;
  trace: string[];
}

/** Faults stop here, so that what is owed can be paid. */
const CALM_HAPPENINGS = 3000;
/** Without a step for so long nothing will come of it: what is still tried is tried for ever, as with a peer that has left. */
const MOST_IDLE_HAPPENINGS = { honest: 6000, hostile: 600 };
/** Within so long after the first a second trade begins. */
const BESIDE_MS = 6 * 60 * 60 * 1000;
/** Times as long while somebody is away, who may have something to do. */
const AWAY = 2;
/** More than any schedule needs. */
const MOST_HAPPENINGS = 30_000;

export async function runSchedule(options: ScheduleOptions): Promise<ScheduleResult> {
  const restore = options.real ? () => undefined : replaceCurve(FAKE_CURVE);
  const traces = Error.stackTraceLimit;
  // Errors are what most of the faults end in: where each was thrown costs more than the fault, and only a reader asks for it.
  if (!options.trace) Error.stackTraceLimit = 0;
  const disks = await newDisks(options);
  try {
    const play = await openPlay(options, disks);
    await toTheEnd(play);
    for (const party of play.world.parties.all) await party.end();
    return resultOf(options, play);
  } finally {
    restore();
    Error.stackTraceLimit = traces;
    for (const role of PARTIES) await disks[role].remove();
  }
}

/** A schedule under way. */
export interface Play {
  world: SimWorld;
  watch: Watch;
  /** False where nothing is left to happen. */
  next: () => Promise<boolean>;
}

/** With its parties up and its plans made. */
export async function openPlay(options: ScheduleOptions, disks: Record<Role, Disk>): Promise<Play> {
  const random = new Random(options.seed);
  const world = new SimWorld({
    random,
    stage: drawStage(random, options),
    papers: (nodes, scene) => papersOf(options.real ?? false, nodes).of(scene),
    disks,
    faults: options.death ? { ...options, only: new Set() } : options,
    trace: options.trace ?? false,
    onStep: (party, trade, change) => {
      options.coverage?.enter(trade.scene.shape, change);
      watch.step(party, trade, change);
      people.get(trade)?.look(party.role);
      liars.look(trade);
    },
    onRefused: ({ scene }, view, refusal) => options.coverage?.refused(scene.shape, view, refusal),
  });
  const watch = new Watch(world);
  const people = new Map(world.trades.map((trade) => [trade, new People(world, trade)]));
  const liars = new Liars(world);
  if (!options.death) {
    drawRoutes(world);
    drawHostile(world);
  }
  planOutages(world, options.death === undefined);
  if (options.death) world.parties[options.death.role].deaths.push(options.death.at);
  for (const party of world.parties.all) await party.start();
  for (const [trade, one] of people) {
    if (trade === world.trades[0]) one.begin();
    else world.later(random.skewed(1, BESIDE_MS), 'a second trade begins', () => one.begin());
  }
  liars.begin();
  return {
    world,
    watch,
    async next() {
      if (world.happenings > CALM_HAPPENINGS) world.faults.stop();
      const more = await world.advance();
      watch.happening();
      return more;
    },
  };
}

async function toTheEnd({ world, watch, next }: Play): Promise<void> {
  const mostIdle = MOST_IDLE_HAPPENINGS[world.hostile.size === 0 ? 'honest' : 'hostile'];
  while (watch.violations.length === 0) {
    const waits = world.parties.all.some(({ node, isUp, isGone }) => node.faults.down || !(isUp || isGone));
    if (world.happenings > MOST_HAPPENINGS || world.idleFor > (waits ? AWAY : 1) * mostIdle) break;
    if (!(await next())) break;
  }
  if (watch.violations.length === 0) watch.end();
}

function resultOf(options: ScheduleOptions, { world, watch }: Play): ScheduleResult {
  const commits = (role: Role) => world.parties[role].commits;
  return {
    seed: options.seed,
    shape: world.trades[0].scene.shape,
    trades: world.trades.length,
    violations: watch.violations,
    happenings: world.happenings,
    faults: world.faults.happened,
    commits: { maker: commits('maker'), taker: commits('taker'), agent: commits('agent') },
    trace: world.trace,
  };
}

const papers = new Map<boolean, Papers>();
function papersOf(real: boolean, nodes: ConstructorParameters<typeof Papers>[0]): Papers {
  const known = papers.get(real) ?? new Papers(nodes);
  papers.set(real, known);
  return known;
}

/** One schedule in so many freezes what is written: whoever changes a state that was committed is found there. */
const FROZEN_EVERY = 20;

async function newDisks({ real, seed }: ScheduleOptions): Promise<Record<Role, Disk>> {
  const make = (role: Role): Promise<Disk> =>
    real ? SqliteDisk.make(role) : Promise.resolve(new MemoryDisk(seed % FROZEN_EVERY !== 0));
  return { maker: await make('maker'), taker: await make('taker'), agent: await make('agent') };
}
