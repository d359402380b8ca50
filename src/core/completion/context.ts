import { Clauses, type Expected } from './clauses';
import { tokensAt } from './cursor';
import { Group, groupsOf, isSign, segmentAt, wordOf, type Item } from './groups';
import { columnsOf, namedQueries, sourcesIn, type ColumnSource, type QuerySource } from './sources';

/** What a person is writing at a place of a statement, and what can be meant. */
export interface SqlContext {
  /** What stands before the cursor of the name or keyword, without quotes. */
  readonly prefix: string;
  /** It stands in backticks. */
  readonly quoted: boolean;
  /** The whole name or keyword in the statement, with its quotes. */
  readonly start: number;
  readonly end: number;
  /** The names before it, each followed by a dot. */
  readonly qualifier: readonly string[];
  /** `listed` is a column of `sources` and nothing else. */
  readonly expects: Exclude<Expected, 'name'> | 'listed';
  /** Whose columns can be meant, those of the innermost query first. */
  readonly sources: readonly ColumnSource[];
  /** Queries with a name, to be used like tables. */
  readonly queries: readonly QuerySource[];
}

/** Undefined where nothing that is known can be meant: in comments and texts, for numbers and new names. */
export function contextAt(statement: string, offset: number): SqlContext | undefined {
  const written = tokensAt(statement, offset);
  if (written === undefined) {
    return undefined;
  }
  const { tokens, cursor, prefix, quoted, start, end } = written;
  const { group, at } = groupsOf(tokens, cursor);
  const dotted = qualifierBefore(group.items, at);
  if (dotted === undefined) {
    return undefined;
  }
  const place = placeIn(group, dotted.from, cursor);
  if (place.expects === 'name') {
    return undefined;
  }
  const { qualifier } = dotted;
  const { expects } = place;
  return { prefix, quoted, start, end, qualifier, ...place, expects };
}

/** Undefined for a dot that follows no name. */
function qualifierBefore(
  items: readonly Item[],
  at: number,
): { readonly qualifier: readonly string[]; readonly from: number } | undefined {
  const qualifier: string[] = [];
  let from = at;
  while (isSign(items[from - 1], '.')) {
    const name = items[from - 2];
    if (name === undefined || name instanceof Group || (name.kind !== 'name' && name.kind !== 'word')) {
      return undefined;
    }
    qualifier.unshift(name.text);
    from -= 2;
  }
  return { qualifier, from };
}

interface Place {
  readonly expects: Expected | 'listed';
  readonly sources: readonly ColumnSource[];
  readonly queries: readonly QuerySource[];
}

function placeIn(group: Group, at: number, cursor: Item): Place {
  const queries = queriesAround(group, cursor);
  if (group.parent !== undefined && !group.isQuery) {
    return placeInList(group, at, cursor, queries);
  }
  const { from, to } = segmentAt(group.items, at);
  const items = group.items.slice(from, to);
  const clauses = taken(items.slice(0, at - from));
  const sources = [
    ...sourcesIn(items, queries, cursor).map(({ source }) => source),
    ...ownNames(items, clauses, queries, cursor),
    ...outerSources(group, cursor),
  ];
  return { expects: clauses.expects, sources, queries };
}

const taken = (items: readonly Item[], list: 'none' | 'tables' | 'expressions' = 'none'): Clauses => {
  const clauses = new Clauses(list);
  items.forEach((item) => clauses.take(item));
  return clauses;
};

/** Behind `ORDER BY`, `GROUP BY` and `HAVING`, the names that the query gives to its columns. */
function ownNames(
  items: readonly Item[],
  { clause }: Clauses,
  queries: readonly QuerySource[],
  cursor: Item,
): readonly QuerySource[] {
  const begin = items.findIndex((item) => wordOf(item) === 'SELECT');
  if (begin < 0 || (clause !== 'BY' && clause !== 'HAVING')) {
    return [];
  }
  const columns = columnsOf(items.slice(begin), queries, cursor).filter(
    (column) => typeof column === 'string',
  );
  return [{ kind: 'query', name: '', columns }];
}

