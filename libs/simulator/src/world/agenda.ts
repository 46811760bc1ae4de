/** What is yet to happen, by virtual time. Of two things at the same time the one that was entered first happens first. */

export interface Happening {
  atMs: number;
  /** What it is, for whoever reads a failing schedule. */
  name: string;
  run: () => void | Promise<void>;
}

interface Entry extends Happening {
  order: number;
}

const isBefore = (a: Entry, b: Entry): boolean => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);

/** A binary heap. */
export class Agenda {
  private readonly heap: Entry[] = [];
  private entered = 0;

  get size(): number {
    return this.heap.length;
  }

  get next(): Happening | undefined {
    return this.heap[0];
  }

  add(happening: Happening): void {
    const entry = { ...happening, order: this.entered };
    this.entered += 1;
    let at = this.heap.length;
    this.heap.push(entry);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = this.heap[parent];
      if (!above || isBefore(above, entry)) break;
      this.heap[at] = above;
      at = parent;
    }
    this.heap[at] = entry;
  }

  take(): Happening | undefined {
    const first = this.heap[0];
    const last = this.heap.pop();
    if (first && last && this.heap.length > 0) this.sink(last);
    return first;
  }

  private sink(entry: Entry): void {
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      let below = this.heap[child];
      const right = this.heap[child + 1];
      if (below && right && isBefore(right, below)) {
        child += 1;
        below = right;
      }
      if (!below || !isBefore(below, entry)) break;
      this.heap[at] = below;
      at = child;
    }
    this.heap[at] = entry;
  }
}
