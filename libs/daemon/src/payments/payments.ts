/** An operator's view of what goes out (S35): what isn't over, what holds it up, and the switch that stops it. */
import type { Journal } from '@tercet/journal';
import type { LightningNode } from '@tercet/lightning';
import type { Fact, TradeId } from '@tercet/protocol';
import { sat, TercetError } from '@tercet/protocol';
import type { Trades } from '../executor/port.js';
import type { Metrics } from '../observe/index.js';
import { Declared } from './declared.js';
import type { Spending } from './gate.js';
import { Gate, WAITING_CODES } from './gate.js';
import { KillSwitch, type Stop } from './kill-switch.js';
import { openPayments, type OpenPayment } from './open-payments.js';
import { record, resolution, type Resolving } from './resolve-payment.js';
import { SpendBook } from './spend-book.js';

interface Parts {
  journal: Pick<Journal, 'pendingEffects' | 'putDocument' | 'documents' | 'deleteDocument'>;
  lightning: Pick<LightningNode, 'lookUpPayment'>;
  nowMs: () => number;
  /** No other process writes to this journal. */
  exclusive: boolean;
  satsPerHour: number;
  metrics: Pick<Metrics, 'measured'>;
  onError: (error: unknown) => void;
  /** The rest of the core, once it is there. */
  core: () => {
    trades: Pick<Trades, 'open' | 'now' | 'submit'>;
    /** Has the node's streams followed for a trade. */
    follow: (tradeId: TradeId) => Promise<void>;
    /** Tries now what waits for one of these codes. */
    wake: (reasons: readonly string[]) => Promise<void>;
  };
}

/** Facts by which a payment is over, or was never sent. */
type PaymentEnd = Extract<Fact, { kind: 'paymentPaid' | 'paymentFailed' | 'payRefused' }>;
export const isPaymentEnd = (fact: Fact): fact is PaymentEnd =>
  fact.kind === 'paymentPaid' || fact.kind === 'paymentFailed' || fact.kind === 'payRefused';

export class Payments {
  /** What every payment passes before it is sent. */
  readonly gate: Gate;
  private readonly killSwitch: KillSwitch;
  private readonly book: SpendBook;
  private readonly declared: Declared;

  constructor(private readonly parts: Parts) {
    this.killSwitch = new KillSwitch(parts);
    this.book = new SpendBook(parts);
    this.declared = new Declared({ ...parts, trades: () => parts.core().trades });
    this.gate = new Gate(this.killSwitch, this.book, sat(parts.satsPerHour));
    const { metrics } = parts;
    metrics.measured('tercet_trading_stopped', '1 while trading is stopped by an operator', () =>
      this.isStopped ? 1 : 0,
    );
    metrics.measured(
      'tercet_payments_waiting',
      'Payments that wait for the spend cap or the kill switch',
      () => this.gate.waiting(),
    );
  }

  /** As it was last seen. */
  get isStopped(): boolean {
    return this.killSwitch.last !== undefined;
  }

  /** Throws TRADING_STOPPED. */
  mayBegin(): Promise<void> {
    return this.killSwitch.assertTrading();
  }

  /** What failed has not left. Never throws. */
  async over({ hash, kind }: PaymentEnd): Promise<void> {
    try {
      await this.gate.over(hash, kind === 'paymentPaid' ? 'paid' : 'failed');
    } catch (error) {
      this.parts.onError(error);
    }
  }

  /** Once a minute: sees what another replica was told, forgets what is older than an hour, asks about what was declared failed. */
  async tidy(): Promise<void> {
    await this.killSwitch.stop();
    await this.book.prune();
    await this.declared.look();
  }

  /** All that aren't over, or those whose hash begins so. */
  list(hash = ''): Promise<OpenPayment[]> {
    return openPayments({ ...this.parts, trades: this.parts.core().trades }, hash);
  }

  /** Throws PAYMENT_NOT_FOUND, AMBIGUOUS_PAYMENT, and what `resolution` throws. */
  async resolve(hash: string, resolving: Resolving): Promise<{ payment: OpenPayment; recorded: string }> {
    const payment = await this.find(hash);
    const { trades, follow } = this.parts.core();
    const fact = resolution(payment, resolving);
    if (fact?.kind === 'paymentFailed' && fact.operator) await this.declared.note(payment.tradeId, fact.hash);
    const recorded = await record(trades, payment, fact);
    // A watch that ended because the node didn't know it begins anew.
    await follow(payment.tradeId);
    return { payment, recorded };
  }

  async stop(reason: string, by: string): Promise<Stop | undefined> {
    return this.killSwitch.turn(true, reason, by);
  }

  /** What waited goes out. Answers the stop that stood until now. */
  async resume(reason: string, by: string): Promise<Stop | undefined> {
    const before = await this.killSwitch.turn(false, reason, by);
    await this.parts.core().wake(WAITING_CODES);
    return before;
  }

  stopped(): Promise<Stop | undefined> {
    return this.killSwitch.stop();
  }

  spending(): Promise<Spending> {
    return this.gate.spending();
  }

  /** In words; nothing while all goes out. */
  warnings(): string[] {
    const { killSwitch, gate } = this;
    const warnings: string[] = [];
    const { last } = killSwitch;
    if (last) {
      warnings.push(
        `Trading is stopped: ${last.reason}. No new trades, and ${counted(gate.waiting('TRADING_STOPPED'))}; refunds, cancels, claims and settles go on. Take it up again with: tercet resume`,
      );
    }
    const capped = gate.waiting('SPEND_CAP_REACHED');
    if (capped > 0) {
      warnings.push(
        `The spend cap of an hour is reached (ceilings.satsPerHour), and ${counted(capped)}. They go out by themselves when the hour allows: tercet payouts`,
      );
    }
    return warnings;
  }

  private async find(hash: string): Promise<OpenPayment> {
    const [first, ...more] = await this.list(hash);
    if (!first) {
      throw new TercetError(
        'PAYMENT_NOT_FOUND',
        'No payment that is not over has a hash that begins so. Nothing was recorded.',
        { wayOut: 'List them with: tercet payouts. What is over stands in its trade: tercet trade ID' },
      );
    }
    if (more.length > 0) {
      throw new TercetError(
        'AMBIGUOUS_PAYMENT',
        `${String(more.length + 1)} payments have hashes that begin so. Nothing was recorded.`,
        { wayOut: 'Give more digits of the hash.' },
      );
    }
    return first;
  }
}

const counted = (n: number): string =>
  n === 0 ? 'payments wait' : n === 1 ? 'one payment waits' : `${String(n)} payments wait`;
