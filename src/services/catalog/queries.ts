import {
  quotedName,
  quotedText,
  type ColumnInfo,
  type IndexInfo,
  type TableInfo,
} from '../../core/catalogModel';
import type { SqlResult, SqlValue } from '../../core/ports';

/** How many rows of a list are read at once. */
export const pageSize = 200;

type Row = (column: string) => SqlValue;

/** The rows of an answer, by the names of their columns in whatever case the server writes them. */
function rowsOf({ columns, rows }: SqlResult): readonly Row[] {
  const places = new Map(columns.map(({ name }, at) => [name.toUpperCase(), at]));
  return rows.map((row) => (column) => row[places.get(column) ?? -1] ?? null);
}

export const databasesQuery = 'SHOW DATABASES';

export const databasesOf = ({ rows }: SqlResult): readonly string[] =>
  rows.flatMap(([name]) => (name === null || name === undefined ? [] : [name]));

/** One more than a page, to know whether there are others. */
export const tablesQuery = (database: string, offset: number): string =>
  'SELECT TABLE_NAME, TABLE_TYPE, TABLE_ROWS, TABLE_COMMENT FROM information_schema.TABLES ' +
  `WHERE TABLE_SCHEMA = ${quotedText(database)} ` +
  `ORDER BY TABLE_NAME LIMIT ${String(pageSize + 1)} OFFSET ${String(offset)}`;

export const tablesOf = (result: SqlResult): readonly TableInfo[] =>
  rowsOf(result).map((row) => {
    const kind = row('TABLE_TYPE')?.endsWith('VIEW') === true ? 'view' : 'table';
    const rows = row('TABLE_ROWS');
    const comment = row('TABLE_COMMENT') ?? '';
    return {
      ...{ name: row('TABLE_NAME') ?? '', kind },
      ...(rows !== null && kind === 'table' && { estimatedRows: rows }),
      // MySQL writes the word VIEW where a view's comment would be.
      comment: kind === 'view' && comment === 'VIEW' ? '' : comment,
    };
  });

/** All of a database at once, with nothing that the server has to look for in each. */
export const tableNamesQuery = (database: string): string =>
  `SELECT TABLE_NAME, TABLE_TYPE FROM information_schema.TABLES WHERE TABLE_SCHEMA = ${quotedText(database)} ` +
  'ORDER BY TABLE_NAME';

const ofTable = (view: string, database: string, table: string): string =>
  `FROM information_schema.${view} WHERE TABLE_SCHEMA = ${quotedText(database)} AND TABLE_NAME = ${quotedText(table)}`;

export const columnsQuery = (database: string, table: string): string =>
  'SELECT COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COLUMN_KEY, COLUMN_DEFAULT, EXTRA, COLUMN_COMMENT ' +
  `${ofTable('COLUMNS', database, table)} ORDER BY ORDINAL_POSITION`;

export const columnsOf = (result: SqlResult): readonly ColumnInfo[] =>
  rowsOf(result).map((row) => {
    const defaultValue = row('COLUMN_DEFAULT');
    return {
      name: row('COLUMN_NAME') ?? '',
      type: row('COLUMN_TYPE') ?? '',
      nullable: row('IS_NULLABLE') === 'YES',
      key: row('COLUMN_KEY') ?? '',
      ...(defaultValue !== null && { defaultValue }),
      extra: row('EXTRA') ?? '',
      comment: row('COLUMN_COMMENT') ?? '',
    };
  });

/** Every column: TiDB and MySQL tell of expressions and visibility, MariaDB of ignored indexes, the oldest of neither. */
export const indexesQuery = (database: string, table: string): string =>
  `SELECT * ${ofTable('STATISTICS', database, table)} ORDER BY INDEX_NAME, SEQ_IN_INDEX`;

export function indexesOf(result: SqlResult): readonly IndexInfo[] {
  const indexes = new Map<string, IndexInfo>();
  for (const row of rowsOf(result)) {
    const name = row('INDEX_NAME') ?? '';
    const expression = row('EXPRESSION');
    const column = row('COLUMN_NAME') ?? (expression === null ? '' : `(${expression})`);
    const before = indexes.get(name);
    indexes.set(name, {
      name,
      columns: [...(before?.columns ?? []), column],
      unique: row('NON_UNIQUE') === '0',
      visible: row('IS_VISIBLE') !== 'NO' && row('IGNORED') !== 'YES',
    });
  }
  return [...indexes.values()].sort((a, b) => Number(b.name === 'PRIMARY') - Number(a.name === 'PRIMARY'));
}

export const showCreateQuery = (database: string, { name, kind }: Pick<TableInfo, 'name' | 'kind'>): string =>
  `SHOW CREATE ${kind === 'view' ? 'VIEW' : 'TABLE'} ${quotedName(database)}.${quotedName(name)}`;

/** The statement is in the second column, also for views. */
export const createStatementOf = ({ rows }: SqlResult): string => rows[0]?.[1] ?? '';
