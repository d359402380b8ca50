import type { Arrangement, RowOrder } from '../../core/ports';
import type { ColumnDefinition, Decode } from '../values';
import type { Chunks } from './chunks';
import { newField, readField } from './rowBytes';
import { Slices } from './slices';
import { sortInSlices } from './sort';
import { orderingOf, SortKeys } from './sortKeys';

/** Rows looked at before the time is. */
const rowsBetweenLooks = 64;

interface Rows {
  readonly chunks: Chunks;
  readonly definitions: readonly ColumnDefinition[];
  readonly decoders: readonly Decode[];
}

/** What has arrived by now, filtered and sorted. */
export async function arrange(
  rows: Rows,
  { sort, filter = '' }: Arrangement,
  signal: AbortSignal | undefined,
): Promise<RowOrder> {
  signal?.throwIfAborted();
  const slices = new Slices(signal);
  const count = rows.chunks.count;
  const kept = filter === '' ? everyRow(count) : await matching(rows, count, filter, slices);
  if (sort === undefined) {
    return kept;
  }
  const definition = rows.definitions[sort.column];
  if (definition === undefined) {
    return kept;
  }
  const keys = new SortKeys(count, orderingOf(definition));
  const field = newField();
  await eachRow(rows.chunks, count, slices, (bytes, start, end, row) => {
    field.next = start;
    for (let column = 0; column <= sort.column; column += 1) {
      readField(bytes, field.next, end, field);
    }
    keys.set(row, bytes, field.start, field.end);
  });
  const compare: typeof keys.compare = sort.descending ? (a, b) => keys.compare(b, a) : keys.compare;
  return sortInSlices(kept, compare, slices);
}

const everyRow = (count: number): Uint32Array => Uint32Array.from({ length: count }, (_, row) => row);

async function matching(
  { chunks, decoders }: Rows,
  count: number,
  filter: string,
  slices: Slices,
): Promise<Uint32Array> {
  const wanted = filter.toLowerCase();
  const kept = new Uint32Array(count);
  let found = 0;
  const field = newField();
  await eachRow(chunks, count, slices, (bytes, start, end, row) => {
    field.next = start;
    for (const decode of decoders) {
      readField(bytes, field.next, end, field);
      const value = field.start < 0 ? null : decode(bytes.subarray(field.start, field.end));
      if (value?.toLowerCase().includes(wanted) === true) {
        kept[found] = row;
        found += 1;
        return;
      }
    }
  });
  return kept.slice(0, found);
}

async function eachRow(
  chunks: Chunks,
  count: number,
  slices: Slices,
  visit: (bytes: Buffer, start: number, end: number, row: number) => void,
): Promise<void> {
  for (let row = 0; row < count;) {
    const seen = await chunks.visit(row, Math.min(count, row + rowsBetweenLooks), (place, at) =>
      visit(place.bytes, place.start, place.end, at),
    );
    if (seen === 0) {
      throw new Error('the rows are gone');
    }
    row += seen;
    if (slices.isOver) {
      await slices.next();
    }
  }
}
