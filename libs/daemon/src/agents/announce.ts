/** The agent's side of agent-query (A2): answers with its policy, signed, and starts nothing (A1). */
import type { AgentPolicy, Network, UnixMs, rpc } from '@tercet/protocol';
import { TercetError } from '@tercet/protocol';
import { toWire } from '../grpc/index.js';
import { networkOf } from '../services/names.js';
import type { Signer } from './terms-event.js';
import { signAgentTerms, signAnnouncement } from './terms-event.js';

export interface AnnounceOptions {
  policy: AgentPolicy;
  signer: Signer;
  now: () => UnixMs;
}

export interface Announcer {
  /** Throws ARGUMENT_INVALID, WRONG_NETWORK. */
  answer(request: rpc.QueryRequest): rpc.Envelope;
  announcement(): rpc.Envelope;
}

export const announcer = ({ policy, signer, now }: AnnounceOptions): Announcer => ({
  answer({ challenge, network }) {
    if (!/^[0-9a-f]{32}$/.test(challenge)) {
      throw new TercetError(
        'ARGUMENT_INVALID',
        'The challenge is not 16 bytes in lower-case hex. Nothing was done.',
        {
          wayOut: 'Send 16 random bytes as 32 hex digits.',
        },
      );
    }
    const asked = networkOf(network);
    if (asked !== policy.network) throw wrongNetwork(asked, policy.network);
    return toWire(signAgentTerms(policy, challenge, now(), signer));
  },
  announcement: () => toWire(signAnnouncement(policy, now(), signer)),
});

const wrongNetwork = (asked: Network | undefined, ours: Network) =>
  new TercetError('WRONG_NETWORK', `This agent is on ${ours}, not on ${asked ?? 'the network asked for'}.`, {
    wayOut: 'Ask an agent of your own network.',
  });
