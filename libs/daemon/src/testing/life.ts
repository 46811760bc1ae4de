/** A process that can die: what it holds of the outside goes dead with it, in the middle of whatever it does. */

const never = <T>(): Promise<T> =>
  new Promise<T>(() => {
    // Of a dead process nobody hears.
  });

/** What any call of a dead process gives, whether an answer or a stream was asked for: it waits, and does nothing else. */
const dead = (): unknown =>
  Object.assign(never(), {
    [Symbol.asyncIterator]: () => ({ next: () => never<IteratorResult<unknown>>() }),
  });

const isStream = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

export class Life {
  private readonly end = new AbortController();
  readonly over: Promise<void> = new Promise((resolve) => {
    this.end.signal.addEventListener('abort', () => resolve(), { once: true });
  });

  get isOver(): boolean {
    return this.end.signal.aborted;
  }

  /** No call of this life goes out any more, and none that is out comes back: as after kill -9. */
  kill(): void {
    this.end.abort();
  }

  /** The same object, for as long as this life lasts; some of its methods may be replaced. */
  hold<T extends object>(target: T, instead: Partial<T> = {}): T {
    return new Proxy(target, {
      get: (_, key): unknown => {
        const value: unknown = key in instead ? Reflect.get(instead, key) : Reflect.get(target, key);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]): unknown =>
          this.call(() => Reflect.apply(value, target, args) as unknown);
      },
    });
  }

  private call(work: () => unknown): unknown {
    if (this.isOver) return dead();
    const result = work();
    if (result instanceof Promise) return this.answer(result);
    return isStream(result) ? this.stream(result) : result;
  }

  private async answer(result: Promise<unknown>): Promise<unknown> {
    try {
      const value: unknown = await result;
      return this.isOver ? await never() : value;
    } catch (error) {
      if (this.isOver) return never();
      throw error;
    }
  }

  private async *stream(source: AsyncIterable<unknown>): AsyncGenerator {
    for await (const value of source) {
      if (this.isOver) return never();
      yield value;
    }
  }
}
