import type { Selectable } from 'kysely';
import type { TradeId } from '@tercet/protocol';
import type { Database, Schema } from '../schema.js';
import { statement } from '../store/statement.js';
import type { Head } from './trades.js';

export const nameStatements = (db: Database) => ({
  takeHash: statement<{ hash: string; tradeId: TradeId; purpose: string }>((slot) =>
    db
      .insertInto('hash')
      .values({ hash: slot.hash, trade_id: slot.tradeId, purpose: slot.purpose })
      .onConflict((conflict) => conflict.column('hash').doNothing()),
  ),
  hash: statement<{ hash: string }, Selectable<Schema['hash']>>((slot) =>
    db.selectFrom('hash').selectAll().where('hash', '=', slot.hash),
  ),
  takeClaim: statement<{ claim: string; tradeId: TradeId }>((slot) =>
    db
      .insertInto('claim')
      .values({ claim: slot.claim, trade_id: slot.tradeId })
      .onConflict((conflict) => conflict.column('claim').doNothing()),
  ),
  claim: statement<{ claim: string }, Selectable<Schema['claim']>>((slot) =>
    db.selectFrom('claim').selectAll().where('claim', '=', slot.claim),
  ),
  /** With how far the trade has come. */
  claimHolder: statement<{ claim: string }, Head>((slot) =>
    db
      .selectFrom('claim')
      .innerJoin('trade', 'trade.trade_id', 'claim.trade_id')
      .select(['trade.trade_id', 'trade.sequence', 'trade.terminal'])
      .where('claim.claim', '=', slot.claim),
  ),
  giveBack: statement<{ claim: string; tradeId: TradeId }>((slot) =>
    db.deleteFrom('claim').where('claim', '=', slot.claim).where('trade_id', '=', slot.tradeId),
  ),
});
