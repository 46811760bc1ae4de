/** One at a time per key, in the order of asking; keys don't wait for one another (S22, S28). */
export class KeyedLock {
  private readonly tails = new Map<string, Promise<void>>();

  /** How many keys are held or waited for now. */
  get size(): number {
    return this.tails.size;
  }

  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.tails.get(key) ?? Promise.resolve();
    const result = before.then(work);
    const tail = result.then(
      () => undefined,
      () => undefined,
    );
    this.tails.set(key, tail);
    try {
      return await result;
    } finally {
      if (this.tails.get(key) === tail) this.tails.delete(key);
    }
  }
}
