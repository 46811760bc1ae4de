/** What an agent answers to agent-query (A2): its policy, signed, good for 24 hours. */
import { z } from 'zod';
import * as f from '../messages/fields.js';
import type { TermsHash, UnixMs } from '../units.js';
import { contact, SHAPES } from './order.js';
import { documentHash } from './document-hash.js';

/** An answer younger than this counts as ready (A2). */
export const AGENT_TERMS_VALID_MS = 24 * 60 * 60 * 1000;

export const agentPolicy = z.strictObject({
  version: z.literal(1),
  network: f.network,
  agentKey: f.publicKey,
  node: f.nodeId,
  contact,
  shapes: z.array(z.enum(SHAPES)).min(1),
  fees: z.strictObject({
    retainBaseMsat: f.msatField,
    retainPpmPer1000Blocks: z.int().min(0).max(100_000),
    successPpm: z.int().min(0).max(100_000),
  }),
  smallestPriceMsat: f.msatField,
  largestPriceMsat: f.msatField,
  leaseBlocks: f.blocks,
  holdExpiryDelta: f.blocks,
});
export type AgentPolicy = z.output<typeof agentPolicy>;

export const agentTerms = z.strictObject({
  type: z.literal('agent-terms'),
  policy: agentPolicy,
  /** The querier's own random text: the answer is fresh. */
  challenge: f.nonce,
  validUntilMs: f.unixMs,
});
export type AgentTerms = z.output<typeof agentTerms>;

/** Hash of the policy alone: stands in the order's list and in the terms, and stays the same over queries. */
export const agentTermsHashOf = documentHash('tercet/agent-terms', (policy: AgentPolicy) =>
  z.encode(agentPolicy, policy),
) as (policy: AgentPolicy) => TermsHash;

export const stillValid = (t: AgentTerms, nowMs: UnixMs): boolean => nowMs < t.validUntilMs;
