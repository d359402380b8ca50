import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import initSqlJs from 'sql.js';
import type { Database } from 'sql.js';

/** What sql.js has beside its documented classes: Emscripten's helpers and SQLite's C functions. */
interface Library {
  readonly Database: new () => Database;
  cwrap(
    name: 'sqlite3_open',
    result: 'number',
    args: ['string', 'number'],
  ): (file: string, out: number) => number;
  addFunction(run: (argument: number) => number, signature: string): number;
  stringToNewUTF8(text: string): number;
  UTF8ToString(at: number): string;
  _malloc(bytes: number): number;
  _free(at: number): void;
  _sqlite3_errmsg(db: number): number;
  _sqlite3_close_v2(db: number): number;
  _sqlite3_update_hook(db: number, callback: number, argument: number): number;
  _sqlite3_prepare_v2(db: number, sql: number, bytes: number, out: number, tail: number): number;
  _sqlite3_step(statement: number): number;
  _sqlite3_finalize(statement: number): number;
  _sqlite3_changes(db: number): number;
  _sqlite3_column_count(statement: number): number;
  _sqlite3_column_name(statement: number, column: number): number;
  _sqlite3_column_type(statement: number, column: number): number;
  _sqlite3_column_text(statement: number, column: number): number;
  _sqlite3_column_blob(statement: number, column: number): number;
  _sqlite3_column_bytes(statement: number, column: number): number;
  _sqlite3_column_double(statement: number, column: number): number;
}

/** The part of WebAssembly that is needed here; Node's types leave it to the browser's. */
interface Memory {
  readonly buffer: ArrayBuffer;
}
interface Instance {
  readonly exports: Readonly<Record<string, unknown>>;
}
interface WebAssemblyApi {
  readonly Memory: abstract new () => Memory;
  instantiate(bytes: Uint8Array, imports: unknown): Promise<{ readonly instance: Instance }>;
}
const webAssembly = (globalThis as unknown as { readonly WebAssembly: WebAssemblyApi }).WebAssembly;

const OK = 0;
const ROW = 100;
const DONE = 101;
/** SQLite asks whether to stop after about this many of its virtual machine's steps: many times a millisecond. */
const STEPS_BETWEEN_CHECKS = 10_000;
/**
 * sql.js exports no sqlite3_progress_handler, so its three words in SQLite's connection object are written directly.
 * They lie this many words behind the update hook's argument, whose place is found by setting one. `open` tries it
 * out, so that another build of sql.js is refused rather than left without a way to stop a statement.
 */
const WORDS_TO_PROGRESS_HANDLER = 31;
const WORDS_SEARCHED = 128;
const ENDLESS =
  'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1000000) SELECT count(*) FROM n';

/** INTEGER as its exact text, REAL as a number. */
export type Cell = { readonly integer: string } | number | string | Uint8Array | null;

/** SQLite in WebAssembly, with the files of all its databases in memory. */
export class Sqlite {
  readonly #library: Library;
  readonly #memory: Memory;
  readonly #open: (file: string, out: number) => number;
  readonly #progress: number;
  readonly #out: number;
  /** Whether the statement that runs at the moment is to stop. */
  #shouldStop: () => boolean = () => false;

  private constructor(library: Library, memory: Memory) {
    this.#library = library;
    this.#memory = memory;
    this.#open = library.cwrap('sqlite3_open', 'number', ['string', 'number']);
    this.#progress = library.addFunction(() => (this.#shouldStop() ? 1 : 0), 'ii');
    this.#out = library._malloc(4);
  }

  static async load(): Promise<Sqlite> {
    const bytes = await readFile(wasmFile());
    let memory: Memory | undefined;
    const library: unknown = await new Promise((resolve, reject) => {
      const instantiateWasm = (imports: unknown, done: (instance: Instance) => void): object => {
        webAssembly.instantiate(bytes, imports).then(({ instance }) => {
          memory = Object.values(instance.exports).find((item) => item instanceof webAssembly.Memory);
          done(instance);
        }, reject);
        return {};
      };
      const settings = { useOldExtensionFunctions: false, instantiateWasm };
      initSqlJs(settings as Parameters<typeof initSqlJs>[0]).then(resolve, reject);
    });
    if (memory === undefined) {
      throw new Error('sql.js has no memory');
    }
    return new Sqlite(library as Library, memory);
  }

  /** A connection of its own to a file in memory, which is made where there is none. */
  open(file: string): SqliteConnection {
    const library = this.#library;
    const database = new library.Database() as Database & { db: number };
    library._sqlite3_close_v2(database.db);
    const result = this.#open(file, this.#out);
    database.db = this.#word(this.#out);
    if (result !== OK) {
      throw new Error(this.messageOf(database.db));
    }
    this.#installProgressHandler(database.db);
    const connection = new SqliteConnection(this, database);
    connection.exec('PRAGMA journal_mode = MEMORY; PRAGMA foreign_keys = ON');
    return connection;
  }

  /** @throws when a statement could not be stopped with this build of sql.js. */
  checkStopping(): void {
    const connection = this.open('/stopping');
    try {
      this.during(
        () => true,
        () => connection.exec(ENDLESS),
      );
    } catch (error) {
      if (error instanceof Error && error.message === 'interrupted') {
        return;
      }
      throw error;
    } finally {
      connection.close();
    }
    throw new Error('This build of sql.js keeps the progress handler in another place.');
  }

