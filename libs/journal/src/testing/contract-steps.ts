import { height, unixMs } from '@tercet/protocol';
import type { Bench } from './bench.js';
import { step, tradeId } from './samples.js';
import { allTrades } from './all-trades.js';
import { allDeadlines } from './all-deadlines.js';

const a = tradeId('a');
const b = tradeId('b');

export const stepContract = (bench: () => Promise<Bench>): void => {
  describe('S19 every write is compare-and-swap on (trade, sequence)', () => {
    it('creates a trade from 0, and steps it', async () => {
      const journal = await (await bench()).open();
      expect(await journal.load(a)).toBeUndefined();
      expect(await journal.commit(step(a, 0))).toEqual({ result: 'committed', sequence: 1, effects: [] });
      expect(
        await journal.commit(step(a, 1, { state: { owed: 21_000_000n }, terminal: true })),
      ).toMatchObject({
        sequence: 2,
      });
      expect(await journal.load(a)).toEqual({
        tradeId: a,
        role: 'maker',
        sequence: 2,
        terminal: true,
        state: { owed: 21_000_000n },
      });
      expect(journal.commits).toBe(2);
    });

    it.each([0, 1, 3, 7])(
      'writes nothing of a step computed from sequence %d when it is 2',
      async (stale) => {
        const journal = await (await bench()).open();
        await journal.commit(step(a, 0));
        await journal.commit(step(a, 1));
        const before = await journal.load(a);
        const answer = await journal.commit(
          step(a, stale, {
            effects: [{ kind: 'pay', body: null }],
            deadlines: { set: [{ name: 'x', at: { height: height(1) } }], clear: [] },
            hashes: [{ hash: 'h', purpose: 'escrow' }],
            claims: { take: ['order'], release: [] },
          }),
        );
        expect(answer).toEqual({ result: 'conflict' });
        expect(await journal.load(a)).toEqual(before);
        expect(await journal.facts(a)).toHaveLength(2);
        expect(await journal.pendingEffects()).toEqual([]);
        expect(await allDeadlines(journal)).toEqual([]);
        const other = step(b, 0, {
          hashes: [{ hash: 'h', purpose: 'escrow' }],
          claims: { take: ['order'], release: [] },
        });
        expect(await journal.commit(other)).toMatchObject({ result: 'committed' });
        expect(journal.commits).toBe(3);
      },
    );

    it('never makes a trade from another sequence than 0', async () => {
      const journal = await (await bench()).open();
      expect(await journal.commit(step(a, 4))).toEqual({ result: 'conflict' });
      expect(await allTrades(journal)).toEqual([]);
    });
  });

  describe('S20 nothing leaves a terminal state', () => {
    it('takes late facts into an ended trade, and never opens it again', async () => {
      const journal = await (await bench()).open();
      await journal.commit(step(a, 0, { terminal: true }));
      await expect(journal.commit(step(a, 1))).rejects.toMatchObject({ code: 'JOURNAL_TERMINAL' });
      expect(await journal.commit(step(a, 1, { terminal: true }))).toMatchObject({ result: 'committed' });
      expect(await journal.load(a)).toMatchObject({ sequence: 2, terminal: true });
    });

    it('S56: opens one again for a step that says so, as for a debt that turns up', async () => {
      const journal = await (await bench()).open();
      await journal.commit(step(a, 0, { terminal: true }));
      expect(await journal.commit(step(a, 1, { reopens: true }))).toMatchObject({ result: 'committed' });
      expect(await journal.load(a)).toMatchObject({ sequence: 2, terminal: false });
      expect(await journal.openCount()).toBe(1);
      await journal.commit(step(a, 2, { terminal: true }));
      expect(await journal.openCount()).toBe(0);
    });
  });

  describe('S33 facts are append-only', () => {
    it('gives them back in order, from a sequence on', async () => {
      const journal = await (await bench()).open();
      for (let n = 0; n < 12; n++) await journal.commit(step(a, n));
      await journal.commit(step(b, 0));
      expect((await journal.facts(a)).map((each) => each.sequence)).toEqual([
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
      ]);
      expect(await journal.facts(a, 10)).toEqual([
        { sequence: 11, fact: { type: 'sample', number: 11 } },
        { sequence: 12, fact: { type: 'sample', number: 12 } },
      ]);
    });
  });

  describe('S21 each event applies once', () => {
    it('calls the second one a duplicate, and writes nothing', async () => {
      const journal = await (await bench()).open();
      await journal.commit(step(a, 0, { eventId: 'e1' }));
      expect(await journal.commit(step(a, 1, { eventId: 'e1' }))).toEqual({ result: 'duplicate' });
      expect(await journal.load(a)).toMatchObject({ sequence: 1, state: { steps: 1 } });
      expect(await journal.commit(step(a, 1, { eventId: 'e2' }))).toMatchObject({ result: 'committed' });
    });

    it('says so even when the trade went on meanwhile', async () => {
      const journal = await (await bench()).open();
      await journal.commit(step(a, 0, { eventId: 'e1' }));
      await journal.commit(step(a, 1));
      expect(await journal.commit(step(a, 0, { eventId: 'e1' }))).toEqual({ result: 'duplicate' });
    });

    it('takes one event into two trades, and any number of facts without one', async () => {
      const journal = await (await bench()).open();
      for (const trade of [a, b]) {
        expect(await journal.commit(step(trade, 0, { eventId: 'block' }))).toMatchObject({
          result: 'committed',
        });
        expect(await journal.commit(step(trade, 1))).toMatchObject({ result: 'committed' });
        expect(await journal.commit(step(trade, 2))).toMatchObject({ result: 'committed' });
      }
    });
  });

  describe("S22 two executors can't both act on a trade", () => {
    it('lets exactly one of two step from the same sequence, every time', async () => {
      const rivals = await (await bench()).rivals();
      for (let n = 0; n < 20; n++) {
        const answers = await Promise.all(
          rivals.map((journal, who) =>
            journal.commit(step(a, n, { effects: [{ kind: 'pay', body: { who } }] })),
          ),
        );
        expect(answers.map(({ result }) => result).sort()).toEqual(['committed', 'conflict']);
      }
      expect(await rivals[0].pendingEffects()).toHaveLength(20);
      expect(await rivals[1].facts(a)).toHaveLength(20);
    });

    it('lets one of two take the same hash or claim for different trades', async () => {
      const rivals = await (await bench()).rivals();
      for (let n = 0; n < 10; n++) {
        const take = (who: number): Promise<{ result: string }> =>
          (who === 0 ? rivals[0] : rivals[1]).commit(
            step(tradeId(`${n}/${who}`), 0, {
              hashes: n % 2 === 0 ? [{ hash: `h${n}`, purpose: 'escrow' }] : [],
              claims: { take: n % 2 === 1 ? [`order${n}`] : [], release: [] },
            }),
          );
        const answers = await Promise.all([take(0), take(1)]);
        expect(answers.map(({ result }) => result).sort()).toEqual(
          n % 2 === 0 ? ['committed', 'hashInUse'] : ['claimed', 'committed'],
        );
      }
    });

    it('never deadlocks on names taken in opposite orders', async () => {
      const rivals = await (await bench()).rivals();
      for (let n = 0; n < 10; n++) {
        const names = [`${n}x`, `${n}y`, `${n}z`];
        const answers = await Promise.all(
          rivals.map((journal, who) =>
            journal.commit(
              step(tradeId(`${n}/${who}`), 0, {
                hashes: (who === 0 ? names : names.toReversed()).map((hash) => ({ hash, purpose: 'escrow' })),
              }),
            ),
          ),
        );
        expect(answers.map(({ result }) => result).sort()).toEqual(['committed', 'hashInUse']);
      }
    });
  });

  describe('deadlines', () => {
    it('are due by height and by time, each at its own value', async () => {
      const journal = await (await bench()).open();
      const set = [
        { name: 'height 100', at: { height: height(100) } },
        { name: 'height 101', at: { height: height(101) } },
        { name: 'time 5000', at: { timeMs: unixMs(5000) } },
        { name: 'time 5001', at: { timeMs: unixMs(5001) } },
      ];
      await journal.commit(step(a, 0, { deadlines: { set, clear: [] } }));
      const due = async (h: number, ms: number): Promise<string[]> =>
        (await journal.dueDeadlines({ height: height(h), timeMs: unixMs(ms) })).map(({ name }) => name);
      expect(await due(99, 4999)).toEqual([]);
      expect(await due(100, 4999)).toEqual(['height 100']);
      expect(await due(99, 5000)).toEqual(['time 5000']);
      expect(await due(101, 1_790_000_000_000)).toEqual([
        'height 100',
        'height 101',
        'time 5000',
        'time 5001',
      ]);
      expect(await allDeadlines(journal, a)).toEqual(set.map((each) => ({ ...each, tradeId: a })));
      const ofClock = async (beforeMs?: number): Promise<number[]> =>
        (await journal.timeDeadlines(beforeMs === undefined ? undefined : unixMs(beforeMs))).map(
          ({ timeMs }) => timeMs,
        );
      expect(await ofClock()).toEqual([5000, 5001]);
      expect(await ofClock(5000)).toEqual([5000]);
    });

    it('are replaced by name, from one clock to the other too, and cleared', async () => {
      const journal = await (await bench()).open();
      const at = (n: number): { height: ReturnType<typeof height> } => ({ height: height(n) });
      const first = [
        { name: 'lease', at: at(10) },
        { name: 'answer', at: at(20) },
      ];
      await journal.commit(step(a, 0, { deadlines: { set: first, clear: [] } }));
      await journal.commit(step(b, 0, { deadlines: { set: [{ name: 'lease', at: at(1) }], clear: [] } }));
      const second = [{ name: 'answer', at: { timeMs: unixMs(7) } }];
      await journal.commit(step(a, 1, { deadlines: { set: second, clear: ['lease'] } }));
      expect(await allDeadlines(journal, a)).toEqual([{ tradeId: a, name: 'answer', at: { timeMs: 7 } }]);
      expect(await allDeadlines(journal)).toHaveLength(2);
      await journal.commit(
        step(a, 2, { deadlines: { set: [{ name: 'answer', at: at(3) }], clear: ['answer'] } }),
      );
      expect(await allDeadlines(journal, a)).toEqual([{ tradeId: a, name: 'answer', at: { height: 3 } }]);
    });
  });
};
