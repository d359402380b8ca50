import type { Catalog, Schema } from './catalog';
import { SYSTEM_DATABASE } from './databases';
import type { SqliteConnection } from './sqlite';
import { quoteText } from './tokens';
import { parseType } from './types';

type Row = Readonly<Record<string, string | number | null>>;

/** MySQL's columns of these views; those not listed here do not exist. */
const views = {
  schemata: 'CATALOG_NAME SCHEMA_NAME DEFAULT_CHARACTER_SET_NAME DEFAULT_COLLATION_NAME SQL_PATH',
  tables:
    'TABLE_CATALOG TABLE_SCHEMA TABLE_NAME TABLE_TYPE ENGINE VERSION ROW_FORMAT TABLE_ROWS AVG_ROW_LENGTH DATA_LENGTH MAX_DATA_LENGTH INDEX_LENGTH DATA_FREE AUTO_INCREMENT CREATE_TIME UPDATE_TIME CHECK_TIME TABLE_COLLATION CHECKSUM CREATE_OPTIONS TABLE_COMMENT',
  columns:
    'TABLE_CATALOG TABLE_SCHEMA TABLE_NAME COLUMN_NAME ORDINAL_POSITION COLUMN_DEFAULT IS_NULLABLE DATA_TYPE CHARACTER_MAXIMUM_LENGTH CHARACTER_OCTET_LENGTH NUMERIC_PRECISION NUMERIC_SCALE DATETIME_PRECISION CHARACTER_SET_NAME COLLATION_NAME COLUMN_TYPE COLUMN_KEY EXTRA PRIVILEGES COLUMN_COMMENT GENERATION_EXPRESSION',
  statistics:
    'TABLE_CATALOG TABLE_SCHEMA TABLE_NAME NON_UNIQUE INDEX_SCHEMA INDEX_NAME SEQ_IN_INDEX COLUMN_NAME COLLATION CARDINALITY SUB_PART PACKED NULLABLE INDEX_TYPE COMMENT INDEX_COMMENT IS_VISIBLE EXPRESSION',
  key_column_usage:
    'CONSTRAINT_CATALOG CONSTRAINT_SCHEMA CONSTRAINT_NAME TABLE_CATALOG TABLE_SCHEMA TABLE_NAME COLUMN_NAME ORDINAL_POSITION POSITION_IN_UNIQUE_CONSTRAINT REFERENCED_TABLE_SCHEMA REFERENCED_TABLE_NAME REFERENCED_COLUMN_NAME',
  table_constraints:
    'CONSTRAINT_CATALOG CONSTRAINT_SCHEMA CONSTRAINT_NAME TABLE_SCHEMA TABLE_NAME CONSTRAINT_TYPE',
  referential_constraints:
    'CONSTRAINT_CATALOG CONSTRAINT_SCHEMA CONSTRAINT_NAME UNIQUE_CONSTRAINT_SCHEMA UPDATE_RULE DELETE_RULE TABLE_NAME REFERENCED_TABLE_NAME',
  views: 'TABLE_CATALOG TABLE_SCHEMA TABLE_NAME VIEW_DEFINITION IS_UPDATABLE DEFINER',
  routines: 'ROUTINE_CATALOG ROUTINE_SCHEMA ROUTINE_NAME ROUTINE_TYPE',
  triggers: 'TRIGGER_CATALOG TRIGGER_SCHEMA TRIGGER_NAME EVENT_OBJECT_TABLE',
  engines: 'ENGINE SUPPORT COMMENT TRANSACTIONS XA SAVEPOINTS',
  character_sets: 'CHARACTER_SET_NAME DEFAULT_COLLATE_NAME DESCRIPTION MAXLEN',
  collations: 'COLLATION_NAME CHARACTER_SET_NAME ID IS_DEFAULT IS_COMPILED SORTLEN',
} as const;
type View = keyof typeof views;

export const SYSTEM_TABLES = Object.keys(views).map((name) => name.toUpperCase());

/** A database and where this connection has it. */
export interface Attached {
  readonly name: string;
  readonly schema: Schema;
}

