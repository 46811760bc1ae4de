/** What is in store for a world from its start: which process dies at which step, whose node is away, who cheats. */
import { above } from '@tercet/protocol';
import type { Death, Party, World } from './port.js';
import { PARTIES } from './scene.js';

const MINUTE_MS = 60 * 1000;
const HOUR_MS = 60 * MINUTE_MS;
/** Commits of one party in a trade: about so many. */
const MOST_COMMITS = 16;

function drawDeath({ random, faults }: World): Death {
  const awayMs = faults.strikes('longOutage')
    ? random.between(1, 130) * HOUR_MS
    : random.pick([500, 5000, MINUTE_MS, 20 * MINUTE_MS]);
  return { commit: random.between(1, MOST_COMMITS), when: random.pick(['before', 'after'] as const), awayMs };
}

/** A crash in every schedule; outages of nodes and channels in some. */
export function planOutages(world: World, crashes: boolean): void {
  const { random, faults, parties } = world;
  if (crashes) {
    parties[random.pick(PARTIES)].deaths.push(drawDeath(world));
    if (faults.strikes('secondCrash')) parties[random.pick(PARTIES)].deaths.push(drawDeath(world));
  }
  if (faults.strikes('routesCut')) planCut(world);
  for (const party of parties.all) {
    if (faults.strikes('nodeDown')) planNodeOutage(world, party);
    if (faults.strikes('channelCloses')) planChannelClose(world, party);
  }
}

/** By the clock, at a height, or right after a step of the trade: what was asked of the node is then on its way. */
function atSomePoint(world: World, party: Party, name: string, happens: () => void): void {
  const { random } = world;
  switch (random.pick(['soon', 'height', 'step', 'step'] as const)) {
    case 'soon':
      world.later(random.skewed(1000, 20 * HOUR_MS), name, happens);
      break;
    case 'height':
      world.atHeight(above(world.height, random.between(1, 500)), name, happens);
      break;
    case 'step':
      party.turns.push({ commit: random.between(1, MOST_COMMITS), happens });
  }
}

/** For minutes, or over some of the heights that matter: across the end of a hold. */
function planNodeOutage(world: World, party: Party): void {
  const { random } = world;
  atSomePoint(world, party, 'a node goes down', () => {
    const from = party.node.height;
    world.nodeGoesDown(party);
    const comeUp = () => world.nodeComesUp(party, from);
    if (random.chance(0.5)) world.later(random.skewed(1000, 2 * HOUR_MS), 'a node comes up', comeUp);
    else world.atHeight(above(world.height, random.between(2, 450)), 'a node comes up', comeUp);
  });
}

/** A channel is forced closed, and a new one opened later. */
function planChannelClose(world: World, party: Party): void {
  const { random } = world;
  const { node, role } = party;
  atSomePoint(world, party, `a channel of the ${role} is forced closed`, () => {
    node.channelActive = false;
    world.atHeight(above(world.height, random.between(3, 300)), 'a new channel is open', () => {
      node.channelActive = true;
    });
  });
}

/** Between two of them no payment finds a way, for hours or days. */
function planCut(world: World): void {
  const { random, network, parties } = world;
  const [from, to] = random.pick([
    [parties.agent, parties.maker],
    [parties.agent, parties.taker],
    [parties.maker, parties.agent],
    [parties.taker, parties.agent],
    [parties.maker, parties.taker],
    [parties.taker, parties.maker],
  ] as const);
  atSomePoint(world, from, 'a way is cut', () => {
    network.cut(from.node, to.node);
    world.later(random.skewed(HOUR_MS, 80 * HOUR_MS), 'there is a way again', () =>
      network.restore(from.node, to.node),
    );
  });
}

/** Who cheats: nobody mostly, one, or two together. */
export function drawHostile({ random, hostile }: World): void {
  const draw = random.next();
  const roles = [...PARTIES].sort(() => random.next() - 0.5);
  const count = draw < 0.65 ? 0 : draw < 0.9 ? 1 : 2;
  for (const role of roles.slice(0, count)) hostile.add(role);
}
