import { Emitter } from '../core/emitter';
import { AppError, cancellation } from '../core/errors';
import type { Arrangement, RowOrder, SqlCell, SqlResult, SqlValue, StoredRows } from '../core/ports';

type Row = readonly SqlValue[];

/** The rows of an answer that came whole, as the results panel takes them. */
export class HeldRows implements StoredRows {
  readonly columns: StoredRows['columns'];
  readonly ended = true;
  readonly truncated: boolean;
  private rows: readonly Row[];
  private readonly changed = new Emitter<void>(() => undefined);

  constructor({ columns, rows, truncated }: Pick<SqlResult, 'columns' | 'rows' | 'truncated'>) {
    this.columns = columns;
    this.rows = rows;
    this.truncated = truncated;
  }

  get count(): number {
    return this.rows.length;
  }

  get onDidChange(): StoredRows['onDidChange'] {
    return this.changed.event;
  }

  read(
    from: number,
    to: number,
    { order, cutAt = Infinity }: { readonly order?: RowOrder; readonly cutAt?: number } = {},
  ): Promise<readonly (readonly SqlCell[])[]> {
    const cell = (value: SqlValue): SqlCell =>
      value !== null && value.length > cutAt ? { cut: value.slice(0, cutAt), length: value.length } : value;
    const rows =
      order === undefined
        ? this.rows.slice(from, to)
        : Array.from(order.subarray(from, to), (index) => this.rows[index] ?? []);
    return Promise.resolve(rows.map((row) => row.map(cell)));
  }

  async arrange({ sort, filter = '' }: Arrangement, signal?: AbortSignal): Promise<RowOrder> {
    await Promise.resolve();
    if (signal?.aborted === true) {
      throw cancellation();
    }
    const wanted = filter.toLowerCase();
    const order = this.rows.flatMap((row, index) =>
      wanted === '' || row.some((value) => value?.toLowerCase().includes(wanted)) ? [index] : [],
    );
    if (sort !== undefined) {
      const turn = sort.descending ? -1 : 1;
      const valueAt = (index: number): SqlValue => this.rows[index]?.[sort.column] ?? null;
      order.sort((a, b) => turn * compare(valueAt(a), valueAt(b)) || a - b);
    }
    return Uint32Array.from(order);
  }

  export(): Promise<number> {
    return Promise.reject(new AppError('unsupported', { source: 'Extension' }));
  }

  dispose(): void {
    this.rows = [];
  }
}

function compare(a: SqlValue, b: SqlValue): number {
  if (a === null || b === null) {
    return a === b ? 0 : a === null ? -1 : 1;
  }
  const difference = Number(a) - Number(b);
  return Number.isNaN(difference) ? (a < b ? -1 : a > b ? 1 : 0) : difference;
}
