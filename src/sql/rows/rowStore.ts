import { Emitter, type Disposable } from '../../core/emitter';
import type { Arrangement, RowOrder, SqlCell, SqlColumn, SqlValue, StoredRows } from '../../core/ports';
import { writeExport, type ExportTarget } from '../export/writeExport';
import { decoderOf, describeColumn, type ColumnDefinition, type Decode } from '../values';
import { arrange } from './arrange';
import { Chunks, usualLimits, type ChunkEvents, type ChunkLimits } from './chunks';
import { decodeRow, newField, readField } from './rowBytes';

/** How often listeners hear that rows have arrived. */
const tellMs = 30;
/** Rows that are read from the store at once when all of them are wanted. */
const batch = 512;

/** The rows of one result set, as the server sends them; decoded when they are looked at. */
export class RowStore implements StoredRows {
  readonly columns: readonly SqlColumn[];
  private readonly decoders: readonly Decode[];
  private readonly chunks: Chunks;
  private readonly changed: Emitter<void>;
  private timer: NodeJS.Timeout | undefined;
  private hasEnded = false;
  private wasTruncated = false;
  private disposed = false;
  private readonly field = newField();

  constructor(
    private readonly definitions: readonly ColumnDefinition[],
    events: ChunkEvents & { readonly onListenerError: (error: unknown) => void },
    limits: ChunkLimits = usualLimits,
  ) {
    this.columns = definitions.map(describeColumn);
    this.decoders = definitions.map(decoderOf);
    this.chunks = new Chunks(limits, events);
    this.changed = new Emitter(events.onListenerError);
  }

  get count(): number {
    return this.chunks.count;
  }

  get ended(): boolean {
    return this.hasEnded;
  }

  get truncated(): boolean {
    return this.wasTruncated;
  }

  onDidChange(listener: () => void): Disposable {
    return this.changed.event(listener);
  }

  /**
   * Takes a row in.
   *
   * @returns false when no more should come until the chunks are drained
   * @throws when it is no row of these columns
   */
  append(bytes: Buffer, start: number, end: number): boolean {
    if (this.disposed) {
      return true;
    }
    this.field.next = start;
    for (let column = 0; column < this.columns.length; column += 1) {
      readField(bytes, this.field.next, end, this.field);
    }
    if (this.chunks.count === 0) {
      // The first row is worth telling at once.
      queueMicrotask(() => this.changed.fire());
    } else {
      this.timer ??= setTimeout(() => {
        this.timer = undefined;
        this.changed.fire();
      }, tellMs);
    }
    return this.chunks.append(bytes, start, end);
  }

  end(truncated: boolean): void {
    if (this.hasEnded) {
      return;
    }
    clearTimeout(this.timer);
    this.timer = undefined;
    this.hasEnded = true;
    this.wasTruncated = truncated;
    this.changed.fire();
  }

  async read(
    from: number,
    to: number,
    { order, cutAt = Number.POSITIVE_INFINITY }: { readonly order?: RowOrder; readonly cutAt?: number } = {},
  ): Promise<readonly (readonly SqlCell[])[]> {
    const cells: SqlCell[][] = [];
    const last = Math.min(to, order?.length ?? this.chunks.count);
    for (let at = Math.max(0, from); at < last;) {
      const row = order === undefined ? at : (order[at] ?? 0);
      const seen = await this.chunks.visit(
        row,
        order === undefined ? last : row + 1,
        ({ bytes, start, end }) => {
          cells.push(decodeRow(bytes, start, end, this.decoders).map((value) => cut(value, cutAt)));
        },
      );
      if (seen === 0) {
        break;
      }
      at += seen;
    }
    return cells;
  }

  arrange(arrangement: Arrangement, signal?: AbortSignal): Promise<RowOrder> {
    const { definitions, decoders, chunks } = this;
    return arrange({ definitions, decoders, chunks }, arrangement, signal);
  }

  export(target: ExportTarget): Promise<number> {
    return writeExport(target, this.columns, this.batches());
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.chunks.dispose();
  }

  private async *batches(): AsyncGenerator<readonly (readonly SqlValue[])[]> {
    for (let from = 0; from < this.chunks.count; from += batch) {
      const rows: SqlValue[][] = [];
      const to = Math.min(from + batch, this.chunks.count);
      for (let at = from; at < to;) {
        at += await this.chunks.visit(at, to, ({ bytes, start, end }) =>
          rows.push(decodeRow(bytes, start, end, this.decoders)),
        );
      }
      yield rows;
    }
  }
}

/** Not in the middle of a character outside the basic plane. */
function cut(value: SqlValue, cutAt: number): SqlCell {
  if (value === null || value.length <= cutAt) {
    return value;
  }
  const splits = /[\uD800-\uDBFF]/.test(value.charAt(cutAt - 1));
  return { cut: value.slice(0, splits ? cutAt - 1 : cutAt), length: value.length };
}
