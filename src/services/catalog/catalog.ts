import type { TableDetails, TableInfo } from '../../core/catalogModel';
import { Emitter } from '../../core/emitter';
import { AppError, isCancellation } from '../../core/errors';
import type { PrivateEndpoint } from '../../core/health';
import { failed, loaded, notLoaded, startLoading, type Loadable } from '../../core/loadable';
import type { Log, SqlResult, SqlSession } from '../../core/ports';
import { endpointKey, type Connections, type EndpointRef } from '../connections';
import {
  columnsOf,
  columnsQuery,
  createStatementOf,
  databasesOf,
  databasesQuery,
  indexesOf,
  indexesQuery,
  pageSize,
  showCreateQuery,
  tableNamesQuery,
  tablesOf,
  tablesQuery,
} from './queries';

/** The catalog's own sessions, so that no look into it waits for a person's statement. */
export const catalogSlot = 'catalog';

/** Tables and views of a database, as far as they were read. */
export interface TablePages {
  readonly tables: readonly TableInfo[];
  /** There are more to be read. */
  readonly hasMore: boolean;
}

/** What changed: everything of an endpoint, of one of its databases, or one table. */
export interface CatalogChange extends EndpointRef {
  readonly database?: string;
  readonly table?: string;
}

interface Known {
  databases: Loadable<readonly string[]>;
  readonly tables: Map<string, Loadable<TablePages>>;
  readonly details: Map<string, Loadable<TableDetails>>;
  readonly names: Map<string, Loadable<readonly TableName[]>>;
}

export type TableName = Pick<TableInfo, 'name' | 'kind'>;

export interface CatalogOptions {
  readonly connections: Pick<Connections, 'openKnown'>;
  readonly endpoint: (ref: EndpointRef) => PrivateEndpoint | undefined;
  readonly log: Log;
}

const queryTimeoutMs = 30_000;
const mostRows = 100_000;

/** Statements after which the catalog is another one. */
const definesData = /^(?:create|drop|alter|rename)\b/i;

/** What the databases behind the private endpoints hold: read when it is wanted, kept until it changes. */
export class Catalog {
  private readonly known = new Map<string, Known>();
  private readonly reading = new Map<string, Promise<void>>();
  /** One query at a time for each endpoint. */
  private readonly queues = new Map<string, Promise<unknown>>();
  private readonly changed: Emitter<CatalogChange>;

  constructor(private readonly options: CatalogOptions) {
    this.changed = new Emitter((error) => options.log.error('A listener of the catalog failed', error));
  }

  /** Not for what is read for the first time: whoever wants that waits for it. */
  get onDidChange(): Emitter<CatalogChange>['event'] {
    return this.changed.event;
  }

  databases(ref: EndpointRef): Loadable<readonly string[]> {
    return this.known.get(endpointKey(ref))?.databases ?? notLoaded;
  }

  tables(ref: EndpointRef, database: string): Loadable<TablePages> {
    return this.known.get(endpointKey(ref))?.tables.get(database) ?? notLoaded;
  }

  details(ref: EndpointRef, database: string, table: string): Loadable<TableDetails> {
    return this.known.get(endpointKey(ref))?.details.get(tableKey(database, table)) ?? notLoaded;
  }

  /** Of all tables and views of a database. */
  tableNames(ref: EndpointRef, database: string): Loadable<readonly TableName[]> {
    return this.known.get(endpointKey(ref))?.names.get(database) ?? notLoaded;
  }

  /** A failure is kept with what is shown. Concurrent calls for the same become one; the same holds for the others. */
  loadDatabases(ref: EndpointRef): Promise<void> {
    const known = this.of(ref);
    return this.load(
      ref,
      {},
      {
        before: () => known.databases,
        read: async (query) => databasesOf(await query(databasesQuery)),
        keep: (next) => (known.databases = next),
      },
    );
  }

  /** The first page of a database's tables, or the next one. */
  loadTables(ref: EndpointRef, database: string, next = false): Promise<void> {
    const known = this.of(ref);
    return this.load(
      ref,
      { database },
      {
        before: () => known.tables.get(database),
        read: async (query, before) => {
          const had = next ? (before?.tables ?? []) : [];
          const page = tablesOf(await query(tablesQuery(database, had.length)));
          const names = new Set(had.map(({ name }) => name));
          return {
            // What was made or removed between two pages moves the others.
            tables: [...had, ...page.slice(0, pageSize).filter(({ name }) => !names.has(name))],
            hasMore: page.length > pageSize,
          };
        },
        keep: (pages) => known.tables.set(database, pages),
      },
    );
  }

