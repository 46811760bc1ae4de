/**
 * What every payment passes before it is sent (S35, S37): the kill switch and the spend cap of an hour. What may not pass
 * waits, is tried again by itself, and loses nothing. A refund passes always: it gives back what is another's.
 */
import type { Msat, PaymentHash } from '@tercet/protocol';
import { TercetError } from '@tercet/protocol';
import type { KillSwitch } from './kill-switch.js';
import type { SpendBook } from './spend-book.js';

export interface Passing {
  hash: PaymentHash;
  amountMsat: Msat;
  refund: boolean;
}

/** Codes under which a payment waits. */
export const WAITING_CODES = ['TRADING_STOPPED', 'SPEND_CAP_REACHED'] as const;
export const isWaitingCode = (code: string | undefined): boolean =>
  WAITING_CODES.some((waiting) => waiting === code);

export const isWaiting = (error: unknown): boolean =>
  error instanceof TercetError && isWaitingCode(error.code);

export interface Spending {
  sentMsat: Msat;
  capMsat: Msat;
  /** Payments that wait, as far as they were tried since the start. */
  waiting: number;
}

export class Gate {
  private readonly held = new Map<PaymentHash, string>();

  constructor(
    private readonly killSwitch: Pick<KillSwitch, 'stop'>,
    private readonly book: SpendBook,
    readonly capMsat: Msat,
  ) {}

  /** Lets a payment out, or throws TRADING_STOPPED or SPEND_CAP_REACHED: then nothing may be sent. */
  async pass(payment: Passing): Promise<void> {
    const why = await this.heldBy(payment);
    if (!why) {
      this.held.delete(payment.hash);
      return;
    }
    this.held.set(payment.hash, why.code);
    throw why;
  }

  /** A payment ended, or was never sent. */
  async over(hash: PaymentHash, end: 'paid' | 'failed'): Promise<void> {
    this.held.delete(hash);
    if (end === 'failed') await this.book.giveBack(hash);
  }

  /** Payments that wait for a code. */
  waiting(code?: string): number {
    return code === undefined ? this.held.size : [...this.held.values()].filter((one) => one === code).length;
  }

  async spending(): Promise<Spending> {
    return { sentMsat: await this.book.sentMsat(), capMsat: this.capMsat, waiting: this.held.size };
  }

  private async heldBy({ hash, amountMsat, refund }: Passing): Promise<TercetError | undefined> {
    if (!refund && (await this.killSwitch.stop())) return stopped();
    if (await this.book.enter(hash, amountMsat, refund ? 'none' : this.capMsat)) return undefined;
    return overCap(amountMsat, await this.book.sentMsat(), this.capMsat);
  }
}

const stopped = () =>
  new TercetError('TRADING_STOPPED', 'Trading is stopped, so this payment waits. It stays owed.', {
    wayOut: 'It goes out by itself after "tercet resume".',
  });

const overCap = (amountMsat: Msat, sentMsat: Msat, capMsat: Msat) =>
  new TercetError(
    'SPEND_CAP_REACHED',
    `${inSat(sentMsat)} sat were sent within the last hour; with this payment of ${inSat(amountMsat)} sat it would be more than the ${inSat(capMsat)} sat that may leave this node. It waits.`,
    { wayOut: 'It goes out by itself when the hour allows, or raise ceilings.satsPerHour and start again.' },
  );

const inSat = (amount: Msat): string => String((amount + 999n) / 1000n);
