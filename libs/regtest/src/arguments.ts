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

/** Where bitcoind announces blocks and transactions to lnd. */
const ZMQ = { block: 28_332, transaction: 28_333 };

/** bitcoind's command line for the same rules: on regtest it would skip the standardness check. Its defaults do the rest. */
export function bitcoindArguments(spec: {
  dir: string;
  rpcPort: number;
  user: string;
  pass: string;
}): string[] {
  return [
    '-regtest=1',
    '-server=1',
    '-txindex=1',
    '-acceptnonstdtxn=0',
    '-disablewallet=1',
    '-printtoconsole=1',
    `-datadir=${spec.dir}`,
    '-rpcbind=0.0.0.0',
    '-rpcallowip=0.0.0.0/0',
    `-rpcport=${String(spec.rpcPort)}`,
    `-rpcuser=${spec.user}`,
    `-rpcpassword=${spec.pass}`,
    '-rpcworkqueue=128',
    `-zmqpubrawblock=tcp://0.0.0.0:${String(ZMQ.block)}`,
    `-zmqpubrawtx=tcp://0.0.0.0:${String(ZMQ.transaction)}`,
  ];
}

/** Where an lnd and its chain are, as that lnd itself sees it. */
export interface LndPlace {
  dir: string;
  /** Of the chain's RPC: `host:port`, and its certificate where it has one. */
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
    ...chainArguments(chain, place),
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

function chainArguments({ software, user, pass }: Chain, { chainHost, chainCertPath }: LndPlace): string[] {
  if (software === 'btcd') {
    return [
      '--bitcoin.node=btcd',
      `--btcd.rpchost=${chainHost}`,
      `--btcd.rpcuser=${user}`,
      `--btcd.rpcpass=${pass}`,
      `--btcd.rpccert=${chainCertPath}`,
    ];
  }
  const [host = ''] = chainHost.split(':');
  return [
    '--bitcoin.node=bitcoind',
    `--bitcoind.rpchost=${chainHost}`,
    `--bitcoind.rpcuser=${user}`,
    `--bitcoind.rpcpass=${pass}`,
    `--bitcoind.zmqpubrawblock=tcp://${host}:${String(ZMQ.block)}`,
    `--bitcoind.zmqpubrawtx=tcp://${host}:${String(ZMQ.transaction)}`,
  ];
}
