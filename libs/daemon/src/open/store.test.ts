import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { termsName } from '../executor/taken-names.js';
import { asJson } from '../executor/stored.js';
import { errorsOnly } from '../observe/index.js';
import { SEED } from '../services/testing/fake-trades.js';
import { sampleTrade } from '../services/testing/samples.js';
import { openStore } from './store.js';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'tercet-store-'));
});
afterEach(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

const open = () =>
  openStore(
    { dataDir },
    SEED,
    errorsOnly((text) => {
      throw new Error(text);
    }),
  );

test('a trade of a journal from before is found by its terms', async () => {
  const { tradeId, state } = sampleTrade({ role: 'agent', terminal: true });
  const old = await open();
  await old.commit({
    tradeId,
    expectedSequence: 0,
    role: 'agent',
    fact: null,
    state: asJson(state),
    terminal: true,
    effects: [],
    deadlines: { set: [], clear: [] },
    hashes: [],
    claims: { take: [], release: [] },
  });
  await old.close();
  const database = new DatabaseSync(join(dataDir, 'journal.db'));
  database.exec(`delete from kysely_migration where name = '0002'`);
  database.close();

  const journal = await open();
  expect(await journal.hashHolder(termsName(state.data.termsHash ?? ''))).toBe(tradeId);
  await journal.close();
});
