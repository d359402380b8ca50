import type { Column } from './catalog';
import type { Place } from './definitions';
import { SqlError, unsupported } from './sqlError';
import { isWord, quoteName, splitAtCommas } from './tokens';
import type { Cursor, Token } from './tokens';
import { translateQuery } from './query';
import { translate } from './translate';
import type { Scope } from './translate';

/** What a change needs to know of its table. */
export interface Target {
  place(database: string | undefined, table: string): Place;
  columns(place: Place): readonly Column[];
}

const MODIFIERS = ['LOW_PRIORITY', 'DELAYED', 'HIGH_PRIORITY', 'QUICK'] as const;

/** INSERT and REPLACE in SQLite's words. */
export function insertion(cursor: Cursor, scope: Scope, target: Target): string {
  const verb = cursor.next().value;
  skipModifiers(cursor);
  const ignore = cursor.takes('IGNORE');
  cursor.takes('INTO');
  const { database, name } = cursor.qualified();
  const place = target.place(database, name);
  const head = `${verb === 'REPLACE' ? 'REPLACE' : ignore ? 'INSERT OR IGNORE' : 'INSERT'} INTO ${quoted(place)}`;

  if (cursor.takes('SET')) {
    const [assignments, update] = cutAt(cursor.rest(), 'ON', 'DUPLICATE');
    const pairs = splitAtCommas(assignments).map((pair) => ({
      column: pair[0]?.kind === 'name' ? pair[0].value : (pair[0]?.text ?? ''),
      value: translate(pair.slice(2), scope),
    }));
    const columns = pairs.map(({ column }) => quoteName(column)).join(', ');
    const values = pairs.map(({ value }) => value).join(', ');
    return `${head} (${columns}) VALUES (${values})${onDuplicate(update, scope)}`;
  }

  let columns: string[] | undefined;
  if (cursor.sees('(') && !isWord(cursor.tokens[cursor.position + 1], 'SELECT')) {
    cursor.next();
    columns = splitAtCommas(cursor.group()).flatMap((part) => {
      const last = part.at(-1);
      return last === undefined ? [] : [last.kind === 'name' ? last.value : last.text];
    });
  }
  const list = columns === undefined || columns.length === 0 ? '' : ` (${columns.map(quoteName).join(', ')})`;
  if (!cursor.takes('VALUES') && !cursor.takes('VALUE')) {
    const [query, update] = cutAt(cursor.rest(), 'ON', 'DUPLICATE');
    if (update.length > 0 && !query.some((token) => isWord(token, 'WHERE'))) {
      throw unsupported('INSERT … SELECT without WHERE … ON DUPLICATE KEY UPDATE');
    }
    return `${head}${list} ${translateQuery(query, scope)}${onDuplicate(update, scope)}`;
  }
  const [rows, update] = cutAt(cursor.rest(), 'ON', 'DUPLICATE');
  const all = target.columns(place);
  const names = columns ?? all.map((column) => column.name);
  const written = splitAtCommas(rows).map((row) => {
    const group = isWord(row[0], 'ROW') ? row.slice(1) : row;
    if (!isWord(group[0], '(') || !isWord(group.at(-1), ')')) {
      throw cursor.unexpected();
    }
    const values = group.length === 2 ? [] : splitAtCommas(group.slice(1, -1));
    return `(${values.map((value, at) => valueOf(value, names[at], all, scope)).join(', ')})`;
  });
  return written.length === 1 && written[0] === '()'
    ? `${head} DEFAULT VALUES`
    : `${head}${list} VALUES ${written.join(', ')}${onDuplicate(update, scope)}`;
}

