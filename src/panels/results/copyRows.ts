import { rowWriter, type CopyFormat } from '../../core/copyFormats';
import { AppError } from '../../core/errors';
import type { SqlValue } from '../../core/ports';
import type { TableName } from '../../core/queries';
import type { CopySelection } from '../../protocol/results';
import type { RowsInView } from './rowAnswers';

export interface CopyWish {
  readonly format: CopyFormat;
  readonly headers: boolean;
  /** Left out: everything. */
  readonly selection: CopySelection | undefined;
  readonly table: TableName | undefined;
}

export interface CopyGoing {
  readonly signal: AbortSignal;
  readonly onProgress: (rows: number, of: number) => void;
}

export interface Copied {
  readonly text: string;
  readonly rows: number;
  readonly columns: number;
}

/** More does not go through the clipboards of all systems; exporting has no limit. */
const greatestLength = 100_000_000;
const rowsAtOnce = 1000;

/** How many rows a wish is about. */
export function rowsWanted({ count }: RowsInView, { selection }: CopyWish): number {
  const { from, to } = selection?.rows ?? { from: 0, to: count };
  return Math.max(0, Math.min(to, count) - from);
}

/** @throws AppError invalidInput when there is nothing to copy, or more than a clipboard takes */
export async function copyRows(view: RowsInView, wish: CopyWish, going: CopyGoing): Promise<Copied> {
  const { rows, order, count } = view;
  const from = wish.selection?.rows.from ?? 0;
  const to = Math.min(wish.selection?.rows.to ?? count, count);
  const wanted = wish.selection?.columns ?? { from: 0, to: rows.columns.length };
  const columns = rows.columns.slice(wanted.from, wanted.to);
  if (from >= to || columns.length === 0) {
    throw new AppError('invalidInput', { source: 'Extension', reason: 'There are no rows to copy' });
  }
  const read = async (start: number, end: number): Promise<readonly (readonly SqlValue[])[]> => {
    const found = await rows.read(start, end, order && { order });
    return found.map((row) => row.slice(wanted.from, wanted.to).map(wholeValue));
  };
  if (to - from === 1 && columns.length === 1 && wish.format === 'tsv' && !wish.headers) {
    const [row] = await read(from, to);
    const text = checked(row?.[0] ?? 'NULL');
    return { text, rows: 1, columns: 1 };
  }
  const writer = rowWriter(wish.format, columns, wish);
  const parts = [writer.begin()];
  let length = 0;
  for (let start = from; start < to; start += rowsAtOnce) {
    going.signal.throwIfAborted();
    const slice = await read(start, Math.min(to, start + rowsAtOnce));
    const part = slice.map((row) => writer.row(row)).join('');
    length += part.length;
    if (length > greatestLength) {
      tooMuch();
    }
    parts.push(part);
    going.onProgress(Math.min(to, start + rowsAtOnce) - from, to - from);
  }
  parts.push(writer.end());
  return { text: parts.join(''), rows: to - from, columns: columns.length };
}

/** Nothing was cut, because the reader asked for nothing to be. */
const wholeValue = (cell: SqlValue | { readonly cut: string }): SqlValue =>
  typeof cell === 'object' && cell !== null ? cell.cut : cell;

function checked(text: string): string {
  return text.length > greatestLength ? tooMuch() : text;
}

function tooMuch(): never {
  throw new AppError('invalidInput', {
    source: 'Extension',
    reason: `This is more than ${greatestLength / 1_000_000} MB of text, too much for the clipboard; export it to a file, or select fewer rows`,
  });
}
