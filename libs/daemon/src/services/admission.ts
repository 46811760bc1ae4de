/** Ceilings of S37: how large, how many, how much in an hour. Asked before a trade starts; a trade that runs is never stopped. */
import type { Msat, OrderId, TradeId } from '@tercet/protocol';
import { feeLimitMsat, msat, orderIdOf, sat, TercetError } from '@tercet/protocol';
import type { Config } from '../config/index.js';
import { hasCome, isWithin } from '../executor/clock.js';
import type { Trades, TradeView } from '../executor/port.js';

const HOUR_MS = 60 * 60 * 1000;
/** A trade that was let in and isn't there after this time doesn't come any more. */
const RESERVED_MS = 60 * 1000;

/**
 * What a trade may take out of the hour: its price, and room for the fees that are paid beside it. Without that room the
 * last trade let in would stand before the spend cap with its escrow, until its lease is over.
 */
const withFees = (priceMsat: bigint): bigint => priceMsat + feeLimitMsat(priceMsat);

type Ceilings = { ceilings: Pick<Config['ceilings'], 'largestTradeSat' | 'openTrades' | 'satsPerHour'> };
type Watched = Pick<Trades, 'open' | 'newest' | 'onChange' | 'now'>;

/** What counts against the ceilings, kept up to date by the changes: reading all trades for each new one would not scale. */
class Book {
  private readonly open = new Map<TradeId, OrderId>();
  /** Trades of each order that run. */
  private readonly orders = new Map<OrderId, number>();
  private readonly recent = new Map<TradeId, { startedMs: number; priceMsat: Msat }>();
  /** Let in and not stored yet: two that ask at the same moment don't both get the last place. */
  private reserved: { priceMsat: bigint; untilMs: number }[] = [];

  enter({ tradeId, terminal, state }: TradeView, nowMs: number): void {
    const isNew = !this.open.has(tradeId) && !this.recent.has(tradeId);
    if (isNew) this.arrived(state.data.signedOrder.order.amountMsat);
    if (terminal) this.close(tradeId);
    else if (!this.open.has(tradeId)) this.begin(tradeId, orderIdOf(state.data.signedOrder.order));
    const { startedMs, signedOrder } = state.data;
    // What ended before anything was locked moved nothing.
    const counts = !(terminal && state.machines.engine === 'idle') && isWithin(startedMs, nowMs, HOUR_MS);
    if (counts) this.recent.set(tradeId, { startedMs, priceMsat: signedOrder.order.amountMsat });
    else this.recent.delete(tradeId);
  }

  runs(orderId: OrderId): boolean {
    return this.orders.has(orderId);
  }

  private begin(tradeId: TradeId, orderId: OrderId): void {
    this.open.set(tradeId, orderId);
    this.orders.set(orderId, (this.orders.get(orderId) ?? 0) + 1);
  }

  private close(tradeId: TradeId): void {
    const orderId = this.open.get(tradeId);
    if (orderId === undefined) return;
    this.open.delete(tradeId);
    const left = (this.orders.get(orderId) ?? 1) - 1;
    if (left === 0) this.orders.delete(orderId);
    else this.orders.set(orderId, left);
  }

  reserve(priceMsat: bigint, nowMs: number): void {
    this.reserved.push({ priceMsat, untilMs: nowMs + RESERVED_MS });
  }

  openTrades(nowMs: number): number {
    this.reserved = this.reserved.filter(({ untilMs }) => !hasCome(untilMs, nowMs, RESERVED_MS));
    return this.open.size + this.reserved.length;
  }

  withinTheHour(nowMs: number): Msat {
    let sum = this.reserved.reduce((total, { priceMsat }) => total + withFees(priceMsat), 0n);
    for (const [tradeId, { startedMs, priceMsat }] of this.recent) {
      if (isWithin(startedMs, nowMs, HOUR_MS)) sum += withFees(priceMsat);
      else this.recent.delete(tradeId);
    }
    return msat(sum);
  }

  private arrived(priceMsat: Msat): void {
    const position = this.reserved.findIndex((one) => one.priceMsat === priceMsat);
    if (position >= 0) this.reserved.splice(position, 1);
  }
}

/** One book for each executor: made at the first question. */
const books = new WeakMap<Watched, Promise<Book>>();

