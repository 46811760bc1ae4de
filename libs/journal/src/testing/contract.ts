/** What every journal must do, whatever it keeps its tables in. */
import type { Journal } from '../port.js';
import { openJournal } from '../open.js';
import type { Bench, Place } from './bench.js';
import { KEY } from './samples.js';
import { namesContract } from './contract-names.js';
import { outboxContract } from './contract-outbox.js';
import { stepContract } from './contract-steps.js';
import { storeContract } from './contract-store.js';

/** @param newPlace makes a `Place`. @param severalWriters whether two journals of one process may write at once. */
export const journalContract = (
  name: string,
  newPlace: () => Promise<Place>,
  { severalWriters }: { severalWriters: boolean },
): void => {
  describe(`journal in ${name}`, () => {
    let opened: Journal[] = [];

    const bench = async (): Promise<Bench> => {
      const here = await newPlace();
      const open = async (key = KEY): Promise<Journal> => {
        const journal = await openJournal({ url: here.url, key });
        opened.push(journal);
        return journal;
      };
      return {
        place: here,
        open,
        rivals: async () => {
          const first = await open();
          return [first, severalWriters ? await open() : first];
        },
      };
    };

    afterEach(async () => {
      await Promise.all(opened.map((journal) => journal.close()));
      opened = [];
    });

    stepContract(bench);
    namesContract(bench);
    outboxContract(bench);
    storeContract(bench);
  });
};
