import { SERVER_VERSION } from '../version';
import type { Attached } from './informationSchema';
import { SYSTEM_TABLES } from './informationSchema';
import { SYSTEM_DATABASE } from './databases';
import type { Catalog, Column, Table } from './catalog';
import { likePattern } from './functions';
import { rowsOf } from './outcome';
import type { Outcome, PlainRow } from './outcome';
import { SqlError, noDatabase, noTable, syntaxError } from './sqlError';
import type { SqliteConnection } from './sqlite';
import { quoteName, quoteText } from './tokens';
import type { Cursor } from './tokens';
import { translate } from './translate';
import type { Scope } from './translate';

/** What SHOW looks at. */
export interface Shown {
  readonly connection: SqliteConnection;
  readonly catalog: Catalog;
  readonly scope: Scope;
  readonly connectionId: number;
  readonly user: string;
  readonly databases: readonly string[];
  readonly variables: readonly (readonly [string, string])[];
  /** Attaches the database where it is not the current one. @throws 1049 */
  attach(database: string): Attached;
}

const EMPTY: Readonly<Record<string, readonly string[]>> = {
  WARNINGS: ['Level', 'Code', 'Message'],
  ERRORS: ['Level', 'Code', 'Message'],
  TRIGGERS: ['Trigger', 'Event', 'Table', 'Statement', 'Timing'],
  EVENTS: ['Db', 'Name', 'Definer', 'Type', 'Status'],
  PLUGINS: ['Name', 'Status', 'Type', 'Library', 'License'],
  PROCEDURE: ['Db', 'Name', 'Type', 'Definer'],
  FUNCTION: ['Db', 'Name', 'Type', 'Definer'],
};

/** SHOW, from the word behind it. */
export function show(cursor: Cursor, shown: Shown): Outcome {
  const full = cursor.takes('FULL') || cursor.takes('EXTENDED');
  if (['GLOBAL', 'SESSION', 'LOCAL'].includes(cursor.token.value)) {
    cursor.next();
  }
  const listed = (names: readonly string[], rows: readonly PlainRow[]): Outcome =>
    filtered(cursor, shown, names, rows);
  if (cursor.takes('DATABASES') || cursor.takes('SCHEMAS')) {
    return listed(
      ['Database'],
      shown.databases.map((name) => [name]),
    );
  }
  if (cursor.takes('TABLES')) {
    const owner = databaseAfter(cursor, shown);
    const tables =
      owner === SYSTEM_DATABASE
        ? SYSTEM_TABLES.map((name) => [name, 'SYSTEM VIEW'])
        : tablesOf(shown, owner).map(({ name, kind }) => [name, kind]);
    return full
      ? listed([`Tables_in_${owner}`, 'Table_type'], tables)
      : listed(
          [`Tables_in_${owner}`],
          tables.map(([name = '']) => [name]),
        );
  }
  if (cursor.takes('TABLE', 'STATUS')) {
    return tableStatus(cursor, shown);
  }
  if (cursor.takes('CREATE')) {
    return showCreate(cursor, shown);
  }
  if (cursor.takes('COLUMNS') || cursor.takes('FIELDS')) {
    const { table, attached } = tableAfter(cursor, shown);
    return listed(...columnRows(shown.catalog.columns(attached.schema, table), full));
  }
  if (cursor.takes('INDEX') || cursor.takes('INDEXES') || cursor.takes('KEYS')) {
    return indexes(cursor, shown);
  }
  if (cursor.takes('VARIABLES')) {
    return listed(['Variable_name', 'Value'], shown.variables);
  }
  if (cursor.takes('STATUS')) {
    return listed(
      ['Variable_name', 'Value'],
      [
        ['Threads_connected', '1'],
        ['Version', SERVER_VERSION],
      ],
    );
  }
  if (cursor.takes('PROCESSLIST')) {
    return listed(
      ['Id', 'User', 'Host', 'db', 'Command', 'Time', 'State', 'Info'],
      [
        [
          shown.connectionId,
          shown.user,
          '127.0.0.1',
          shown.scope.database ?? null,
          'Query',
          0,
          '',
          shown.scope.sql,
        ],
      ],
    );
  }
  if (cursor.takes('ENGINES')) {
    return listed(['Engine', 'Support', 'Comment'], [['InnoDB', 'DEFAULT', 'SQLite, in memory']]);
  }
  if (cursor.takes('COLLATION')) {
    return listed(['Collation', 'Charset', 'Id', 'Default'], [['utf8mb4_bin', 'utf8mb4', 46, 'Yes']]);
  }
  if (cursor.takes('CHARSET') || cursor.takes('CHARACTER', 'SET')) {
    return listed(
      ['Charset', 'Description', 'Default collation', 'Maxlen'],
      [['utf8mb4', 'UTF-8 Unicode', 'utf8mb4_bin', 4]],
    );
  }
  if (cursor.takes('GRANTS')) {
    cursor.rest();
    return rowsOf(
      [`Grants for ${shown.user}`],
      [[`GRANT ALL PRIVILEGES ON *.* TO '${shown.user}'@'127.0.0.1'`]],
    );
  }
  const nothing = EMPTY[cursor.token.value];
  if (nothing === undefined) {
    throw cursor.unexpected();
  }
  cursor.rest();
  return rowsOf(nothing, []);
}

