/** A stage on which trades run one after another while daemons and nodes fall, and each trade is audited. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { rpc } from '@tercet/protocol';
import type { RegtestNetwork } from '@tercet/regtest';
import { NO_CEILING } from '../../stage/ceilings.js';
import { PARTIES, startTradeNetwork, type PartyName } from '../../stage/layout.js';
import { Stage } from '../../stage/stage.js';
import type { StagedTrade, TradeSpec } from '../../stage/trade.js';
import { Auditor, type Outcome } from './audit.js';
import { driveToEnd, startUnderFire } from '../../stage/drive.js';
import { atStep, type Step } from './steps.js';

const SETUP_MS = 180_000;

export interface Blow {
  party: PartyName;
  step: Step;
}

class Ground {
  /** Trades that are over: what still trickles in of them triggers nothing. */
  private readonly over = new Set<string>();
  private readonly restarts: Promise<void>[] = [];

  constructor(
    readonly stage: Stage,
    private readonly auditor: Auditor,
  ) {}

  get network(): RegtestNetwork {
    return this.stage.network;
  }

  /** Acts at a step of the trade that runs. */
  at(party: PartyName, step: Step, act: () => void): () => void {
    return atStep(this.stage.daemons[party], step, (tradeId) => !this.over.has(tradeId), act);
  }

  /** Does something to daemons in the background; the trade isn't over before that is done. */
  meanwhile(work: Promise<void>): void {
    this.restarts.push(work);
  }

  async killAndStart(party: PartyName): Promise<void> {
    const daemon = this.stage.daemons[party];
    await daemon.kill();
    await daemon.start();
  }

  /** A whole trade during which each daemon is killed at its step and started again; the blows whose step never came. */
  async tradeUnder(blows: readonly Blow[], spec: TradeSpec): Promise<{ missed: Blow[]; trade: StagedTrade }> {
    const missed = new Set(blows);
    const disarm = blows.map((blow) =>
      this.at(blow.party, blow.step, () => {
        missed.delete(blow);
        this.meanwhile(this.killAndStart(blow.party));
      }),
    );
    try {
      const trade = await startUnderFire(this.stage, spec);
      if (!trade) throw new Error('the taker does not know the trade that it took');
      await this.finish(trade);
      return { missed: [...missed], trade };
    } finally {
      for (const stop of disarm) stop();
      await Promise.all(this.restarts.splice(0));
    }
  }

  /** Drives the trade to its end; fails where a millisatoshi isn't where the terms say. */
  async finish(trade: StagedTrade, outcome: Outcome = 'released'): Promise<Record<PartyName, rpc.Trade>> {
    const views = await driveToEnd(this.stage, trade, outcome === 'released');
    this.over.add(trade.tradeId);
    expect(await this.auditor.faults(trade, views, outcome)).toEqual([]);
    return views;
  }
}

/** Puts the stage up before the tests of a file and strikes it after them. */
export function useGround(): () => Ground {
  let network: RegtestNetwork | undefined;
  let stage: Stage | undefined;
  let ground: Ground | undefined;
  let cache: string | undefined;
  beforeAll(async () => {
    network = await startTradeNetwork();
    // Daemons are started a hundred times: what V8 compiled once it needn't compile again.
    cache = await mkdtemp(join(tmpdir(), 'tercet-compiled-'));
    stage = await Stage.put({
      network,
      env: { NODE_COMPILE_CACHE: cache },
      config: { maker: NO_CEILING, taker: NO_CEILING, agent: NO_CEILING },
    });
    ground = new Ground(stage, await Auditor.of(stage));
  }, SETUP_MS);
  afterAll(async () => {
    // A daemon that a failed test left dead has left its private Redis: started once more, it clears that away.
    const daemons = PARTIES.flatMap((party) => stage?.daemons[party] ?? []);
    for (const daemon of daemons) if (!daemon.isRunning) await daemon.start();
    await stage?.strike();
    await network?.stop();
    if (cache) await rm(cache, { recursive: true, force: true });
  }, SETUP_MS);
  return () => {
    if (!ground) throw new Error('the stage was not put up');
    return ground;
  };
}
