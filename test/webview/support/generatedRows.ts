import type {
  Arrangement,
  RowOrder,
  SqlCell,
  SqlColumn,
  SqlValue,
  StoredRows,
} from '../../../src/core/ports';
import { columns, customer } from './resultsStates';

/** Rows of any number that nobody has to keep: each is made when it is read. */
export class GeneratedRows implements StoredRows {
  readonly truncated = false;
  ended = true;

  constructor(
    public count: number,
    private readonly make: (row: number) => readonly SqlValue[] = customer,
    readonly columns: readonly SqlColumn[] = defaultColumns(),
  ) {}

  onDidChange(): { dispose(): void } {
    return { dispose: () => undefined };
  }

  read(
    from: number,
    to: number,
    { order, cutAt = Infinity }: { readonly order?: RowOrder; readonly cutAt?: number } = {},
  ): Promise<readonly (readonly SqlCell[])[]> {
    const end = Math.min(to, order?.length ?? this.count);
    const cell = (value: SqlValue): SqlCell =>
      value !== null && value.length > cutAt ? { cut: value.slice(0, cutAt), length: value.length } : value;
    return Promise.resolve(
      Array.from({ length: Math.max(0, end - from) }, (_, index) =>
        this.make(order?.[from + index] ?? from + index).map(cell),
      ),
    );
  }

  arrange({ sort, filter = '' }: Arrangement): Promise<RowOrder> {
    const order: number[] = [];
    for (let row = 0; row < this.count; row += 1) {
      if (
        filter === '' ||
        this.make(row).some((value) => value?.toLowerCase().includes(filter.toLowerCase()))
      ) {
        order.push(row);
      }
    }
    if (sort !== undefined) {
      const key = (row: number): string => this.make(row)[sort.column] ?? '';
      const turn = sort.descending ? -1 : 1;
      order.sort((a, b) => turn * key(a).localeCompare(key(b), 'en', { numeric: true }) || a - b);
    }
    return Promise.resolve(Uint32Array.from(order));
  }

  export(): Promise<number> {
    return Promise.resolve(this.count);
  }

  dispose(): void {
    this.count = 0;
  }
}

const defaultColumns = (): readonly SqlColumn[] => columns;
