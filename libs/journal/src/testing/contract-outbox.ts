import { unixMs } from '@tercet/protocol';
import { allTrades } from './all-trades.js';
import type { Bench } from './bench.js';
import { step, tradeId } from './samples.js';

const a = tradeId('a');
const b = tradeId('b');
const send = (n: number, lane?: string): { kind: string; body: { n: number }; lane?: string } => ({
  kind: 'send',
  body: { n },
  ...(lane !== undefined && { lane }),
});

export const outboxContract = (bench: () => Promise<Bench>): void => {
  describe('S26 the outbox forgets nothing that is not done', () => {
    it('keeps effects in the order they were asked for, with their lanes, across a restart', async () => {
      const { open } = await bench();
      const journal = await open();
      const asked = await journal.commit(
        step(a, 0, { effects: [send(1, 'peer'), send(2), send(3, 'peer')] }),
      );
      await journal.commit(step(b, 0, { effects: [send(4)] }));
      for (let n = 1; n < 12; n++) await journal.commit(step(a, n, { effects: [send(n + 4)] }));
      expect(asked).toEqual({
        result: 'committed',
        sequence: 1,
        effects: [
          { key: `${a}/1/0`, tradeId: a, kind: 'send', body: { n: 1 }, lane: 'peer', attempts: 0, dueMs: 0 },
          { key: `${a}/1/1`, tradeId: a, kind: 'send', body: { n: 2 }, attempts: 0, dueMs: 0 },
          { key: `${a}/1/2`, tradeId: a, kind: 'send', body: { n: 3 }, lane: 'peer', attempts: 0, dueMs: 0 },
        ],
      });
      const before = await journal.pendingEffects();
      expect(before.map(({ body }) => body)).toEqual(Array.from({ length: 15 }, (_, n) => ({ n: n + 1 })));
      await journal.close();
      const again = await open();
      expect(await again.pendingEffects()).toEqual(before);
      expect(await again.pendingEffects({ tradeId: b })).toEqual([
        expect.objectContaining({ body: { n: 4 } }),
      ]);
      expect(again.commits).toBe(0);
    });

    it('S1 gives a due one to one claimer only, until its time or until it is put off', async () => {
      const { open } = await bench();
      const journal = await open();
      await journal.commit(step(a, 0, { effects: [send(1)] }));
      const key = `${a}/1/0`;
      const claim = (now: number, until: number): Promise<boolean> =>
        journal.claimEffect(key, unixMs(now), unixMs(until));
      const both = await Promise.all([claim(1000, 5000), claim(1000, 5000)]);
      expect(both.toSorted()).toEqual([false, true]);
      expect(await claim(4999, 9000)).toBe(false);
      expect(await claim(5000, 9000)).toBe(true);
      await journal.postponeEffect(key, unixMs(6000), 'node away');
      expect(await claim(6000, 9000)).toBe(true);
      await journal.finishEffect(key, 'paymentFailed');
      expect(await claim(20_000, 30_000)).toBe(false);
    });

    it('puts a failed one off, counts, and says why', async () => {
      const { open } = await bench();
      const journal = await open();
      await journal.commit(step(a, 0, { effects: [send(1), send(2)] }));
      const key = `${a}/1/0`;
      await journal.postponeEffect(key, unixMs(5000), 'peer away');
      await journal.postponeEffect(key, unixMs(6000), 'peer still away');
      const due = async (dueBeforeMs: number): Promise<unknown[]> =>
        (await journal.pendingEffects({ dueBeforeMs: unixMs(dueBeforeMs) })).map(({ body }) => body);
      expect(await due(5999)).toEqual([{ n: 2 }]);
      expect(await due(6000)).toEqual([{ n: 1 }, { n: 2 }]);
      expect(await journal.pendingEffects({ tradeId: a, dueBeforeMs: unixMs(0) })).toHaveLength(1);
      expect(await journal.pendingEffects({ failed: true })).toEqual([
        expect.objectContaining({ key, attempts: 2 }),
      ]);
      expect(await journal.effect(key)).toEqual({
        key,
        tradeId: a,
        kind: 'send',
        body: { n: 1 },
        attempts: 2,
        dueMs: 6000,
        lastError: 'peer still away',
        done: false,
      });
    });

    it('finishes an effect and takes its result in one step, or neither', async () => {
      const journal = await (await bench()).open();
      await journal.commit(step(a, 0, { effects: [send(1)], eventId: 'e1' }));
      const finishes = { effectKey: `${a}/1/0`, outcome: 'paid' };
      expect(await journal.commit(step(a, 1, { finishes, eventId: 'e1' }))).toEqual({ result: 'duplicate' });
      expect(await journal.commit(step(a, 0, { finishes }))).toEqual({ result: 'conflict' });
      expect(await journal.effect(finishes.effectKey)).toMatchObject({ done: false });
      expect(await journal.commit(step(a, 1, { finishes }))).toMatchObject({ result: 'committed' });
      expect(await journal.effect(finishes.effectKey)).toMatchObject({ done: true, outcome: 'paid' });
      expect(await journal.pendingEffects()).toEqual([]);
    });

    it('S21 takes the result of an effect once', async () => {
      const journal = await (await bench()).open();
      await journal.commit(step(a, 0, { effects: [send(1)] }));
      const finishes = { effectKey: `${a}/1/0`, outcome: 'paid' };
      await journal.commit(step(a, 1, { finishes }));
      expect(await journal.commit(step(a, 2, { finishes }))).toEqual({ result: 'duplicate' });
      expect(await journal.load(a)).toMatchObject({ sequence: 2 });
    });

    it('finishes one that gives no fact; what comes later changes nothing', async () => {
      const journal = await (await bench()).open();
      await journal.commit(step(a, 0, { effects: [send(1)] }));
      const key = `${a}/1/0`;
      await journal.finishEffect(key, 'sent');
      await journal.finishEffect(key, 'sent again');
      await journal.postponeEffect(key, unixMs(9), 'late failure');
      const effect = await journal.effect(key);
      expect(effect).toMatchObject({ done: true, outcome: 'sent', attempts: 0 });
      expect(effect).not.toHaveProperty('lastError');
    });

    it('what was finished is finished at once for who reads here, and pending again where a crash comes first', async () => {
      const { open } = await bench();
      const [journal, other] = [await open(), await open()];
      await journal.commit(step(a, 0, { effects: [send(1), send(2)] }));
      const key = `${a}/1/0`;
      const written = journal.finishEffect(key, 'sent');
      expect(await journal.pendingEffects()).toEqual([expect.objectContaining({ body: { n: 2 } })]);
      expect(await journal.effect(key)).toMatchObject({ done: true, outcome: 'sent' });
      expect(await journal.claimEffect(key, unixMs(1000), unixMs(5000))).toBe(false);
      await written;
      expect(await other.pendingEffects()).toEqual([expect.objectContaining({ body: { n: 2 } })]);
      const lost = journal.finishEffect(`${a}/1/1`, 'sent');
      expect(await other.pendingEffects()).toHaveLength(1);
      await lost;
      expect(await other.pendingEffects()).toEqual([]);
    });

    it('finishes one of a trade that steps at the same time', async () => {
      const journal = await (await bench()).open();
      await journal.commit(step(a, 0, { effects: [send(1)] }));
      const written = journal.finishEffect(`${a}/1/0`, 'sent');
      expect(await journal.commit(step(a, 1))).toMatchObject({ result: 'committed' });
      await journal.close();
      await written;
    });

    it('knows no effect that was never asked for', async () => {
      const journal = await (await bench()).open();
      const fault = { code: 'JOURNAL_NO_EFFECT' };
      expect(await journal.effect('x')).toBeUndefined();
      await expect(journal.finishEffect('x', 'paid')).rejects.toMatchObject(fault);
      await expect(journal.postponeEffect('x', unixMs(1), 'why')).rejects.toMatchObject(fault);
      const finishes = { effectKey: 'x', outcome: 'paid' };
      await expect(journal.commit(step(a, 0, { finishes }))).rejects.toMatchObject(fault);
      expect(await journal.load(a)).toBeUndefined();
    });

    it('a step that fails leaves those beside it alone', async () => {
      const journal = await (await bench()).open();
      const answers = await Promise.allSettled([
        journal.commit(step(a, 0)),
        journal.commit(step(b, 0, { state: { broken: Number.NaN } })),
        journal.commit(step(tradeId('c'), 0, { hashes: [{ hash: 'h', purpose: 'x' }] })),
        journal.commit(step(tradeId('d'), 0, { hashes: [{ hash: 'h', purpose: 'x' }] })),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([
        'fulfilled',
        'rejected',
        'fulfilled',
        'fulfilled',
      ]);
      expect(answers[1]).toMatchObject({ reason: { code: 'JOURNAL_NOT_JSON' } });
      expect(await allTrades(journal)).toHaveLength(2);
      expect(journal.commits).toBe(2);
    });
  });
};
