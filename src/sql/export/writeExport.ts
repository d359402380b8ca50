import type { ExportFormat, SqlColumn, SqlValue } from '../../core/ports';
import { encoderOf } from './encode';
import { ExportFile } from './exportFile';

export interface ExportTarget {
  readonly format: ExportFormat;
  readonly path: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (rows: number) => void;
}

/** Writes rows that are there already to a file. Returns how many. */
export async function writeExport(
  { format, path, signal, onProgress }: ExportTarget,
  columns: readonly SqlColumn[],
  batches: AsyncIterable<readonly (readonly SqlValue[])[]>,
): Promise<number> {
  signal?.throwIfAborted();
  const encoder = encoderOf(format, columns);
  const file = await ExportFile.create(path);
  try {
    await file.write(encoder.head);
    let count = 0;
    for await (const rows of batches) {
      signal?.throwIfAborted();
      await file.write(rows.map((row) => encoder.row(row)).join(''));
      count += rows.length;
      onProgress?.(count);
    }
    await file.finish();
    return count;
  } catch (error) {
    await file.discard();
    throw error;
  }
}
