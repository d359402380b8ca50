import type { Cell } from './sqlite';
import { computedShape } from './types';
import type { ColumnShape } from './types';

/** What a statement ends with. */
export type Outcome =
  | { readonly kind: 'done'; readonly affectedRows: number; readonly lastInsertId: number }
  | RowsOutcome
  /** The answer is to be given after so long: one row if `name` is a column, else none. */
  | { readonly kind: 'sleep'; readonly seconds: number; readonly name: string | undefined };

export interface RowsOutcome {
  readonly kind: 'rows';
  readonly names: readonly string[];
  /** From the declarations, where a column comes from a table. */
  readonly declared: readonly (ColumnShape | undefined)[];
  next(): Cell[] | undefined;
  close(): void;
}

export const done = (affectedRows = 0, lastInsertId = 0): Outcome => ({
  kind: 'done',
  affectedRows,
  lastInsertId,
});

export type PlainRow = readonly (string | number | null)[];

/** Rows that are made here. */
export function rowsOf(names: readonly string[], rows: readonly PlainRow[]): RowsOutcome {
  const left = rows.values();
  return {
    kind: 'rows',
    names,
    declared: names.map((_, column) => computedShape(rows.map((row) => cellOf(row[column] ?? null)))),
    next: () => left.next().value?.map(cellOf),
    close: () => undefined,
  };
}

const cellOf = (value: string | number | null): Cell =>
  typeof value === 'number' ? { integer: String(value) } : value;
