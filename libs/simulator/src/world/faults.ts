/** What may go wrong by itself, and how often. Every schedule has some kinds only: a world where all goes wrong shows little. */
import type { Random } from './random.js';

const RATES = {
  /** Mail between daemons. */
  messageLost: 0.08,
  messageDoubled: 0.06,
  receiptLost: 0.05,
  messageSlow: 0.05,
  messageRepeated: 0.04,
  /** Between a daemon and its node. */
  callFails: 0.05,
  answerLost: 0.05,
  answerLate: 0.05,
  streamBreaks: 0.02,
  lookUpAbsent: 0.01,
  /** Payments on their way. */
  routeFails: 0.12,
  paymentSlow: 0.1,
  paymentStuck: 0.03,
  backSlow: 0.08,
  /** Work that falls due. */
  jobLost: 0.06,
  jobLate: 0.08,
  jobDoubled: 0.06,
  /** The chain. */
  reorg: 0.03,
  tipLags: 0.15,
  /** Processes and nodes. */
  secondCrash: 0.3,
  longOutage: 0.2,
  nodeDown: 0.25,
  channelCloses: 0.15,
  routesCut: 0.4,
} as const;
export type FaultKind = keyof typeof RATES;
const KINDS = Object.keys(RATES) as FaultKind[];

export interface FaultOptions {
  /** Only these happen, by their number in the schedule; all unless told. */
  only?: ReadonlySet<number>;
  /** None happens from this happening on. */
  calmAfter?: number;
}

export class Faults {
  /** Those that happened: their numbers, and what they were. */
  readonly happened: { number: number; kind: FaultKind }[] = [];
  private readonly kinds: ReadonlySet<FaultKind>;
  private asked = 0;
  private isCalm = false;

  constructor(
    private readonly random: Random,
    private readonly options: FaultOptions,
    private readonly happenings: () => number,
    /** Of kinds that this schedule has more often than others. */
    private readonly rates: Partial<Record<FaultKind, number>> = {},
  ) {
    this.kinds = new Set(KINDS.filter((kind) => random.chance(0.4) || rates[kind] !== undefined));
  }

  /** Whether it goes wrong now. */
  strikes(kind: FaultKind): boolean {
    this.asked += 1;
    const drawn = this.random.chance(this.rates[kind] ?? RATES[kind]);
    if (!drawn || !this.kinds.has(kind) || this.isCalm) return false;
    const { only, calmAfter } = this.options;
    if (only && !only.has(this.asked)) return false;
    if (calmAfter !== undefined && this.happenings() >= calmAfter) return false;
    this.happened.push({ number: this.asked, kind });
    return true;
  }

  /** From here nothing goes wrong any more: what is to end well must end now. */
  stop(): void {
    this.isCalm = true;
  }
}
