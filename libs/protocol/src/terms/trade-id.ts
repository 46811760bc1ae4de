import { taggedHash } from '../crypto/canonical.js';
import type { OrderId, PublicKey, TradeId } from '../units.js';

/** Id of a trade: BIP-340 tagged hash of its order and its taker's key, so that nobody can start one under another's id. */
export const tradeIdOf = (orderId: OrderId, takerKey: PublicKey): TradeId =>
  taggedHash('tercet/trade', `${orderId}/${takerKey}`) as TradeId;
