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
    ? random.between(1, 90) * HOUR_MS
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
  for (const party of parties.all) {
    if (faults.strikes('nodeDown')) planNodeOutage(world, party);
    if (faults.strikes('channelCloses')) planChannelClose(world, party);
  }
}

/** For minutes, or over some of the heights that matter: by the clock, or across the end of a hold. */
function planNodeOutage(world: World, party: Party): void {
  const { random } = world;
  const short = random.chance(0.6);
  const goDown = () => {
    const from = party.node.height;
    world.nodeGoesDown(party);
    const comeUp = () => world.nodeComesUp(party, from);
    if (short) world.later(random.skewed(1000, 2 * HOUR_MS), 'a node comes up', comeUp);
    else world.atHeight(above(world.height, random.between(2, 450)), 'a node comes up', comeUp);
  };
  if (short) world.later(random.skewed(1000, 6 * HOUR_MS), 'a node goes down', goDown);
  else world.atHeight(above(world.height, random.between(1, 500)), 'a node goes down', goDown);
}

/** A channel is forced closed, and a new one opened later. */
function planChannelClose(world: World, party: Party): void {
  const { random } = world;
  const { node, role } = party;
  world.later(random.skewed(1000, 60 * HOUR_MS), `a channel of the ${role} is forced closed`, () => {
    node.channelActive = false;
    world.atHeight(above(world.height, random.between(3, 300)), 'a new channel is open', () => {
      node.channelActive = true;
    });
  });
}

/** Who cheats: nobody mostly, one, or two together. */
export function drawHostile({ random, hostile }: World): void {
  const draw = random.next();
  const roles = [...PARTIES].sort(() => random.next() - 0.5);
  const count = draw < 0.65 ? 0 : draw < 0.9 ? 1 : 2;
  for (const role of roles.slice(0, count)) hostile.add(role);
}
