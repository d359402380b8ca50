import type { SqlCell } from '../../core/ports';

/** A value on one line: line breaks and tabs become signs that can be seen. */
export const oneLine = (text: string): string => text.replace(/\r\n|\r|\n/g, '↵').replaceAll('\t', '⇥');

/** What stands in a cell. */
export function shownText(cell: SqlCell): string {
  if (cell === null) {
    return 'NULL';
  }
  return typeof cell === 'string' ? oneLine(cell) : `${oneLine(cell.cut)}…`;
}

/** What a screen reader says of a cell whose text does not say it. */
export function spokenText(cell: SqlCell): string | undefined {
  if (cell === '') {
    return 'empty text';
  }
  return cell === 'NULL' ? 'the text NULL' : undefined;
}

/** More about a cell that shows only its beginning. */
export const cutWords = (cell: SqlCell): string | undefined =>
  typeof cell === 'object' && cell !== null
    ? `Cut: ${cell.length.toLocaleString('en')} characters in all. Press Enter to see them.`
    : undefined;
