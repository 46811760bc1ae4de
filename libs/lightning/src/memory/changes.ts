/** Who follows what: states told by key, read as streams that end as the port says. */
interface Reader<State> {
  told: State[];
  broken?: Error;
  wake: () => void;
}

export class Changes<State> {
  readonly #readers = new Map<string, Set<Reader<State>>>();

  /** How many there were, whoever followed them. */
  count = 0;

  tell(key: string, state: State): void {
    this.count += 1;
    for (const reader of this.#readers.get(key) ?? []) {
      reader.told.push(state);
      reader.wake();
    }
  }

  /** Every open stream throws, once it has given what it was told before. */
  breakAll(error: Error): void {
    for (const reader of [...this.#readers.values()].flatMap((readers) => [...readers])) {
      reader.broken = error;
      reader.wake();
    }
  }

  /** `now`, then each change, until one is the last or `signal` aborts. */
  async *follow(
    key: string,
    now: State,
    signal: AbortSignal,
    isLast: (state: State) => boolean,
  ): AsyncGenerator<State> {
    const reader: Reader<State> = { told: [now], wake: () => undefined };
    const readers = this.#readers.get(key) ?? new Set();
    this.#readers.set(key, readers.add(reader));
    const wake = () => {
      reader.wake();
    };
    signal.addEventListener('abort', wake, { once: true });
    try {
      while (!signal.aborted) {
        const state = reader.told.shift();
        if (state !== undefined) {
          yield state;
          if (isLast(state)) return;
        } else if (reader.broken) {
          throw reader.broken;
        } else {
          await new Promise<void>((resolve) => {
            reader.wake = resolve;
          });
        }
      }
    } finally {
      readers.delete(reader);
      if (readers.size === 0 && this.#readers.get(key) === readers) this.#readers.delete(key);
      signal.removeEventListener('abort', wake);
    }
  }
}
