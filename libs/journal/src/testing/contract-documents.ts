import type { Bench } from './bench.js';

export const documentContract = (bench: () => Promise<Bench>): void => {
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
