import { describe, expect, test } from '@jest/globals';
import { Keeper, type KeptQueues } from './keeper.js';
import { jobId, type Work } from './work.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const LOOK_MS = 3_000;

const NEVER = new Promise<void>(() => {
  // Of what hangs nobody hears.
});

/**
 * A keeper on a virtual clock, over queues that carry what they are given to its time, as BullMQ does, unless they are away
 * (nothing is answered), full (nothing is taken, and what is due stays where it is) or emptied.
 */
class Desk {
  nowMs = 1_700_000_000_000;
  elapsedMs = 0;
  state: 'up' | 'away' | 'full' = 'up';
  readonly ran: string[] = [];
  readonly lines: string[] = [];
  reconciles = 0;
  /** A reconcile waits for something that never comes. */
  hangs = false;
  /** What the journal holds; a handler takes out what it did, as a commit would. */
  readonly journal = new Map<string, number>();
  private readonly queue = new Map<string, Work>();
  private marked = false;
  private reconcileAtMs = Number.POSITIVE_INFINITY;
  private readonly queues: KeptQueues = {
    add: (work) => this.write(() => work.forEach((one) => this.queue.set(jobId(one), one))),
    schedule: (everyMs) =>
      this.write(() => {
        this.reconcileAtMs = this.nowMs + everyMs;
      }),
    mark: () =>
      this.write(() => {
        this.marked = true;
      }),
    isMarked: () => this.write(() => this.marked),
    isConnected: true,
  };
  readonly keeper = new Keeper(
    this.queues,
    {
      reconcileEveryMs: MINUTE_MS,
      logger: { info: this.say, warn: this.say, error: this.say },
      source: {
        pendingEffects: () => Promise.resolve([...this.journal].map(([key, dueMs]) => ({ key, dueMs }))),
        timeDeadlines: () => Promise.resolve([]),
      },
      handlers: {
        deadline: () => Promise.resolve(),
        effect: (key) => {
          // A job that comes once more finds nothing.
          if (this.journal.delete(key)) this.ran.push(key);
          return Promise.resolve();
        },
        heights: () => Promise.resolve(),
        reconcile: () => {
          this.reconciles += 1;
          return this.hangs ? NEVER : Promise.resolve();
        },
      },
    },
    { nowMs: () => this.nowMs, elapsedMs: () => this.elapsedMs },
  );

  get say() {
    return (_: object, message: string): void => void this.lines.push(message);
  }

  /** Committed, and told to the queues. */
  async ask(key: string, inMs: number): Promise<void> {
    this.journal.set(key, this.nowMs + inMs);
    await this.keeper.add([{ queue: 'effect', key, timeMs: this.nowMs + inMs }]);
  }

  empty(): void {
    this.queue.clear();
    this.marked = false;
    this.reconcileAtMs = Number.POSITIVE_INFINITY;
  }

  /** So much time passes, look by look. */
  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += LOOK_MS) {
      this.nowMs += LOOK_MS;
      this.elapsedMs += LOOK_MS;
      if (this.state === 'up') await this.work();
      await this.keeper.look();
    }
  }

  private async work(): Promise<void> {
    const due = [...this.queue].filter(([, { timeMs }]) => timeMs <= this.nowMs);
    for (const [id, work] of due) {
      this.queue.delete(id);
      await this.keeper.run(work.queue, work);
    }
    if (this.reconcileAtMs > this.nowMs) return;
    this.reconcileAtMs = this.nowMs + MINUTE_MS;
    const reconciled = this.keeper.run('reconcile', undefined);
    if (!this.hangs) await reconciled;
  }

  private write<T>(work: () => T): Promise<T> {
    if (this.state === 'away') return Promise.reject(new Error('Command timed out'));
    if (this.state === 'full') return Promise.reject(new Error('OOM command not allowed'));
    return Promise.resolve(work());
  }
}

const open = async (): Promise<Desk> => {
  const desk = new Desk();
  await desk.keeper.rebuild();
  return desk;
};
const told = (desk: Desk, words: RegExp) => desk.lines.filter((line) => words.test(line)).length;

describe('S23 an hour without Redis, by the clock', () => {
  test.each(['away', 'full'] as const)(
    '%s: what falls due runs at its time, once; it is told once, and all is as before when it is back',
    async (state) => {
      const desk = await open();
      await desk.ask('before', 30 * MINUTE_MS);
      desk.state = state;
      await desk.ask('meanwhile', 10 * MINUTE_MS);
      await desk.ask('after', 2 * HOUR_MS);
      await desk.pass(9 * MINUTE_MS);
      expect(desk.ran).toEqual([]);
      await desk.pass(2 * MINUTE_MS);
      expect(desk.ran).toEqual(['meanwhile']);
      await desk.pass(49 * MINUTE_MS);
      expect(desk.ran).toEqual(['meanwhile', 'before']);
      expect(desk.reconciles).toBeGreaterThanOrEqual(55);
      expect([desk.keeper.ready, told(desk, /does not answer or refuses writes/)]).toEqual([false, 1]);

      desk.state = 'up';
      await desk.pass(MINUTE_MS);
      expect([desk.keeper.ready, told(desk, /Redis is back/)]).toEqual([true, 1]);
      await desk.pass(HOUR_MS);
      expect(desk.ran).toEqual(['meanwhile', 'before', 'after']);
    },
  );

  test('full while nothing is to be written: noticed all the same, since what is due would wait in it', async () => {
    const desk = await open();
    await desk.ask('waiting', MINUTE_MS);
    desk.state = 'full';
    await desk.pass(2 * MINUTE_MS);
    expect(desk.ran).toEqual(['waiting']);
    expect(desk.keeper.ready).toBe(false);
  });

  test('emptied: filled again, nothing is lost and nothing runs twice', async () => {
    const desk = await open();
    await desk.ask('a', 5 * MINUTE_MS);
    desk.empty();
    await desk.pass(10 * MINUTE_MS);
    expect(desk.ran).toEqual(['a']);
    expect(desk.reconciles).toBeGreaterThanOrEqual(8);
  });
});

describe('the clock jumps by a day', () => {
  test('forward: what was to come runs at once, once', async () => {
    const desk = await open();
    await desk.ask('a', HOUR_MS);
    await desk.ask('b', 2 * DAY_MS);
    desk.nowMs += DAY_MS;
    await desk.pass(MINUTE_MS);
    expect(desk.ran).toEqual(['a']);
    expect(desk.reconciles).toBeGreaterThan(0);
  });

  test('back: reconciles go on after two of their intervals at most, though the queue holds them for a day', async () => {
    const desk = await open();
    desk.nowMs -= DAY_MS;
    await desk.pass(10 * MINUTE_MS);
    expect(desk.reconciles).toBeGreaterThanOrEqual(7);
    expect(desk.keeper.ready).toBe(true);
  });
});

test('S28 a reconcile that hangs is not begun again beside itself, and holds up nothing that is due', async () => {
  const desk = await open();
  desk.hangs = true;
  desk.state = 'away';
  await desk.ask('a', 5 * MINUTE_MS);
  await desk.pass(10 * MINUTE_MS);
  expect(desk.reconciles).toBe(1);
  expect(desk.ran).toEqual(['a']);
});
