/**
 * The agents that a trader trusts and whether they are ready: an answer is good for 24 hours (A2), kept in the journal,
 * so that a start needs no round of questions.
 */
import { randomBytes } from 'node:crypto';
import type { AgentPolicy, AgentTerms, Network, SignedEvent, TermsHash, UnixMs } from '@tercet/protocol';
import { agentTermsHashOf, HOLD_EXPIRY_DELTA, LONGEST_LEASE, TercetError } from '@tercet/protocol';
import type { Journal } from '@tercet/journal';
import { fromWire } from '../grpc/index.js';
import { rpcNetwork } from '../services/names.js';
import type { AskAgent, TrustedAgent } from './ask.js';
import { keptAnswer, keepAnswer } from './kept-answer.js';
import { openAgentTerms } from './terms-event.js';

export type Standing =
  | { readiness: 'ready'; terms: AgentTerms; termsHash: TermsHash }
  /** `terms` are those it answered with, where they don't fit. */
  | { readiness: 'unfit'; why: string; terms?: AgentTerms }
  | { readiness: 'unreachable' | 'unknown'; why: string };

/** A trusted agent and how it stands. */
export interface KnownAgent {
  agent: TrustedAgent;
  standing: Standing;
}
export type ReadyAgent = KnownAgent & { standing: Standing & { readiness: 'ready' } };

export interface DirectoryOptions {
  agents: readonly TrustedAgent[];
  network: Network;
  journal: Pick<Journal, 'document' | 'putDocument'>;
  ask: AskAgent;
  now: () => UnixMs;
  /** 16 random bytes, hex. */
  challenge?: () => string;
}

const unknown: Standing = { readiness: 'unknown', why: 'It has not been asked yet.' };

export class AgentDirectory {
  private readonly standings = new Map<string, Standing>();
  private readonly asking = new Map<string, Promise<Standing>>();
  private readonly challenge: () => string;

  constructor(private readonly options: DirectoryOptions) {
    this.challenge = options.challenge ?? (() => randomBytes(16).toString('hex'));
  }

  trusts(key: string): TrustedAgent | undefined {
    return this.options.agents.find((agent) => agent.key === key);
  }

  /** All trusted agents as they stand; nobody is asked. */
  async list(): Promise<KnownAgent[]> {
    return Promise.all(
      this.options.agents.map(async (agent) => ({ agent, standing: await this.remembered(agent) })),
    );
  }

  /** Asks all of them again, at once. */
  async refresh(): Promise<KnownAgent[]> {
    return Promise.all(
      this.options.agents.map(async (agent) => ({ agent, standing: await this.query(agent) })),
    );
  }

  /** How each stands, after asking those whose last answer is over or never came. */
  async current(): Promise<KnownAgent[]> {
    return Promise.all(this.options.agents.map((agent) => this.currentOf(agent.key)));
  }

  /** The agents that answered within 24 hours with terms that fit. */
  async ready(): Promise<ReadyAgent[]> {
    return (await this.current()).filter(isReady);
  }

  /**
   * How one agent stands, after asking it where its last answer is over, or isn't the one that is expected.
   * Throws AGENT_NOT_TRUSTED.
   */
  async currentOf(key: string, expected?: TermsHash): Promise<KnownAgent> {
    const agent = this.trusts(key);
    if (!agent) throw notTrusted(key);
    const standing = await this.remembered(agent);
    const current =
      standing.readiness === 'ready' && (expected === undefined || standing.termsHash === expected);
    return { agent, standing: current ? standing : await this.query(agent) };
  }

  /** The terms an agent last answered with. Throws AGENT_NOT_TRUSTED, AGENT_NOT_READY. */
  async policyOf(key: string): Promise<AgentPolicy> {
    const { standing } = await this.currentOf(key);
    if (standing.readiness === 'ready') return standing.terms.policy;
    throw notReady(key, standing.why);
  }

