/** Finds by a key in a list that grows at its end, or is replaced whole. Looking through thousands each time would not do. */
export class Lookup<T> {
  private list: readonly T[] = [];
  private indexed = 0;
  private readonly byKey = new Map<string, T[]>();

  constructor(private readonly keyOf: (item: T) => string) {}

  find(list: readonly T[], key: string): T | undefined {
    return this.all(list, key)[0];
  }

  /** In the list's order. */
  all(list: readonly T[], key: string): readonly T[] {
    if (list !== this.list || list.length < this.indexed) {
      this.byKey.clear();
      this.indexed = 0;
      this.list = list;
    }
    for (; this.indexed < list.length; this.indexed += 1) {
      const item = list[this.indexed];
      if (item !== undefined) {
        const known = this.byKey.get(this.keyOf(item));
        if (known === undefined) {
          this.byKey.set(this.keyOf(item), [item]);
        } else {
          known.push(item);
        }
      }
    }
    return this.byKey.get(key) ?? [];
  }
}
