import { openMemoryJournal } from './memory/journal.js';
import { MemoryStore } from './memory/store.js';
import { journalContract, memoryContract } from './testing/contract.js';
import { step, tradeId } from './testing/samples.js';
import { type SqlitePlace, sqlitePlace } from './testing/sqlite-place.js';

const places: SqlitePlace[] = [];

afterAll(() => {
  for (const place of places) place.remove();
});

journalContract(
  'SQLite',
  () => {
    const place = sqlitePlace();
    places.push(place);
    return Promise.resolve(place);
  },
  { severalWriters: false },
);

memoryContract(() => {
  const store = new MemoryStore();
  return () => openMemoryJournal({ store });
});

describe('what a journal in memory was given', () => {
  const give = async (trusting?: boolean) => {
    const [journal, trade] = [openMemoryJournal({ trusting }), tradeId('kept')];
    const state = { ledger: [{ status: 'live' }] };
    await journal.commit(step(trade, 0, { state }));
    return state;
  };

  it('S19: can not be changed once it is committed', async () => {
    const { ledger } = await give();
    expect(() => ledger.push({ status: 'paid' })).toThrow(TypeError);
    expect(() => Object.assign(ledger[0] ?? {}, { status: 'paid' })).toThrow(TypeError);
  });

  it('is left as it is by one that trusts', async () => {
    expect(Object.isFrozen(await give(true))).toBe(false);
  });
});
