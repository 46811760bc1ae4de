import { rpc, TercetError } from '@tercet/protocol';
import type { PeerConnections } from '../grpc/index.js';

/** An agent as a trader's configuration names it. */
export interface TrustedAgent {
  key: string;
  /** Host and port. */
  address: string;
  /** SHA-256 of its TLS certificate. */
  fingerprint: string;
}

/** Asks one agent for its terms. Throws whatever kept the answer away. */
export type AskAgent = (agent: TrustedAgent, request: rpc.QueryRequest) => Promise<rpc.Envelope>;

/** An agent that hasn't answered by then counts as out of reach; a person waits for this. */
const ANSWER_WITHIN_MS = 10_000;

/** Over gRPC, on the connection that messages to the agent share. Throws AGENT_ANSWER_UNREADABLE and what a call throws. */
export const askOverGrpc =
  (connections: PeerConnections): AskAgent =>
  async ({ address, fingerprint }, request) => {
    const connection = await connections.to({ address, certFingerprint: fingerprint });
    const client = connection.client(rpc.AgentServiceDefinition);
    const { agentTerms } = await client.query(request, { deadlineMs: ANSWER_WITHIN_MS });
    if (agentTerms) return agentTerms;
    throw new TercetError(
      'AGENT_ANSWER_UNREADABLE',
      'The agent answered without its terms. It is not used.',
      {
        wayOut: 'Upgrade the older of the two daemons.',
      },
    );
  };
