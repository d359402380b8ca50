import { Catalog } from './catalog';
import type { Target } from './changes';
import { SYSTEM_DATABASE } from './databases';
import type { Databases } from './databases';
import { fillInformationSchema } from './informationSchema';
import type { Attached } from './informationSchema';
import { noDatabase, unknownDatabase } from './sqlError';
import type { SqliteConnection } from './sqlite';
import { quoteName, quoteText } from './tokens';

/** The file of a connection without a database; nothing is put into it. */
const NOWHERE = '/nowhere';

/**
 * One session's way to the databases. The current one is SQLite's `main`, so that names without a database lead there;
 * another one is attached while a statement mentions it.
 */
export class Reach implements Target {
  readonly #databases: Databases;
  readonly #connect: (file: string) => SqliteConnection;
  readonly #attached = new Set<string>();
  #connection: SqliteConnection;
  #catalog: Catalog;
  #current: string | undefined;

  constructor(databases: Databases, connect: (file: string) => SqliteConnection) {
    this.#databases = databases;
    this.#connect = connect;
    this.#connection = connect(NOWHERE);
    this.#catalog = new Catalog(this.#connection);
  }

  get connection(): SqliteConnection {
    return this.#connection;
  }

  get catalog(): Catalog {
    return this.#catalog;
  }

  /** The current database, in lower case. */
  get current(): string | undefined {
    return this.#current;
  }

  /** No transaction may be open. @throws 1049 */
  use(database: string): void {
    if (!this.#databases.has(database)) {
      throw unknownDatabase(database);
    }
    const name = database.toLowerCase();
    this.#reconnect(name === SYSTEM_DATABASE ? NOWHERE : this.#databases.fileOf(name));
    this.#current = name;
  }

  /** Drops a database with its tables; how many there were. @throws 1049 */
  drop(database: string): number {
    const { schema, name } = this.attach(database);
    const tables = this.#catalog.tables(schema);
    this.#connection.exec('PRAGMA foreign_keys = OFF');
    try {
      for (const table of tables) {
        const kind = table.kind === 'VIEW' ? 'VIEW' : 'TABLE';
        this.#connection.exec(`DROP ${kind} ${quoteName(schema)}.${quoteName(table.name)}`);
      }
    } finally {
      this.#connection.exec('PRAGMA foreign_keys = ON');
    }
    this.#databases.remove(name);
    if (this.#current === name) {
      this.#reconnect(NOWHERE);
      this.#current = undefined;
    }
    return tables.length;
  }

  /** Makes a database reachable for the statement that is being read. @throws 1049 */
  attach(database: string): Attached {
    const name = database.toLowerCase();
    if (!this.#databases.has(name)) {
      throw unknownDatabase(database);
    }
    if (name === SYSTEM_DATABASE) {
      this.#attachSystem();
      return { name, schema: name };
    }
    if (name === this.#current) {
      return { name, schema: 'main' };
    }
    if (!this.#attached.has(name)) {
      const file = quoteText(this.#databases.fileOf(name));
      const schema = quoteName(name);
      this.#connection.exec(`ATTACH ${file} AS ${schema}; PRAGMA ${schema}.journal_mode = MEMORY`);
      this.#attached.add(name);
    }
    return { name, schema: name };
  }

  /** A name without its database must not lead to another one. To be called outside a transaction only. */
  detachAll(): void {
    for (const name of this.#attached) {
      this.#connection.exec(`DETACH ${quoteName(name)}`);
      this.#attached.delete(name);
    }
  }

  place(database: string | undefined, table: string): { schema: string; table: string } {
    const owner = database ?? this.#current;
    if (database === undefined && this.#catalog.table('temp', table) !== undefined) {
      return { schema: 'temp', table };
    }
    if (owner === undefined) {
      throw noDatabase();
    }
    return { schema: this.attach(owner).schema, table };
  }

  columns(place: { readonly schema: string; readonly table: string }): ReturnType<Catalog['columns']> {
    const table = this.#catalog.table(place.schema, place.table);
    return table === undefined ? [] : this.#catalog.columns(place.schema, table);
  }

  close(): void {
    this.#connection.close();
  }

  #reconnect(file: string): void {
    const next = this.#connect(file);
    this.#connection.close();
    this.#attached.clear();
    this.#connection = next;
    this.#catalog = new Catalog(next);
  }

  #attachSystem(): void {
    if (this.#attached.has(SYSTEM_DATABASE)) {
      return;
    }
    this.#connection.exec(`ATTACH ':memory:' AS ${SYSTEM_DATABASE}`);
    this.#attached.add(SYSTEM_DATABASE);
    const databases = this.#databases.names.filter((name) => name !== SYSTEM_DATABASE);
    fillInformationSchema(
      this.#connection,
      this.#catalog,
      databases.map((name) => this.attach(name)),
    );
  }
}
