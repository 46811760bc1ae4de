import { join } from 'node:path';

import type { Chain, LndSpec } from './port.js';

/** btcd's command line. Why each unusual flag is there stands beside it. */
export function btcdArguments(spec: {
  dir: string;
  p2pPort: number;
  rpcPort: number;
  user: string;
  pass: string;
  certPath: string;
  miningAddress: string;
}): string[] {
  return [
    '--regtest',
    `--configfile=${join(spec.dir, 'none.conf')}`,
    `--datadir=${join(spec.dir, 'data')}`,
    `--logdir=${join(spec.dir, 'logs')}`,
    `--listen=127.0.0.1:${String(spec.p2pPort)}`,
    `--rpclisten=127.0.0.1:${String(spec.rpcPort)}`,
    `--rpcuser=${spec.user}`,
    `--rpcpass=${spec.pass}`,
    `--rpccert=${spec.certPath}`,
    `--rpckey=${join(spec.dir, 'rpc.key')}`,
    `--miningaddr=${spec.miningAddress}`,
    '--txindex',
    // Without it regtest skips the standardness check, the only place where a premature timelock is refused.
    '--rejectnonstd',
    // Without it old coins may relay below the minimum fee.
    '--limitfreerelay=0',
    '--trickleinterval=100ms',
    '--nobanning',
    '--nostalldetect',
    '--nodnsseed',
    '--rpcmaxwebsockets=50',
    '--rpcmaxclients=50',
  ];
}

/** lnd's command line, with the short intervals of lnd's own integration tests. */
export function lndArguments(
  spec: LndSpec,
  chain: Chain,
  { rpcSocket, p2pAddress }: { rpcSocket: string; p2pAddress: string },
): string[] {
  return [
    `--lnddir=${spec.dir}`,
    `--alias=${spec.name}`,
    '--bitcoin.regtest',
    '--bitcoin.node=btcd',
    `--btcd.rpchost=${new URL(chain.rpcUrl).host}`,
    `--btcd.rpcuser=${chain.user}`,
    `--btcd.rpcpass=${chain.pass}`,
    `--btcd.rpccert=${chain.certPath}`,
    `--fee.url=${spec.feeUrl}`,
    '--noseedbackup',
    '--nobootstrap',
    `--listen=${p2pAddress}`,
    `--externalip=${p2pAddress}`,
    `--rpclisten=127.0.0.1:${new URL(`http://${rpcSocket}`).port}`,
    '--norest',
    '--bitcoin.defaultchanconfs=1',
    '--bitcoin.defaultremotedelay=4',
    '--trickledelay=50',
    '--gossip.sub-batch-delay=5ms',
    '--caches.rpc-graph-cache-duration=100ms',
    '--db.batch-commit-interval=10ms',
    '--maxpendingchannels=50',
    '--protocol.wumbo-channels',
    '--keep-failed-payment-attempts',
    '--minbackoff=1s',
    '--maxbackoff=5s',
    '--debuglevel=info',
    ...spec.args,
  ];
}
