import { SERVER_VERSION } from '../version';
import type { SessionSettings } from '../messages';
import { alteration, insertion } from './changes';
import { SYSTEM_DATABASE } from './databases';
import type { Databases } from './databases';
import { defineDatabase } from './databaseDefinitions';
import { definitionStatements } from './definitionStatements';
import type { Place } from './definitions';
import { explain } from './explain';
import { defineFunctions } from './functions';
import { done } from './outcome';
import type { Outcome, RowsOutcome } from './outcome';
import { Reach } from './reach';
import { setsWithoutEffect } from './settings';
import { declaredShapes } from './shapes';
import { show } from './show';
import type { Shown } from './show';
import { SqlError, syntaxError, toSqlError } from './sqlError';
import type { Sqlite, SqliteConnection } from './sqlite';
import { Cursor, isWord, quoteText, splitAtCommas, tokenize } from './tokens';
import type { Token } from './tokens';
import { translateQuery } from './query';
import { translate } from './translate';
import type { Scope } from './translate';
import { Variables } from './variables';

const SLEEP = /^\s*(SELECT|DO)\s+(SLEEP\s*\(\s*(\d+(?:\.\d+)?)\s*\))\s*;?\s*$/i;
const NO_EFFECT = new Set(['FLUSH', 'LOCK', 'UNLOCK', 'ANALYZE', 'OPTIMIZE', 'CHECK', 'REPAIR']);

export interface SessionParts {
  readonly sqlite: Sqlite;
  readonly databases: Databases;
  readonly settings: SessionSettings;
  /** Blocks for so long; true when the statement was stopped meanwhile. */
  readonly sleep: (seconds: number) => boolean;
}

/** One client's view of the databases: the current one, its transaction, its variables. */
export class Session {
  readonly #parts: SessionParts;
  readonly #variables = new Variables();
  readonly #reach: Reach;
  #inTransaction = false;
  #lastInsertId = 0;
  #rowCount = 0;
  #foundRows = 0;

