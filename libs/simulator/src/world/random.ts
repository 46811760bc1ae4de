/** The one generator that drives a schedule (sfc32): the same seed is the same schedule. */
export class Random {
  private a: number;
  private b = 0x9e3779b9;
  private c = 0x243f6a88;
  private counter = 1;

  constructor(seed: number) {
    this.a = seed | 0;
    this.b ^= Math.floor(seed / 2 ** 32) | 0;
    for (let warm = 0; warm < 12; warm += 1) this.next();
  }

  /** From 0, below 1. */
  next(): number {
    const sum = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = ((this.c << 21) | (this.c >>> 11)) + sum;
    return (sum >>> 0) / 2 ** 32;
  }

  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  pick<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.between(0, choices.length - 1)] ?? choices[0];
  }

  /** A waiting time whose mean is this: how blocks come. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.next());
  }

  /** Small mostly, and sometimes many times as long: how networks and people are late. */
  skewed(least: number, most: number): number {
    const share = this.next();
    return Math.round(least + (most - least) * share * share * share);
  }
}
