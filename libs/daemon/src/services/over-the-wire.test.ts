import { rpc, unixMs } from '@tercet/protocol';
import { AgentDirectory, announcer, askOverGrpc } from '../agents/index.js';
import { peerConnections } from '../grpc/index.js';
import { sampleDaemon } from '../grpc/testing/sample-daemon.js';
import { temporaryFolders } from '../grpc/testing/temporary-folder.js';
import { agentService } from './agent-service.js';
import { Documents } from './testing/documents.js';
import { FakeTrades } from './testing/fake-trades.js';
import { keyOf, NOW, policyOf, sampleTrade, signerOf } from './testing/samples.js';
import { tradeService } from './trade-service.js';

const folders = temporaryFolders();
afterAll(() => folders.remove());

async function daemonWith(trades: FakeTrades) {
  return sampleDaemon(await folders.make(), {
    services: [
      tradeService({
        role: 'taker',
        trades,
        troubles: () => Promise.resolve(new Map()),
        sentEnvelopes: () => Promise.resolve([]),
      }),
      agentService({
        announcer: announcer({
          policy: policyOf('agent'),
          signer: signerOf('agent'),
          now: () => unixMs(NOW),
        }),
        trades,
        tipHash: () => 'cd'.repeat(32),
      }),
    ],
  });
}

test('a client watches, gives a command, and sees its change', async () => {
  const trades = new FakeTrades();
  const view = sampleTrade();
  trades.put(view);
  const daemon = await daemonWith(trades);
  const connection = await daemon.connect('trade');
  const client = connection.client(rpc.TradeServiceDefinition);
  const abort = new AbortController();
  const answers = client.watchTrades({}, { signal: abort.signal })[Symbol.asyncIterator]();
  const next = async () => ((await answers.next()) as IteratorYieldResult<rpc.WatchTradesResponse>).value;

  expect((await next()).trade).toMatchObject({ tradeId: view.tradeId, sequence: 7, fiatSent: false });
  await client.confirmSent({ tradeId: view.tradeId.slice(0, 10) });
  expect(await next()).toMatchObject({ trade: { sequence: 8, fiatSent: true }, change: { kind: 'cmdSent' } });
  await expect(client.release({ tradeId: view.tradeId })).rejects.toMatchObject({ code: 'WRONG_STATE' });

  abort.abort();
  await expect(answers.next()).rejects.toThrow();
  connection.close();
  await daemon.server.shutdown();
  expect(trades.listening).toBe(0);
});

test('A2 a trader asks an agent over the pinned connection, without a token', async () => {
  const daemon = await daemonWith(new FakeTrades());
  const connections = peerConnections();
  const { address, fingerprint } = daemon;
  const directory = (pin: string) =>
    new AgentDirectory({
      agents: [{ key: keyOf('agent'), address, fingerprint: pin }],
      network: 'regtest',
      journal: new Documents(),
      now: () => unixMs(NOW),
      ask: askOverGrpc(connections),
    });
  expect(await directory(fingerprint).policyOf(keyOf('agent'))).toEqual(policyOf('agent'));
  expect(await directory('00'.repeat(32)).current()).toMatchObject([
    { standing: { readiness: 'unreachable' } },
  ]);
  connections.close();
  await daemon.server.shutdown();
});
