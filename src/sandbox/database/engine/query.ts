import { syntaxError } from './sqlError';
import { isWord, quoteName, splitAtCommas } from './tokens';
import type { Token } from './tokens';
import { topLevel, translate } from './translate';
import type { Scope } from './translate';
import { AFTER_SELECT, NO_ALIAS, OPERATORS } from './words';

/** A query in SQLite's words. What is selected without an alias keeps its own text as the column's name. */
export function translateQuery(tokens: readonly Token[], scope: Scope): string {
  if (!isWord(tokens[0], 'SELECT')) {
    return translate(tokens, scope);
  }
  const ends = [
    'FROM',
    'WHERE',
    'GROUP',
    'HAVING',
    'ORDER',
    'LIMIT',
    'UNION',
    'INTERSECT',
    'EXCEPT',
    'FOR',
    'WINDOW',
  ]
    .map((word) => topLevel(tokens, word))
    .filter((at) => at > 0);
  const end = Math.min(tokens.length, ...ends);
  let start = 1;
  while (AFTER_SELECT.has(tokens[start]?.value ?? '')) {
    start += 1;
  }
  const distinct = isWord(tokens[start], 'DISTINCT') || isWord(tokens[start], 'ALL');
  const list = splitAtCommas(tokens.slice(start + (distinct ? 1 : 0), end));
  const items = list.map((item) => {
    if (item.length === 0) {
      throw syntaxError(scope.sql.slice(tokens[end]?.at ?? scope.sql.length).slice(0, 80));
    }
    const title = titleOf(item, scope.sql);
    return `${translate(item, scope)}${title === undefined ? '' : ` AS ${quoteName(title)}`}`;
  });
  const head = `SELECT ${distinct ? `${tokens[start]?.value ?? ''} ` : ''}${items.join(', ')}`;
  return end === tokens.length ? head : `${head} ${translate(tokens.slice(end), scope)}`;
}

/** The name that MySQL gives to a selected expression; undefined where it has one of its own. */
function titleOf(item: readonly Token[], sql: string): string | undefined {
  const [last, previous] = [item.at(-1), item.at(-2)];
  const [first] = item;
  if (first === undefined || last === undefined || isWord(last, '*')) {
    return undefined;
  }
  const named = last.kind === 'name' || last.kind === 'word' || last.kind === 'string';
  if (item.length === 1) {
    return last.kind === 'string' ? last.value : last.kind === 'name' ? undefined : last.text;
  }
  if (previous !== undefined && named && !(last.kind === 'word' && NO_ALIAS.has(last.value))) {
    const operand =
      previous.kind === 'mark'
        ? isWord(previous, ')')
        : !(previous.kind === 'word' && OPERATORS.has(previous.value));
    if (operand || isWord(previous, '.')) {
      return undefined;
    }
  }
  return sql.slice(first.at, last.at + last.text.length);
}