/** DESCRIBE, from the table's name; the word behind it is a column or a pattern. */
export function describe(cursor: Cursor, shown: Shown): Outcome {
  const { database, name } = cursor.qualified();
  const { table, attached } = find(shown, database, name);
  const [names, rows] = columnRows(shown.catalog.columns(attached.schema, table), false);
  if (cursor.token.kind === 'string' || cursor.token.kind === 'word' || cursor.token.kind === 'name') {
    const pattern = likePattern(cursor.token.kind === 'string' ? cursor.next().value : cursor.name());
    cursor.end();
    return rowsOf(
      names,
      rows.filter(([column]) => pattern.test(String(column))),
    );
  }
  cursor.end();
  return rowsOf(names, rows);
}

function filtered(
  cursor: Cursor,
  shown: Shown,
  names: readonly string[],
  rows: readonly PlainRow[],
): Outcome {
  if (cursor.takes('LIKE')) {
    const token = cursor.next();
    if (token.kind !== 'string') {
      throw syntaxError(token.text);
    }
    cursor.end();
    const pattern = likePattern(token.value);
    return rowsOf(
      names,
      rows.filter(([first]) => pattern.test(String(first))),
    );
  }
  if (!cursor.takes('WHERE')) {
    if (!cursor.takes('LIMIT')) {
      cursor.end();
      return rowsOf(names, rows);
    }
    const count = Number(cursor.next().value);
    cursor.end();
    return rowsOf(names, rows.slice(0, count));
  }
  const condition = translate(cursor.rest(), shown.scope);
  const { connection } = shown;
  connection.exec(`CREATE TEMP TABLE "shown rows" (${names.map(quoteName).join(', ')})`);
  try {
    for (const row of rows) {
      connection.exec(
        `INSERT INTO temp."shown rows" VALUES (${row.map((value) => (value === null ? 'NULL' : typeof value === 'number' ? String(value) : quoteText(value))).join(', ')})`,
      );
    }
    return rowsOf(names, connection.all(`SELECT * FROM temp."shown rows" WHERE ${condition}`));
  } finally {
    connection.exec('DROP TABLE temp."shown rows"');
  }
}

const from = (cursor: Cursor): boolean => cursor.takes('FROM') || cursor.takes('IN');

function databaseAfter(cursor: Cursor, shown: Shown): string {
  const name = from(cursor) ? cursor.name().toLowerCase() : shown.scope.database;
  if (name === undefined) {
    throw noDatabase();
  }
  return name === SYSTEM_DATABASE ? name : shown.attach(name).name;
}

const tablesOf = (shown: Shown, database: string): Table[] =>
  shown.catalog.tables(shown.attach(database).schema);

