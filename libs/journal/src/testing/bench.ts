import type { Journal } from '../port.js';

/** An empty database of one test. */
export interface Place {
  url: string;
  /** Everything that is stored, as whoever steals the disk would see it. */
  bytes(): Promise<string>;
  /** Runs a statement behind the journal's back. */
  raw(statement: string): Promise<void>;
}

/** What a test works with: its journals are closed after it. */
export interface Bench {
  open(): Promise<Journal>;
  /** Two that step at once: over connections of their own where the database lets two write, or else the same twice. */
  rivals(): Promise<[Journal, Journal]>;
}

/** The same on a disk. */
export interface DiskBench extends Bench {
  place: Place;
  open(key?: Uint8Array): Promise<Journal>;
}
