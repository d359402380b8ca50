import type { SqliteConnection } from './sqlite';
import { quoteName, quoteText } from './tokens';

/** What a database of this connection is called in SQLite: `main` or a name it is attached by. */
export type Schema = string;

export interface Column {
  readonly name: string;
  /** As MySQL writes it, for example `decimal(10,2) unsigned`. */
  readonly type: string;
  readonly nullable: boolean;
  /** An SQL expression. */
  readonly default: string | undefined;
  readonly autoIncrement: boolean;
  /** `PRI`, `UNI`, `MUL`, or nothing. */
  readonly key: '' | 'PRI' | 'UNI' | 'MUL';
}

export interface Index {
  readonly name: string;
  readonly unique: boolean;
  readonly columns: readonly string[];
}

export interface ForeignKey {
  readonly name: string;
  readonly columns: readonly string[];
  readonly table: string;
  readonly references: readonly string[];
}

export interface Table {
  readonly name: string;
  readonly kind: 'BASE TABLE' | 'VIEW';
  readonly definition: string;
}

/** In SQLite an index has its table's name before its own: there, names are the database's. */
export const indexName = (table: string, index: string): string => `${table}.${index}`;

/** Reads what is there from SQLite's own schema. */
export class Catalog {
  constructor(private readonly connection: SqliteConnection) {}

  tables(schema: Schema): Table[] {
    return this.connection
      .all(
        `SELECT name, type, sql FROM ${quoteName(schema)}.sqlite_schema
         WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ORDER BY name`,
      )
      .map(([name, type, sql]) => ({
        name: String(name),
        kind: type === 'view' ? 'VIEW' : 'BASE TABLE',
        definition: String(sql),
      }));
  }

  table(schema: Schema, name: string): Table | undefined {
    return this.tables(schema).find((table) => table.name.toLowerCase() === name.toLowerCase());
  }

  columns(schema: Schema, table: Table): Column[] {
    const indexes = this.indexes(schema, table);
    const autoIncrement = /\bAUTOINCREMENT\b/.test(table.definition);
    return this.pragma(schema, 'table_info', table.name).map(([, name, type, notNull, fallback, primary]) => {
      const column = String(name);
      const isAuto = autoIncrement && Number(primary) > 0;
      const first = indexes.filter(({ columns }) => columns[0] === column);
      const unique = first.some((index) => index.unique && index.columns.length === 1);
      return {
        name: column,
        type: isAuto ? 'bigint' : typeOf(String(type)),
        nullable: notNull === 0 && primary === 0,
        default: fallback === null ? undefined : String(fallback),
        autoIncrement: isAuto,
        key: Number(primary) > 0 ? 'PRI' : unique ? 'UNI' : first.length > 0 ? 'MUL' : '',
      };
    });
  }

  /** The primary key first. */
  indexes(schema: Schema, table: Table): Index[] {
    const primary = this.pragma(schema, 'table_info', table.name)
      .filter((row) => Number(row[5]) > 0)
      .sort((a, b) => Number(a[5]) - Number(b[5]))
      .map((row) => String(row[1]));
    const others = this.pragma(schema, 'index_list', table.name)
      .filter((row) => row[3] === 'c')
      .map((row) => ({
        name: String(row[1]).slice(table.name.length + 1),
        unique: row[2] === 1,
        columns: this.pragma(schema, 'index_info', String(row[1])).map((column) => String(column[2])),
      }))
      .reverse();
    return primary.length === 0 ? others : [{ name: 'PRIMARY', unique: true, columns: primary }, ...others];
  }

  foreignKeys(schema: Schema, table: Table): ForeignKey[] {
    const rows = this.pragma(schema, 'foreign_key_list', table.name);
    const ids = [...new Set(rows.map((row) => Number(row[0])))].sort((a, b) => b - a);
    return ids.map((id, at) => {
      const own = rows.filter((row) => row[0] === id);
      return {
        name: `${table.name}_ibfk_${String(at + 1)}`,
        columns: own.map((row) => String(row[3])),
        table: String(own[0]?.[2]),
        references: own.map((row) => String(row[4])),
      };
    });
  }

  rowCount(schema: Schema, table: Table): number {
    return Number(
      this.connection.all(`SELECT count(*) FROM ${quoteName(schema)}.${quoteName(table.name)}`)[0]?.[0],
    );
  }

  /** As SHOW CREATE TABLE writes it. */
  createStatement(schema: Schema, table: Table): string {
    const columns = this.columns(schema, table).map((column) =>
      [
        `  ${mysqlName(column.name)} ${column.type}`,
        column.nullable ? '' : ' NOT NULL',
        column.autoIncrement ? ' AUTO_INCREMENT' : '',
        column.default === undefined
          ? column.nullable
            ? ' DEFAULT NULL'
            : ''
          : ` DEFAULT ${column.default}`,
      ].join(''),
    );
    const list = (names: readonly string[]): string => names.map(mysqlName).join(',');
    const keys = this.indexes(schema, table).map(({ name, unique, columns: of }) =>
      name === 'PRIMARY'
        ? `  PRIMARY KEY (${list(of)})`
        : `  ${unique ? 'UNIQUE ' : ''}KEY ${mysqlName(name)} (${list(of)})`,
    );
    const foreign = this.foreignKeys(schema, table).map(
      (key) =>
        `  CONSTRAINT ${mysqlName(key.name)} FOREIGN KEY (${list(key.columns)}) REFERENCES ${mysqlName(key.table)} (${list(key.references)})`,
    );
    const body = [...columns, ...keys, ...foreign].join(',\n');
    return `CREATE TABLE ${mysqlName(table.name)} (\n${body}\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`;
  }

  private pragma(schema: Schema, name: string, of: string): (string | number | null)[][] {
    return this.connection.all(`PRAGMA ${quoteName(schema)}.${name}(${quoteText(of)})`);
  }
}

const mysqlName = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

/** A type as it was declared, without the quotes it is kept in. */
function typeOf(declared: string): string {
  const type = declared.replace(/^"|"$/g, '');
  // SQLite writes the types that are its own, too, in capitals.
  return type === '' ? 'text' : /^[A-Z]+$/.test(type) ? type.toLowerCase() : type;
}
