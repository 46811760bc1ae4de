/** Who trades what with whom: an agent's policy and a maker's order. The same keys in every world, so that they are derived once. */
import { identitySecret, tradeSecret } from '@tercet/daemon';
import type { Seed } from '@tercet/journal';
import type {
  AgentPolicy,
  Contact,
  Network,
  NodeId,
  Order,
  Role,
  ShapeName,
  SignedOrder,
} from '@tercet/protocol';
import { agentTermsHashOf, blocks, msat, publicKeyOf, sat, sign, signOrder, unixMs } from '@tercet/protocol';
import type { Random } from './random.js';

export const PARTIES = ['maker', 'taker', 'agent'] as const satisfies Role[];
const SEED_BYTES = 64;
const NETWORK: Network = 'regtest';

const newSeed = (role: Role): Seed => new Uint8Array(SEED_BYTES).fill(role.length + role.charCodeAt(0));
const SEEDS: Record<Role, Seed> = {
  maker: newSeed('maker'),
  taker: newSeed('taker'),
  agent: newSeed('agent'),
};
export const seedOf = (role: Role): Seed => SEEDS[role];
export const contactOf = (role: Role): Contact => ({
  address: `${role}.world:9740`,
  certFingerprint: 'ab'.repeat(32),
});
const NONCES = { maker: '11'.repeat(16), taker: '22'.repeat(16), agent: '33'.repeat(16) };
export const PAYMENT_DETAILS = 'IBAN DE00 1234';

/** What differs from trade to trade. */
export interface Scene {
  /** The maker's is its order's. */
  nonces: Record<Role, string>;
  amountSat: number;
  side: 'sell' | 'buy';
  shape: ShapeName;
  windows: 'standard' | 'instant';
  retainFee: boolean;
  successFee: boolean;
  /** The payer pays the hold with a wallet that its daemon can't read: the taker's choice, where the agent holds. */
  wallet: boolean;
}

/** So many orders are taken back while somebody takes them. */
export const WITHDRAWN_SHARE = 0.02;

const WALLET_SHARE = 0.3;

export const drawScene = (random: Random, shape: ShapeName | undefined): Scene => {
  const drawn = random.pick(['AGENT_HELD', 'PEER_HELD'] as const);
  const side = random.pick(['sell', 'buy'] as const);
  const mayUseWallet = side === 'buy' && (shape ?? drawn) === 'AGENT_HELD';
  return {
    nonces: NONCES,
    amountSat: 100_000,
    shape: shape ?? drawn,
    side,
    wallet: random.chance(WALLET_SHARE) && mayUseWallet,
    windows: random.pick(['standard', 'standard', 'instant'] as const),
    retainFee: random.chance(0.8),
    successFee: random.chance(0.8),
  };
};

export const payerOf = ({ side }: Scene): 'maker' | 'taker' => (side === 'sell' ? 'maker' : 'taker');
export const payeeOf = ({ side }: Scene): 'maker' | 'taker' => (side === 'sell' ? 'taker' : 'maker');
export const SMALLEST_PRICE = sat(10_000);

export interface Documents {
  policy: AgentPolicy;
  order: SignedOrder;
  takerKey: ReturnType<typeof publicKeyOf>;
}

/** Documents by what they say, for each curve: signing is what they cost. */
export class Papers {
  private readonly written = new Map<string, Documents>();

  constructor(private readonly node: (role: Role) => NodeId) {}

  of(scene: Scene): Documents {
    const name = JSON.stringify(scene);
    const known = this.written.get(name);
    if (known) return known;
    const made = this.write(scene);
    this.written.set(name, made);
    return made;
  }

  private write({ nonces, amountSat, side, shape, windows, retainFee, successFee }: Scene): Documents {
    const policy: AgentPolicy = {
      version: 1,
      network: NETWORK,
      agentKey: publicKeyOf(identitySecret(seedOf('agent'))),
      node: this.node('agent'),
      contact: contactOf('agent'),
      shapes: ['AGENT_HELD', 'PEER_HELD'],
      fees: {
        retainBaseMsat: retainFee ? sat(1) : msat(0n),
        retainPpmPer1000Blocks: retainFee ? 100 : 0,
        successPpm: successFee ? 5000 : 0,
      },
      smallestPriceMsat: SMALLEST_PRICE,
      largestPriceMsat: sat(10_000_000),
      leaseBlocks: blocks(6),
      holdExpiryDelta: blocks(18),
    };
    const secret = tradeSecret(seedOf('maker'), nonces.maker);
    const order: Order = {
      version: 1,
      network: NETWORK,
      engine: 'fiat',
      makerKey: publicKeyOf(secret),
      side,
      amountMsat: sat(amountSat),
      fiat: { currency: 'EUR', amountMinor: '9500' },
      method: { name: 'SEPA instant', settlementMinutes: 60, reversibleHours: 0 },
      windows,
      shapes: [shape],
      agents: [{ key: policy.agentKey, termsHash: agentTermsHashOf(policy), contact: policy.contact }],
      makerContact: contactOf('maker'),
      makerNode: this.node('maker'),
      nonce: nonces.maker,
      expiresAtMs: unixMs(4_000_000_000_000),
    };
    return {
      policy,
      order: signOrder(order, (hash) => sign(hash, secret)),
      takerKey: publicKeyOf(tradeSecret(seedOf('taker'), nonces.taker)),
    };
  }
}
