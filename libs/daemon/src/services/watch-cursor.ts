/**
 * How far a client that watches trades has come. Small, so that it can travel with every answer: the trades it knows are
 * counted in the order of their creation; of the open ones the sequence is kept, of those that are over only a digest.
 */
import { createHash } from 'node:crypto';
import type { TradeHead } from '@tercet/journal';
import type { TradeId } from '@tercet/protocol';
import { TercetError } from '@tercet/protocol';
import { z } from 'zod';

/** Digits of an id that tell open trades apart. */
const ID_DIGITS = 16;

const cursor = z.strictObject({
  /** Trades known. */
  n: z.int().min(0),
  /** Digest of those that were over. */
  over: z.int().min(0),
  open: z.record(z.string(), z.int().min(0)),
});
type Cursor = z.output<typeof cursor>;

/** What one client has been given. */
export class Seen {
  private readonly known = new Map<TradeId, { sequence: number; terminal: boolean }>();
  private readonly open = new Set<TradeId>();
  private over = 0;

  /** Whether this version of a trade is newer than what was given. */
  isNews({ tradeId, sequence }: Pick<TradeHead, 'tradeId' | 'sequence'>): boolean {
    return sequence > (this.known.get(tradeId)?.sequence ?? 0);
  }

  add({ tradeId, sequence, terminal }: TradeHead): void {
    const before = this.known.get(tradeId);
    if (before?.terminal) this.over = digestSum(this.over, -digestOf({ tradeId, sequence: before.sequence }));
    if (terminal) this.over = digestSum(this.over, digestOf({ tradeId, sequence }));
    if (terminal) this.open.delete(tradeId);
    else this.open.add(tradeId);
    this.known.set(tradeId, { sequence, terminal });
  }

  cursor(): string {
    const open = Object.fromEntries(
      [...this.open].map((id) => [id.slice(0, ID_DIGITS), this.known.get(id)?.sequence ?? 0]),
    );
    return writeCursor({ n: this.known.size, over: this.over, open });
  }
}

const writeCursor = (c: Cursor): string => Buffer.from(JSON.stringify(c)).toString('base64url');

const DIGEST_BYTES = 6;
const MODULUS = 2 ** (8 * DIGEST_BYTES);

/** One version of one trade as a number; sums of them tell sets of versions apart, in whatever order they came. */
const digestOf = ({ tradeId, sequence }: Pick<TradeHead, 'tradeId' | 'sequence'>): number =>
  createHash('sha256').update(`${tradeId}/${sequence}`).digest().readUIntBE(0, DIGEST_BYTES);
const digestSum = (a: number, b: number): number => (a + b + MODULUS) % MODULUS;

/** Throws CURSOR_INVALID. */
export function readCursor(text: string): Cursor {
  try {
    return cursor.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
  } catch (cause) {
    throw new TercetError(
      'CURSOR_INVALID',
      'The cursor is not one of this daemon. Nothing was missed or changed.',
      {
        wayOut: 'Watch again without a cursor: the trades come as they are, then every change.',
        cause,
      },
    );
  }
}

/**
 * The trades, in the order of their creation, that changed since the cursor. Rather one too many than one too few: where
 * a trade that was over has changed after all, each that is over is news.
 */
export function changedSince(all: readonly TradeHead[], { n, over, open }: Cursor): TradeHead[] {
  const known = (head: TradeHead, position: number): number | undefined =>
    position < n ? open[head.tradeId.slice(0, ID_DIGITS)] : undefined;
  const closed = all.filter((head, position) => position < n && known(head, position) === undefined);
  const quiet = closed.reduce((sum, head) => digestSum(sum, digestOf(head)), 0) === over;
  return all.filter((head, position) => {
    if (position >= n) return true;
    const sequence = known(head, position);
    return sequence === undefined ? !(quiet && head.terminal) : head.sequence > sequence;
  });
}
