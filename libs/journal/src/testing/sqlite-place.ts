/** An empty SQLite database in a temporary folder, for tests. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import type { Place } from './bench.js';

export interface SqlitePlace extends Place {
  path: string;
  folder: string;
  remove(): void;
}

export const sqlitePlace = (): SqlitePlace => {
  const folder = mkdtempSync(join(tmpdir(), 'tercet-journal-'));
  const path = join(folder, 'journal.db');
  return {
    folder,
    path,
    url: `sqlite:${path}`,
    // With the WAL and the shared memory.
    bytes: () =>
      Promise.resolve(
        readdirSync(folder)
          .map((file) => readFileSync(join(folder, file), 'latin1'))
          .join('\n'),
      ),
    raw: (statement) =>
      new Promise((resolve) => {
        const database = new SQLite(path);
        try {
          database.exec(statement);
        } finally {
          database.close();
        }
        resolve();
      }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};
