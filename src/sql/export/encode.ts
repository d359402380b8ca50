import { uniqueNames } from '../../core/copyFormats';
import type { ExportFormat, SqlColumn, SqlValue } from '../../core/ports';

/** Writes rows in one format. */
export interface RowEncoder {
  /** What stands before the first row. */
  readonly head: string;
  row(values: readonly SqlValue[]): string;
}

export const encoderOf = (format: ExportFormat, columns: readonly SqlColumn[]): RowEncoder =>
  format === 'csv' ? csv(columns) : jsonLines(columns);

/**
 * RFC 4180: a line with the names, CRLF, quotes where they are needed. NULL is an empty field without quotes; an empty
 * text is `""`, so that both can be told apart.
 */
function csv(columns: readonly SqlColumn[]): RowEncoder {
  const field = (value: SqlValue): string => {
    if (value === null) {
      return '';
    }
    return value === '' || /[",\r\n]/.test(value) || value !== value.trim()
      ? `"${value.replaceAll('"', '""')}"`
      : value;
  };
  const line = (values: readonly SqlValue[]): string => `${values.map(field).join(',')}\r\n`;
  return { head: line(columns.map(({ name }) => name)), row: line };
}

/** Integers that every reader of JSON takes as they are, and floating-point numbers. */
const numberColumns = /^(?:TINYINT|SMALLINT|MEDIUMINT|INT|YEAR|FLOAT|DOUBLE)(?: UNSIGNED)?$/;

/**
 * One JSON object a line. By the column's type, so that a reader can rely on it: TINYINT to INT, YEAR, FLOAT and DOUBLE
 * are numbers; BIGINT and DECIMAL are strings, because a double does not hold them all; JSON is embedded; everything
 * else is a string as the server wrote it (binary as `0x…`), and NULL is null.
 */
function jsonLines(columns: readonly SqlColumn[]): RowEncoder {
  const names = uniqueNames(columns).map((name) => `${JSON.stringify(name)}:`);
  const encoders = columns.map(({ type }) =>
    numberColumns.test(type) ? jsonNumber : type === 'JSON' ? embedded : JSON.stringify,
  );
  return {
    head: '',
    row: (values) => {
      const members = values.map((value, at) => {
        const text = value === null ? 'null' : (encoders[at] ?? JSON.stringify)(value);
        return `${names[at] ?? ''}${text}`;
      });
      return `{${members.join(',')}}\n`;
    },
  };
}

/** A display width with ZEROFILL gives leading zeros, which JSON does not know. */
function jsonNumber(value: string): string {
  const plain = value.replace(/^(-?)0+(?=\d)/, '$1');
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/.test(plain) ? plain : JSON.stringify(value);
}

/** As it is, on one line. What the server sends as JSON and is none stays a string. */
function embedded(value: string): string {
  try {
    JSON.parse(value);
  } catch {
    return JSON.stringify(value);
  }
  // Line ends stand only between JSON's tokens: inside its strings they are escaped.
  return value.replace(/[\r\n]+/g, ' ');
}
