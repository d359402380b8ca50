import type { SqlColumn, SqlValue } from './ports';
import type { TableName } from './queries';

export const copyFormats = ['tsv', 'csv', 'json', 'markdown', 'insert'] as const;
export type CopyFormat = (typeof copyFormats)[number];

/** Writes rows as text, piece by piece: the pieces one after the other are the whole. */
export interface RowWriter {
  begin(): string;
  row(values: readonly SqlValue[]): string;
  end(): string;
}

export interface CopyOptions {
  /** TSV and CSV: a first line with the columns' names. The others always name them. */
  readonly headers: boolean;
  /** INSERT: where the rows came from, if that is known. */
  readonly table: TableName | undefined;
}

export function rowWriter(
  format: CopyFormat,
  columns: readonly SqlColumn[],
  options: CopyOptions,
): RowWriter {
  switch (format) {
    case 'tsv':
      return delimited('\t', '\n', columns, options.headers);
    case 'csv':
      return delimited(',', '\r\n', columns, options.headers);
    case 'json':
      return jsonWriter(columns);
    case 'markdown':
      return markdownWriter(columns);
    case 'insert':
      return insertWriter(columns, options.table);
  }
}

const baseType = (type: string): string => type.replace(/ UNSIGNED$/, '');

const numericTypes = new Set('TINYINT SMALLINT MEDIUMINT INT BIGINT DECIMAL FLOAT DOUBLE YEAR'.split(' '));
const binaryTypes = new Set('BIT BINARY VARBINARY TINYBLOB BLOB MEDIUMBLOB LONGBLOB GEOMETRY'.split(' '));

/** Whether a column's values are numbers; a person reads those from the right. */
export const isNumeric = ({ type }: SqlColumn): boolean => numericTypes.has(baseType(type));

const isBinary = ({ type }: SqlColumn): boolean => binaryTypes.has(baseType(type));

/**
 * RFC 4180, with tabs also the form that spreadsheets paste. NULL is an empty field and an empty text is `""`, as
 * PostgreSQL and others write and read them.
 */
function delimited(
  delimiter: string,
  newLine: string,
  columns: readonly SqlColumn[],
  headers: boolean,
): RowWriter {
  const special = new RegExp(`["\\r\\n${delimiter}]|^$|^\\s|\\s$`);
  const field = (value: SqlValue): string =>
    value === null ? '' : special.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
  const line = (values: readonly SqlValue[]): string => values.map(field).join(delimiter) + newLine;
  return {
    begin: () => (headers ? line(columns.map(({ name }) => name)) : ''),
    row: line,
    end: () => '',
  };
}

/** The names of the columns, each once: a second `id` is `id_2`. */
export function uniqueNames(columns: readonly SqlColumn[]): readonly string[] {
  const taken = new Set(columns.map(({ name }) => name));
  const used = new Set<string>();
  return columns.map(({ name }) => {
    let unique = name;
    for (let count = 2; used.has(unique); count += 1) {
      const next = `${name}_${count}`;
      unique = taken.has(next) ? unique : next;
    }
    used.add(unique);
    return unique;
  });
}

const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/i;

/** Whether a program that reads JSON numbers as double precision gets the very value that the server sent. */
function isExactNumber(text: string, approximate: boolean): boolean {
  if (!jsonNumber.test(text)) {
    return false;
  }
  const digits = text.replace(/e.*$/i, '').replace(/[-.]/g, '').replace(/^0+/, '');
  const significant = text.includes('.') ? digits.replace(/0+$/, '') : digits;
  return Number.isFinite(Number(text)) && (approximate || significant.length <= 15 || isSafe(text));
}

const isSafe = (text: string): boolean =>
  /^-?\d+$/.test(text) && Number.isSafeInteger(Number(text)) && String(Number(text)) === text;

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Numbers where nothing is lost, else text; JSON as the JSON it is. */
function jsonValue(value: SqlValue, column: SqlColumn): string {
  if (value === null) {
    return 'null';
  }
  const type = baseType(column.type);
  const asIs = isNumeric(column)
    ? isExactNumber(value, type === 'FLOAT' || type === 'DOUBLE')
    : type === 'JSON' && isJson(value);
  return asIs ? value : JSON.stringify(value);
}

function jsonWriter(columns: readonly SqlColumn[]): RowWriter {
  const keys = uniqueNames(columns).map((name) => JSON.stringify(name));
  let first = true;
  return {
    begin: () => '[',
    row: (values) => {
      const fields = columns.map(
        (column, index) => `${keys[index]}: ${jsonValue(values[index] ?? null, column)}`,
      );
      const text = `${first ? '' : ','}\n  {${fields.join(', ')}}`;
      first = false;
      return text;
    },
    end: () => (first ? ']\n' : '\n]\n'),
  };
}

const markdownText = (value: SqlValue): string =>
  value === null
    ? 'NULL'
    : value
        .replaceAll('\\', '\\\\')
        .replaceAll('|', '\\|')
        .replace(/&(?=#?\w+;)/g, '&amp;')
        .replaceAll('<', '&lt;')
        .replace(/\r\n|\r|\n/g, '<br>');

function markdownWriter(columns: readonly SqlColumn[]): RowWriter {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
  return {
    begin: () =>
      line(columns.map(({ name }) => markdownText(name))) +
      line(columns.map((column) => (isNumeric(column) ? '---:' : '---'))),
    row: (values) => line(values.map(markdownText)),
    end: () => '',
  };
}

export const quotedName = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

/**
 * A literal that means the same with and without NO_BACKSLASH_ESCAPES: quotes are doubled, and a text with a backslash or
 * a sign that cannot be seen is written by its bytes.
 */
function literal(value: SqlValue, column: SqlColumn): string {
  if (value === null) {
    return 'NULL';
  }
  if (isBinary(column) && /^0x(?:[0-9a-f]{2})*$/i.test(value)) {
    return value.length === 2 ? `''` : value;
  }
  if (isNumeric(column) && jsonNumber.test(value)) {
    return value;
  }
  return /[\\\p{Cc}]/u.test(value.replace(/[\t\r\n]/g, ''))
    ? `_utf8mb4 0x${hexOf(value)}`
    : `'${value.replaceAll(`'`, `''`)}'`;
}

const hexOf = (text: string): string =>
  Array.from(new TextEncoder().encode(text), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** So many rows go into one statement; a server refuses one that is longer than its max_allowed_packet. */
const rowsPerInsert = 100;
const lengthPerInsert = 1_000_000;

function insertWriter(columns: readonly SqlColumn[], table: TableName | undefined): RowWriter {
  const { database, table: name } = table ?? { table: 'table_name' };
  const target = [...(database === undefined ? [] : [database]), name].map(quotedName).join('.');
  const names = uniqueNames(columns).map(quotedName).join(', ');
  const head = `INSERT INTO ${target} (${names}) VALUES\n`;
  let count = 0;
  let length = 0;
  return {
    begin: () => '',
    row: (values) => {
      const tuple = `  (${columns.map((column, index) => literal(values[index] ?? null, column)).join(', ')})`;
      const anew = count === rowsPerInsert || length + tuple.length > lengthPerInsert;
      const before = count === 0 ? head : anew ? `;\n${head}` : ',\n';
      count = anew ? 1 : count + 1;
      length = anew ? tuple.length : length + tuple.length;
      return before + tuple;
    },
    end: () => (count === 0 ? '' : ';\n'),
  };
}
