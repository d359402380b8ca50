/** Finds by id in a list that grows at its end, or is replaced whole. Looking through thousands each time would not do. */
export class Lookup<T> {
  private list: readonly T[] = [];
  private indexed = 0;
  private readonly byKey = new Map<string, T>();

  constructor(private readonly keyOf: (item: T) => string) {}

  find(list: readonly T[], key: string): T | undefined {
    if (list !== this.list || list.length < this.indexed) {
      this.byKey.clear();
      this.indexed = 0;
      this.list = list;
    }
    for (; this.indexed < list.length; this.indexed += 1) {
      const item = list[this.indexed];
      if (item !== undefined && !this.byKey.has(this.keyOf(item))) {
        this.byKey.set(this.keyOf(item), item);
      }
    }
    return this.byKey.get(key);
  }
}
