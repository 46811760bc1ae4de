import { openMemoryJournal } from './memory/journal.js';
import { MemoryStore } from './memory/store.js';
import { journalContract, memoryContract } from './testing/contract.js';
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
