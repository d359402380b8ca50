import { Emitter } from '../../../src/core/emitter';
import { cancellation } from '../../../src/core/errors';
import type {
  Arrangement,
  RowOrder,
  SqlCell,
  SqlColumn,
  SqlExportOptions,
  SqlValue,
  StoredRows,
} from '../../../src/core/ports';

/** Rows in memory that arrive when a test says so. */
export class FakeRows implements StoredRows {
  ended = false;
  truncated = false;
  disposed = false;
  readonly reads: { readonly from: number; readonly to: number }[] = [];
  readonly arrangements: Arrangement[] = [];
  readonly exports: Omit<SqlExportOptions, 'timeoutMs'>[] = [];
  /** Fails what is read or arranged from now on. */
  failure: Error | undefined;
  /** Holds arrangements back until it is called. */
  release: (() => void) | undefined;
  readonly changed = new Emitter<void>((error) => {
    throw error;
  });

  constructor(
    readonly columns: readonly SqlColumn[],
    public rows: readonly (readonly SqlValue[])[] = [],
  ) {}

  get count(): number {
    return this.rows.length;
  }

  get onDidChange(): StoredRows['onDidChange'] {
    return this.changed.event;
  }

  arrive(...rows: readonly (readonly SqlValue[])[]): void {
    this.rows = [...this.rows, ...rows];
    this.changed.fire();
  }

  end(): void {
    this.ended = true;
    this.changed.fire();
  }

  async read(
    from: number,
    to: number,
    { order, cutAt = Infinity }: { readonly order?: RowOrder; readonly cutAt?: number } = {},
  ): Promise<readonly (readonly SqlCell[])[]> {
    await this.work();
    this.reads.push({ from, to });
    const picked = order === undefined ? this.rows : Array.from(order, (index) => this.rows[index] ?? []);
    const cell = (value: SqlValue): SqlCell =>
      value !== null && value.length > cutAt ? { cut: value.slice(0, cutAt), length: value.length } : value;
    return picked.slice(from, to).map((row) => row.map(cell));
  }

  async arrange(arrangement: Arrangement, signal?: AbortSignal): Promise<RowOrder> {
    this.arrangements.push(arrangement);
    const { sort, filter = '' } = arrangement;
    const before = this.rows;
    if (this.release !== undefined) {
      await new Promise<void>((resolve, reject) => {
        this.release = resolve;
        signal?.addEventListener('abort', () => reject(cancellation()));
      });
    }
    await this.work();
    const order = before.flatMap((row, index) =>
      row.some((value) => value?.includes(filter)) ? [index] : [],
    );
    if (sort !== undefined) {
      order.sort((a, b) => String(before[a]?.[sort.column]).localeCompare(String(before[b]?.[sort.column])));
    }
    return Uint32Array.from(sort?.descending === true ? order.reverse() : order);
  }

  export(options: Omit<SqlExportOptions, 'timeoutMs'>): Promise<number> {
    this.exports.push(options);
    return Promise.resolve(this.count);
  }

  dispose(): void {
    this.disposed = true;
  }

  private work(): Promise<void> {
    return this.failure === undefined ? Promise.resolve() : Promise.reject(this.failure);
  }
}
