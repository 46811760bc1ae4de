/** One stream of changes for each daemon, shared by every trade that runs on the stage. */
import type { rpc } from '@tercet/protocol';
import { rpc as calls } from '@tercet/protocol';
import { PARTIES, type PartyName } from './layout.js';
import { PATIENCE_MS, type Sight, type TradeCondition } from './sight.js';
import type { Cast } from './reachable.js';

interface Waiting {
  condition: TradeCondition;
  met: (trade: rpc.Trade) => void;
}

/** Daemons that are up for as long as it watches; where a stream breaks, whoever waits on it is told. */
export class Watching implements Sight {
  private readonly eyes: Record<PartyName, Eye>;

  private constructor(stage: Pick<Cast, 'daemons'>) {
    const eye = (party: PartyName) => new Eye(party, stage);
    this.eyes = { maker: eye('maker'), taker: eye('taker'), agent: eye('agent') };
  }

  static open(stage: Pick<Cast, 'daemons'>): Watching {
    return new Watching(stage);
  }

  until(party: PartyName, tradeId: string, what: string, condition: TradeCondition): Promise<rpc.Trade> {
    return this.eyes[party].until(tradeId, what, condition);
  }

  async close(): Promise<void> {
    await Promise.all(PARTIES.map((party) => this.eyes[party].close()));
  }
}

class Eye {
  private readonly latest = new Map<string, rpc.Trade>();
  private readonly waiting = new Map<string, Waiting>();
  private readonly stop = new AbortController();
  private readonly watched: Promise<void>;
  private state = 'open';

  constructor(
    private readonly party: PartyName,
    stage: Pick<Cast, 'daemons'>,
  ) {
    this.watched = this.watch(stage);
  }

  private async watch(stage: Pick<Cast, 'daemons'>): Promise<void> {
    try {
      const client = await stage.daemons[this.party].client(calls.TradeServiceDefinition);
      const { signal } = this.stop;
      for await (const { trade } of client.watchTrades({ tradeId: '', cursor: '' }, { signal })) {
        if (trade) this.see(trade);
      }
    } catch (error) {
      this.state = `broken: ${error instanceof Error ? error.message : 'unknown'}`;
    }
  }

  private see(trade: rpc.Trade): void {
    this.latest.set(trade.tradeId, trade);
    const waiting = this.waiting.get(trade.tradeId);
    if (waiting?.condition(trade)) waiting.met(trade);
    // Nobody asks for it again once it was seen to end.
    if (trade.ended && waiting) this.latest.delete(trade.tradeId);
  }

  /** One waits for a trade here at a time. */
  async until(tradeId: string, what: string, condition: TradeCondition): Promise<rpc.Trade> {
    const now = this.latest.get(tradeId);
    if (now && condition(now)) return now;
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<rpc.Trade>((met, failed) => {
        this.waiting.set(tradeId, { condition, met });
        timer = setTimeout(() => {
          const seen = this.latest.get(tradeId);
          failed(
            new Error(
              `${what}: not so at the ${this.party} within ${String(PATIENCE_MS)} ms; last seen ${JSON.stringify(seen?.states)}; stream ${this.state}`,
            ),
          );
        }, PATIENCE_MS);
      });
    } finally {
      clearTimeout(timer);
      this.waiting.delete(tradeId);
    }
  }

  async close(): Promise<void> {
    this.stop.abort();
    await this.watched;
  }
}
