import { rpc, TercetError } from '@tercet/protocol';
import { fromWire, hostService, type HostedService } from '../grpc/index.js';
import type { Inbox } from './inbox.js';
import { networkOf } from './rates.js';

/** The one road for envelopes between daemons (architecture.md "gRPC"). Public: envelopes are signed. */
export const peerService = (inbox: Inbox): HostedService =>
  hostService({
    definition: rpc.PeerServiceDefinition,
    implementation: {
      async deliver({ envelope }, { peer }) {
        if (!envelope) {
          throw new TercetError('ENVELOPE_UNREADABLE', 'The call carries no envelope. Nothing was done.', {
            wayOut: 'Send an envelope.',
          });
        }
        return { receipt: await inbox.take(fromWire(envelope), networkOf(peer)) };
      },
    },
    scopes: { deliver: 'public' },
  });
