/** What may go wrong between a daemon and its node. */
import { TercetError } from '@tercet/protocol';
import { setTimeout as delay } from 'node:timers/promises';

export const unavailable = (doing: string): TercetError =>
  new TercetError(
    'NODE_UNAVAILABLE',
    `The Lightning node gave no answer while it was to ${doing}. What was asked may have happened.`,
    { wayOut: 'Check that the node runs.' },
  );

export class Faults {
  /** Milliseconds that every call takes. */
  latencyMs = 0;
  /** No call gets through. */
  down = false;
  readonly #lost = new Map<string, number>();
  readonly #failing = new Map<string, Error[]>();

  /** The next `times` such calls happen, but their answers are lost (S3). */
  loseAnswers(call: string, times = 1): void {
    this.#lost.set(call, (this.#lost.get(call) ?? 0) + times);
  }

  /** The next such call doesn't happen and throws this. Several are thrown in turn. */
  failNext(call: string, error: Error): void {
    this.#failing.set(call, [...(this.#failing.get(call) ?? []), error]);
  }

  /** Carries out a call of the port with whatever was ordered to go wrong. */
  async run<Result>(call: string, act: () => Result): Promise<Result> {
    if (this.latencyMs > 0) await delay(this.latencyMs);
    this.assertUp(call);
    const failure = this.#failing.get(call)?.shift();
    if (failure) throw failure;
    const result = act();
    const lost = this.#lost.get(call) ?? 0;
    if (lost === 0) return result;
    this.#lost.set(call, lost - 1);
    throw unavailable(call);
  }

  assertUp(call: string): void {
    if (this.down) throw unavailable(call);
  }
}
