/** Traders, agents, orders and states for tests of the services. */
import type {
  AgentPolicy,
  MachineName,
  NodeId,
  Order,
  SignedOrder,
  Terms,
  TradeData,
  TradeState,
  UnixMs,
} from '@tercet/protocol';
import {
  agentTermsHashOf,
  blankTrade,
  blocks,
  height,
  LIMITS,
  lockedHeights,
  msat,
  orderIdOf,
  publicKeyOf,
  sat,
  sign,
  signOrder,
  termsHashOf,
  tradeIdOf,
  unixMs,
  windowsFor,
} from '@tercet/protocol';
import { AgentDirectory } from '../../agents/index.js';
import { signAgentTerms } from '../../agents/terms-event.js';
import { toWire } from '../../grpc/index.js';
import type { TradeView } from '../../executor/port.js';
import { Documents } from './documents.js';

export const NOW: UnixMs = unixMs(1_800_000_000_000);
export const TIP = height(1_000);
const secretOf = (name: string): Uint8Array => new TextEncoder().encode(name.padEnd(32, '.')).slice(0, 32);
export const keyOf = (name: string) => publicKeyOf(secretOf(name));
export const signerOf = (name: string) => ({
  key: keyOf(name),
  sign: (hash: string) => sign(hash, secretOf(name)),
});
export const nodeOf = (name: string): NodeId => `02${keyOf(`node of ${name}`)}` as NodeId;
export const contactOf = (name: string) => ({
  address: `${name}.example:9740`,
  certFingerprint: 'ab'.repeat(32),
});
export const CEILINGS = {
  largestTradeSat: 1_000_000,
  openTrades: 3,
  satsPerHour: 2_000_000,
  messagesPerMinute: 600,
  newTradesPerMinute: 20,
};

export const policyOf = (name: string, change: Partial<AgentPolicy> = {}): AgentPolicy => ({
  version: 1,
  network: 'regtest',
  agentKey: keyOf(name),
  node: nodeOf(name),
  contact: contactOf(name),
  shapes: ['AGENT_HELD', 'PEER_HELD'],
  fees: { retainBaseMsat: sat(10), retainPpmPer1000Blocks: 100, successPpm: 5_000 },
  smallestPriceMsat: sat(10_000),
  largestPriceMsat: sat(1_000_000),
  leaseBlocks: blocks(6),
  holdExpiryDelta: blocks(18),
  ...change,
});

export const trusted = (name: string) => {
  const { address, certFingerprint: fingerprint } = contactOf(name);
  return { key: keyOf(name), address, fingerprint };
};

/** A directory whose agents answer with these policies, by name; undefined = out of reach. */
export const directoryOf = (
  policies: Record<string, AgentPolicy | undefined>,
  unreachable: () => Error,
  now: () => UnixMs = () => NOW,
) =>
  new AgentDirectory({
    agents: Object.keys(policies).map(trusted),
    network: 'regtest',
    journal: new Documents(),
    now,
    ask: ({ key }, { challenge }) => {
      const name = Object.keys(policies).find((one) => keyOf(one) === key) ?? '';
      const policy = policies[name];
      if (!policy) return Promise.reject(unreachable());
      return Promise.resolve(toWire(signAgentTerms(policy, challenge, now(), signerOf(name))));
    },
  });

export const orderBy = (maker: string, change: Partial<Order> = {}): SignedOrder =>
  signOrder(
    {
      version: 1,
      network: 'regtest',
      engine: 'fiat',
      makerKey: keyOf(maker),
      side: 'sell',
      amountMsat: sat(100_000),
      fiat: { currency: 'EUR', amountMinor: '9500' },
      method: { name: 'SEPA instant', settlementMinutes: 60, reversibleHours: 0 },
      windows: 'standard',
      shapes: ['PEER_HELD', 'AGENT_HELD'],
      agents: [
        { key: keyOf('agent'), termsHash: agentTermsHashOf(policyOf('agent')), contact: contactOf('agent') },
      ],
      makerContact: contactOf(maker),
      makerNode: nodeOf(maker),
      nonce: '11'.repeat(16),
      expiresAtMs: unixMs(NOW + 86_400_000),
      ...change,
    },
    signerOf(maker).sign,
  );

const termsOn = ({ order }: SignedOrder, shape: 'AGENT_HELD' | 'PEER_HELD'): Terms => ({
  version: 1,
  network: 'regtest',
  engine: 'fiat',
  shape,
  orderId: orderIdOf(order),
  maker: { key: order.makerKey, node: order.makerNode },
  taker: { key: keyOf('taker'), node: nodeOf('taker') },
  agent: { key: keyOf('agent'), node: nodeOf('agent') },
  bitcoinSeller: order.side === 'sell' ? 'maker' : 'taker',
  priceMsat: order.amountMsat,
  payoutMsat: msat(order.amountMsat - sat(500)),
  retainFeeMsat: sat(14),
  successFeeMsat: sat(500),
  smallestPriceMsat: sat(10_000),
  fiat: { ...order.fiat, method: order.method.name },
  windows: windowsFor(shape, order.windows, order.method.settlementMinutes),
  defaults: { bothSilent: 'payee', undecided: 'payee' },
  agentTermsHash: agentTermsHashOf(policyOf('agent')),
  nonces: { maker: order.nonce, taker: '22'.repeat(16), agent: '33'.repeat(16) },
});

interface Sample {
  role?: TradeData['role'];
  side?: 'sell' | 'buy';
  shape?: TradeData['shape'];
  machines?: Partial<Record<MachineName, string>>;
  data?: Partial<TradeData>;
  taker?: string;
  sequence?: number;
  terminal?: boolean;
}

/** A locked trade, its machines and data changed as a test wants them. */
export function sampleTrade(sample: Sample = {}): TradeView {
  const { role = 'taker', side = 'sell', shape = 'AGENT_HELD', taker = 'taker' } = sample;
  const signedOrder = orderBy('maker', { side });
  const terms = termsOn(signedOrder, shape);
  const payer = side === 'sell' ? 'maker' : 'taker';
  const data: TradeData = {
    ...blankTrade(LIMITS),
    tradeId: tradeIdOf(orderIdOf(signedOrder.order), keyOf(taker)),
    role,
    seat: role === 'agent' ? 'agent' : role === payer ? 'payer' : 'payee',
    shape,
    signedOrder,
    peers: {},
    startedMs: NOW,
    terms,
    termsHash: termsHashOf(terms),
    escrowHash: 'ee'.repeat(32) as TradeData['escrowHash'],
    locked: lockedHeights(TIP, height(TIP + 435), terms.windows),
    performingUntil: height(TIP + 173),
    ...sample.data,
  };
  const machines: TradeState['machines'] = {
    deal: 'locked',
    engine: 'performing',
    escrow: role === 'agent' ? 'held' : 'secured',
    debt: 'none',
    claim: 'none',
    ...sample.machines,
  };
  const { sequence = 7, terminal = false } = sample;
  return { tradeId: data.tradeId, sequence, terminal, state: { machines, data, deadlines: {} } };
}
