import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What a daemon counts. Labels are kinds and codes of ours, never ids, amounts of a trade or anything a peer wrote (S36). */
export interface Metrics {
  readonly contentType: string;
  /** All metrics in Prometheus' text form. */
  text(): Promise<string>;
  /** A fact was committed. */
  fact(kind: string): void;
  /** An effect ended; outcome as the journal has it. */
  effect(kind: string, outcome: string): void;
  /** What is counted elsewhere since the start, read whenever it is asked for. */
  counted(name: string, help: string, read: () => number): void;
  /** What rises and falls elsewhere, read whenever it is asked for. */
  measured(name: string, help: string, read: () => number): void;
  openTrades(count: number): void;
  tip(height: number): void;
  /** A job ran so many ms after its time. */
  jobFired(queue: string, lateMs: number): void;
  /** An envelope was refused; its reason code. */
  refused(code: string): void;
  /** A wait of a trade has outlived its height; which. */
  alarm(name: string): void;
}

/** A registry of its own, so that two daemons in one process don't mix. */
export const createMetrics = (service: string): Metrics => {
  const register = new Registry();
  register.setDefaultLabels({ service });
  collectDefaultMetrics({ register });
  const registers = [register];
  const facts = new Counter({
    name: 'tercet_facts_total',
    help: 'Facts committed to the journal',
    labelNames: ['kind'] as const,
    registers,
  });
  const effects = new Counter({
    name: 'tercet_effects_total',
    help: 'Effects that ended, by what the world said',
    labelNames: ['kind', 'outcome'] as const,
    registers,
  });
  const open = new Gauge({ name: 'tercet_open_trades', help: 'Trades that are not over', registers });
  const tip = new Gauge({ name: 'tercet_tip_height', help: 'Height of the newest block seen', registers });
  const lag = new Histogram({
    name: 'tercet_job_lag_seconds',
    help: 'How long after its time a job ran',
    labelNames: ['queue'] as const,
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 30, 120],
    registers,
  });
  const refused = new Counter({
    name: 'tercet_refused_envelopes_total',
    help: 'Envelopes of peers that were refused, by reason code',
    labelNames: ['code'] as const,
    registers,
  });
  const alarms = new Counter({
    name: 'tercet_alarms_total',
    help: 'Waits of trades that have outlived their height, by name',
    labelNames: ['alarm'] as const,
    registers,
  });
  return {
    contentType: register.contentType,
    text: () => register.metrics(),
    fact: (kind) => facts.inc({ kind }),
    effect: (kind, outcome) => effects.inc({ kind, outcome }),
    counted(name, help, read) {
      new Counter({
        name,
        help,
        registers,
        collect() {
          this.reset();
          this.inc(read());
        },
      });
    },
    measured(name, help, read) {
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(read());
        },
      });
    },
    openTrades: (count) => open.set(count),
    tip: (height) => tip.set(height),
    jobFired: (queue, lateMs) => lag.observe({ queue }, lateMs / 1_000),
    refused: (code) => refused.inc({ code }),
    alarm: (alarm) => alarms.inc({ alarm }),
  };
};