  /**
   * Asks one agent for its terms, whatever it said before, and keeps the answer. Never throws for what the agent does:
   * the standing says it. Two who ask at the same time share one question.
   */
  query(agent: TrustedAgent): Promise<Standing> {
    const running = this.asking.get(agent.key);
    if (running) return running;
    const asked = this.ask(agent).finally(() => this.asking.delete(agent.key));
    this.asking.set(agent.key, asked);
    return asked;
  }

  private async ask(agent: TrustedAgent): Promise<Standing> {
    const challenge = this.challenge();
    let standing: Standing;
    try {
      const answer = fromWire(
        await this.options.ask(agent, { challenge, network: rpcNetwork(this.options.network) }),
      );
      standing = this.judge(agent, answer, challenge);
      if (standing.readiness === 'ready') {
        await keepAnswer(this.options.journal, agent.key, { event: answer, challenge });
      }
    } catch (error) {
      standing = standingOf(error);
    }
    this.standings.set(agent.key, standing);
    return standing;
  }

  private judge(agent: TrustedAgent, event: SignedEvent, challenge: string): Standing {
    const { network, now } = this.options;
    const terms = openAgentTerms(event, { agentKey: agent.key, challenge, network, now: now() });
    const why = misfit(terms.policy);
    if (why !== undefined) return { readiness: 'unfit', why, terms };
    return { readiness: 'ready', terms, termsHash: agentTermsHashOf(terms.policy) };
  }

  private async remembered(agent: TrustedAgent): Promise<Standing> {
    const standing = this.standings.get(agent.key) ?? (await this.kept(agent));
    if (standing.readiness !== 'ready' || standing.terms.validUntilMs > this.options.now()) return standing;
    return { readiness: 'unknown', why: 'Its last answer is older than 24 hours.' };
  }

  private async kept(agent: TrustedAgent): Promise<Standing> {
    const kept = await keptAnswer(this.options.journal, agent.key);
    if (!kept) return unknown;
    try {
      return this.judge(agent, kept.event, kept.challenge);
    } catch (error) {
      // An answer of yesterday, or of another network: it is asked anew.
      if (error instanceof TercetError) return unknown;
      throw error;
    }
  }
}

const isReady = (known: KnownAgent): known is ReadyAgent => known.standing.readiness === 'ready';

export const notTrusted = (key: string): TercetError =>
  new TercetError('AGENT_NOT_TRUSTED', 'This agent is not one that this daemon trusts. Nothing was sent.', {
    wayOut: 'Add it to "agents" in the configuration, if you do trust it, and start again.',
    details: { agent: key },
  });

export const notReady = (key: string, why: string): TercetError =>
  new TercetError(
    'AGENT_NOT_READY',
    `The agent ${key.slice(0, 8)} can't be used now: ${why} Nothing was sent.`,
    {
      wayOut: 'Try again later, or choose another agent with --agent.',
      details: { agent: key },
    },
  );

/** What in an agent's policy this version can't trade with. */
function misfit(policy: AgentPolicy): string | undefined {
  if (policy.holdExpiryDelta !== HOLD_EXPIRY_DELTA) {
    return `Its node lets go of holds ${policy.holdExpiryDelta} blocks early; the protocol counts on ${HOLD_EXPIRY_DELTA}.`;
  }
  if (policy.leaseBlocks < 3 || policy.leaseBlocks > LONGEST_LEASE) {
    return `Its lease of ${policy.leaseBlocks} blocks is not between 3 and ${LONGEST_LEASE}.`;
  }
  return policy.largestPriceMsat < policy.smallestPriceMsat ? 'It takes no price at all.' : undefined;
}

const UNFIT = new Set([
  'AGENT_ANSWER_FORGED',
  'AGENT_ANSWER_UNREADABLE',
  'AGENT_ANSWER_STALE',
  'AGENT_WRONG_NETWORK',
  'WRONG_NETWORK',
]);

function standingOf(error: unknown): Standing {
  if (!(error instanceof TercetError)) throw error;
  return { readiness: UNFIT.has(error.code) ? 'unfit' : 'unreachable', why: error.message };
}
