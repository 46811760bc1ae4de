/** The machine's time, so many times faster: backoff and deadlines keep their proportions, and a test doesn't wait for them. */
export class FastClock {
  private readonly startMs = Date.now();
  private skippedMs = 0;

  constructor(readonly speed = 50) {}

  readonly now = (): number =>
    Math.floor(this.startMs + this.skippedMs + (Date.now() - this.startMs) * this.speed);

  skip(ms: number): void {
    this.skippedMs += ms;
  }

  /** Calls at that time, never before it, unless it is told not to. Doesn't keep the process alive. */
  at(timeMs: number, work: () => void): () => void {
    let timer: NodeJS.Timeout | undefined;
    const wait = (): void => {
      timer = setTimeout(reached, Math.max(0, (timeMs - this.now()) / this.speed));
      timer.unref();
    };
    // A timer may fire a millisecond early, which is many here, and early work counts as stale.
    const reached = (): void => {
      if (this.now() < timeMs) wait();
      else work();
    };
    wait();
    return () => clearTimeout(timer);
  }
}
