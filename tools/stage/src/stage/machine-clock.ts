/** The wall clock of daemons that run under libfaketime: set while they run, as a machine's own would be. Monotonic time goes on. */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Debian keeps it in a folder of the machine's architecture. */
const LIBRARIES = '/usr/lib';
const NAME = 'faketime/libfaketime.so.1';
/** So long a process may go on with the clock that it read before. */
const SEEN_AFTER_SECONDS = 1;
/** Redis asks its allocator, and that the clock, before the library is there, and hangs: it keeps the real time. */
const REAL_TIME_REDIS =
  '#!/bin/sh\nunset LD_PRELOAD\nPATH="${PATH#*:}" exec "$(PATH="${PATH#*:}" command -v redis-server)" "$@"\n';

/** Throws where it isn't installed: without it every clock would be right, and nothing tested. */
function library(): string {
  const paths = readdirSync(LIBRARIES).map((name) => join(LIBRARIES, name, NAME));
  const found = paths.find((path) => existsSync(path));
  if (found === undefined) throw new Error('libfaketime is missing; "npm run bootstrap" installs it');
  return found;
}

export class MachineClock {
  private readonly folder = mkdtempSync(join(tmpdir(), 'tercet-clock-'));

  constructor() {
    writeFileSync(this.path, '+0\n');
    writeFileSync(join(this.folder, 'redis-server'), REAL_TIME_REDIS, { mode: 0o755 });
  }

  private get path(): string {
    return join(this.folder, 'clock');
  }

  /** Variables of a process that is to live by this clock. */
  get env(): Record<string, string> {
    return {
      LD_PRELOAD: library(),
      FAKETIME_TIMESTAMP_FILE: this.path,
      FAKETIME_CACHE_DURATION: String(SEEN_AFTER_SECONDS),
      // By either name, as versions of it differ: timers run by the monotonic clock.
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      DONT_FAKE_MONOTONIC: '1',
      PATH: `${this.folder}:${process.env['PATH'] ?? ''}`,
    };
  }

  /** So many days ahead of the real time; returns once every process lives by it. */
  async set(days: number): Promise<void> {
    await writeFile(this.path, `${days < 0 ? '' : '+'}${String(days)}d\n`);
    await new Promise((seen) => {
      setTimeout(seen, 2 * SEEN_AFTER_SECONDS * 1000);
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
