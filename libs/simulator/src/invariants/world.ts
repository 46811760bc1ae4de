/** Statements of all trades of a world together. */
import type { MemoryNode } from '@tercet/lightning';
import { START_MSAT } from '../world/network.js';
import type { World } from '../world/port.js';
import { PARTIES } from '../world/scene.js';
import type { WorldCheck, WorldInvariant } from './invariant.js';

const nodes = ({ parties, wallet }: World): MemoryNode[] => [...parties.all.map(({ node }) => node), wallet];
const gainOf = ({ balanceMsat, payments }: MemoryNode): bigint =>
  balanceMsat - START_MSAT + payments.inFlightMsat;

const conserved: WorldCheck = (world) => {
  const { routedMsat } = world.network;
  const total = nodes(world).reduce((sum, node) => sum + gainOf(node), routedMsat);
  return total === 0n ? undefined : `${total} msat have come from nowhere`;
};

/** What a node has more or less is what its trades say, to the msat: nothing moved that belongs to none. */
const balancesAreTrades: WorldCheck = ({ parties, wallet }, sights) => {
  const all = [
    ...parties.all.map(({ role, node }) => ({
      who: role,
      node,
      told: sights.map((sight) => sight.moved(role, node)),
    })),
    { who: 'wallet', node: wallet, told: sights.map((sight) => sight.moved(sight.payer, wallet)) },
  ];
  for (const { who, node, told } of all) {
    const has = node.balanceMsat - START_MSAT;
    const sum = told.reduce((total, one) => total + one, 0n);
    if (has !== sum) return `the ${who} has ${has} msat more, and its trades say ${sum}`;
  }
  return undefined;
};

const noFaultOfItsOwn: WorldCheck = (world) => {
  for (const { role, errors } of world.parties.all) {
    if (errors.length > 0 && world.isHonest(role)) return `${role}: ${errors.join('; ')}`;
  }
  return undefined;
};

const nothingInFlight: WorldCheck = (world) => {
  if (!world.isHonest(...PARTIES) || world.parties.all.some(({ isGone }) => isGone)) return undefined;
  const under = nodes(world).filter(({ payments }) => payments.inFlightMsat > 0n);
  return under.length > 0 ? `payments of ${under.length} nodes never end` : undefined;
};

export const WORLD: readonly WorldInvariant[] = [
  { number: 'S9', title: 'no payment stays in flight', when: 'end', check: nothingInFlight },
  { number: 'S10', title: 'no sat appears or disappears', when: 'always', check: conserved },
  { number: 'S10', title: 'all that moved belongs to a trade', when: 'end', check: balancesAreTrades },
  {
    number: 'S25',
    title: 'no input makes a daemon fail in a way it should not',
    when: 'always',
    check: noFaultOfItsOwn,
  },
];
