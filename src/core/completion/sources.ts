import { isReserved } from '../tidbKeywords';
import { Clauses } from './clauses';
import { Group, isSign, segmentAt, wordOf, type Item } from './groups';

/** What a query reads columns from. */
export type ColumnSource = TableSource | QuerySource;

export interface TableSource {
  readonly kind: 'table';
  /** As the columns' names are qualified: the alias, else the table's name. */
  readonly name: string;
  readonly database?: string;
  readonly table: string;
}

/** A query within the statement. */
export interface QuerySource {
  readonly kind: 'query';
  /** Empty for names that need none, such as those which the query gives to its own columns. */
  readonly name: string;
  /** Their names, and sources of which it has all. */
  readonly columns: readonly (string | ColumnSource)[];
}

/** Where the sources are that a place in the items of a query belongs to. */
interface Found {
  readonly source: ColumnSource;
  /** Behind its name and before its alias. */
  readonly nameEnd: number;
}

export const isNamed = (item: Item | undefined): boolean =>
  item !== undefined &&
  !(item instanceof Group) &&
  (item.kind === 'name' || (item.kind === 'word' && !isReserved(item.text)));

const textOf = (item: Item | undefined): string =>
  item === undefined || item instanceof Group ? '' : item.text;

/** The sources of one query or of a statement that is none. `cursor` is a name that is not yet one. */
export function sourcesIn(
  items: readonly Item[],
  scope: readonly QuerySource[],
  cursor: Item,
  list: 'none' | 'tables' = 'none',
): readonly Found[] {
  const found: Found[] = [];
  const clauses = new Clauses(list);
  for (let at = 0; at < items.length; at += 1) {
    const item = items[at];
    if (item !== undefined && clauses.expects === 'table') {
      const here =
        item instanceof Group ? inGroup(items, at, scope, cursor) : named(items, at, scope, cursor);
      found.push(...here);
      // What the name consists of is no table itself.
      const end = item instanceof Group ? at : Math.max(at, ...here.map(({ nameEnd }) => nameEnd - 1));
      for (; at < end; at += 1) {
        clauses.take(items[at] ?? item);
      }
    }
    clauses.take(items[at] as Item);
  }
  return found;
}

/** A query with its alias, or a join in parentheses. */
function inGroup(
  items: readonly Item[],
  at: number,
  scope: readonly QuerySource[],
  cursor: Item,
): readonly Found[] {
  const group = items[at] as Group;
  if (!group.isQuery) {
    return sourcesIn(group.items, scope, cursor, 'tables').map(({ source }) => ({
      source,
      nameEnd: at + 1,
    }));
  }
  const alias = aliasAt(items, at + 1, cursor);
  if (alias === undefined) {
    return [];
  }
  const columns = namesIn(items[alias.next]) ?? outputOf(group, scope, cursor);
  return [{ source: { kind: 'query', name: alias.name, columns }, nameEnd: at + 1 }];
}

/** Words between a keyword and a table, or instead of one, that are not reserved. */
const notTables = /^(?:OUTFILE|DUMPFILE|LATERAL|QUICK|ONLY)$/;

function named(
  items: readonly Item[],
  at: number,
  scope: readonly QuerySource[],
  cursor: Item,
): readonly Found[] {
  const first = items[at];
  if (!isNamed(first) || first === cursor || notTables.test(wordOf(first))) {
    return [];
  }
  const isQualified = isSign(items[at + 1], '.');
  const nameEnd = isQualified ? at + 3 : at + 1;
  const last = items[nameEnd - 1];
  if (last === undefined || last === cursor || last instanceof Group) {
    return [];
  }
  const alias = aliasAt(items, nameEnd, cursor);
  const table = last.text;
  const query = isQualified
    ? undefined
    : scope.find(({ name }) => name.toLowerCase() === table.toLowerCase());
  const name = alias?.name ?? table;
  const source: ColumnSource =
    query !== undefined
      ? { ...query, name }
      : { kind: 'table', name, ...(isQualified && { database: textOf(first) }), table };
  return [{ source, nameEnd }];
}

/** `AS` may be left out; `AS OF` begins something else. */
function aliasAt(
  items: readonly Item[],
  at: number,
  cursor: Item,
): { readonly name: string; readonly next: number } | undefined {
  const place = wordOf(items[at]) === 'AS' ? at + 1 : at;
  const item = items[place];
  return isNamed(item) && item !== cursor ? { name: textOf(item), next: place + 1 } : undefined;
}

