/** One run of a process, from its start to its end: what it asks of the outside is a happening, and nothing outlives it. */
import type { Life, World } from './port.js';

export const never = <Value>(): Promise<Value> =>
  new Promise(() => {
    // Of a dead process nobody hears.
  });

/** What any call of a dead process gives, whether an answer or a list was asked for. */
const dead = (): unknown =>
  Object.assign(never(), { [Symbol.asyncIterator]: () => ({ next: () => never() }) });

export class Process implements Life {
  private dead = false;
  private readonly mourners: (() => void)[] = [];

  constructor(private readonly world: World) {}

  get isOver(): boolean {
    return this.dead;
  }

  /** kill -9: no call of it goes out any more, and none that is out comes back. */
  end(): void {
    this.dead = true;
    for (const mourn of this.mourners.splice(0)) mourn();
  }

  onEnd(mourn: () => void): void {
    if (this.dead) mourn();
    else this.mourners.push(mourn);
  }

  /** Something of this process that happens later, if it still lives then. */
  later(delayMs: number, name: string, run: () => void | Promise<void>): void {
    this.world.later(delayMs, name, () => (this.dead ? undefined : run()));
  }

  wait(delayMs: number, name: string): Promise<void> {
    return new Promise((resolve) => {
      this.later(delayMs, name, resolve);
    });
  }

  /** The same object for as long as this life lasts. */
  hold<Target extends object>(target: Target): Target {
    return new Proxy(target, {
      get: (_, key): unknown => {
        const value: unknown = Reflect.get(target, key);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]): unknown =>
          this.dead ? dead() : (Reflect.apply(value, target, args) as unknown);
      },
    });
  }
}