function find(
  shown: Shown,
  database: string | undefined,
  name: string,
): { table: Table; attached: Attached } {
  const owner = database ?? shown.scope.database;
  if (owner === undefined) {
    throw noDatabase();
  }
  const attached = shown.attach(owner);
  const table = shown.catalog.table(attached.schema, name);
  if (table === undefined) {
    throw noTable(attached.name, name);
  }
  return { table, attached };
}

function tableAfter(cursor: Cursor, shown: Shown): { table: Table; attached: Attached } {
  if (!from(cursor)) {
    throw cursor.unexpected();
  }
  const { database, name } = cursor.qualified();
  return find(shown, from(cursor) ? cursor.name() : database, name);
}

function columnRows(columns: readonly Column[], full: boolean): [string[], PlainRow[]] {
  const rows = columns.map((column) => {
    const extra = column.autoIncrement ? 'auto_increment' : '';
    const fallback = column.default?.replace(/^'|'$/g, '') ?? null;
    const nullable = column.nullable ? 'YES' : 'NO';
    const isText = /char|text|enum|set/.test(column.type);
    return full
      ? [
          column.name,
          column.type,
          isText ? 'utf8mb4_bin' : null,
          nullable,
          column.key,
          fallback,
          extra,
          'select,insert,update,references',
          '',
        ]
      : [column.name, column.type, nullable, column.key, fallback, extra];
  });
  return full
    ? [['Field', 'Type', 'Collation', 'Null', 'Key', 'Default', 'Extra', 'Privileges', 'Comment'], rows]
    : [['Field', 'Type', 'Null', 'Key', 'Default', 'Extra'], rows];
}

function tableStatus(cursor: Cursor, shown: Shown): Outcome {
  const attached = shown.attach(databaseAfter(cursor, shown));
  const rows = shown.catalog
    .tables(attached.schema)
    .map((table): PlainRow =>
      table.kind === 'VIEW'
        ? [table.name, null, null, null, 'VIEW']
        : [table.name, 'InnoDB', shown.catalog.rowCount(attached.schema, table), 'utf8mb4_bin', ''],
    );
  return filtered(cursor, shown, ['Name', 'Engine', 'Rows', 'Collation', 'Comment'], rows);
}

function showCreate(cursor: Cursor, shown: Shown): Outcome {
  if (cursor.takes('DATABASE') || cursor.takes('SCHEMA')) {
    const { name } = shown.attach(cursor.name());
    cursor.end();
    return rowsOf(
      ['Database', 'Create Database'],
      [[name, `CREATE DATABASE \`${name}\` /*!40100 DEFAULT CHARACTER SET utf8mb4 */`]],
    );
  }
  const wantsView = cursor.takes('VIEW');
  if (!wantsView) {
    cursor.expect('TABLE');
  }
  const { database, name } = cursor.qualified();
  cursor.end();
  const { table, attached } = find(shown, database, name);
  if (table.kind === 'VIEW') {
    return rowsOf(['View', 'Create View'], [[table.name, table.definition]]);
  }
  if (wantsView) {
    throw new SqlError(1347, 'HY000', `'${attached.name}.${table.name}' is not VIEW`);
  }
  return rowsOf(
    ['Table', 'Create Table'],
    [[table.name, shown.catalog.createStatement(attached.schema, table)]],
  );
}

function indexes(cursor: Cursor, shown: Shown): Outcome {
  const { table, attached } = tableAfter(cursor, shown);
  const rows = shown.catalog
    .indexes(attached.schema, table)
    .flatMap((index) =>
      index.columns.map((column, at): PlainRow => [
        table.name,
        index.unique ? 0 : 1,
        index.name,
        at + 1,
        column,
        'A',
        'BTREE',
      ]),
    );
  return filtered(
    cursor,
    shown,
    ['Table', 'Non_unique', 'Key_name', 'Seq_in_index', 'Column_name', 'Collation', 'Index_type'],
    rows,
  );
}