const NUMBERS =
  /^(?:VERSION|TABLE_ROWS|.*_LENGTH|DATA_FREE|AUTO_INCREMENT|CHECKSUM|.*_POSITION|.*_PRECISION|.*_SCALE|NON_UNIQUE|SEQ_IN_INDEX|CARDINALITY|SUB_PART|MAXLEN|ID|SORTLEN)$/;

/** Makes the views in the empty attached schema `information_schema`, of what is in these databases now. */
export function fillInformationSchema(
  connection: SqliteConnection,
  catalog: Catalog,
  databases: readonly Attached[],
): void {
  for (const [name, columns] of Object.entries(views)) {
    const typed = columns
      .split(' ')
      .map((column) => `${column} ${NUMBERS.test(column) ? 'bigint' : 'varchar(255)'}`);
    connection.exec(`CREATE TABLE ${SYSTEM_DATABASE}.${name} (${typed.join(', ')})`);
  }
  const insert = (view: View, rows: readonly Row[]): void => {
    for (const row of rows) {
      const values = views[view].split(' ').map((column) => literal(row[column]));
      connection.exec(`INSERT INTO ${SYSTEM_DATABASE}.${view} VALUES (${values.join(', ')})`);
    }
  };
  insert(
    'schemata',
    [SYSTEM_DATABASE, ...databases.map(({ name }) => name)].map((name) => ({
      CATALOG_NAME: 'def',
      SCHEMA_NAME: name,
      DEFAULT_CHARACTER_SET_NAME: 'utf8mb4',
      DEFAULT_COLLATION_NAME: 'utf8mb4_bin',
    })),
  );
  insert('engines', [
    {
      ENGINE: 'InnoDB',
      SUPPORT: 'DEFAULT',
      COMMENT: 'SQLite, in memory',
      TRANSACTIONS: 'YES',
      XA: 'NO',
      SAVEPOINTS: 'YES',
    },
  ]);
  insert('character_sets', [
    {
      CHARACTER_SET_NAME: 'utf8mb4',
      DEFAULT_COLLATE_NAME: 'utf8mb4_bin',
      DESCRIPTION: 'UTF-8 Unicode',
      MAXLEN: 4,
    },
  ]);
  insert('collations', [
    {
      COLLATION_NAME: 'utf8mb4_bin',
      CHARACTER_SET_NAME: 'utf8mb4',
      ID: 46,
      IS_DEFAULT: 'Yes',
      IS_COMPILED: 'Yes',
      SORTLEN: 1,
    },
  ]);
  for (const database of databases) {
    fillDatabase(catalog, database, insert);
  }
}

