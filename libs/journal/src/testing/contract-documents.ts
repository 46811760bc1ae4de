import type { Bench } from './bench.js';
import { step, tradeId } from './samples.js';

export const documentContract = (bench: () => Promise<Bench>): void => {
  describe('S23 open trades', () => {
    it('come one after the other, in order of creation, over several pages', async () => {
      const journal = await (await bench()).open();
      const names = Array.from({ length: 230 }, (_, index) => tradeId(String(index)));
      for (const name of names) await journal.commit(step(name, 0));
      const over = names.filter((_, index) => index % 7 === 0);
      for (const name of over) await journal.commit(step(name, 1, { terminal: true }));
      const open: string[] = [];
      for await (const row of journal.openTrades()) open.push(row.tradeId);
      expect(open).toEqual(names.filter((name) => !over.includes(name)));
      expect(await journal.openCount()).toBe(open.length);
    });
  });

  describe('documents', () => {
    it('are put, replaced, listed by kind and id, and deleted', async () => {
      const journal = await (await bench()).open();
      await journal.putDocument('order', '2', { price: 5n });
      await journal.putDocument('order', '1', { price: 1n });
      await journal.putDocument('order', '2', { price: 7n });
      await journal.putDocument('agent', '1', 'known');
      expect(await journal.document('order', '2')).toEqual({ price: 7n });
      expect(await journal.document('order', '3')).toBeUndefined();
      expect(await journal.documents('order')).toEqual([
        { id: '1', value: { price: 1n } },
        { id: '2', value: { price: 7n } },
      ]);
      await journal.deleteDocument('order', '1');
      await journal.deleteDocument('order', '1');
      expect((await journal.documents('order')).map(({ id }) => id)).toEqual(['2']);
      expect(await journal.document('agent', '1')).toBe('known');
    });
  });
};
