/**
 * How often one network address may send (S37). Keys cost nothing to make, addresses do: a flood of fresh ones fills its
 * own share and nobody else's (S28). What is refused may come again a little later.
 */
import { isIPv6 } from 'node:net';
import { TercetError } from '@tercet/protocol';
import { BoundedMap } from '../executor/bounded-map.js';

const MINUTE_MS = 60_000;
/** Addresses that are remembered; of more, those that have been quiet for longest begin anew. */
const MOST_ADDRESSES = 20_000;

/** So many within a minute, all of them at once if need be; then as many as have come free since. */
export class Rate {
  private readonly spent = new BoundedMap<string, { used: number; atMs: number }>(MOST_ADDRESSES);

  constructor(
    private readonly perMinute: number,
    private readonly nowMs: () => number,
  ) {}

  /** Takes one of the address's share; false where none is left. */
  take(address: string): boolean {
    const atMs = this.nowMs();
    const before = this.spent.get(address);
    // A clock that was put back frees nothing and blocks nobody.
    const passedMs = before ? Math.max(0, atMs - before.atMs) : 0;
    const used = Math.max(0, (before?.used ?? 0) - (passedMs * this.perMinute) / MINUTE_MS);
    const isFree = used + 1 <= this.perMinute;
    this.spent.delete(address);
    this.spent.set(address, { used: isFree ? used + 1 : used, atMs });
    return isFree;
  }
}

/**
 * Whose share a connection's `address:port` counts against: an IPv4 address, or the /64 that one household has of IPv6.
 */
export function networkOf(peer: string): string {
  const address = peer
    .replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '')
    .replace(/^::ffff:(?=[\d.]+$)/i, '');
  if (!isIPv6(address)) return address;
  const [head = '', tail = ''] = address.split('%')[0]?.split('::') ?? [];
  const groups = (text: string): string[] => text.split(':').filter((group) => group !== '');
  const zeros = Array<string>(Math.max(0, 8 - groups(head).length - groups(tail).length)).fill('0');
  const all = [...groups(head), ...zeros, ...groups(tail)];
  return `${all
    .slice(0, 4)
    .map((group) => parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

export interface PeerCeilings {
  messagesPerMinute: number;
  newTradesPerMinute: number;
}

/** Asked for each message, and for each that would begin a trade, with where it came from. Both throw TOO_FAST. */
export interface PeerRates {
  message(network: string): void;
  newTrade(network: string): void;
}

export function peerRates(ceilings: PeerCeilings, nowMs: () => number): PeerRates {
  const messages = new Rate(ceilings.messagesPerMinute, nowMs);
  const trades = new Rate(ceilings.newTradesPerMinute, nowMs);
  return {
    message(network) {
      if (!messages.take(network)) throw tooFast('messages', 'messagesPerMinute');
    },
    newTrade(network) {
      if (!trades.take(network)) throw tooFast('new trades', 'newTradesPerMinute');
    },
  };
}

const tooFast = (what: string, ceiling: string): TercetError =>
  new TercetError('TOO_FAST', `Too many ${what} came from this address within a minute. Nothing was done.`, {
    wayOut: `Send it again in a minute; the operator may raise ceilings.${ceiling}.`,
  });
