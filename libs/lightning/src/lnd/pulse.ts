/**
 * Asks the node for a sign of life while streams are open: a silent stream and a dead one look the same (S23, S5).
 * A missed answer breaks every stream of the connection, so that their readers look up and subscribe again.
 */
export class Pulse {
  readonly #everyMs: number;
  readonly #check: () => Promise<unknown>;
  readonly #streams = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;

  constructor(everyMs: number, check: () => Promise<unknown>) {
    this.#everyMs = everyMs;
    this.#check = check;
  }

  /** Watches over a stream until the function it gives back is called. */
  keep(breakStream: () => void): () => void {
    this.#streams.add(breakStream);
    this.#schedule();
    return () => {
      this.#streams.delete(breakStream);
      if (this.#streams.size === 0) this.stop();
    };
  }

  breakAll(): void {
    for (const breakStream of [...this.#streams]) breakStream();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #schedule(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#check().then(
        () => {
          this.#next();
        },
        () => {
          // Whatever the reason, the readers find it out, and name it, when they subscribe again.
          this.breakAll();
          this.#next();
        },
      );
    }, this.#everyMs);
    // A daemon that is otherwise done must be able to end.
    this.#timer.unref();
  }

  #next(): void {
    this.#timer = undefined;
    if (this.#streams.size > 0) this.#schedule();
  }
}
