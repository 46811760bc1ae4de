import type { TradeId } from '@tercet/protocol';
import type { Journal } from '../port.js';
import type { Bench } from './bench.js';
import { step, tradeId } from './samples.js';

/** More than a page of each. */
const MANY = 1_100;
const idsOf = async (rows: AsyncIterable<{ tradeId: TradeId }>): Promise<TradeId[]> => {
  const ids: TradeId[] = [];
  for await (const { tradeId: id } of rows) ids.push(id);
  return ids;
};

/** What is asked of all trades that ever were. */
export const lookUpContract = (bench: () => Promise<Bench>): void => {
  describe('a long history', () => {
    const names = Array.from({ length: MANY }, (_, index) => tradeId(String(index)));
    const over = new Set(names.filter((_, index) => index % 7 === 0));
    const open = names.filter((name) => !over.has(name));
    const filled = async (): Promise<Journal> => {
      const journal = await (await bench()).open();
      for (const name of names) await journal.commit(step(name, 0));
      for (const name of over) await journal.commit(step(name, 1, { terminal: true }));
      return journal;
    };

    it('comes one trade after the other, over several pages', async () => {
      const journal = await filled();
      expect(await idsOf(journal.openTrades())).toEqual(open);
      expect(await journal.openCount()).toBe(open.length);
      expect(await idsOf(journal.newestTrades())).toEqual(names.toReversed());
      expect(await idsOf(journal.newestTrades({ open: true }))).toEqual(open.toReversed());
      const [tenth, unknown] = [names[10], tradeId('unknown')];
      expect(await idsOf(journal.newestTrades({ before: tenth }))).toEqual(names.slice(0, 10).toReversed());
      expect(await idsOf(journal.newestTrades({ before: tenth, open: true }))).toEqual(
        names
          .slice(0, 10)
          .filter((name) => !over.has(name))
          .toReversed(),
      );
      expect(await idsOf(journal.newestTrades({ before: unknown }))).toEqual([]);
      const heads = [];
      for await (const head of journal.heads()) heads.push(head);
      expect(heads).toEqual(
        names.map((name) => ({ tradeId: name, sequence: over.has(name) ? 2 : 1, terminal: over.has(name) })),
      );
    }, 60_000);

    it('is searched by the first digits of an id', async () => {
      const journal = await filled();
      for (const digits of ['0', 'f', 'ff', '9a', 'af']) {
        const expected = names.filter((name) => name.startsWith(digits)).sort();
        expect([digits, await journal.idsBeginning(digits, MANY)]).toEqual([digits, expected]);
        expect(await journal.idsBeginning(digits, 2)).toEqual(expected.slice(0, 2));
      }
      const [id = ''] = names;
      expect(await journal.idsBeginning(id.slice(0, 63), 2)).toEqual([id]);
      expect(await journal.idsBeginning(tradeId('unknown').slice(0, 20), 2)).toEqual([]);
    }, 60_000);
  });

  describe('the trade that holds a name', () => {
    const [a, b] = [tradeId('a'), tradeId('b')];

    it('is known by a hash for ever, and by a claim until it is given back', async () => {
      const journal = await (await bench()).open();
      const hashes = [{ hash: 'terms/1', purpose: 'terms' }];
      await journal.commit(step(a, 0, { hashes, claims: { take: ['order'], release: [] } }));
      expect(await journal.claimHolder('order')).toEqual({ tradeId: a, sequence: 1, terminal: false });
      await journal.commit(step(a, 1, { terminal: true }));
      expect(await journal.hashHolder('terms/1')).toBe(a);
      expect(await journal.claimHolder('order')).toEqual({ tradeId: a, sequence: 2, terminal: true });
      await journal.commit(step(a, 2, { terminal: true, claims: { take: [], release: ['order'] } }));
      expect(await journal.claimHolder('order')).toBeUndefined();
      await journal.commit(step(b, 0, { claims: { take: ['order'], release: [] } }));
      expect(await journal.claimHolder('order')).toMatchObject({ tradeId: b });
      expect(await journal.hashHolder('terms/2')).toBeUndefined();
    });
  });
};
