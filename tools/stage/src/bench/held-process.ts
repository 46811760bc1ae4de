/** The escrow agent of held-agent.ts from outside: started, looked at through its metrics, killed. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { until } from '@tercet/regtest';
import { readMetric } from './counters.js';
import { cpuMsOf } from './cpu.js';
import type { MemoryUse, Planted, Told } from './held-agent.js';
import type { LiveTrades } from './live-trades.js';

const SCRIPT = fileURLToPath(new URL('held-agent.js', import.meta.url));
const LOOK_EVERY_MS = 20;
const PATIENCE_MS = 600_000;

export class HeldProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly metrics: string,
    private readonly startedMs: number,
    private readonly planted: Promise<unknown[]>,
  ) {}

  /** @param callMs how long its node takes to answer. */
  static start({ dir, metrics }: LiveTrades, callMs: number): HeldProcess {
    const child = fork(SCRIPT, [dir, String(callMs)]);
    return new HeldProcess(child, metrics, performance.now(), once(child, 'message'));
  }

  /** Until so many hashes are looked up and followed; ms since the start of the process, less what its node needed. */
  async followed(count: number): Promise<number> {
    const [{ plantedMs }] = (await this.planted) as [Planted];
    await this.reaches('tercet_followed_hashes', (value) => value >= count);
    return performance.now() - this.startedMs - plantedMs;
  }

  /** Bytes in memory, garbage left out. */
  async residentBytes(): Promise<number> {
    const answer = once(this.child, 'message');
    this.tell('memory');
    const [{ residentBytes }] = (await answer) as [MemoryUse];
    return residentBytes;
  }

  /** Has the node cancel holds, one step each; processor time and time a step, in ms. */
  async steps(count: number): Promise<{ cpuMs: number; ms: number }> {
    const pid = this.child.pid ?? 0;
    const before = await this.value('tercet_journal_commits_total');
    const [cpuBefore, beganMs] = [await cpuMsOf(pid), performance.now()];
    this.tell(count);
    await this.reaches('tercet_journal_commits_total', (value) => value >= before + count);
    return {
      cpuMs: ((await cpuMsOf(pid)) - cpuBefore) / count,
      ms: (performance.now() - beganMs) / count,
    };
  }

  async kill(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }

  /** Lets it end by itself, its Redis with it. */
  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.disconnect();
    await ended;
  }

  private tell(told: Told): void {
    this.child.send(told);
  }

  private async reaches(name: string, isReached: (value: number) => boolean): Promise<void> {
    await until(
      `${name} is where it should be`,
      async () => {
        if (this.child.exitCode !== null) throw new Error('the agent ended');
        return isReached(await this.value(name)) ? true : undefined;
      },
      { deadlineMs: PATIENCE_MS, everyMs: LOOK_EVERY_MS },
    );
  }

  private value(name: string): Promise<number> {
    return readMetric(this.metrics, name);
  }
}