  /** @throws 1049 */
  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#reach = new Reach(parts.databases, (file) => this.#connect(file));
    if (parts.settings.database !== undefined) {
      this.use(parts.settings.database);
    }
  }

  get state(): { readonly inTransaction: boolean; readonly autocommit: boolean } {
    return { inTransaction: this.#inTransaction, autocommit: this.#variables.autocommit };
  }

  /** The rows of a result have to be closed before the next statement. @throws SqlError */
  run(sql: string): Outcome {
    try {
      return this.#run(sql);
    } catch (error) {
      this.#noticeRollback();
      throw toSqlError(error, this.#reach.current);
    }
  }

  /** For an error that comes while rows are read. */
  failed(error: unknown): SqlError {
    this.#noticeRollback();
    return toSqlError(error, this.#reach.current);
  }

  /** Ends an open transaction, as SQLite has to be connected anew. @throws 1049 */
  use(database: string): void {
    this.#commit();
    this.#reach.use(database);
  }

  close(): void {
    this.#reach.close();
  }

  #connect(file: string): SqliteConnection {
    const { sqlite, settings, sleep } = this.#parts;
    const connection = sqlite.open(file);
    defineFunctions(connection, {
      connectionId: settings.connectionId,
      account: this.#account,
      version: SERVER_VERSION,
      database: () => this.#reach.current,
      lastInsertId: () => this.#lastInsertId,
      rowCount: () => this.#rowCount,
      foundRows: () => this.#foundRows,
      sleep,
    });
    return connection;
  }

  get #account(): string {
    return `${this.#parts.settings.user}@127.0.0.1`;
  }

  #run(sql: string): Outcome {
    const [, verb, name, seconds] = SLEEP.exec(sql) ?? [];
    if (seconds !== undefined) {
      return {
        kind: 'sleep',
        seconds: Number(seconds),
        name: verb?.toUpperCase() === 'DO' ? undefined : name,
      };
    }
    const tokens = tokenize(sql);
    const semicolon = tokens.findIndex((token) => isWord(token, ';'));
    if (
      semicolon >= 0 &&
      tokens.slice(semicolon).some((token) => !isWord(token, ';') && token.kind !== 'end')
    ) {
      throw syntaxError(sql.slice(tokens[semicolon + 1]?.at).slice(0, 80));
    }
    const end = tokens.at(-1);
    const cursor = new Cursor(
      semicolon < 0 || end === undefined ? tokens : [...tokens.slice(0, semicolon), end],
      sql,
    );
    if (cursor.atEnd) {
      throw new SqlError(1065, '42000', 'Query was empty');
    }
    if (!this.#inTransaction) {
      // Within one SQLite lets none go.
      this.#reach.detachAll();
    }
    return this.#dispatch(cursor);
  }

  #dispatch(cursor: Cursor): Outcome {
    const word = cursor.token.kind === 'mark' ? cursor.token.text : cursor.token.value;
    switch (word) {
      case 'SELECT':
      case 'WITH':
      case 'VALUES':
      case '(':
        return this.#query(cursor.rest(), cursor);
      case 'TABLE':
        cursor.next();
        return this.#sqliteQuery(`SELECT * FROM ${translate(cursor.rest(), this.#scope(cursor))}`);
      case 'INSERT':
      case 'REPLACE':
        return this.#change(insertion(cursor, this.#scope(cursor), this.#reach));
      case 'UPDATE':
      case 'DELETE':
        return this.#change(alteration(cursor, this.#scope(cursor), this.#reach));
      case 'SHOW':
        cursor.next();
        return show(cursor, this.#shown(cursor));
      case 'DESC':
      case 'DESCRIBE':
      case 'EXPLAIN':
        cursor.next();
        return explain(cursor, this.#scope(cursor), this.#reach, () => this.#shown(cursor));
      case 'USE':
        cursor.next();
        this.use(cursor.name());
        cursor.end();
        return done();
      case 'SET':
        cursor.next();
        return this.#set(cursor);
      case 'DO':
        cursor.next();
        this.#reach.connection.all(`SELECT ${translate(cursor.rest(), this.#scope(cursor))}`);
        return done();
      case 'CREATE':
      case 'DROP':
      case 'ALTER':
      case 'TRUNCATE':
      case 'RENAME':
        return this.#define(cursor);
      default:
        return NO_EFFECT.has(word) ? done() : this.#transaction(cursor);
    }
  }

  #transaction(cursor: Cursor): Outcome {
    if (cursor.takes('BEGIN') || cursor.takes('START', 'TRANSACTION')) {
      cursor.rest();
      this.#commit();
      this.#begin();
    } else if (cursor.takes('COMMIT')) {
      cursor.rest();
      this.#commit();
    } else if (cursor.sees('ROLLBACK') && !cursor.sees('ROLLBACK', 'TO')) {
      this.#rollback();
    } else if (cursor.sees('SAVEPOINT') || cursor.sees('ROLLBACK') || cursor.sees('RELEASE')) {
      this.#reach.connection.exec(translate(cursor.rest(), this.#scope(cursor)));
    } else {
      throw cursor.unexpected();
    }
    return done();
  }

  #begin(): void {
    this.#reach.connection.exec('BEGIN');
    this.#inTransaction = true;
  }

  #commit(): void {
    if (this.#inTransaction) {
      this.#reach.connection.exec('COMMIT');
      this.#inTransaction = false;
    }
  }

  #rollback(): void {
    if (this.#inTransaction) {
      this.#reach.connection.exec('ROLLBACK');
      this.#inTransaction = false;
    }
  }

  /** SQLite takes a whole transaction back where a change in it was interrupted, and tells only when asked. */
  #noticeRollback(): void {
    if (!this.#inTransaction) {
      return;
    }
    try {
      this.#reach.connection.exec('BEGIN');
    } catch {
      // The answer of one that is still open.
      return;
    }
    this.#reach.connection.exec('ROLLBACK');
    this.#inTransaction = false;
  }

  #query(tokens: Token[], cursor: Cursor): RowsOutcome {
    const sql = translateQuery(tokens, this.#scope(cursor));
    return this.#sqliteQuery(
      sql,
      tokens.some((token) => isWord(token, 'FROM')),
    );
  }

  #sqliteQuery(sql: string, fromTables = true): RowsOutcome {
    this.#beginUnlessAutocommit();
    const declared = fromTables ? declaredShapes(this.#reach.connection, sql) : [];
    const rows = this.#reach.connection.query(sql);
    this.#foundRows = 0;
    return {
      kind: 'rows',
      names: rows.names,
      declared: rows.names.map((_, column) => declared[column]),
      next: () => {
        const row = rows.next();
        this.#foundRows += row === undefined ? 0 : 1;
        return row;
      },
      close: () => {
        rows.close();
        this.#rowCount = -1;
      },
    };
  }

  #change(sql: string): Outcome {
    this.#beginUnlessAutocommit();
    const before = this.#sqliteLastInsertId();
    const affectedRows = this.#reach.connection.change(sql);
    const after = this.#sqliteLastInsertId();
    // Of several rows MySQL tells the first.
    const inserted = /^(?:INSERT|REPLACE)/.test(sql) && after !== before ? after - affectedRows + 1 : 0;
    if (inserted !== 0) {
      this.#lastInsertId = inserted;
    }
    this.#rowCount = affectedRows;
    return done(affectedRows, inserted);
  }

  #sqliteLastInsertId(): number {
    return Number(this.#reach.connection.all('SELECT last_insert_rowid()')[0]?.[0] ?? 0);
  }

  #beginUnlessAutocommit(): void {
    if (!this.#variables.autocommit && !this.#inTransaction) {
      this.#begin();
    }
  }

  #set(cursor: Cursor): Outcome {
    if (setsWithoutEffect(cursor)) {
      return done();
    }
    for (const assignment of splitAtCommas(cursor.rest())) {
      this.#assign(assignment, cursor);
    }
    return done();
  }

  #assign(assignment: readonly Token[], cursor: Cursor): void {
    const scoped = ['SESSION', 'GLOBAL', 'LOCAL', 'PERSIST'].includes(assignment[0]?.value ?? '');
    const [name, sign, ...value] = scoped ? assignment.slice(1) : assignment;
    if (name === undefined || value.length === 0 || !(isWord(sign, '=') || isWord(sign, ':='))) {
      throw syntaxError(name?.text ?? '');
    }
    const [only] = value;
    const isWordValue = value.length === 1 && only?.kind === 'word';
    const sql =
      isWordValue && !['NULL', 'TRUE', 'FALSE'].includes(only.value)
        ? quoteText(only.text)
        : translate(value, this.#scope(cursor));
    const [result = null] = this.#reach.connection.all(`SELECT quote(${sql}), ${sql}`)[0] ?? [];
    if (name.kind === 'variable' && !name.value.startsWith('@@')) {
      this.#variables.setOwn(name.value, String(result));
      return;
    }
    const text = String(result).replace(/^'|'$/g, '');
    this.#variables.setSystem(name.value, text);
    if (this.#variables.autocommit) {
      this.#commit();
    }
  }

  #define(cursor: Cursor): Outcome {
    this.#commit();
    const database = defineDatabase(cursor, this.#parts.databases, this.#reach);
    if (database !== undefined) {
      return database;
    }
    const statements = definitionStatements(cursor, this.#scope(cursor), this.#reach, (place) =>
      this.#exists(place),
    );
    this.#reach.connection.exec('BEGIN');
    try {
      for (const statement of statements) {
        this.#reach.connection.exec(statement);
      }
      this.#reach.connection.exec('COMMIT');
    } catch (error) {
      this.#reach.connection.exec('ROLLBACK');
      throw error;
    }
    return done();
  }

  #exists(place: Place): boolean {
    return this.#reach.catalog.table(place.schema, place.table) !== undefined;
  }

  #scope(cursor: Cursor): Scope {
    const { current } = this.#reach;
    if (current === SYSTEM_DATABASE) {
      this.#reach.attach(current);
    }
    return {
      sql: cursor.sql,
      database: current === SYSTEM_DATABASE ? undefined : current,
      account: this.#account,
      isDatabase: (name) => this.#parts.databases.has(name),
      variable: (name) =>
        name.startsWith('@@')
          ? systemLiteral(this.#variables.systemValue(name))
          : (this.#variables.own(name) ?? 'NULL'),
      mention: (name) => void this.#reach.attach(name),
    };
  }

  #shown(cursor: Cursor): Shown {
    return {
      connection: this.#reach.connection,
      catalog: this.#reach.catalog,
      scope: { ...this.#scope(cursor), database: this.#reach.current },
      connectionId: this.#parts.settings.connectionId,
      user: this.#parts.settings.user,
      databases: this.#parts.databases.names,
      variables: this.#variables.system,
      attach: (database) => this.#reach.attach(database),
    };
  }
}

const systemLiteral = (value: string): string => (/^\d{1,18}$/.test(value) ? value : quoteText(value));
