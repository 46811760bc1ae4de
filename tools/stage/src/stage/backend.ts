import type { LndNode } from '@tercet/regtest';
import type { PartyName } from './layout.js';

export interface DaemonSpec {
  party: PartyName;
  /** Data folder on this machine: config, seed, journal, keys, log. */
  dir: string;
  /** Where it is reached from this machine. */
  listen: string;
  config: Record<string, unknown>;
  /** Variables on top of this process's. */
  env?: Record<string, string>;
  /** Containers only: another image than the daemon's latest, from the next start on. */
  image?: string;
}

/** A daemon that was launched, ready or not. */
export interface Launched {
  readonly pid: number | undefined;
  /** Its exit code once it is gone and its last words are in the log; null where a signal ended it, or it never began. */
  readonly ended: Promise<number | null>;
  signal(signal: 'SIGTERM' | 'SIGKILL'): void;
}

/** What daemons run in: processes of this machine, or containers. */
export interface DaemonBackend {
  /** A node as a daemon here reaches it. */
  lndOf(node: LndNode): { socket: string; certPath: string; macaroonPath: string };
  /** Whatever the data folder needs before the first launch; configuration and seed are there. */
  prepare(spec: DaemonSpec): Promise<void>;
  /**
   * Starts it, all output into `logPath`, and what keeps it from starting too. `onLine` is told each line of its
   * standard output.
   */
  launch(spec: DaemonSpec, logPath: string, onLine: (line: string) => void): Launched;
}
