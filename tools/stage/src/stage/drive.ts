/** Drives a trade to its end as two people would whose daemons come and go: they look, and do what is theirs to do. */
import { rpc, TercetError } from '@tercet/protocol';
import { Fatal } from '@tercet/regtest';
import { ofEach, PARTIES, type PartyName } from './layout.js';
import { viewOf } from './sight.js';
import type { Stage } from './stage.js';
import { offer, StagedTrade, takeOrder, type TradeSpec } from './trade.js';
import { untilTrue } from './wait.js';

/** What a client is told by a daemon that is away, on its way down, or not up yet. */
const AWAY = new Set(['PEER_UNREACHABLE', 'CALL_FAILED', 'NO_ANSWER_IN_TIME', 'SHUTTING_DOWN']);

/** The answer, or nothing while the daemon is away. Any other error is a fault that waiting can't heal. */
export async function unlessAway<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof TercetError && AWAY.has(error.code)) return undefined;
    throw error instanceof TercetError
      ? new Fatal(`${error.code}: ${error.message}`, { cause: error })
      : error;
  }
}

/** The trade at a party as it is now; nothing while its daemon is away or doesn't know it yet. */
const lookAt = (stage: Stage, party: PartyName, tradeId: string): Promise<rpc.Trade | undefined> =>
  unlessAway(() => viewOf(stage, party, tradeId));

/** How long a call that broke off may still be at work in the taker's daemon. */
const TAKING_MS = 10_000;

/**
 * Makes an order and takes it, also when the taker's daemon dies before it has answered: a trade that was begun is in its
 * journal then. Undefined where none was: a daemon that it needed was away.
 */
export async function startUnderFire(stage: Stage, spec: TradeSpec): Promise<StagedTrade | undefined> {
  const offered = await unlessAway(() => offer(stage, spec));
  if (!offered) return undefined;
  const { orderUri, orderId } = offered;
  const taken = await unlessAway(() => takeOrder(stage, spec, orderUri, orderId));
  if (taken) return taken;
  const tradeId = await takenAfterAll(stage, orderId);
  return tradeId === undefined ? undefined : new StagedTrade(stage, spec, orderId, tradeId);
}

/** The trade that the taker's journal holds of an order, once it has answered for long enough. */
async function takenAfterAll(stage: Stage, orderId: string): Promise<string | undefined> {
  let tradeId: string | undefined;
  let answeredSinceMs: number | undefined;
  await untilTrue('the taker answers whether it took the order', async () => {
    const trades = await unlessAway(async () => {
      const client = await stage.daemons.taker.client(rpc.TradeServiceDefinition);
      return (await client.listTrades({ includeEnded: true })).trades;
    });
    if (!trades) return false;
    answeredSinceMs ??= performance.now();
    tradeId = trades.find((trade) => trade.orderId === orderId)?.tradeId;
    return tradeId !== undefined || performance.now() - answeredSinceMs > TAKING_MS;
  });
  return tradeId;
}

const STUCK_MS = 180_000;

/**
 * Waits until the trade is over at all three; their last views.
 * @param everyMs between two looks.
 * @param asAgreed say `sent` and `release` when the trade is at that point, as people who keep to the deal do.
 */
export async function driveToEnd(
  stage: Stage,
  trade: StagedTrade,
  asAgreed = true,
  everyMs = 50,
): Promise<Record<PartyName, rpc.Trade>> {
  let views: Record<PartyName, rpc.Trade | undefined> | undefined;
  const ended = (party: PartyName) => views?.[party]?.ended === true;
  try {
    await untilTrue(
      'the trade is over at all three',
      async () => {
        views = await ofEach((party) => lookAt(stage, party, trade.tradeId));
        if (asAgreed) await act(trade, views);
        return PARTIES.every(ended);
      },
      { deadlineMs: STUCK_MS, everyMs },
    );
  } catch (error) {
    throw new Error(`the trade is stuck: ${JSON.stringify(views, stateOnly)}`, { cause: error });
  }
  return ofEach((party) => {
    const view = views?.[party];
    return view ? Promise.resolve(view) : Promise.reject(new Error(`the ${party} does not know the trade`));
  });
}

async function act(trade: StagedTrade, views: Record<PartyName, rpc.Trade | undefined>): Promise<void> {
  if (views[trade.payee]?.states['engine'] === 'performing') await unlessAway(() => trade.sent());
  if (views[trade.payer]?.states['engine'] === 'answering') await unlessAway(() => trade.release());
}

/** Of a view, what says where it is stuck. */
function stateOnly(key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  return ['terms', 'history', 'sats', 'heights', 'paymentRequest', 'fiatDetails'].includes(key)
    ? undefined
    : value;
}
