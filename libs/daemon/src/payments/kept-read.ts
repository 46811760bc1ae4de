/**
 * What the journal says, read once and kept where no other process writes to it; read each time where replicas do. A read
 * that failed is made again by the next one who asks.
 */
export class KeptRead<T> {
  private kept: Promise<T> | undefined;

  constructor(
    private readonly exclusive: boolean,
    private readonly read: () => Promise<T>,
  ) {}

  get(): Promise<T> {
    if (this.exclusive && this.kept) return this.kept;
    const reading = this.read();
    this.kept = reading;
    reading.catch(() => {
      if (this.kept === reading) this.forget();
    });
    return reading;
  }

  /** The next one reads. */
  forget(): void {
    this.kept = undefined;
  }
}
