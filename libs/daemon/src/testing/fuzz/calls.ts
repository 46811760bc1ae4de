/** Fuzzed gRPC requests: their bytes through the generated decoder into the services of all three daemons. Test code only. */
import { announcer } from '../../agents/index.js';
import { blocks, LIMITS, orderUri, rpc, TercetError } from '@tercet/protocol';
import { codeOfRefusal, decoder, mutatedBytes, mutatedJson } from '@tercet/protocol/fuzz';
import fc from 'fast-check';
import type { CallContext } from 'nice-grpc';
import { fromWire } from '../../grpc/index.js';
import { beginAtAgent } from '../../peers/begin.js';
import { Inbox } from '../../peers/inbox.js';
import { agentServiceImplementation } from '../../services/agent-service.js';
import { makerServiceImplementation } from '../../services/maker-service.js';
import { takerServiceImplementation } from '../../services/taker-service.js';
import { tradeServiceImplementation } from '../../services/trade-service.js';
import { Documents } from '../../services/testing/documents.js';
import { FakeTrades, SEED } from '../../services/testing/fake-trades.js';
import {
  CEILINGS,
  contactOf,
  directoryOf,
  keyOf,
  nodeOf,
  NOW,
  orderBy,
  policyOf,
  sampleTrade,
  signerOf,
} from '../../services/testing/samples.js';

/** A message type as it is generated. */
interface Codec {
  encode: (message: never) => { finish(): Uint8Array };
  decode: (bytes: Uint8Array) => unknown;
  fromPartial: (partial: object) => unknown;
}
interface Method {
  request: Codec;
  /** Each as an honest client asks. */
  samples: object[];
  call: (request: never, context: CallContext) => unknown;
}

const gone = () => new TercetError('PEER_UNREACHABLE', 'It is out of reach.', { wayOut: 'Wait.' });

/** The services as the daemons put them together, on trades and documents in memory. */
function methods(): Method[] {
  const trades = new FakeTrades();
  const view = sampleTrade();
  trades.put(view);
  const journal = new Documents();
  const directory = directoryOf({ agent: policyOf('agent') }, gone);
  const shared = {
    config: { network: 'regtest' as const, ceilings: CEILINGS },
    journal,
    seed: SEED,
    trades,
    directory,
    contact: contactOf('maker'),
    holdExpiryDelta: () => Promise.resolve(blocks(18)),
  };
  const maker = makerServiceImplementation({
    ...shared,
    node: nodeOf('maker'),
    mayBegin: () => Promise.resolve(),
  });
  const taker = takerServiceImplementation({
    ...shared,
    limits: LIMITS,
    node: nodeOf('taker'),
    probe: () => Promise.resolve(true),
  });
  const trade = tradeServiceImplementation({
    role: 'taker',
    trades,
    directory,
    troubles: () => Promise.resolve(new Map()),
    sentEnvelopes: () => Promise.resolve([]),
  });
  const agent = agentServiceImplementation({
    announcer: announcer({ policy: policyOf('agent'), signer: signerOf('agent'), now: () => NOW }),
    trades,
    tipHash: () => 'cd'.repeat(32),
  });
  const inbox = new Inbox({
    trades,
    begin: beginAtAgent({ policy: policyOf('agent'), limits: LIMITS, admit: () => Promise.resolve() }),
    onRefused: () => undefined,
    onHeard: () => undefined,
    rates: { message: () => undefined, newTrade: () => undefined },
  });
  const one = { tradeId: view.tradeId };
  const uri = orderUri(orderBy('maker'));
  const offer = {
    side: 1,
    amountMsat: 100_000_000n,
    fiat: { currency: 'EUR', amountMinor: 9500n, decimals: 2 },
    method: { name: 'SEPA', settlementMinutes: 60 },
    shapes: [1],
    paymentDetails: 'IBAN',
  };
  const event = {
    id: 'ab'.repeat(32),
    pubkey: keyOf('maker'),
    createdAt: 1_700_000_000,
    kind: 3939,
    content: '{"type":"performing"}',
    sig: 'ab'.repeat(64),
  };
  const tags = [
    ['v', '1'],
    ['t', view.tradeId],
    ['r', 'maker'],
    ['n', '1'],
    ['h', ''],
  ].map((values) => ({ values }));
  const method = (request: Codec, samples: object[], call: Method['call']): Method => ({
    request,
    samples,
    call,
  });
  return [
    method(rpc.CreateOfferRequest, [offer], maker.createOffer),
    method(rpc.ListOffersRequest, [{ includeClosed: true }], maker.listOffers),
    method(rpc.WithdrawOfferRequest, [{ orderId: 'ab'.repeat(32) }], maker.withdrawOffer),
    method(rpc.InspectOrderRequest, [{ orderUri: uri }], taker.inspectOrder),
    method(rpc.TakeRequest, [{ orderUri: uri, shape: 1, agentKey: keyOf('agent') }], taker.take),
    method(rpc.ListTradesRequest, [{ includeEnded: true }], trade.listTrades),
    method(rpc.GetTradeRequest, [one, { tradeId: view.tradeId.slice(0, 6) }], trade.getTrade),
    method(rpc.WatchTradesRequest, [{ cursor: '1' }, one], (request: rpc.WatchTradesRequest, context) =>
      first(trade.watchTrades(request, context)),
    ),
    method(rpc.ConfirmSentRequest, [one], trade.confirmSent),
    method(rpc.ReleaseRequest, [one], trade.release),
    method(rpc.CancelRequest, [{ ...one, confirm: true }], trade.cancel),
    method(rpc.GetEvidenceRequest, [one], trade.getEvidence),
    method(rpc.ListAgentsRequest, [{ refresh: true }], trade.listAgents),
    method(rpc.QueryRequest, [{ challenge: '11'.repeat(16), network: 1 }], agent.query),
    method(rpc.GetEscrowStatusRequest, [{ termsHash: 'ab'.repeat(32) }], agent.getEscrowStatus),
    method(rpc.DeliverRequest, [{ envelope: { ...event, tags } }], ({ envelope }: rpc.DeliverRequest) =>
      envelope ? inbox.take(fromWire(envelope)) : undefined,
    ),
  ];
}

