/** The node of held-node.ts and the escrow agent of held-agent.ts from outside: started, looked at, killed. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { until } from '@tercet/regtest';
import { readMetric } from './counters.js';
import type { Asked, Use } from './held-agent.js';
import type { Told } from './held-node.js';
import type { LiveTrades } from './live-trades.js';

const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const LOOK_EVERY_MS = 20;
/** A look costs the agent as much as a step. */
const LOOK_SELDOM_MS = 1_000;
const PATIENCE_MS = 600_000;

async function letEnd(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, 'exit');
  child.disconnect();
  await ended;
}

export class HeldNode {
  private constructor(private readonly child: ChildProcess) {}

  /** Resolves once it holds everything. @param callMs how long it takes to answer. */
  static async start({ dir }: LiveTrades, callMs: number): Promise<HeldNode> {
    const child = fork(script('held-node.js'), [dir, String(callMs)]);
    await once(child, 'message');
    return new HeldNode(child);
  }

  tell(told: Told): void {
    this.child.send(told);
  }

  stop(): Promise<void> {
    return letEnd(this.child);
  }
}

export class HeldProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly metrics: string,
    private readonly startedMs: number,
  ) {}

  /** @param flags of its Node. */
  static start({ dir, metrics }: LiveTrades, flags: readonly string[] = []): HeldProcess {
    const child = fork(script('held-agent.js'), [dir], { execArgv: [...flags] });
    return new HeldProcess(child, metrics, performance.now());
  }

  /** Until so many hashes are looked up and followed; ms since the start of the process. */
  async followed(count: number): Promise<number> {
    await this.reaches('tercet_followed_hashes', (value) => value >= count);
    return performance.now() - this.startedMs;
  }

  /** Left alone for so long: the least that it was resident with, and what is in use, garbage left out. */
  async atRest(ms: number): Promise<Use> {
    let leastBytes = Infinity;
    for (const endMs = performance.now() + ms; performance.now() < endMs;) {
      await pause(LOOK_SELDOM_MS);
      leastBytes = Math.min(leastBytes, (await this.ask('cpu')).residentBytes);
    }
    return { ...(await this.ask('memory')), residentBytes: leastBytes };
  }

  private async ask(asked: Asked): Promise<Use> {
    const answer = once(this.child, 'message');
    this.child.send(asked);
    const [use] = (await answer) as [Use];
    return use;
  }

  /** Has the node cancel holds, one step each; processor time of the agent and time a step, in ms. */
  async steps(count: number, node: HeldNode): Promise<{ cpuMs: number; ms: number }> {
    const before = await this.value('tercet_journal_commits_total');
    const [{ cpuMs }, beganMs] = [await this.ask('cpu'), performance.now()];
    node.tell({ cancel: count });
    await this.reaches('tercet_journal_commits_total', (value) => value >= before + count);
    return {
      cpuMs: ((await this.ask('cpu')).cpuMs - cpuMs) / count,
      ms: (performance.now() - beganMs) / count,
    };
  }

  /** Processor time of the agent for a block that nothing is due at, in ms. */
  async blocks(count: number, node: HeldNode): Promise<number> {
    const before = await this.value('tercet_tip_height');
    const { cpuMs } = await this.ask('cpu');
    node.tell({ mine: count });
    await this.reaches('tercet_tip_height', (value) => value >= before + count, LOOK_SELDOM_MS);
    return ((await this.ask('cpu')).cpuMs - cpuMs) / count;
  }

  async kill(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }

  /** Lets it end by itself, its Redis with it. */
  stop(): Promise<void> {
    return letEnd(this.child);
  }

  private async reaches(
    name: string,
    isReached: (value: number) => boolean,
    everyMs = LOOK_EVERY_MS,
  ): Promise<void> {
    await until(
      `${name} is where it should be`,
      async () => {
        if (this.child.exitCode !== null) throw new Error('the agent ended');
        return isReached(await this.value(name)) ? true : undefined;
      },
      { deadlineMs: PATIENCE_MS, everyMs },
    );
  }

  private value(name: string): Promise<number> {
    return readMetric(this.metrics, name);
  }
}