  /** Runs a piece of work that stops as soon as `shouldStop` says so. */
  during<T>(shouldStop: () => boolean, work: () => T): T {
    this.#shouldStop = shouldStop;
    try {
      return work();
    } finally {
      this.#shouldStop = () => false;
    }
  }

  prepare(db: number, sql: string): number {
    const library = this.#library;
    const text = library.stringToNewUTF8(sql);
    try {
      if (library._sqlite3_prepare_v2(db, text, -1, this.#out, 0) !== OK) {
        throw new Error(this.messageOf(db));
      }
      return this.#word(this.#out);
    } finally {
      library._free(text);
    }
  }

  /** False: there is no further row. */
  step(db: number, statement: number): boolean {
    const result = this.#library._sqlite3_step(statement);
    if (result !== ROW && result !== DONE) {
      throw new Error(this.messageOf(db));
    }
    return result === ROW;
  }

  finalize(statement: number): void {
    this.#library._sqlite3_finalize(statement);
  }

  changes(db: number): number {
    return this.#library._sqlite3_changes(db);
  }

  columnNames(statement: number): string[] {
    const library = this.#library;
    return Array.from({ length: library._sqlite3_column_count(statement) }, (_, column) =>
      library.UTF8ToString(library._sqlite3_column_name(statement, column)),
    );
  }

  cell(statement: number, column: number): Cell {
    const library = this.#library;
    switch (library._sqlite3_column_type(statement, column)) {
      case 1:
        return { integer: library.UTF8ToString(library._sqlite3_column_text(statement, column)) };
      case 2:
        return library._sqlite3_column_double(statement, column);
      case 3:
        return Buffer.from(this.#bytes(statement, column)).toString('utf8');
      case 4:
        return this.#bytes(statement, column).slice();
      default:
        return null;
    }
  }

  #bytes(statement: number, column: number): Uint8Array {
    const at = this.#library._sqlite3_column_blob(statement, column);
    return new Uint8Array(this.#memory.buffer, at, this.#library._sqlite3_column_bytes(statement, column));
  }

  messageOf(db: number): string {
    return this.#library.UTF8ToString(this.#library._sqlite3_errmsg(db));
  }

  #word(at: number): number {
    return new Int32Array(this.#memory.buffer)[at >> 2] ?? 0;
  }

  #installProgressHandler(db: number): void {
    const library = this.#library;
    const words = (): Int32Array => new Int32Array(this.#memory.buffer, db, WORDS_SEARCHED);
    const sign = 0x5eed_0001;
    library._sqlite3_update_hook(db, 0, sign);
    const hook = words().indexOf(sign);
    library._sqlite3_update_hook(db, 0, 0);
    if (hook < 0) {
      throw new Error('This build of sql.js keeps the update hook in another place.');
    }
    words().set([this.#progress, 0, STEPS_BETWEEN_CHECKS], hook + WORDS_TO_PROGRESS_HANDLER);
  }
}

/** One connection to SQLite. Errors are thrown with SQLite's words. */
export class SqliteConnection {
  readonly #sqlite: Sqlite;
  readonly #database: Database & { readonly db: number };

  constructor(sqlite: Sqlite, database: Database & { readonly db: number }) {
    this.#sqlite = sqlite;
    this.#database = database;
  }

  exec(sql: string): void {
    this.#database.exec(sql);
  }

  /** `arity` -1: any number of arguments. */
  define(name: string, arity: number, run: (...args: never[]) => unknown): void {
    Object.defineProperty(run, 'length', { value: arity });
    this.#database.create_function(name, run as (...args: unknown[]) => unknown);
  }

  /** All rows of a small result; integers as numbers. */
  all(sql: string): (string | number | null)[][] {
    return this.query(sql).collect();
  }

  query(sql: string): Rows {
    const { db } = this.#database;
    return new Rows(this.#sqlite, db, this.#sqlite.prepare(db, sql));
  }

  /** Runs a statement to its end; the number of rows it changed. */
  change(sql: string): number {
    const rows = this.query(sql);
    try {
      while (rows.next() !== undefined);
    } finally {
      rows.close();
    }
    return this.#sqlite.changes(this.#database.db);
  }

  close(): void {
    this.#database.close();
  }
}

/** A running query. To be closed. */
export class Rows {
  readonly names: readonly string[];
  readonly #sqlite: Sqlite;
  readonly #db: number;
  readonly #statement: number;

  constructor(sqlite: Sqlite, db: number, statement: number) {
    this.#sqlite = sqlite;
    this.#db = db;
    this.#statement = statement;
    this.names = sqlite.columnNames(statement);
  }

  next(): Cell[] | undefined {
    return this.#sqlite.step(this.#db, this.#statement)
      ? this.names.map((_, column) => this.#sqlite.cell(this.#statement, column))
      : undefined;
  }

  close(): void {
    this.#sqlite.finalize(this.#statement);
  }

  collect(): (string | number | null)[][] {
    const all: (string | number | null)[][] = [];
    try {
      for (let row = this.next(); row !== undefined; row = this.next()) {
        all.push(row.map(plain));
      }
      return all;
    } finally {
      this.close();
    }
  }
}

const plain = (cell: Cell): string | number | null =>
  cell === null || typeof cell !== 'object'
    ? cell
    : cell instanceof Uint8Array
      ? Buffer.from(cell).toString('utf8')
      : Number(cell.integer);

/** Bundled, the file lies beside this one (scripts/build.mjs). */
const wasmFile = (): string =>
  __filename.endsWith('.ts')
    ? createRequire(__filename).resolve('sql.js/dist/sql-wasm.wasm')
    : path.join(__dirname, 'sql-wasm.wasm');
