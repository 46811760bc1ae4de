import type { TradeId } from '@tercet/protocol';
import type { Database } from '../schema.js';
import { statement } from '../store/statement.js';

export interface Named {
  tradeId: TradeId;
  name: string;
}

export const deadlineStatements = (db: Database) => ({
  set: statement<Named & { height: number | null; timeMs: number | null }>((slot) =>
    db
      .insertInto('deadline')
      .values({ trade_id: slot.tradeId, name: slot.name, height: slot.height, time_ms: slot.timeMs })
      .onConflict((conflict) =>
        conflict.columns(['trade_id', 'name']).doUpdateSet({ height: slot.height, time_ms: slot.timeMs }),
      ),
  ),
  clear: statement<Named>((slot) =>
    db.deleteFrom('deadline').where('trade_id', '=', slot.tradeId).where('name', '=', slot.name),
  ),
});
