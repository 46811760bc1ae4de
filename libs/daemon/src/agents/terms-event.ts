/** The agent-terms answer as it is signed (A2): who asked, by its challenge, and what the agent offers. */
import type {
  AgentPolicy,
  AgentTerms,
  Network,
  Plain,
  PublicKey,
  Signature,
  SignedEvent,
  UnixMs,
} from '@tercet/protocol';
import {
  AGENT_TERMS_VALID_MS,
  agentPolicy,
  agentTerms,
  canonicalJson,
  signEvent,
  TercetError,
  verifyEvent,
} from '@tercet/protocol';
import { z } from 'zod';

/** Kind of the answer to agent-query: made for one asker, never published. */
export const AGENT_TERMS_KIND = 38_940;
/** Kind of the standing announcement: addressable, so that a relay keeps the newest alone (NIP-01). */
const AGENT_ANNOUNCEMENT_KIND = 38_941;
/** An agent's clock may be ahead of ours by this much. */
const CLOCK_SLACK_MS = 10 * 60 * 1000;

export interface Signer {
  key: PublicKey;
  sign: (hash: string) => Signature;
}

/** Signs the answer to one challenge; it is good for 24 hours. */
export function signAgentTerms(
  policy: AgentPolicy,
  challenge: string,
  now: UnixMs,
  signer: Signer,
): SignedEvent {
  const answer: AgentTerms = {
    type: 'agent-terms',
    policy,
    challenge,
    validUntilMs: (now + AGENT_TERMS_VALID_MS) as UnixMs,
  };
  const tags = [
    ['v', '1'],
    ['challenge', challenge],
  ];
  return event(AGENT_TERMS_KIND, tags, canonicalJson(z.encode(agentTerms, answer)), now, signer);
}

/** Signs who the agent is and what it offers, for everybody. */
export const signAnnouncement = (policy: AgentPolicy, now: UnixMs, signer: Signer): SignedEvent =>
  event(
    AGENT_ANNOUNCEMENT_KIND,
    [
      ['v', '1'],
      ['d', `tercet-${policy.network}`],
    ],
    canonicalJson({ type: 'agent-announcement', policy: z.encode(agentPolicy, policy) }),
    now,
    signer,
  );

const event = (kind: number, tags: string[][], content: string, now: UnixMs, signer: Signer): SignedEvent =>
  signEvent({ pubkey: signer.key, created_at: Math.floor(now / 1000), kind, tags, content }, signer.sign);

export interface Expected {
  agentKey: string;
  challenge: string;
  network: Network;
  now: UnixMs;
}

/**
 * Reads an answer and checks it against what was asked. Signature first (S31).
 * Throws AGENT_ANSWER_FORGED, AGENT_ANSWER_UNREADABLE, AGENT_ANSWER_STALE, AGENT_WRONG_NETWORK.
 */
export function openAgentTerms(answer: SignedEvent, expected: Expected): AgentTerms {
  if (answer.kind !== AGENT_TERMS_KIND || answer.pubkey !== expected.agentKey || !verifyEvent(answer)) {
    throw refuse('AGENT_ANSWER_FORGED', "The answer isn't signed by the agent's standing key.", 'key');
  }
  const terms = read(answer.content);
  if (terms.policy.agentKey !== expected.agentKey) {
    throw refuse('AGENT_ANSWER_FORGED', "The agent's terms name another key than its own.", 'key');
  }
  if (terms.challenge !== expected.challenge || !validAt(terms.validUntilMs, expected.now)) {
    throw refuse('AGENT_ANSWER_STALE', "The agent's answer is an old one, or its clock is wrong.", 'clock');
  }
  if (terms.policy.network !== expected.network) {
    throw new TercetError(
      'AGENT_WRONG_NETWORK',
      `The agent is on ${terms.policy.network}, this daemon on ${expected.network}. Nothing was sent to it.`,
      { wayOut: 'Name an agent of this network in the configuration.' },
    );
  }
  return terms;
}

/** Not over, and not longer than an answer may last. */
const validAt = (validUntil: UnixMs, now: UnixMs): boolean =>
  validUntil > now && validUntil <= now + AGENT_TERMS_VALID_MS + CLOCK_SLACK_MS;

function read(content: string): AgentTerms {
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch (cause) {
    throw unreadable(cause);
  }
  const parsed = agentTerms.safeDecode(json as z.input<typeof agentTerms>);
  if (!parsed.success) throw unreadable(parsed.error);
  // One text for one meaning, as in an envelope: what was signed is what was read.
  if (canonicalJson(json as Plain) !== content) throw unreadable(undefined);
  return parsed.data;
}

const WAY_OUT = {
  key: "Compare the agent's key in the configuration with the one it publishes.",
  clock: 'Ask again; if it repeats, compare the clocks of both machines.',
};
const refuse = (code: string, message: string, wayOut: keyof typeof WAY_OUT) =>
  new TercetError(code, `${message} It is not used.`, { wayOut: WAY_OUT[wayOut] });

const unreadable = (cause: unknown) =>
  new TercetError('AGENT_ANSWER_UNREADABLE', "The agent's terms can't be read. It is not used.", {
    wayOut: 'Upgrade the older of the two daemons.',
    cause,
  });
