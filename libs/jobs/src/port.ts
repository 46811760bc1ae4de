/**
 * Timed and repeated work of a daemon (architecture.md "Jobs"). The queues carry work, never truth: a job holds a key of the journal
 * and nothing else, and whoever runs it reads the journal again. So a job that is late, doubled, early or lost is harmless.
 */

/** What the daemon does when work falls due. Every one of them may be called twice, late, or for something long finished. */
export interface JobHandlers {
  /** A time deadline of a trade passed; a rejection is tried again with backoff. */
  deadline(tradeId: string, name: string): Promise<void>;
  /** An effect is due for its next try; a rejection is tried again with backoff. */
  effect(key: string): Promise<void>;
  /** Fires the height deadlines that are due now; the block watch is the first to do so, this finds what it lost. */
  heights(): Promise<void>;
  /** Looks up every live hash and outpoint (S23). */
  reconcile(): Promise<void>;
}

/** Read from the journal; the only truth about what is waiting: all of it, or only what is due before a time. */
export interface JobSource {
  pendingEffects(beforeMs?: number): Promise<{ key: string; dueMs: number }[]>;
  timeDeadlines(beforeMs?: number): Promise<{ tradeId: string; name: string; timeMs: number }[]>;
}

/** The part of a logger that jobs need; pino's fits. */
export interface JobLogger {
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}

export interface JobOptions {
  /** Undefined: a private `redis-server` is started in `dataDir`. */
  redisUrl?: string;
  dataDir: string;
  /** Names this daemon's keys in a shared Redis; replicas of one daemon use the same. */
  prefix: string;
  handlers: JobHandlers;
  source: JobSource;
  reconcileEveryMs: number;
  logger: JobLogger;
  /** Told how many ms after its time a job ran; for the metrics. */
  onFired?: (queue: QueueName, lateMs: number) => void;
  /** How often the queues are looked after, and due work is swept while Redis is away. Default 3 000. */
  sweepEveryMs?: number;
}

/** None of these throws or hangs on an absent Redis: the journal has the work already, the sweep or a rebuild brings it. */
export interface Jobs {
  deadlineAt(tradeId: string, name: string, timeMs: number): Promise<void>;
  /** A tidy-up only: a deadline that fires after it was cleared finds nothing in the journal. */
  clearDeadline(tradeId: string, name: string): Promise<void>;
  effectAt(key: string, timeMs: number): Promise<void>;
  /** Puts everything the journal knows into the queues; what is there already stays as it is. */
  rebuild(): Promise<void>;
  /** Whether Redis answers, takes what is written, and holds everything the journal knows. */
  readonly ready: boolean;
  /** Waits for running handlers (at most 10 s), then leaves no connection, timer or process. */
  close(): Promise<void>;
}

export type QueueName = 'deadline' | 'effect' | 'reconcile';
