/** A map that forgets its oldest entry for one too many: for what can be had again. */
export class BoundedMap<Key, Value> extends Map<Key, Value> {
  constructor(private readonly most: number) {
    super();
  }

  override set(key: Key, value: Value): this {
    const oldest = this.keys().next();
    if (this.size >= this.most && !this.has(key) && !oldest.done) this.delete(oldest.value);
    return super.set(key, value);
  }
}