  loadTableNames(ref: EndpointRef, database: string): Promise<void> {
    const known = this.of(ref);
    return this.load(
      ref,
      { database, of: 'names' },
      {
        before: () => known.names.get(database),
        read: async (query) =>
          tablesOf(await query(tableNamesQuery(database))).map(({ name, kind }) => ({ name, kind })),
        keep: (names) => known.names.set(database, names),
      },
    );
  }

  loadDetails(ref: EndpointRef, database: string, table: string): Promise<void> {
    const known = this.of(ref);
    const key = tableKey(database, table);
    return this.load(
      ref,
      { database, table },
      {
        before: () => known.details.get(key),
        read: async (query) => ({
          columns: columnsOf(await query(columnsQuery(database, table))),
          indexes: indexesOf(await query(indexesQuery(database, table))),
        }),
        keep: (details) => known.details.set(key, details),
      },
    );
  }

  /** @throws AppError when it cannot be read */
  async createStatement(
    ref: EndpointRef,
    database: string,
    table: Pick<TableInfo, 'name' | 'kind'>,
  ): Promise<string> {
    return createStatementOf(await this.query(ref, showCreateQuery(database, table)));
  }

  /** Forgets what it is about and all below it; whoever shows it asks anew. */
  refresh(change: CatalogChange): void {
    const known = this.known.get(endpointKey(change));
    if (known === undefined) {
      return;
    }
    const { database, table } = change;
    if (database === undefined) {
      this.known.delete(endpointKey(change));
    } else {
      const isOfIt = (key: string): boolean =>
        table === undefined ? key.startsWith(tableKey(database, '')) : key === tableKey(database, table);
      [...known.details.keys()].filter(isOfIt).forEach((key) => known.details.delete(key));
      if (table === undefined) {
        known.tables.delete(database);
        known.names.delete(database);
      }
    }
    this.changed.fire(change);
  }

  /** A statement that has run on the endpoint; one that defines data makes what is kept old. */
  noteStatement({ instanceId, endpointId }: EndpointRef, statement: string): void {
    if (definesData.test(statement.trimStart())) {
      this.refresh({ instanceId, endpointId });
    }
  }

  private of(ref: EndpointRef): Known {
    const key = endpointKey(ref);
    const known = this.known.get(key) ?? {
      databases: notLoaded,
      tables: new Map(),
      details: new Map(),
      names: new Map(),
    };
    this.known.set(key, known);
    return known;
  }

  private load<T>(
    { instanceId, endpointId }: EndpointRef,
    { of, ...about }: Pick<CatalogChange, 'database' | 'table'> & { readonly of?: 'names' },
    place: {
      readonly before: () => Loadable<T> | undefined;
      readonly read: (query: (statement: string) => Promise<SqlResult>, before: T | undefined) => Promise<T>;
      readonly keep: (next: Loadable<T>) => void;
    },
  ): Promise<void> {
    const ref = { instanceId, endpointId };
    const key = JSON.stringify([endpointKey(ref), about.database, about.table, of]);
    const already = this.reading.get(key);
    if (already !== undefined) {
      return already;
    }
    const known = this.of(ref);
    const keep = (next: Loadable<T>): void => {
      // What was asked before a refresh is not what is there now.
      if (this.known.get(endpointKey(ref)) === known) {
        place.keep(next);
        if (!isFirst) {
          this.changed.fire({ ...ref, ...about });
        }
      }
    };
    const isFirst = place.before()?.value === undefined;
    place.keep(startLoading(place.before()));
    const loading = place
      .read((statement) => this.query(ref, statement), place.before()?.value)
      .then(
        (value) => keep(loaded(value)),
        (error: unknown) => {
          if (!isCancellation(error)) {
            this.options.log.error('Read the catalog: failed', error);
          }
          keep(failed(place.before(), error));
        },
      )
      .finally(() => this.reading.delete(key));
    this.reading.set(key, loading);
    return loading;
  }

  private query(ref: EndpointRef, statement: string): Promise<SqlResult> {
    const key = endpointKey(ref);
    const answer = (this.queues.get(key) ?? Promise.resolve()).then(async () => {
      const session = await this.session(ref);
      return session.run(statement, { maxRows: mostRows, timeoutMs: queryTimeoutMs });
    });
    this.queues.set(
      key,
      answer.catch(() => undefined),
    );
    return answer;
  }

  private async session(ref: EndpointRef): Promise<SqlSession> {
    const endpoint = this.options.endpoint(ref);
    if (endpoint === undefined) {
      throw new AppError('notFound', { source: 'TiDB Cloud', subject: ref.endpointId });
    }
    const session = await this.options.connections.openKnown(endpoint, catalogSlot);
    if (session === undefined) {
      throw new AppError('sqlPasswordNeeded', { source: 'SQL' });
    }
    return session;
  }
}

const tableKey = (database: string, table: string): string => `${database}\n${table}`;
