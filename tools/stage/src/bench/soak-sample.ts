/** What a daemon takes up: looked at from outside, as its operator would. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DaemonProcess } from '../stage/daemon-process.js';

export interface Sample {
  /** Resident memory. */
  residentMb: number;
  fileDescriptors: number;
  /** Journal with its write-ahead log. */
  databaseMb: number;
  /** Trades that are open in its journal. */
  openTrades: number;
}

const PAGE_BYTES = 4096;
const MB = 1_000_000;

/** Undefined while the daemon is down, or on its way up. */
export async function sampleOf(
  daemon: DaemonProcess,
  openTrades: () => Promise<number | undefined>,
): Promise<Sample | undefined> {
  const { pid } = daemon;
  if (pid === undefined) return undefined;
  try {
    const [statm, descriptors, databaseBytes, open] = await Promise.all([
      readFile(`/proc/${String(pid)}/statm`, 'utf8'),
      readdir(`/proc/${String(pid)}/fd`),
      bytesOf(daemon.spec.dir, /^journal\.db/),
      openTrades(),
    ]);
    if (open === undefined) return undefined;
    return {
      residentMb: inMb(Number(statm.split(' ')[1]) * PAGE_BYTES),
      fileDescriptors: descriptors.length,
      databaseMb: inMb(databaseBytes),
      openTrades: open,
    };
  } catch (error) {
    // It was killed while it was looked at.
    if (daemon.pid !== pid || isGone(error)) return undefined;
    throw error;
  }
}

const GONE = new Set(['ENOENT', 'ESRCH', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE']);

/** Whether it fails because what was looked at died meanwhile. */
export const isGone = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && GONE.has(String(error.code));

async function bytesOf(folder: string, pattern: RegExp): Promise<number> {
  const names = (await readdir(folder)).filter((name) => pattern.test(name));
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

const inMb = (bytes: number): number => Math.round((bytes / MB) * 10) / 10;
