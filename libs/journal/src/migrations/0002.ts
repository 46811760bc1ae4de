/**
 * From here on a step enters the hash of the terms beside its payment hashes, and a trade is found by it without reading
 * all that ever were. Those of trades from before are entered here, out of their states: once, a page at a time.
 */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { TradeId } from '@tercet/protocol';
import type { Commit, Json } from '../port.js';
import { statePlace } from '../tables/trades.js';
import type { Vault } from '../vault.js';

/** How states from before are read. */
export interface States {
  vault: Vault;
  /** What a state has taken beside its payment hashes. */
  hashesOf: (state: Json) => Commit['hashes'];
}

/** The tables as they were then. */
interface Then {
  trade: { position: number; trade_id: TradeId; sequence: number; state: Uint8Array };
  hash: { hash: string; trade_id: TradeId; purpose: string };
}
type Row = Then['trade'];

const PAGE = 100;

const page = (db: Kysely<Then>, after: number): Promise<Row[]> =>
  db
    .selectFrom('trade')
    .select(['position', 'trade_id', 'sequence', 'state'])
    .where('position', '>', after)
    .orderBy('position')
    .limit(PAGE)
    .execute();

/** None of one that can't be read: it fails its own trade only (S25), and whoever lists it is told. */
const hashesIn = ({ vault, hashesOf }: States, row: Row): Commit['hashes'] => {
  try {
    return hashesOf(vault.open(statePlace(row.trade_id, row.sequence), row.state));
  } catch {
    return [];
  }
};

export const hashesOfStates = (states: States): Migration => ({
  async up(db: Kysely<Then>) {
    for (let rows = await page(db, 0); rows.length > 0; rows = await page(db, rows.at(-1)?.position ?? 0)) {
      const taken = rows.flatMap((row) =>
        hashesIn(states, row).map((hash) => ({ ...hash, trade_id: row.trade_id })),
      );
      if (taken.length === 0) continue;
      await db
        .insertInto('hash')
        .values(taken)
        .onConflict((conflict) => conflict.column('hash').doNothing())
        .execute();
    }
  },
});
