/** Daemons that are not to start: each with a folder of its own on one small network. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { seedPath } from '@tercet/daemon';
import { regtestBinaries, startNetwork, type LndNode, type RegtestNetwork } from '@tercet/regtest';
import { DaemonProcess } from '../../stage/daemon-process.js';
import { freeAddress } from '../../stage/free-port.js';
import type { PartyName } from '../../stage/layout.js';

export interface Start {
  party: PartyName;
  config?: Record<string, unknown>;
  env?: Record<string, string>;
  /** No seed is made. */
  withoutSeed?: boolean;
}

export interface Ended {
  code: number | null;
  /** What it wrote, log lines included. */
  log: string;
  /** Its listen address takes connections. */
  listening: boolean;
  /** Processes whose command line names its folder. */
  left: string[];
}

export const lndConfig = (node: LndNode) => ({
  socket: node.rpcSocket,
  certPath: node.tlsCertPath,
  macaroonPath: node.adminMacaroonPath,
});

/** Two nodes that know nothing of each other, before the tests of a file. */
export function useNodes(): () => RegtestNetwork {
  let network: RegtestNetwork | undefined;
  beforeAll(async () => {
    network = await startNetwork({ binaries: regtestBinaries(), nodes: ['own', 'other'], channels: [] });
  }, 120_000);
  afterAll(async () => {
    await network?.stop();
  }, 60_000);
  return () => {
    if (!network) throw new Error('the network did not start');
    return network;
  };
}

let count = 0;

export async function prepare(network: RegtestNetwork, start: Start): Promise<DaemonProcess> {
  count += 1;
  const daemon = await DaemonProcess.prepare({
    party: start.party,
    dir: join(network.dir, `daemon-${String(count)}`),
    listen: await freeAddress(),
    env: start.env,
    config: { network: 'regtest', lnd: lndConfig(network.node('own')), ...start.config },
  });
  if (start.withoutSeed) await rm(seedPath(daemon.spec.dir));
  return daemon;
}

/** Starts it and waits for its end; whatever is still there afterwards is told. */
export async function runToEnd(daemon: DaemonProcess): Promise<Ended> {
  daemon.launch();
  const code = await daemon.exit();
  return {
    code,
    log: await readFile(daemon.logPath, 'utf8'),
    listening: await answers(daemon.spec.listen),
    left: await processesOf(daemon.spec.dir),
  };
}

/** Whether somebody listens there. */
async function answers(address: string): Promise<boolean> {
  const [host, port] = address.split(':');
  const socket = connect(Number(port), host);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** Command lines of running processes that name a folder. */
async function processesOf(dir: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map((pid) => commandLine(pid)));
  return lines.filter((line) => line.includes(dir));
}

async function commandLine(pid: string): Promise<string> {
  try {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ');
  } catch (error) {
    // It ended while we looked.
    if (error instanceof Error) return '';
    throw error;
  }
}