/** What a stream says first; its client is gone already. */
const first = async (answers: AsyncIterable<unknown>): Promise<unknown> =>
  (await answers[Symbol.asyncIterator]().next()).value;

export const callDecoder = () => {
  let all = methods();
  let calls = 0;
  const bytesOf = ({ request }: Method, partial: object) =>
    request.encode(request.fromPartial(partial) as never).finish();
  const inputs = fc.nat(all.length - 1).chain((at) => {
    const method = all[at];
    const samples = fc.constantFrom(...(method?.samples ?? []));
    const valid = samples.map((sample) => (method ? bytesOf(method, sample) : new Uint8Array()));
    // Well-formed bytes of wrong fields, where the writer takes them, and bytes that are changed themselves.
    const changed = fc.tuple(samples, mutatedJson(samples)).map(([sample, other]) => {
      if (!method) return new Uint8Array();
      try {
        return bytesOf(method, other as object);
      } catch {
        return bytesOf(method, sample);
      }
    });
    return fc.record({ at: fc.constant(at), bytes: fc.oneof(changed, mutatedBytes(valid, 2)) });
  });
  return decoder<{ at: number; bytes: Uint8Array }>({
    name: 'grpc',
    share: 0.5,
    inputs,
    async feed({ at, bytes }) {
      calls += 1;
      // Offers and trades that were made along the way must not pile up.
      if (calls % 2_000 === 0) all = methods();
      const method = all[at];
      if (!method) return 'no such method';
      let request: unknown;
      try {
        request = method.request.decode(bytes);
      } catch (error) {
        // The transport answers it as a request that can't be read.
        if (error instanceof Error) return 'UNDECODABLE';
        throw error;
      }
      try {
        await method.call(request as never, { signal: AbortSignal.abort(gone()) } as CallContext);
        return 'decoded';
      } catch (error) {
        return codeOfRefusal(error, ['IBAN DE00']);
      }
    },
  });
};
