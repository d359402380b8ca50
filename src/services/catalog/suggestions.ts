import {
  isSystemDatabase,
  quotedName,
  writtenName,
  type ColumnInfo,
  type TableDetails,
} from '../../core/catalogModel';
import type { SqlContext } from '../../core/completion/context';
import type { ColumnSource } from '../../core/completion/sources';
import type { Loadable } from '../../core/loadable';
import type { Clock } from '../../core/ports';
import { otherKeywords, reservedWords, sqlFunctions } from '../../core/tidbKeywords';
import type { Connections, EndpointRef } from '../connections';
import type { Catalog, TableName } from './catalog';

export interface Suggestion {
  readonly kind: 'column' | 'alias' | 'query' | 'table' | 'view' | 'database' | 'function' | 'keyword';
  /** What is looked for, without quotes. */
  readonly name: string;
  /** What is written, with quotes and qualifier where they are needed. */
  readonly insert: string;
  /** Its type, or what it belongs to. */
  readonly detail: string;
  readonly comment?: string;
  /** Smaller ones come first. */
  readonly rank: number;
}

export interface Suggestions {
  readonly items: readonly Suggestion[];
  /** There are more than these. */
  readonly partial: boolean;
  /** What is being read at present; with it there will be more. */
  readonly loading?: Promise<void>;
}

export interface SuggesterOptions {
  readonly catalog: Catalog;
  readonly connections: Pick<Connections, 'databaseOf' | 'isOpen'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** More at once help nobody, and the editor takes long to sort them. */
const mostItems = 500;
/** What could not be read is not asked for again with each letter. */
const retryAfterMs = 30_000;

const common = new Set(
  'SELECT FROM WHERE AND OR NOT NULL JOIN LEFT INNER ON AS ORDER GROUP BY HAVING LIMIT INSERT INTO VALUES UPDATE SET DELETE CREATE TABLE ALTER DROP DISTINCT IN IS LIKE BETWEEN EXISTS UNION CASE WHEN THEN ELSE END DESC ASC COUNT SUM MIN MAX AVG WITH EXPLAIN ANALYZE SHOW USE'.split(
    ' ',
  ),
);
const rank = { named: 0, table: 1, database: 2, common: 3, function: 4, system: 5, keyword: 6 } as const;

const keywords: readonly Suggestion[] = [...reservedWords, ...otherKeywords].map((word) => ({
  ...{ kind: 'keyword', name: word, insert: word, detail: '' },
  rank: common.has(word) ? rank.common : rank.keyword,
}));
const functions: readonly Suggestion[] = sqlFunctions.map((name) => ({
  ...{ kind: 'function', name, insert: name, detail: '' },
  rank: common.has(name) ? rank.common : rank.function,
}));

/** What a person can mean at a place of a statement, from what is known of the databases; asks nobody for anything. */
export class Suggester {
  private readonly failures = new WeakMap<object, { readonly atMs: number; readonly wasOpen: boolean }>();

  constructor(private readonly options: SuggesterOptions) {}

  /** @param slot of the document's session */
  suggest(ref: EndpointRef, slot: string, context: SqlContext): Suggestions {
    const loads = new Set<Promise<void>>();
    const database = this.options.connections.databaseOf(ref, slot);
    const look = new Look(ref, database, this.options.catalog, (known, load) => {
      if (this.isWanted(ref, known)) {
        loads.add(load());
      }
    });
    const found = suggestionsIn(context, look).filter(({ name }) => matches(name, context.prefix));
    const items = found
      .map((item) => (context.quoted ? { ...item, insert: quotedName(item.name) } : item))
      .sort((a, b) => begins(b, context.prefix) - begins(a, context.prefix) || a.rank - b.rank);
    const partial = items.length > mostItems || loads.size > 0;
    const kept = { items: items.slice(0, mostItems), partial };
    return loads.size === 0 ? kept : { ...kept, loading: Promise.all(loads).then(() => undefined) };
  }

  private isWanted(ref: EndpointRef, known: Loadable<unknown>): boolean {
    if (known.value !== undefined || known.error === undefined) {
      return known.value === undefined;
    }
    const atMs = this.options.clock.now();
    const isOpen = this.options.connections.isOpen(ref);
    const failure = this.failures.get(known);
    if (failure === undefined) {
      this.failures.set(known, { atMs, wasOpen: isOpen });
      return false;
    }
    return atMs - failure.atMs >= retryAfterMs || (isOpen && !failure.wasOpen);
  }
}

/** A column, and what it is one of. */
interface Column {
  readonly name: string;
  readonly info?: ColumnInfo;
  readonly of: string;
}

/** What is known to look things up in; what is not, is asked for. */
class Look {
  constructor(
    private readonly ref: EndpointRef,
    readonly database: string | undefined,
    private readonly catalog: Catalog,
    private readonly want: (known: Loadable<unknown>, load: () => Promise<void>) => void,
  ) {}

  get databases(): readonly string[] {
    return this.known(this.catalog.databases(this.ref), () => this.catalog.loadDatabases(this.ref)) ?? [];
  }

  tables(database = this.database): readonly TableName[] {
    return database === undefined ? [] : (this.tablesOf(database) ?? []);
  }

  /** The database of that name, in whatever case. */
  databaseNamed(name: string): string | undefined {
    return same(this.databases, name, (each) => each);
  }

  columns(source: ColumnSource): readonly Column[] {
    if (source.kind === 'query') {
      return source.columns.flatMap((column) =>
        typeof column === 'string'
          ? [{ name: column, of: source.name }]
          : this.columns(column).map((each) => ({ ...each, of: source.name })),
      );
    }
    const columns = this.details(source.table, source.database)?.columns ?? [];
    return columns.map((info) => ({ name: info.name, info, of: source.name }));
  }

