import pg from 'pg';
import { openJournal } from './open.js';
import type { Place } from './testing/bench.js';
import { journalContract } from './testing/contract.js';
import { type PrivatePostgres, startPrivatePostgres, until } from '@tercet/regtest';
import { KEY, step, tradeId } from './testing/samples.js';

let server: PrivatePostgres | undefined;
let databases = 0;

const query = async (url: string, text: string): Promise<Record<string, string>[]> => {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<Record<string, string>>(text)).rows;
  } finally {
    await client.end();
  }
};

const place = async (): Promise<Place> => {
  if (server === undefined) throw new Error('the server did not start');
  databases += 1;
  const url = await server.createDatabase(`journal${databases}`);
  return {
    url,
    raw: async (statement) => {
      await query(url, statement);
    },
    // Rows as text, with what is printable in a bytea left as it is.
    bytes: async () => {
      await query(url, `alter database journal${databases} set bytea_output = 'escape'`);
      const tables = ['trade', 'fact', 'effect', 'deadline', 'hash', 'claim', 'document', 'meta'];
      const rows = await Promise.all(
        tables.map((table) => query(url, `select t::text as row from ${table} t`)),
      );
      return rows
        .flat()
        .map(({ row }) => row)
        .join('\n');
    },
  };
};

beforeAll(async () => {
  server = await startPrivatePostgres();
}, 60_000);

afterAll(async () => {
  await server?.stop();
}, 60_000);

journalContract('PostgreSQL', place, { severalWriters: true });

describe('PostgreSQL', () => {
  it('S22 is opened, and made, by several processes at once', async () => {
    const { url } = await place();
    const journals = await Promise.all(Array.from({ length: 4 }, () => openJournal({ url, key: KEY })));
    const answers = await Promise.all(journals.map((journal) => journal.commit(step(tradeId('a'), 0))));
    expect(answers.filter(({ result }) => result === 'committed')).toHaveLength(1);
    expect(answers.filter(({ result }) => result === 'conflict')).toHaveLength(3);
    await Promise.all(journals.map((journal) => journal.close()));
  });

  it('S8 is refused when it may forget what it answered', async () => {
    const { url } = await place();
    await query(url, `alter database journal${databases} set synchronous_commit = 'off'`);
    await expect(openJournal({ url, key: KEY })).rejects.toMatchObject({
      code: 'JOURNAL_NOT_DURABLE',
      message: expect.stringContaining('synchronous_commit') as string,
    });
  });

  it('S8 outlives a connection that breaks while a step is being written on it', async () => {
    const { url } = await place();
    const troubles: unknown[] = [];
    const journal = await openJournal({ url, key: KEY, onTrouble: (trouble) => troubles.push(trouble) });
    const other = new pg.Client(url);
    await other.connect();
    await other.query('begin; lock table trade in access exclusive mode');
    const lost = journal.commit(step(tradeId('a'), 0));
    const waiting = `from pg_stat_activity where application_name = 'tercet' and datname = current_database() and wait_event_type = 'Lock'`;
    const fails = expect(lost).rejects.toThrow('terminat');
    await until('the step waits', async () => (await query(url, `select pid ${waiting}`))[0]);
    await query(url, `select pg_terminate_backend(pid) ${waiting}`);
    await fails;
    expect(troubles).toContainEqual(expect.objectContaining({ code: 'JOURNAL_CONNECTION_LOST' }));
    await other.end();
    await expect(journal.commit(step(tradeId('a'), 0))).resolves.toMatchObject({ result: 'committed' });
    await journal.close();
  });

  it('S36 names no password when it is away', async () => {
    const url = 'postgres://tercet:hunter2@127.0.0.1:1/journal';
    const error = await openJournal({ url, key: KEY }).then(
      () => undefined,
      (failure: unknown) => failure,
    );
    expect(error).toMatchObject({ code: 'JOURNAL_UNREACHABLE' });
    expect(JSON.stringify([error, String(error)])).not.toContain('hunter2');
  });
});
