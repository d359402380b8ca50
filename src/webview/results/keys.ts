import type { Cell, Extent, Selection } from './selection';

export interface Key {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

/** Where a key takes the active cell to; undefined for a key that moves nothing. */
export function moved(
  { key, ctrlKey, metaKey, altKey }: Key,
  { row, column }: Cell,
  extent: Extent,
  page: number,
): Cell | undefined {
  if (altKey) {
    return undefined;
  }
  const far = ctrlKey || metaKey;
  const lastRow = extent.rows - 1;
  const lastColumn = extent.columns - 1;
  switch (key) {
    case 'ArrowUp':
      return { row: far ? Math.min(0, lastRow) : row - 1, column };
    case 'ArrowDown':
      return { row: far ? lastRow : row + 1, column };
    case 'ArrowLeft':
      return { row, column: far ? 0 : column - 1 };
    case 'ArrowRight':
      return { row, column: far ? lastColumn : column + 1 };
    case 'Home':
      return { row: far ? Math.min(0, lastRow) : row, column: 0 };
    case 'End':
      return { row: far ? lastRow : row, column: lastColumn };
    case 'PageUp':
      return { row: row < 0 ? row : Math.max(0, row - page), column };
    case 'PageDown':
      return { row: Math.min(lastRow, Math.max(0, row) + page), column };
    default:
      return undefined;
  }
}

/** Selects what a key selects beside moving; false for a key that does not. */
export function selected(key: Key, selection: Selection, extent: Extent): boolean {
  const { row, column } = selection.active;
  const last = { row: extent.rows - 1, column: extent.columns - 1 };
  if (extent.rows === 0) {
    return false;
  }
  if ((key.ctrlKey || key.metaKey) && key.key.toLowerCase() === 'a') {
    selection.select({ row: 0, column: 0 }, last);
    return true;
  }
  if (key.key === ' ' && key.shiftKey && row >= 0) {
    selection.select({ row, column: last.column }, { row, column: 0 });
    return true;
  }
  if (key.key === ' ' && key.ctrlKey) {
    selection.select({ row: last.row, column }, { row: 0, column });
    return true;
  }
  return false;
}