  private details(table: string, database = this.database): TableDetails | undefined {
    if (database === undefined) {
      return undefined;
    }
    // Servers differ in whether the case of a name matters.
    const within = database === this.database ? database : (this.databaseNamed(database) ?? database);
    const names = this.tablesOf(within);
    const name = same(names ?? [], table, (each) => each.name)?.name;
    if (name === undefined) {
      return undefined;
    }
    return this.known(this.catalog.details(this.ref, within, name), () =>
      this.catalog.loadDetails(this.ref, within, name),
    );
  }

  private tablesOf(database: string): readonly TableName[] | undefined {
    return this.known(this.catalog.tableNames(this.ref, database), () =>
      this.catalog.loadTableNames(this.ref, database),
    );
  }

  private known<T>(known: Loadable<T>, load: () => Promise<void>): T | undefined {
    this.want(known, load);
    return known.value;
  }
}

function same<T>(all: readonly T[], name: string, nameOf: (each: T) => string): T | undefined {
  const lower = name.toLowerCase();
  return (
    all.find((each) => nameOf(each) === name) ?? all.find((each) => nameOf(each).toLowerCase() === lower)
  );
}

function suggestionsIn(context: SqlContext, look: Look): readonly Suggestion[] {
  const { qualifier, expects, quoted } = context;
  if (qualifier.length > 0) {
    return afterDot(context, look);
  }
  const words = quoted ? [] : keywords;
  switch (expects) {
    case 'database':
      return [...databaseItems(look), ...words];
    case 'table':
      return [
        ...context.queries.map(({ name }) => ({ ...plain('query', name), detail: 'in this statement' })),
        ...tableItems(look.tables(), look.database),
        ...databaseItems(look),
        ...words,
      ];
    case 'listed':
      return columnItems(context.sources, look);
    case 'column':
      return [
        ...columnItems(context.sources, look),
        ...others(context, look),
        ...(quoted ? [] : functions),
        ...words,
      ];
    case 'word':
      return words;
  }
}

/** In an expression, besides the columns: what qualifies them; before there is a `FROM`, any table may. */
function others({ sources }: SqlContext, look: Look): readonly Suggestion[] {
  const named = sources.filter(({ name }) => name !== '');
  return named.length === 0
    ? tableItems(look.tables(), look.database)
    : named.map((source) => ({
        ...plain('alias', source.name),
        detail: source.kind === 'table' ? source.table : 'in this statement',
        rank: rank.table,
      }));
}

/** After `name.` and `database.table.` */
function afterDot({ qualifier, expects, sources }: SqlContext, look: Look): readonly Suggestion[] {
  const [first = '', second] = qualifier;
  if (second !== undefined) {
    const source = { kind: 'table', name: second, database: first, table: second } as const;
    return columnItems([source], look);
  }
  const lower = first.toLowerCase();
  if (expects !== 'table') {
    const named = sources.filter(({ name }) => name.toLowerCase() === lower).slice(0, 1);
    if (named.length > 0) {
      return columnItems(named, look);
    }
    if (same(look.tables(), first, ({ name }) => name) !== undefined) {
      return columnItems([{ kind: 'table', name: first, table: first }], look);
    }
  }
  const database = look.databaseNamed(first);
  return database === undefined ? [] : tableItems(look.tables(database), database);
}

/** A name that several tables have is written with that of its table. */
function columnItems(sources: readonly ColumnSource[], look: Look): readonly Suggestion[] {
  const columns = sources.flatMap((source) => look.columns(source));
  const counts = new Map<string, number>();
  for (const name of columns.map((column) => column.name.toLowerCase())) {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const seen = new Set<string>();
  return columns.flatMap(({ name, info, of }) => {
    const isShared = (counts.get(name.toLowerCase()) ?? 0) > 1 && of !== '';
    const insert = isShared ? `${writtenName(of)}.${writtenName(name)}` : writtenName(name);
    if (seen.has(insert)) {
      return [];
    }
    seen.add(insert);
    return [
      {
        ...plain('column', name),
        insert,
        detail: [info?.type ?? '', of].filter((part) => part !== '').join(' · '),
        ...(info !== undefined && info.comment !== '' && { comment: info.comment }),
      },
    ];
  });
}

const tableItems = (tables: readonly TableName[], database = ''): readonly Suggestion[] =>
  tables.map(({ name, kind }) => ({ ...plain(kind, name), detail: database, rank: rank.table }));

const databaseItems = ({ databases }: Look): readonly Suggestion[] =>
  databases.map((name) => ({
    ...plain('database', name),
    rank: isSystemDatabase(name) ? rank.system : rank.database,
  }));

const plain = <K extends Suggestion['kind']>(kind: K, name: string): Suggestion & { readonly kind: K } => ({
  ...{ kind, name, insert: writtenName(name), detail: '', rank: rank.named },
});

/** What begins as it is written is not among those that are too many. */
const begins = ({ name }: Suggestion, prefix: string): number =>
  Number(name.toLowerCase().startsWith(prefix.toLowerCase()));

/** Whether the signs that are written occur in the name in their order, as the editor looks for them. */
function matches(name: string, prefix: string): boolean {
  const lower = name.toLowerCase();
  let at = 0;
  for (const sign of prefix.toLowerCase()) {
    at = lower.indexOf(sign, at) + 1;
    if (at === 0) {
      return false;
    }
  }
  return true;
}
