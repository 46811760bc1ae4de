/** Fires what is due. Read from the journal each time: a job or block that comes late, twice or early finds what is true now (S21). */
import type { Journal } from '@tercet/journal';
import type { TradeId, TradeState } from '@tercet/protocol';
import type { Logger } from '../observe/index.js';
import type { Hearing } from '../watch/hearing.js';
import { isReached, type Clock } from './clock.js';
import type { Trades } from './port.js';

interface Parts {
  journal: Pick<Journal, 'dueDeadlines'>;
  trades: Pick<Trades, 'submit'>;
  clock: Clock;
  logger: Pick<Logger, 'error'>;
  hearing: Pick<Hearing, 'since'>;
}

export class Deadlines {
  constructor(private readonly parts: Parts) {}

  /** Those of heights in their order, then those of times. Throws where the journal can't be read. */
  readonly fireDue = async (): Promise<void> => {
    const { journal, clock } = this.parts;
    for (const { tradeId, name } of await journal.dueDeadlines(clock.now())) await this.fire(tradeId, name);
  };

  /** For a block: what can't be read now is fired by the next block, queue or reconcile. */
  async fireDueNow(): Promise<void> {
    try {
      await this.fireDue();
    } catch (error) {
      this.parts.logger.error({ error }, 'the deadlines could not be read; it is tried again');
    }
  }

  /** Never throws: one trade's fault stops no other's deadline (S25); the reconcile loop comes back to it. */
  async fire(tradeId: TradeId, name: string): Promise<void> {
    const { trades, logger, hearing } = this.parts;
    try {
      const outcome = await trades.submit(tradeId, { kind: 'due', name, hearingSince: hearing.since });
      if (outcome.result === 'refused')
        logger.error({ tradeId, name, code: outcome.refusal.code }, 'a deadline was refused');
    } catch (error) {
      logger.error({ tradeId, name, error }, 'a deadline could not be carried out');
    }
  }

  /** Times that the journal's list of due ones doesn't have: they lie ahead because the clock was set back. */
  putOffIn(state: TradeState): string[] {
    const now = this.parts.clock.now();
    return Object.entries(state.deadlines).flatMap(([name, at]) =>
      'timeMs' in at && at.timeMs > now.timeMs && isReached(at, now) ? [name] : [],
    );
  }
}
