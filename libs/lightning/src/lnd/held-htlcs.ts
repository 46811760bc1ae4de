/** Which hold an HTLC belongs to: lnd tells of the end of an HTLC by its channel and its number there, without a hash. */
import type { PaymentHash } from '@tercet/protocol';
import type { HtlcEventMessage, InvoiceMessage } from './proto.js';

/** Ends of HTLCs that nobody asked about yet: between an answer of lnd and its arrival here there are few. */
const MOST_UNKNOWN = 1_000;

export class HeldHtlcs {
  readonly #hashes = new Map<string, PaymentHash>();
  readonly #ended = new Set<string>();
  #followers = 0;

  /** The ends are told from now on, until the function it gives back is called. */
  follow(): () => void {
    this.#followers += 1;
    return () => {
      this.#followers -= 1;
      if (this.#followers > 0) return;
      this.#hashes.clear();
      this.#ended.clear();
    };
  }

  /** False where an HTLC that the invoice shows as accepted is known to have ended: the answer was overtaken. */
  learn(hash: PaymentHash, { htlcs }: InvoiceMessage): boolean {
    if (this.#followers === 0) return true;
    let isNew = true;
    for (const { chan_id: channel, htlc_index: index, state } of htlcs) {
      const key = keyOf(channel, index);
      if (state !== 'ACCEPTED') this.#hashes.delete(key);
      else if (this.#ended.delete(key)) isNew = false;
      else this.#hashes.set(key, hash);
    }
    return isNew;
  }

  /** The hold that an event ends, where it is known. */
  endedBy(event: HtlcEventMessage): PaymentHash | undefined {
    if (!isEnd(event)) return undefined;
    const key = keyOf(event.incoming_channel_id, event.incoming_htlc_id);
    const hash = this.#hashes.get(key);
    if (hash === undefined) this.#keepUnknown(key);
    else this.#hashes.delete(key);
    return hash;
  }

  #keepUnknown(key: string): void {
    const oldest = this.#ended.values().next();
    if (this.#ended.size >= MOST_UNKNOWN && !oldest.done) this.#ended.delete(oldest.value);
    this.#ended.add(key);
  }
}

/** What came in for others isn't ours; the end on chain bears no type. */
const isEnd = ({ event, event_type: type }: HtlcEventMessage): boolean =>
  event === 'final_htlc_event' ||
  (type === 'RECEIVE' && (event === 'settle_event' || event === 'link_fail_event'));

const keyOf = (channel: string, index: string): string => `${channel}:${index}`;
