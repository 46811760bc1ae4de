/** What every journal must do, whatever it keeps its tables in. */
import type { Journal } from '../port.js';
import { openJournal } from '../open.js';
import type { Bench, DiskBench, Place } from './bench.js';
import { KEY } from './samples.js';
import { diskContract } from './contract-disk.js';
import { documentContract } from './contract-documents.js';
import { lookUpContract } from './contract-look-ups.js';
import { namesContract } from './contract-names.js';
import { outboxContract } from './contract-outbox.js';
import { stepContract } from './contract-steps.js';

const portContract = (bench: () => Promise<Bench>): void => {
  stepContract(bench);
  namesContract(bench);
  outboxContract(bench);
  lookUpContract(bench);
  documentContract(bench);
};

/** Journals that a test has open. */
class Opened {
  private all: Journal[] = [];

  async add(journal: Promise<Journal>): Promise<Journal> {
    const opened = await journal;
    this.all.push(opened);
    return opened;
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map((journal) => journal.close()));
    this.all = [];
  }
}

/** @param newPlace makes a `Place`. @param severalWriters whether two journals of one process may write at once. */
export const journalContract = (
  name: string,
  newPlace: () => Promise<Place>,
  { severalWriters }: { severalWriters: boolean },
): void => {
  describe(`journal in ${name}`, () => {
    const opened = new Opened();

    const bench = async (): Promise<DiskBench> => {
      const here = await newPlace();
      const open = (key = KEY) => opened.add(openJournal({ url: here.url, key }));
      return {
        place: here,
        open,
        rivals: async () => {
          const first = await open();
          return [first, severalWriters ? await open() : first];
        },
      };
    };

    afterEach(() => opened.close());

    portContract(bench);
    diskContract(bench);
  });
};

/** For a journal that lasts as long as what `newDisk` gives to open it on. */
export const memoryContract = (newDisk: () => () => Journal): void => {
  describe('journal in memory', () => {
    const opened = new Opened();

    const bench = (): Promise<Bench> => {
      const disk = newDisk();
      const open = () => opened.add(Promise.resolve(disk()));
      return Promise.resolve({ open, rivals: async () => [await open(), await open()] });
    };

    afterEach(() => opened.close());

    portContract(bench);
  });
};
