import { rpc } from '@tercet/protocol';
import type { CallContext } from 'nice-grpc';
import { announcer } from '../agents/index.js';
import { agentServiceImplementation } from './agent-service.js';
import { daemonServiceImplementation } from './daemon-service.js';
import { FakeTrades } from './testing/fake-trades.js';
import { contactOf, keyOf, nodeOf, NOW, policyOf, sampleTrade, signerOf, TIP } from './testing/samples.js';
import { sat } from '@tercet/protocol';

const context = {} as CallContext;

describe('escrow status', () => {
  const view = sampleTrade({ role: 'agent' });
  const { termsHash = '' } = view.state.data;
  const prepare = () => {
    const trades = new FakeTrades();
    const service = agentServiceImplementation({
      announcer: announcer({ policy: policyOf('agent'), signer: signerOf('agent'), now: () => NOW }),
      trades,
      tipHash: () => 'cd'.repeat(32),
    });
    return { trades, service };
  };
  const expected = { state: 'held', endHeight: TIP + 417, tipHeight: TIP, tipHash: 'cd'.repeat(32) };

  test('of a trade that was there before, and of one that came since', async () => {
    const before = prepare();
    before.trades.put(view);
    expect(await before.service.getEscrowStatus({ termsHash }, context)).toMatchObject(expected);
    const after = prepare();
    await expect(after.service.getEscrowStatus({ termsHash }, context)).rejects.toMatchObject({
      code: 'TERMS_NOT_FOUND',
    });
    after.trades.put(view);
    expect(await after.service.getEscrowStatus({ termsHash }, context)).toMatchObject(expected);
  });

  test('a query that is refused is a rejection, not a crash', async () => {
    const asked = prepare().service.query({ challenge: '', network: rpc.Network.REGTEST }, context);
    await expect(asked).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' });
  });
});

describe('status of a daemon', () => {
  const warnings = ['something'];
  const statusWith = async (reachable: boolean, nodeTip = TIP as number) => {
    const trades = new FakeTrades();
    const obligation = { to: 'taker', amountMsat: sat(5), why: 'released', attempt: 1 } as const;
    trades.put(sampleTrade({ role: 'agent', taker: 'a', machines: { debt: 'owed' }, data: { obligation } }));
    trades.put(sampleTrade({ role: 'agent', taker: 'b', machines: { debt: 'paid' }, data: { obligation } }));
    trades.put(sampleTrade({ role: 'agent', taker: 'c', terminal: true }));
    const answer = <T>(value: T) =>
      reachable ? Promise.resolve(value) : Promise.reject(new Error('refused'));
    const service = daemonServiceImplementation({
      role: 'agent',
      version: '0.1.0',
      network: 'regtest',
      node: {
        identity: () =>
          answer({ nodeId: nodeOf('agent'), network: 'regtest', alias: 'alice', version: '0.21' } as const),
        tip: () => answer({ height: nodeTip as typeof TIP, hash: 'cd'.repeat(32), isSynced: true }),
      },
      nodeId: nodeOf('agent'),
      identityKey: keyOf('agent'),
      contact: contactOf('agent'),
      trades,
      warnings: () => warnings,
      ready: () => true,
      payments: {
        stopped: () => Promise.resolve({ reason: 'a test', by: 'admin', sinceMs: NOW }),
        spending: () => Promise.resolve({ sentMsat: sat(1), capMsat: sat(2), waiting: 3 }),
      },
    });
    return service.getStatus({}, context);
  };

  test('with its node', async () => {
    expect(await statusWith(true)).toMatchObject({
      role: rpc.Role.AGENT,
      network: rpc.Network.REGTEST,
      lightning: { alias: 'alice', reachable: true, synced: true },
      ready: true,
      warnings: ['something'],
      openTrades: 2,
      owedMsat: sat(5),
      stopped: { reason: 'a test', sinceMs: BigInt(NOW) },
      spending: { sentMsat: sat(1), capMsat: sat(2), waiting: 3 },
    });
  });
  test('a node whose tip is behind is not synced', async () => {
    expect((await statusWith(true, TIP - 1)).lightning?.synced).toBe(false);
  });
  test('without its node it answers all the same, and is not ready', async () => {
    expect(await statusWith(false)).toMatchObject({
      lightning: { nodeId: nodeOf('agent'), reachable: false, synced: false },
      ready: false,
      warnings: ['something', 'The Lightning node is out of reach: refused'],
    });
    expect(warnings).toEqual(['something']);
  });
});
