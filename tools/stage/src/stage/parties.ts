import { rpc } from '@tercet/protocol';
import type { PartyName } from './layout.js';
import type { Cast, Daemon } from './reachable.js';

/** Starts the agent first, then maker and taker, to whom it is named in their configuration. */
export async function startParties<D extends Daemon>(
  start: (party: PartyName, own: Record<string, unknown>) => Promise<D>,
): Promise<Pick<Cast, 'agentKey'> & { daemons: Record<PartyName, D> }> {
  const agent = await start('agent', {});
  const { identityKey, peerContact } = await (await agent.client(rpc.DaemonServiceDefinition)).getStatus({});
  const agents = [
    { key: identityKey, address: peerContact?.address, fingerprint: peerContact?.certFingerprint },
  ];
  const [maker, taker] = await Promise.all([start('maker', { agents }), start('taker', { agents })]);
  return { daemons: { maker, taker, agent }, agentKey: identityKey };
}
