/** The latest so many texts. */
export class Recent {
  private newer = new Set<string>();
  private older = new Set<string>();

  /** @param most between this and twice as many are remembered */
  constructor(private readonly most: number) {}

  has(text: string): boolean {
    return this.newer.has(text) || this.older.has(text);
  }

  add(text: string): void {
    if (this.newer.size >= this.most) {
      this.older = this.newer;
      this.newer = new Set();
    }
    this.newer.add(text);
  }
}
