/** What an agent tells everybody who asks (A1, A2, A8). Public: what it says is signed, or known to whoever knows the hash. */
import { rpc, TercetError, type TermsHash } from '@tercet/protocol';
import type { Announcer } from '../agents/index.js';
import type { Trades } from '../executor/port.js';
import type { HostedService } from '../grpc/index.js';
import { hostService } from '../grpc/index.js';

export interface AgentServiceDeps {
  announcer: Announcer;
  trades: Pick<Trades, 'ofTerms' | 'now'>;
  /** Hash of the block at the tip. */
  tipHash: () => string;
}

export const agentServiceImplementation = (deps: AgentServiceDeps): rpc.AgentServiceImplementation => {
  const { announcer, trades } = deps;
  return {
    query: (request) => Promise.resolve().then(() => ({ agentTerms: announcer.answer(request) })),
    getAnnouncement: () => Promise.resolve({ announcement: announcer.announcement() }),
    async getEscrowStatus({ termsHash }) {
      const view = /^[0-9a-f]{64}$/.test(termsHash)
        ? await trades.ofTerms(termsHash as TermsHash)
        : undefined;
      if (!view) throw termsNotFound(termsHash);
      const { locked } = view.state.data;
      return {
        termsHash,
        state: view.state.machines.escrow,
        endHeight: locked?.A ?? 0,
        decideByHeight: locked?.decideBy ?? 0,
        tipHeight: trades.now().height,
        tipHash: deps.tipHash(),
      };
    },
  };
};

/** Answers agent-query, announcement and escrow status. */
export const agentService = (deps: AgentServiceDeps): HostedService =>
  hostService({
    definition: rpc.AgentServiceDefinition,
    implementation: agentServiceImplementation(deps),
    scopes: { query: 'public', getAnnouncement: 'public', getEscrowStatus: 'public' },
  });

const termsNotFound = (termsHash: string) =>
  new TercetError('TERMS_NOT_FOUND', 'This agent has no escrow under these terms.', {
    wayOut: 'Compare the hash with the one in the trade; ask the agent that its terms name.',
    details: { termsHash: termsHash.slice(0, 64) },
  });