function fillDatabase(
  catalog: Catalog,
  { name: owner, schema }: Attached,
  insert: (view: View, rows: readonly Row[]) => void,
): void {
  for (const table of catalog.tables(schema)) {
    const base = { TABLE_CATALOG: 'def', TABLE_SCHEMA: owner, TABLE_NAME: table.name };
    const isView = table.kind === 'VIEW';
    const columns = catalog.columns(schema, table);
    const indexes = catalog.indexes(schema, table);
    const foreign = catalog.foreignKeys(schema, table);
    const constraint = (name: string): Row => ({
      ...base,
      CONSTRAINT_CATALOG: 'def',
      CONSTRAINT_SCHEMA: owner,
      CONSTRAINT_NAME: name,
    });
    insert('tables', [
      {
        ...base,
        TABLE_TYPE: table.kind,
        ENGINE: isView ? null : 'InnoDB',
        VERSION: isView ? null : 10,
        ROW_FORMAT: isView ? null : 'Dynamic',
        TABLE_ROWS: isView ? null : catalog.rowCount(schema, table),
        TABLE_COLLATION: isView ? null : 'utf8mb4_bin',
        CREATE_OPTIONS: '',
        TABLE_COMMENT: isView ? 'VIEW' : '',
      },
    ]);
    if (isView) {
      insert('views', [{ ...base, VIEW_DEFINITION: table.definition, IS_UPDATABLE: 'NO' }]);
    }
    insert(
      'columns',
      columns.map((column, at) => ({
        ...base,
        COLUMN_NAME: column.name,
        ORDINAL_POSITION: at + 1,
        COLUMN_DEFAULT: column.default?.replace(/^'|'$/g, '') ?? null,
        IS_NULLABLE: column.nullable ? 'YES' : 'NO',
        ...typeDetails(column.type),
        COLUMN_TYPE: column.type,
        COLUMN_KEY: column.key,
        EXTRA: column.autoIncrement ? 'auto_increment' : '',
        PRIVILEGES: 'select,insert,update,references',
        COLUMN_COMMENT: '',
        GENERATION_EXPRESSION: '',
      })),
    );
    for (const index of indexes) {
      insert(
        'statistics',
        index.columns.map((column, at) => ({
          ...base,
          NON_UNIQUE: index.unique ? 0 : 1,
          INDEX_SCHEMA: owner,
          INDEX_NAME: index.name,
          SEQ_IN_INDEX: at + 1,
          COLUMN_NAME: column,
          COLLATION: 'A',
          NULLABLE: columns.find(({ name }) => name === column)?.nullable === true ? 'YES' : '',
          INDEX_TYPE: 'BTREE',
          COMMENT: '',
          INDEX_COMMENT: '',
          IS_VISIBLE: 'YES',
        })),
      );
      if (index.unique) {
        const type = index.name === 'PRIMARY' ? 'PRIMARY KEY' : 'UNIQUE';
        insert('table_constraints', [{ ...constraint(index.name), CONSTRAINT_TYPE: type }]);
        insert(
          'key_column_usage',
          index.columns.map((column, at) => ({
            ...constraint(index.name),
            COLUMN_NAME: column,
            ORDINAL_POSITION: at + 1,
          })),
        );
      }
    }
    for (const key of foreign) {
      insert('table_constraints', [{ ...constraint(key.name), CONSTRAINT_TYPE: 'FOREIGN KEY' }]);
      insert('referential_constraints', [
        {
          ...constraint(key.name),
          UNIQUE_CONSTRAINT_SCHEMA: owner,
          UPDATE_RULE: 'NO ACTION',
          DELETE_RULE: 'NO ACTION',
          REFERENCED_TABLE_NAME: key.table,
        },
      ]);
      insert(
        'key_column_usage',
        key.columns.map((column, at) => ({
          ...constraint(key.name),
          COLUMN_NAME: column,
          ORDINAL_POSITION: at + 1,
          POSITION_IN_UNIQUE_CONSTRAINT: at + 1,
          REFERENCED_TABLE_SCHEMA: owner,
          REFERENCED_TABLE_NAME: key.table,
          REFERENCED_COLUMN_NAME: key.references[at] ?? null,
        })),
      );
    }
  }
}

/** Digits that an integer type holds. */
const PRECISION: Readonly<Record<string, number>> = {
  tinyint: 3,
  smallint: 5,
  mediumint: 7,
  int: 10,
  bigint: 19,
};

function typeDetails(type: string): Row {
  const { name, size, scale } = parseType(type);
  const isText = /char|text|enum|set/.test(name);
  const isDecimal = name === 'decimal';
  return {
    DATA_TYPE: name,
    CHARACTER_MAXIMUM_LENGTH: isText ? (size ?? 65_535) : null,
    CHARACTER_OCTET_LENGTH: isText ? (size ?? 65_535) * 4 : null,
    NUMERIC_PRECISION: isDecimal ? (size ?? 10) : (PRECISION[name] ?? null),
    NUMERIC_SCALE: isDecimal ? scale : name in PRECISION ? 0 : null,
    DATETIME_PRECISION: ['datetime', 'timestamp', 'time'].includes(name) ? (size ?? 0) : null,
    CHARACTER_SET_NAME: isText ? 'utf8mb4' : null,
    COLLATION_NAME: isText ? 'utf8mb4_bin' : null,
  };
}

const literal = (value: string | number | null | undefined): string =>
  value === null || value === undefined
    ? 'NULL'
    : typeof value === 'number'
      ? String(value)
      : quoteText(value);
