import type { Bench } from './bench.js';
import { step, tradeId } from './samples.js';

const a = tradeId('a');
const b = tradeId('b');

export const namesContract = (bench: () => Promise<Bench>): void => {
  describe('S12 payment hashes are unique across all trades, ever', () => {
    const h1 = { hash: 'h1', purpose: 'escrow' };

    it.each([
      ['another trade, the same purpose', b, 0, 'escrow', { result: 'hashInUse', hash: 'h1' }],
      ['another trade, another purpose', b, 0, 'bond', { result: 'hashInUse', hash: 'h1' }],
      ['the same trade, another purpose', a, 1, 'bond', { result: 'hashInUse', hash: 'h1' }],
      ['the same trade and purpose', a, 1, 'escrow', { result: 'committed', sequence: 2, effects: [] }],
    ])('%s', async (_, trade, sequence, purpose, expected) => {
      const journal = await (await bench()).open();
      await journal.commit(step(a, 0, { hashes: [h1] }));
      const hashes = [
        { hash: 'h0', purpose },
        { hash: 'h1', purpose },
      ];
      expect(await journal.commit(step(trade, sequence, { hashes }))).toEqual(expected);
      const taken = expected.result === 'committed';
      expect(await journal.load(trade)).toEqual(
        taken || trade === a ? expect.objectContaining({ sequence: taken ? 2 : 1 }) : undefined,
      );
      // h0 came before the refused one in the same step: it is free again.
      const again = await journal.commit(step(tradeId('c'), 0, { hashes: [{ hash: 'h0', purpose: 'fee' }] }));
      expect(again.result).toBe(taken ? 'hashInUse' : 'committed');
    });

    it('holds when the trade has ended, and after a restart', async () => {
      const { open } = await bench();
      const journal = await open();
      await journal.commit(step(a, 0, { hashes: [h1], terminal: true }));
      await journal.close();
      const again = await open();
      expect(await again.commit(step(b, 0, { hashes: [h1] }))).toEqual({ result: 'hashInUse', hash: 'h1' });
    });

    it('refuses one hash for two purposes in one step', async () => {
      const journal = await (await bench()).open();
      const hashes = [h1, { hash: 'h1', purpose: 'bond' }];
      expect(await journal.commit(step(a, 0, { hashes }))).toEqual({ result: 'hashInUse', hash: 'h1' });
      expect(await journal.load(a)).toBeUndefined();
    });
  });

  describe('claims', () => {
    const take = (...claims: string[]): { claims: { take: string[]; release: string[] } } => ({
      claims: { take: claims, release: [] },
    });
    const release = (...claims: string[]): { claims: { take: string[]; release: string[] } } => ({
      claims: { take: [], release: claims },
    });

    it('are held by one trade until it gives them back', async () => {
      const journal = await (await bench()).open();
      await journal.commit(step(a, 0, take('order')));
      expect(await journal.commit(step(b, 0, take('other', 'order')))).toEqual({
        result: 'claimed',
        claim: 'order',
      });
      expect(await journal.load(b)).toBeUndefined();
      expect(await journal.commit(step(a, 1, take('order')))).toMatchObject({ result: 'committed' });
      await journal.commit(step(a, 2, release('order')));
      expect(await journal.commit(step(b, 0, take('order')))).toMatchObject({ result: 'committed' });
    });

    it("can't be given back by a trade that doesn't hold them", async () => {
      const journal = await (await bench()).open();
      await journal.commit(step(a, 0, take('order')));
      expect(await journal.commit(step(b, 0, release('order')))).toMatchObject({ result: 'committed' });
      expect(await journal.commit(step(b, 1, take('order')))).toEqual({ result: 'claimed', claim: 'order' });
    });
  });
};
