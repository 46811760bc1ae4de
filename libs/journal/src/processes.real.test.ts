import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { openJournal } from './open.js';
import type { Journal } from './port.js';
import { KEY, tradeId } from './testing/samples.js';
import { type SqlitePlace, sqlitePlace } from './testing/sqlite-place.js';
import { allDeadlines } from './testing/all-deadlines.js';

const WRITER = join(import.meta.dirname, '../dist/testing/writer.js');

let place: SqlitePlace;
let writers: ChildProcess[] = [];

beforeEach(() => {
  place = sqlitePlace();
});

afterEach(() => {
  for (const writer of writers) writer.kill('SIGKILL');
  writers = [];
  place.remove();
});

/** @param until ends the process, by SIGKILL, at the line with this number. @returns the lines it printed. */
const write = async (last: number, names: string[], until = Infinity): Promise<string[]> => {
  const writer = spawn(process.execPath, [WRITER, place.url, String(last), ...names], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  writers.push(writer);
  const ended = once(writer, 'exit');
  const lines: string[] = [];
  for await (const line of createInterface({ input: writer.stdout })) {
    lines.push(line);
    if (lines.length === until) writer.kill('SIGKILL');
  }
  const [code, signal] = (await ended) as [number | null, string | null];
  expect([code, signal]).toEqual(until === Infinity ? [0, null] : [null, 'SIGKILL']);
  return lines;
};

/** Every table tells of the same number of steps. */
const expectConsistent = async (journal: Journal, name: string, answered: number): Promise<number> => {
  const trade = tradeId(name);
  const row = await journal.load(trade);
  const sequence = row?.sequence ?? 0;
  expect(sequence).toBeGreaterThanOrEqual(answered);
  const steps = Array.from({ length: sequence }, (_, n) => n + 1);
  expect((await journal.facts(trade)).map((each) => each.sequence)).toEqual(steps);
  if (row === undefined) return 0;
  expect(row.state).toEqual({ steps: sequence });
  expect((await journal.pendingEffects({ tradeId: trade })).map(({ body }) => body)).toEqual([
    { next: sequence },
  ]);
  expect(await allDeadlines(journal, trade)).toEqual([
    { tradeId: trade, name: `d${sequence}`, at: { height: sequence } },
  ]);
  for (const n of steps.slice(0, -1)) {
    expect(await journal.effect(`${trade}/${n}/0`)).toMatchObject({ done: true, outcome: 'sent' });
  }
  return sequence;
};

describe('S26 kill -9 in the middle of writing', () => {
  it('leaves every answered step, and no half of another; the next process goes on', async () => {
    const names = ['a', 'b', 'c', 'd'];
    const answered = new Map<string, number>();
    let before = 0;
    for (const lines of [3, 50, 111]) {
      for (const line of await write(1_000_000, names, lines)) {
        const [name = '', sequence] = line.split(' ');
        answered.set(name, Number(sequence));
      }
      const journal = await openJournal({ url: place.url, key: KEY });
      let steps = 0;
      for (const name of names) steps += await expectConsistent(journal, name, answered.get(name) ?? 0);
      expect(steps).toBeGreaterThanOrEqual(before + lines);
      before = steps;
      await journal.close();
    }
  }, 60_000);
});

describe("S22 two processes on one SQLite file can't both act on a trade", () => {
  it('makes each step in exactly one of them', async () => {
    const names = ['a', 'b', 'c'];
    const last = 60;
    await (await openJournal({ url: place.url, key: KEY })).close();
    const lines = (await Promise.all([write(last, names), write(last, names)])).flat();
    const every = names.flatMap((name) => Array.from({ length: last }, (_, n) => `${name} ${n + 1}`));
    expect(lines.sort()).toEqual(every.sort());
    const journal = await openJournal({ url: place.url, key: KEY });
    for (const name of names) expect(await expectConsistent(journal, name, last)).toBe(last);
    await journal.close();
  }, 60_000);
});
