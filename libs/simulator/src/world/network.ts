/** What the Lightning network does with HTLCs: it is slow, fails, holds for ever, steals where it can, and the chain has the last word. */
import { MemoryLightning, type HtlcSet, type Transit, type Ways } from '@tercet/lightning';
import { above } from '@tercet/protocol';
import type { World } from './port.js';

const HOUR_MS = 60 * 60 * 1000;
/** Blocks until a timeout on chain is final for the payer. */
const CONFIRMATIONS = 6;
const START_HEIGHT = 1000;
export const START_MSAT = 1_000_000_000_000n;

export class SimTransit implements Transit {
  constructor(private readonly world: World) {}

  forth(set: HtlcSet, ways: Ways): void {
    const { world } = this;
    const { random, faults } = world;
    world.underWay.set(set.hash, ways);
    if (faults.strikes('routeFails')) {
      world.later(random.skewed(100, 60_000), 'a route fails', () => ways.fail('NO_ROUTE'));
      return;
    }
    // What the payee's node doesn't answer in time comes back by the chain.
    world.atHeight(above(set.firstHopExpiry, CONFIRMATIONS), 'a payment times out on chain', () => {
      if (!this.isSettled(set)) ways.fail('TIMED_OUT');
    });
    if (faults.strikes('paymentStuck')) return;
    const delayMs = faults.strikes('paymentSlow')
      ? random.skewed(60_000, 30 * HOUR_MS)
      : random.skewed(200, 4000);
    world.later(delayMs, 'HTLCs arrive', () => this.arrive(set, ways));
  }

  back(set: HtlcSet, how: 'settled' | 'failed', tell: () => void): void {
    const { world } = this;
    const { random, faults } = world;
    const host = world.parties.byNode(set.host).node;
    if (!host.channelActive) {
      // On chain a claim confirms in some blocks; nothing but the expiry gives back what isn't claimed.
      const at =
        how === 'settled'
          ? above(world.height, random.between(1, 6))
          : above(set.lastHopExpiry, CONFIRMATIONS);
      world.atHeight(at, `HTLCs ${how} on chain`, tell);
      return;
    }
    if (faults.strikes('backSlow')) this.slowly(set, how, tell);
    else world.later(random.skewed(100, 3000), `HTLCs ${how}`, tell);
  }

  /** What is claimed is claimed on chain by then, however slow the hops are: blocks may be fast. */
  private slowly({ firstHopExpiry }: HtlcSet, how: 'settled' | 'failed', tell: () => void): void {
    const { world } = this;
    world.later(world.random.skewed(60_000, 5 * HOUR_MS), `HTLCs ${how}`, tell);
    if (how === 'settled')
      world.atHeight(above(firstHopExpiry, CONFIRMATIONS), 'HTLCs settled on chain', tell);
  }

  private arrive(set: HtlcSet, ways: Ways): void {
    const { node } = this.world.parties.byNode(set.host);
    if (this.world.height >= set.lastHopExpiry) return;
    if (node.faults.down) this.world.whenUp(node, () => this.arrive(set, ways));
    else ways.arrive();
  }

  private isSettled({ hash, host }: HtlcSet): boolean {
    return this.world.parties.byNode(host).node.invoices.state(hash).state === 'settled';
  }
}

/** In so many schedules no route is cheap enough, for some time. */
const DEAR_SHARE = 0.12;
const DEAR_PPM = 6000n;

function beDear(world: World): void {
  const { random } = world;
  const { routes } = world.network;
  const usual = routes.feePpmPerHop;
  world.later(random.skewed(1000, 40 * HOUR_MS), 'routes become dear', () => {
    routes.feePpmPerHop = DEAR_PPM;
    world.later(random.skewed(HOUR_MS, 100 * HOUR_MS), 'routes are cheap again', () => {
      routes.feePpmPerHop = usual;
    });
  });
}

/** Blocks that a payer adds beside lnd's 3. A node may add so few that what it owes always finds a route; a wallet up to 432. */
const MOST_OF_A_NODE = 20;
const MOST_OF_A_WALLET = 432;

/** How nodes pay: mostly as lnd does, sometimes in parts, too long, too much, too dear, or in dust; a wallet more often so. */
export function drawRoutes(world: World): void {
  const { random, network, parties, wallet } = world;
  const { routes } = network;
  routes.hops = random.between(0, 3);
  routes.feePerHopMsat = BigInt(random.pick([0, random.between(0, 1500), random.between(0, 1500), 3000]));
  routes.feePpmPerHop = BigInt(random.pick([0, random.between(0, 500), random.between(0, 500)]));
  if (random.chance(DEAR_SHARE)) beDear(world);
  for (const { node } of parties.all)
    if (random.chance(0.1)) node.paddingBlocks = random.between(4, MOST_OF_A_NODE);
  const ofWallet = [
    3,
    random.between(4, 40),
    random.between(41, MOST_OF_A_WALLET - 1),
    MOST_OF_A_WALLET,
  ] as const;
  wallet.paddingBlocks = random.pick(ofWallet);
  const split = random.pick(['whole', 'whole', 'whole', 'parts', 'dust', 'overpaid'] as const);
  const isEscrow = (amountMsat: bigint) => amountMsat >= 100_000_000n;
  routes.split = (amountMsat) => {
    if (!isEscrow(amountMsat)) return [amountMsat];
    switch (split) {
      case 'whole':
        return [amountMsat];
      case 'parts':
        return [amountMsat / 3n, amountMsat / 3n, amountMsat - 2n * (amountMsat / 3n)];
      case 'dust':
        return [amountMsat - 300_000n, 300_000n];
      case 'overpaid':
        return [amountMsat + 1n];
    }
  };
}

export const newNetwork = (world: World, transit: Transit): MemoryLightning =>
  new MemoryLightning({
    clock: () => world.nowMs,
    startHeight: START_HEIGHT,
    balanceMsat: START_MSAT,
    transit,
  });
