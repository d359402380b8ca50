import type { WireType } from '../wire/answers';
import type { Cell } from './sqlite';

const BINARY = 63;
const UTF8MB4 = 45;
const NUMERIC_FLAG = 0x8000;
const UNSIGNED_FLAG = 0x20;
const BINARY_FLAG = 0x80;
const BLOB_FLAG = 0x10;
const LONGEST = 0xffffffff;

const numeric = (code: number, length: number, decimals = 0): WireType => ({
  code,
  length,
  decimals,
  characterSet: BINARY,
  flags: NUMERIC_FLAG | BINARY_FLAG,
});
const text = (code: number, length: number, flags = 0): WireType => ({
  code,
  length: Math.min(length * 4, LONGEST),
  decimals: 0,
  characterSet: UTF8MB4,
  flags,
});
const bytes = (code: number, length: number, flags = 0): WireType => ({
  code,
  length,
  decimals: 0,
  characterSet: BINARY,
  flags: BINARY_FLAG | flags,
});

/** Protocol: numbers and lengths of the column types. */
const byName: Readonly<Record<string, WireType>> = {
  tinyint: numeric(1, 4),
  bool: numeric(1, 1),
  boolean: numeric(1, 1),
  smallint: numeric(2, 6),
  mediumint: numeric(9, 9),
  int: numeric(3, 11),
  integer: numeric(8, 20),
  bigint: numeric(8, 20),
  float: numeric(4, 12, 31),
  double: numeric(5, 22, 31),
  real: numeric(5, 22, 31),
  decimal: numeric(246, 12),
  numeric: numeric(246, 12),
  year: numeric(13, 4),
  bit: bytes(16, 1),
  date: bytes(10, 10),
  datetime: bytes(12, 26),
  timestamp: bytes(7, 26),
  time: bytes(11, 15),
  char: text(254, 1),
  varchar: text(253, 255),
  enum: text(254, 255, 0x100),
  set: text(254, 255, 0x800),
  tinytext: text(252, 0xff, BLOB_FLAG),
  text: text(252, 0xffff, BLOB_FLAG),
  mediumtext: text(252, 0xffffff, BLOB_FLAG),
  longtext: text(252, LONGEST, BLOB_FLAG),
  binary: bytes(254, 1),
  varbinary: bytes(253, 255),
  tinyblob: bytes(252, 0xff, BLOB_FLAG),
  blob: bytes(252, 0xffff, BLOB_FLAG),
  mediumblob: bytes(252, 0xffffff, BLOB_FLAG),
  longblob: bytes(252, LONGEST, BLOB_FLAG),
  json: bytes(245, LONGEST, BLOB_FLAG),
};
const BIGINT = numeric(8, 20);
const DOUBLE = numeric(5, 22, 31);
const VARCHAR = text(253, 16_383);
const BLOB = bytes(252, 0xffff, BLOB_FLAG);
const NULL = bytes(6, 0);

/** `decimal(10,2) unsigned` → its parts. */
export function parseType(declared: string): { name: string; size: number | undefined; scale: number } {
  const [, name = '', size, scale] =
    /^\s*"?(\w+)(?:\s*\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\))?/.exec(declared) ?? [];
  return {
    name: name.toLowerCase(),
    size: size === undefined ? undefined : Number(size),
    scale: Number(scale ?? 0),
  };
}

export type Format = (cell: Cell) => string | Uint8Array | null;

export interface ColumnShape {
  readonly type: WireType;
  readonly format: Format;
}

const DIGITS_OF_A_DOUBLE = 15;
const exact: Format = (cell) =>
  cell === null || typeof cell === 'string' || cell instanceof Uint8Array
    ? cell
    : typeof cell === 'number'
      ? number(cell)
      : cell.integer;
/** What was computed is shown without the noise of binary fractions. */
const computed: Format = (cell) =>
  typeof cell === 'number' ? number(Number(cell.toPrecision(DIGITS_OF_A_DOUBLE))) : exact(cell);
const number = (value: number): string => String(value).replace('e+', 'e');

function decimal(scale: number): Format {
  return (cell) => {
    if (typeof cell === 'number') {
      return cell.toFixed(scale);
    }
    const whole = exact(cell);
    return scale === 0 || cell === null || typeof whole !== 'string' || typeof cell === 'string'
      ? whole
      : `${whole}.${'0'.repeat(scale)}`;
  };
}

/** The shape of a column that was declared; undefined for a type of SQLite's own, or none. */
export function declaredShape(declared: string): ColumnShape | undefined {
  const { name, size, scale } = parseType(declared);
  const type = byName[name];
  if (type === undefined) {
    return undefined;
  }
  const unsigned = /\bunsigned\b/i.test(declared) ? UNSIGNED_FLAG : 0;
  const sized =
    size === undefined
      ? type.length
      : type.characterSet === UTF8MB4
        ? size * 4
        : name === 'datetime' || name === 'timestamp' || name === 'time'
          ? type.length
          : size;
  const isDecimal = name === 'decimal' || name === 'numeric';
  return {
    type: {
      ...type,
      length: isDecimal ? (size ?? 10) + 2 : sized,
      decimals: isDecimal ? scale : type.decimals,
      flags: type.flags | unsigned,
    },
    format: isDecimal ? decimal(scale) : exact,
  };
}

/** The shape of a computed column, from the first values it has. */
export function computedShape(sample: readonly Cell[]): ColumnShape {
  const cells = sample.filter((cell) => cell !== null);
  const type = cells.some((cell) => typeof cell === 'string')
    ? VARCHAR
    : cells.some((cell) => cell instanceof Uint8Array)
      ? BLOB
      : cells.some((cell) => typeof cell === 'number')
        ? DOUBLE
        : cells.length > 0
          ? BIGINT
          : sample.length > 0
            ? NULL
            : VARCHAR;
  return { type, format: computed };
}
