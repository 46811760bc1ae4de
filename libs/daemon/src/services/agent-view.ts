import type { AgentPolicy } from '@tercet/protocol';
import { agentTermsHashOf, rpc } from '@tercet/protocol';
import type { KnownAgent, Standing } from '../agents/index.js';
import { rpcShape } from './names.js';

const READINESS: Record<Standing['readiness'], rpc.Readiness> = {
  ready: rpc.Readiness.READY,
  unfit: rpc.Readiness.UNFIT,
  unreachable: rpc.Readiness.UNREACHABLE,
  unknown: rpc.Readiness.UNKNOWN,
};

/** A trusted agent as this daemon knows it. */
export function agentInfo({ agent, standing }: KnownAgent): rpc.AgentInfo {
  const terms = 'terms' in standing ? standing.terms : undefined;
  return {
    ...bare(agent.key, { address: agent.address, certFingerprint: agent.fingerprint }),
    trusted: true,
    readiness: READINESS[standing.readiness],
    why: 'why' in standing ? standing.why : '',
    ...(terms ? { ...offered(terms.policy), validUntilMs: BigInt(terms.validUntilMs) } : {}),
  };
}

/** An agent of somebody's order that this daemon doesn't trust: it isn't asked. */
export const strangerInfo = (key: string, contact: rpc.Contact): rpc.AgentInfo => ({
  ...bare(key, contact),
  why: 'It is not among the agents that this daemon trusts.',
});

const bare = (key: string, contact: rpc.Contact): rpc.AgentInfo => ({
  key,
  contact,
  nodeId: '',
  trusted: false,
  readiness: rpc.Readiness.UNKNOWN,
  why: '',
  agentTermsHash: '',
  validUntilMs: 0n,
  shapes: [],
  fees: undefined,
  smallestPriceMsat: 0n,
  largestPriceMsat: 0n,
  leaseBlocks: 0,
});

const offered = (policy: AgentPolicy) => ({
  nodeId: policy.node,
  agentTermsHash: agentTermsHashOf(policy),
  shapes: policy.shapes.map(rpcShape),
  fees: {
    retainBaseMsat: policy.fees.retainBaseMsat,
    retainPpmPer1000Blocks: policy.fees.retainPpmPer1000Blocks,
    successPpm: policy.fees.successPpm,
  },
  smallestPriceMsat: policy.smallestPriceMsat,
  largestPriceMsat: policy.largestPriceMsat,
  leaseBlocks: policy.leaseBlocks,
});