/** The queries that a `WITH` gives names to, each in the scope of those before it. */
export function namedQueries(
  items: readonly Item[],
  scope: readonly QuerySource[],
  cursor: Item,
): readonly QuerySource[] {
  const queries: QuerySource[] = [];
  if (wordOf(items[0]) !== 'WITH') {
    return queries;
  }
  let at = wordOf(items[1]) === 'RECURSIVE' ? 2 : 1;
  for (;;) {
    const name = items[at];
    if (!isNamed(name) || name === cursor) {
      return queries;
    }
    const names = namesIn(items[at + 1]);
    const body = at + (names === undefined ? 2 : 3);
    const group = items[body];
    if (wordOf(items[body - 1]) !== 'AS' || !(group instanceof Group)) {
      return queries;
    }
    const columns = names ?? outputOf(group, [...queries, ...scope], cursor);
    queries.push({ kind: 'query', name: textOf(name), columns });
    if (!isSign(items[body + 1], ',')) {
      return queries;
    }
    at = body + 2;
  }
}

/** `(a, b)` */
function namesIn(item: Item | undefined): readonly string[] | undefined {
  return item instanceof Group && !item.isQuery
    ? item.items.filter(isNamed).map((each) => textOf(each))
    : undefined;
}

/** The columns of a query, by the first one of a set operation. */
export function outputOf(
  group: Group,
  outer: readonly QuerySource[],
  cursor: Item,
): readonly (string | ColumnSource)[] {
  const [first] = group.items;
  if (first instanceof Group) {
    return outputOf(first, outer, cursor);
  }
  const scope = [...namedQueries(group.items, outer, cursor), ...outer];
  const begin = group.items.findIndex((item) => wordOf(item) === 'SELECT');
  if (begin < 0) {
    return [];
  }
  const { to } = segmentAt(group.items, begin);
  return columnsOf(group.items.slice(begin, to), scope, cursor);
}

const endsList = new Set(['FROM', 'INTO', 'WHERE', 'GROUP', 'HAVING', 'ORDER', 'LIMIT', 'FOR']);

/** What the list after `SELECT` gives. */
export function columnsOf(
  select: readonly Item[],
  scope: readonly QuerySource[],
  cursor: Item,
): readonly (string | ColumnSource)[] {
  const end = select.findIndex((item, at) => endsList.has(wordOf(item)) && !isSign(select[at - 1], '.'));
  const list = select.slice(1, end < 0 ? undefined : end);
  let sources: readonly ColumnSource[] | undefined;
  return partsOf(list).flatMap((part): readonly (string | ColumnSource)[] => {
    const last = part.at(-1);
    const before = part.at(-2);
    if (isSign(last, '*') && (part.length === 1 || isSign(before, '.'))) {
      sources ??= sourcesIn(select, scope, cursor).map(({ source }) => source);
      const name = textOf(part.at(-3)).toLowerCase();
      return part.length === 1 ? sources : sources.filter((source) => source.name.toLowerCase() === name);
    }
    const isName = (isNamed(last) || (isText(last) && part.length > 1)) && last !== cursor;
    const isColumn = part.length === 1 || isSign(before, '.') || wordOf(before) === 'AS' || isOperand(before);
    return isName && isColumn ? [unquoted(last)] : [];
  });
}

const isText = (item: Item | undefined): boolean =>
  item !== undefined && !(item instanceof Group) && item.kind === 'text';

const isOperand = (item: Item | undefined): boolean =>
  item instanceof Group ||
  isNamed(item) ||
  isText(item) ||
  /^(?:end|null|true|false|\d.*)$/i.test(textOf(item));

const unquoted = (item: Item | undefined): string =>
  isText(item) ? textOf(item).slice(1, -1) : textOf(item);

function partsOf(items: readonly Item[]): readonly (readonly Item[])[] {
  const parts: Item[][] = [[]];
  for (const item of items) {
    if (isSign(item, ',')) {
      parts.push([]);
    } else if (!/^(?:ALL|DISTINCT|DISTINCTROW)$/.test(wordOf(item))) {
      parts.at(-1)?.push(item);
    }
  }
  return parts.filter(({ length }) => length > 0);
}