/** A group that is no query: what a function is given, a list of columns or values, a join. */
function placeInList(group: Group, at: number, cursor: Item, queries: readonly QuerySource[]): Place {
  const { parent } = group;
  if (parent === undefined) {
    return { expects: 'word', sources: [], queries };
  }
  const before = parent.group.items.slice(0, parent.at);
  const outer = placeIn(parent.group, parent.at, cursor);
  const inner = group.items.slice(0, at);
  const last = wordOf(before.at(-1));
  if (outer.expects === 'table') {
    return { ...outer, expects: taken(inner, 'tables').expects };
  }
  if (last === 'AS' || (last === '' && before.length === 0)) {
    return { ...outer, expects: 'word' };
  }
  const { from } = segmentAt(parent.group.items, parent.at);
  const items = before.slice(from);
  const clauses = taken(items);
  const isInner = inner.length > 0 && !isSign(inner.at(-1), ',');
  if (last === 'USING') {
    return { ...outer, expects: isInner ? 'word' : 'listed' };
  }
  const target = sourcesIn(items, queries, cursor).find(({ nameEnd }) => nameEnd === items.length);
  if (target !== undefined && !clauses.inFrom) {
    return { ...outer, expects: isInner ? 'word' : 'listed', sources: [target.source] };
  }
  if (clauses.first === 'ALTER') {
    return { ...outer, expects: isInner ? 'word' : 'listed' };
  }
  if (clauses.first === 'CREATE' && clauses.clause === '') {
    const { expects } = taken(inner);
    return { ...outer, expects };
  }
  if (last === 'INDEX' || last === 'KEY' || last === 'PARTITION') {
    return { ...outer, expects: 'word' };
  }
  if (wordOf(inner.at(-1)) === 'AS') {
    return { ...outer, expects: 'word' };
  }
  const isValues = clauses.clause === 'VALUES' || clauses.clause === 'VALUE';
  const sources = isValues && ['INSERT', 'REPLACE'].includes(clauses.first) ? [] : outer.sources;
  return { ...outer, expects: taken(withoutFrom(inner), 'expressions').expects, sources };
}

/** `EXTRACT(YEAR FROM x)`, `TRIM(x FROM y)`: no tables follow. */
const withoutFrom = (items: readonly Item[]): readonly Item[] => {
  const at = items.findLastIndex((item) => wordOf(item) === 'FROM');
  return at < 0 ? items : items.slice(at + 1);
};

/** What the queries around this one read, as far as it sees it: one that stands for a table does not. */
function outerSources(group: Group, cursor: Item): readonly ColumnSource[] {
  let inner = group;
  while (inner.parent !== undefined) {
    const { group: outer, at } = inner.parent;
    const { from, to } = segmentAt(outer.items, at);
    const items = outer.items.slice(from, to);
    const last = wordOf(outer.items[at - 1]);
    const standsForTable = taken(items.slice(0, at - from)).expects === 'table' && last !== 'LATERAL';
    if (standsForTable || last === 'AS') {
      return [];
    }
    if (outer.isQuery || outer.parent === undefined) {
      if (last === 'LATERAL') {
        const before = sourcesIn(items.slice(0, at - from), queriesAround(outer, cursor), cursor);
        return [...before.map(({ source }) => source), ...outerSources(outer, cursor)];
      }
      return placeIn(outer, at, cursor).sources;
    }
    inner = outer;
  }
  return [];
}

/** Those with a name in this query and in all around it, the nearest first. */
function queriesAround(group: Group, cursor: Item): readonly QuerySource[] {
  const path: Group[] = [];
  for (let each: Group | undefined = group; each !== undefined; each = each.parent?.group) {
    path.unshift(each);
  }
  return path.reduce<readonly QuerySource[]>(
    (scope, each) => [...namedQueries(withItems(each), scope, cursor), ...scope],
    [],
  );
}

/** `INSERT INTO t WITH …` and `EXPLAIN WITH …` have it further in. */
function withItems({ items }: Group): readonly Item[] {
  const at = items.findIndex((item) => wordOf(item) === 'WITH');
  return at >= 0 ? items.slice(at) : [];
}