/** UPDATE and DELETE in SQLite's words; LIMIT and ORDER BY become a choice of rows. */
export function alteration(cursor: Cursor, scope: Scope, target: Target): string {
  const verb = cursor.next().value;
  skipModifiers(cursor);
  const ignore = cursor.takes('IGNORE');
  if (verb === 'DELETE' && !cursor.sees('FROM')) {
    throw unsupported('DELETE from several tables');
  }
  cursor.takes('FROM');
  const { database, name } = cursor.qualified();
  const place = target.place(database, name);
  const alias =
    cursor.takes('AS') ||
    !['SET', 'WHERE', 'ORDER', 'LIMIT', ',', 'JOIN', 'INNER', 'LEFT'].some(
      (word) => cursor.sees(word) || cursor.atEnd,
    )
      ? cursor.name()
      : undefined;
  if (
    !cursor.sees('SET') &&
    !cursor.sees('WHERE') &&
    !cursor.sees('ORDER') &&
    !cursor.sees('LIMIT') &&
    !cursor.atEnd
  ) {
    throw cursor.sees(',') || cursor.sees('JOIN') || cursor.sees('INNER') || cursor.sees('LEFT')
      ? unsupported(`${verb} of several tables`)
      : cursor.unexpected();
  }
  const tail = cursor.rest();
  const [changed, chosen] = cutAtFirst(tail, ['WHERE', 'ORDER', 'LIMIT']);
  const [where, order] = cutAtFirst(chosen, ['ORDER', 'LIMIT']);
  const as = alias === undefined ? '' : ` AS ${quoteName(alias)}`;
  const set = verb === 'UPDATE' ? ` ${translate(withoutPrefix(changed, alias ?? name), scope)}` : '';
  const choice =
    order.length === 0
      ? translate(where, scope)
      : `WHERE rowid IN (SELECT rowid FROM ${quoted(place)}${as} ${translate(where, scope)} ${translate(order, scope)})`;
  const head = verb === 'UPDATE' ? `UPDATE ${ignore ? 'OR IGNORE ' : ''}` : 'DELETE FROM ';
  return `${head}${quoted(place)}${as}${set} ${choice}`;
}

export const quoted = (place: Place): string => `${quoteName(place.schema)}.${quoteName(place.table)}`;

function skipModifiers(cursor: Cursor): void {
  while (MODIFIERS.some((word) => cursor.takes(word)));
}

function valueOf(
  value: readonly Token[],
  name: string | undefined,
  all: readonly Column[],
  scope: Scope,
): string {
  if (value.length !== 1 || !isWord(value[0], 'DEFAULT')) {
    return translate(value, scope);
  }
  const column = all.find((candidate) => candidate.name.toLowerCase() === name?.toLowerCase());
  if (column !== undefined && !column.nullable && !column.autoIncrement && column.default === undefined) {
    throw new SqlError(1364, 'HY000', `Field '${column.name}' doesn't have a default value`);
  }
  return column?.default ?? 'NULL';
}

function onDuplicate(update: readonly Token[], scope: Scope): string {
  if (update.length === 0) {
    return '';
  }
  // ON DUPLICATE KEY UPDATE
  return ` ON CONFLICT DO UPDATE SET ${translate(update.slice(4), { ...scope, onDuplicate: true })}`;
}

/** `SET t.a = 1` → `SET a = 1`: SQLite names the table once. */
function withoutPrefix(tokens: readonly Token[], table: string): Token[] {
  return tokens.filter((token, at) => {
    const starts = isWord(tokens[at - 1], 'SET') || isWord(tokens[at - 1], ',');
    const isPrefix =
      (token.kind === 'name' ? token.value : token.text) === table && isWord(tokens[at + 1], '.');
    const isDot = isWord(token, '.') && (isWord(tokens[at - 2], 'SET') || isWord(tokens[at - 2], ','));
    return !(starts && isPrefix) && !isDot;
  });
}

function cutAt(tokens: readonly Token[], ...words: string[]): [Token[], Token[]] {
  const at = tokens.findIndex((_, index) =>
    words.every((word, ahead) => isWord(tokens[index + ahead], word)),
  );
  return at < 0 ? [[...tokens], []] : [tokens.slice(0, at), tokens.slice(at)];
}

function cutAtFirst(tokens: readonly Token[], words: readonly string[]): [Token[], Token[]] {
  let depth = 0;
  const at = tokens.findIndex((token) => {
    depth += isWord(token, '(') ? 1 : isWord(token, ')') ? -1 : 0;
    return depth === 0 && words.some((word) => isWord(token, word));
  });
  return at < 0 ? [[...tokens], []] : [tokens.slice(0, at), tokens.slice(at)];
}
