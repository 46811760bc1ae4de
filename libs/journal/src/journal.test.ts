import { journalContract } from './testing/contract.js';
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
