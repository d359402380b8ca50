import type { ServerError } from '../wire/answers';

/** An error as MySQL would give it. */
export class SqlError extends Error implements ServerError {
  constructor(
    readonly code: number,
    readonly sqlState: string,
    message: string,
  ) {
    super(message);
  }
}

export const syntaxError = (near: string): SqlError =>
  new SqlError(
    1064,
    '42000',
    `You have an error in your SQL syntax; check what this practice database understands near '${near}' at line 1`,
  );
export const unsupported = (what: string): SqlError =>
  new SqlError(1235, '42000', `This practice database doesn't yet support '${what}'`);
export const unknownDatabase = (name: string): SqlError =>
  new SqlError(1049, '42000', `Unknown database '${name}'`);
export const noDatabase = (): SqlError => new SqlError(1046, '3D000', 'No database selected');
export const noTable = (database: string, table: string): SqlError =>
  new SqlError(1146, '42S02', `Table '${database}.${table}' doesn't exist`);

type Make = (match: RegExpExecArray, database: string | undefined) => SqlError;

/** SQLite's words (sqlite.org, the texts in its source) → MySQL's error. */
const translations: readonly (readonly [RegExp, Make])[] = [
  [/^interrupted$/, () => new SqlError(1317, '70100', 'Query execution was interrupted')],
  [
    /^database (?:table |schema )?is locked/,
    () => new SqlError(1205, 'HY000', 'Lock wait timeout exceeded; try restarting transaction'),
  ],
  [
    /^no such table: (?:(.+)\.)?([^.]+)$/,
    ([, schema, table = ''], database) => {
      const owner = schema === undefined || schema === 'main' ? database : schema;
      return owner === undefined ? noDatabase() : noTable(owner, table);
    },
  ],
  [/^unknown database (.+)$/, ([, name = '']) => unknownDatabase(name)],
  [
    /^(?:no such column: |table \S+ has no column named )"?([^"]+?)"?(?: - .*)?$/,
    ([, name = '']) =>
      new SqlError(1054, '42S22', `Unknown column '${name.replace(/^main\./, '')}' in 'field list'`),
  ],
  [
    /^ambiguous column name: (.+)$/,
    ([, name = '']) => new SqlError(1052, '23000', `Column '${name}' in field list is ambiguous`),
  ],
  [
    /^(?:table|view) (?:[`"]?)(.+?)(?:[`"]?) already exists/,
    ([, name = '']) => new SqlError(1050, '42S01', `Table '${name}' already exists`),
  ],
  [
    /^index (.+) already exists/,
    ([, name = '']) => new SqlError(1061, '42000', `Duplicate key name '${name}'`),
  ],
  [
    /^duplicate column name: (.+)$/,
    ([, name = '']) => new SqlError(1060, '42S21', `Duplicate column name '${name}'`),
  ],
  [
    /^UNIQUE constraint failed: (.+)$/,
    ([, key = '']) => new SqlError(1062, '23000', `Duplicate entry for key '${key}'`),
  ],
  [
    /^NOT NULL constraint failed: (?:.+\.)?(.+)$/,
    ([, column = '']) => new SqlError(1048, '23000', `Column '${column}' cannot be null`),
  ],
  [
    /^FOREIGN KEY constraint failed$/,
    () => new SqlError(1452, '23000', 'Cannot add, update or delete a row: a foreign key constraint fails'),
  ],
  [
    /^CHECK constraint failed: (.+)$/,
    ([, check = '']) => new SqlError(3819, 'HY000', `Check constraint '${check}' is violated.`),
  ],
  [
    /^no such function: (.+)$/,
    ([, name = '']) => new SqlError(1305, '42000', `FUNCTION ${name} does not exist`),
  ],
  [
    /^wrong number of arguments to function (.+?)\(\)/,
    ([, name = '']) =>
      new SqlError(1582, '42000', `Incorrect parameter count in the call to native function '${name}'`),
  ],
  [/^misuse of aggregate/, () => new SqlError(1111, 'HY000', 'Invalid use of group function')],
  [
    /has (\d+) columns but (\d+) values were supplied|^(\d+) values for (\d+) columns|^all VALUES must have/,
    () => new SqlError(1136, '21S01', "Column count doesn't match value count at row 1"),
  ],
  [
    /^SELECTs to the left and right/,
    () => new SqlError(1222, '21000', 'The used SELECT statements have a different number of columns'),
  ],
  [/^near "([\s\S]*)": syntax error$/, ([, near = '']) => syntaxError(near)],
  [/^unrecognized token: "([\s\S]*)"$/, ([, near = '']) => syntaxError(near)],
  [/^incomplete input$/, () => syntaxError('')],
];

/** What SQLite threw, in MySQL's words. `database` is the current one. */
export function toSqlError(error: unknown, database: string | undefined): SqlError {
  if (error instanceof SqlError) {
    return error;
  }
  const words = error instanceof Error ? error.message : String(error);
  for (const [pattern, make] of translations) {
    const match = pattern.exec(words);
    if (match !== null) {
      return make(match, database);
    }
  }
  return new SqlError(1105, 'HY000', words);
}