const bookOf = (trades: Watched): Promise<Book> => {
  const made = books.get(trades) ?? makeBook(trades);
  books.set(trades, made);
  return made;
};

async function makeBook(trades: Watched): Promise<Book> {
  const book = new Book();
  const newest = new Map<TradeId, number>();
  let isRead = false;
  const enter = (view: TradeView) => {
    if (view.sequence <= (newest.get(view.tradeId) ?? 0)) return;
    // What was read of a trade before its end comes after it.
    if (view.terminal && isRead) newest.delete(view.tradeId);
    else newest.set(view.tradeId, view.sequence);
    book.enter(view, trades.now().timeMs);
  };
  const stop = trades.onChange(({ trade }) => enter(trade));
  try {
    for await (const view of trades.open()) enter(view);
    for await (const view of ofTheHour(trades)) enter(view);
  } catch (error) {
    stop();
    books.delete(trades);
    throw error;
  }
  isRead = true;
  return book;
}

/** So many in a row that began before this: those before them did too, though the clock was a day off for a while. */
const ENOUGH_OLD = 100;
const LONG_AGO_MS = 25 * HOUR_MS;

/** Those that may have begun within the hour, over or not: the others of a long history are not read. */
async function* ofTheHour(trades: Watched): AsyncGenerator<TradeView> {
  let old = 0;
  for await (const view of trades.newest()) {
    const { startedMs } = view.state.data;
    // Refused in its first step by an earlier version, which noted no beginning: it tells nothing of those before it.
    if (startedMs === 0) continue;
    old = isWithin(startedMs, trades.now().timeMs, LONG_AGO_MS) ? 0 : old + 1;
    if (old > ENOUGH_OLD) return;
    yield view;
  }
}

/** Throws OVER_CEILING where one trade is larger than the configuration allows. */
export function admitPrice({ ceilings }: Ceilings, priceMsat: bigint): void {
  if (priceMsat <= sat(ceilings.largestTradeSat)) return;
  throw new TercetError(
    'OVER_CEILING',
    `${inSat(priceMsat)} sat is more than this daemon's largest trade of ${ceilings.largestTradeSat} sat. Nothing was sent.`,
    { wayOut: 'Choose a smaller amount, or raise ceilings.largestTradeSat in the configuration.' },
  );
}

/**
 * Lets a new trade of this price in, to be stored at once: its place is kept for a minute.
 * Throws OVER_CEILING, TOO_MANY_TRADES, TOO_MUCH_THIS_HOUR.
 */
export async function admit(trades: Watched, config: Ceilings, priceMsat: bigint): Promise<void> {
  const book = await bookOf(trades);
  check(book, config, { priceMsat, nowMs: trades.now().timeMs });
  book.reserve(priceMsat, trades.now().timeMs);
}

/** Whether a trade of this price would be let in now; keeps no place. Throws as `admit`. */
export async function checkCeilings(trades: Watched, config: Ceilings, priceMsat: bigint): Promise<void> {
  check(await bookOf(trades), config, { priceMsat, nowMs: trades.now().timeMs });
}

/** Whether a trade of this order runs here. */
export async function orderRuns(trades: Watched, orderId: OrderId): Promise<boolean> {
  return (await bookOf(trades)).runs(orderId);
}

function check(book: Book, config: Ceilings, asked: { priceMsat: bigint; nowMs: number }): void {
  const { priceMsat, nowMs } = asked;
  admitPrice(config, priceMsat);
  const { openTrades, satsPerHour } = config.ceilings;
  if (book.openTrades(nowMs) >= openTrades) {
    throw new TercetError(
      'TOO_MANY_TRADES',
      `${openTrades} trades run already, the most this daemon takes. Nothing was sent.`,
      { wayOut: 'Wait until one is over, or raise ceilings.openTrades in the configuration.' },
    );
  }
  const moved = book.withinTheHour(nowMs) + withFees(priceMsat);
  if (moved <= sat(satsPerHour)) return;
  throw new TercetError(
    'TOO_MUCH_THIS_HOUR',
    `With this trade ${inSat(moved)} sat would move within an hour; this daemon's ceiling is ${satsPerHour} sat. Nothing was sent.`,
    { wayOut: 'Try again later, or raise ceilings.satsPerHour in the configuration.' },
  );
}

const inSat = (amount: bigint): string => String((amount + 999n) / 1000n);
