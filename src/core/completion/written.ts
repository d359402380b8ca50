import { sqlTokens } from '../sqlTokens';
import type { Statement } from '../statements';

/**
 * The statement that is being written at an offset, as far as it is there: blanks and comments behind its last sign are
 * part of it, up to its delimiter.
 *
 * @param statements those of the text
 */
export function writtenAt(
  text: string,
  statements: readonly Statement[],
  offset: number,
): { readonly text: string; readonly start: number } {
  const after = statements.findIndex(({ start }) => start > offset);
  const statement = statements[(after < 0 ? statements.length : after) - 1];
  if (statement === undefined) {
    return { text: text.slice(0, offset), start: 0 };
  }
  const { start, end } = statement;
  if (offset <= end) {
    return statement;
  }
  const delimiter = [...sqlTokens(text.slice(end, offset))].at(-1);
  const begin = delimiter === undefined ? start : end + delimiter.end;
  return { text: text.slice(begin, offset), start: begin };
}
