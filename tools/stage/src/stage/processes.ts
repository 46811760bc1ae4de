/** Daemons as processes of this machine, from the compiled sources. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { DaemonBackend, Launched } from './backend.js';
import type { PartyName } from './layout.js';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../../../..');
const APP: Record<PartyName, string> = {
  maker: 'maker-daemon',
  taker: 'taker-daemon',
  agent: 'escrow-agent',
};

export const processes: DaemonBackend = {
  lndOf: (node) => ({
    socket: node.rpcSocket,
    certPath: node.tlsCertPath,
    macaroonPath: node.adminMacaroonPath,
  }),
  prepare: () => Promise.resolve(),
  launch(spec, logPath, onLine) {
    const main = join(ROOT, 'apps', APP[spec.party], 'dist', 'main.js');
    const child = spawn(process.execPath, [main, '--data-dir', spec.dir], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...spec.env },
    });
    return launchedAs(child, logPath, onLine);
  },
};

/** A child whose output goes into a log. */
export function launchedAs(child: ChildProcess, logPath: string, onLine: (line: string) => void): Launched {
  const log = createWriteStream(logPath, { flags: 'a' });
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });
  if (child.stdout) createInterface({ input: child.stdout }).on('line', onLine);
  return {
    pid: child.pid,
    ended: new Promise((resolve) => {
      // Not at `exit`: what the process printed last may still be in the pipe.
      child.once('close', (code) => {
        log.end();
        resolve(code);
      });
    }),
    signal: (signal) => child.kill(signal),
  };
}
