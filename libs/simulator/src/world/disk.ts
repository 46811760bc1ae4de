/** Where a party's journal lies: in memory, or in a SQLite file for the schedules that run on the real thing. */
import { mkdtemp, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deriveKey, MemoryStore, openJournal, openMemoryJournal, type Journal } from '@tercet/journal';
import type { Role } from '@tercet/protocol';
import type { Life } from './port.js';
import { seedOf } from './scene.js';

export interface Disk {
  /** Opens it for a process, which finds what those before it have written. */
  open(life: Life): Promise<Journal>;
  /** The process is dead. */
  leave(journal: Journal): Promise<void>;
  /** Calls that aren't answered yet. */
  readonly busy: number;
  remove(): Promise<void>;
}

/** How long a finished effect may wait for its mark: until then a crash loses it. */
const MARK_WITHIN_MS = 20;

export class MemoryDisk implements Disk {
  readonly busy = 0;
  private readonly store = new MemoryStore();

  /** @param trusting whether what is written is taken as it is, and not frozen */
  constructor(private readonly trusting = false) {}

  open(life: Life): Promise<Journal> {
    const flushLater = (flush: () => void) => life.later(MARK_WITHIN_MS, 'marks are flushed', flush);
    return Promise.resolve(openMemoryJournal({ store: this.store, flushLater, trusting: this.trusting }));
  }

  /** What lingered is lost: nothing closes a journal at kill -9. */
  leave(): Promise<void> {
    return Promise.resolve();
  }

  remove(): Promise<void> {
    return Promise.resolve();
  }
}

/** What a journal answers page by page. */
const PAGED: ReadonlySet<string | symbol> = new Set<keyof Journal>(['openTrades', 'newestTrades', 'heads']);

/** Processes die here, machines don't: a file in memory shows as much, and nobody waits for a flush. */
const IN_MEMORY = '/dev/shm';
const place = existsSync(IN_MEMORY) ? IN_MEMORY : tmpdir();

export class SqliteDisk implements Disk {
  busy = 0;

  private constructor(
    private readonly folder: string,
    private readonly role: Role,
  ) {}

  static async make(role: Role): Promise<SqliteDisk> {
    return new SqliteDisk(await mkdtemp(join(place, 'tercet-world-')), role);
  }

  async open(): Promise<Journal> {
    const url = `sqlite:${join(this.folder, 'journal.db')}`;
    const journal = await openJournal({ url, key: deriveKey(seedOf(this.role), 'journal') });
    return this.counted(journal);
  }

  leave(journal: Journal): Promise<void> {
    return journal.close();
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }

  /** Read whole: nothing else may happen between two pages. */
  private async *whole<Row>(pages: AsyncIterable<Row>): AsyncGenerator<Row> {
    const rows: Row[] = [];
    this.busy += 1;
    try {
      for await (const row of pages) rows.push(row);
    } finally {
      this.busy -= 1;
    }
    yield* rows;
  }

  /** A virtual clock stands still while a real disk works. Marks are flushed in their own time and nobody waits for them. */
  private counted(journal: Journal): Journal {
    return new Proxy(journal, {
      get: (target, key): unknown => {
        const value: unknown = Reflect.get(target, key);
        if (typeof value !== 'function' || key === 'finishEffect') return value;
        if (PAGED.has(key))
          return (...args: unknown[]) =>
            this.whole(Reflect.apply(value, target, args) as AsyncIterable<unknown>);
        return async (...args: unknown[]): Promise<unknown> => {
          this.busy += 1;
          try {
            return await (Reflect.apply(value, target, args) as Promise<unknown>);
          } finally {
            this.busy -= 1;
          }
        };
      },
    });
  }
}
