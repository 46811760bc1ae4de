import { join } from 'node:path';

import type { Chain, LndSpec } from './port.js';

/** btcd's command line. Why each unusual flag is there stands beside it. */
export function btcdArguments(spec: {
  dir: string;
  /** Where it listens for other nodes, and for RPC: `address:port`. */
  listen: string;
  rpcListen: string;
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
    `--listen=${spec.listen}`,
    `--rpclisten=${spec.rpcListen}`,
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

/** Where an lnd and its chain are, as that lnd itself sees it. */
export interface LndPlace {
  dir: string;
  /** Of the chain's RPC: `host:port`, and its certificate. */
  chainHost: string;
  chainCertPath: string;
  listen: string;
  rpcListen: string;
  /** How it tells others where it is. */
  announce: string;
}

/** lnd's command line, with the short intervals of lnd's own integration tests. */
export function lndArguments(spec: LndSpec, chain: Chain, place: LndPlace): string[] {
  return [
    `--lnddir=${place.dir}`,
    `--alias=${spec.name}`,
    '--bitcoin.regtest',
    '--bitcoin.node=btcd',
    `--btcd.rpchost=${place.chainHost}`,
    `--btcd.rpcuser=${chain.user}`,
    `--btcd.rpcpass=${chain.pass}`,
    `--btcd.rpccert=${place.chainCertPath}`,
    `--fee.url=${spec.feeUrl}`,
    '--noseedbackup',
    '--nobootstrap',
    `--listen=${place.listen}`,
    place.announce,
    `--rpclisten=${place.rpcListen}`,
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
