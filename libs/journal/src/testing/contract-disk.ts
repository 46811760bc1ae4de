import { height, unixMs } from '@tercet/protocol';
import { openJournal } from '../open.js';
import type { Json } from '../port.js';
import type { DiskBench } from './bench.js';
import { KEY, step, tradeId } from './samples.js';

const a = tradeId('a');

/** What is true of a journal that others can get at: on a disk. */
export const diskContract = (bench: () => Promise<DiskBench>): void => {
  describe('S33 facts are append-only', () => {
    it.each(['update fact set sequence = 9', 'delete from fact'])(
      'the database refuses: %s',
      async (statement) => {
        const { open, place } = await bench();
        const journal = await open();
        await journal.commit(step(a, 0));
        await expect(place.raw(statement)).rejects.toThrow('facts are append-only');
      },
    );
  });

  describe('S35 secrets are encrypted at rest', () => {
    it('refuses the key of another seed, and changes nothing', async () => {
      const { open } = await bench();
      const journal = await open();
      await journal.commit(step(a, 0));
      await journal.close();
      await expect(open(new Uint8Array(32).fill(8))).rejects.toMatchObject({ code: 'JOURNAL_WRONG_KEY' });
      await expect(open(new Uint8Array(31))).rejects.toMatchObject({ code: 'JOURNAL_BAD_KEY' });
      expect(await (await open(KEY)).load(a)).toMatchObject({ sequence: 1 });
    });

    it('stores no secret, of any kind of row, in the clear', async () => {
      const { open, place } = await bench();
      const journal = await open();
      const secret = 'c0ffee-preimage-c0ffee';
      const body = { preimage: secret };
      await journal.commit(
        step(a, 0, {
          fact: body,
          state: { deep: [body] },
          effects: [
            { kind: 'settle', body },
            { kind: 'pay', body },
          ],
          deadlines: { set: [{ name: 'answer', at: { height: height(4) } }], clear: [] },
          hashes: [{ hash: 'public-hash', purpose: 'escrow' }],
          claims: { take: ['public-claim'], release: [] },
        }),
      );
      await journal.finishEffect(`${a}/1/0`, secret);
      await journal.postponeEffect(`${a}/1/1`, unixMs(1), secret);
      await journal.putDocument('token', 'id', body);
      const bytes = await place.bytes();
      for (const open of [a, 'public-hash', 'public-claim', 'answer']) expect(bytes).toContain(open);
      for (const hidden of [secret, 'preimage', 'c0ffee']) expect(bytes).not.toContain(hidden);
      expect(await journal.load(a)).toMatchObject({ state: { deep: [body] } });
    });

    it("doesn't take a value moved to another row", async () => {
      const { open, place } = await bench();
      const journal = await open();
      await journal.putDocument('order', '1', 'mine');
      await journal.putDocument('order', '2', 'theirs');
      await place.raw(`update document set body = (select body from document where id = '2') where id = '1'`);
      await expect(journal.document('order', '1')).rejects.toMatchObject({ code: 'JOURNAL_DAMAGED' });
      expect(await journal.document('order', '2')).toBe('theirs');
    });
  });

  describe('schema', () => {
    it('0002 enters what the states of trades from before have taken, but of a damaged one (S25)', async () => {
      const { open, place } = await bench();
      const names = Array.from({ length: 230 }, (_, index) => tradeId(String(index)));
      const [damaged, held] = [tradeId('5'), tradeId('7')];
      const journal = await open();
      await Promise.all(names.map((name) => journal.commit(step(name, 0, { state: name, terminal: true }))));
      await journal.commit(step(a, 0, { state: a, hashes: [{ hash: `terms/${held}`, purpose: 'terms' }] }));
      await journal.close();
      await place.raw(
        `update trade set state = (select state from trade where trade_id = '${a}') where trade_id = '${damaged}'`,
      );
      await place.raw(`delete from kysely_migration where name = '0002'`);
      const hashesOf = (state: Json) => [{ hash: `terms/${state as string}`, purpose: 'terms' }];
      const next = await openJournal({ url: place.url, key: KEY, hashesOf });
      for (const name of names) {
        const expected = name === damaged ? undefined : name === held ? a : name;
        expect([name, await next.hashHolder(`terms/${name}`)]).toEqual([name, expected]);
      }
      await next.close();
    });

    it('refuses a database of a newer version', async () => {
      const { open, place } = await bench();
      await (await open()).close();
      await place.raw(
        `insert into kysely_migration (name, timestamp) values ('9999', '2030-01-01T00:00:00.000Z')`,
      );
      await expect(open()).rejects.toMatchObject({ code: 'JOURNAL_TOO_NEW' });
    });
  });
};
