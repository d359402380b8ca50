import { TextDecoder } from 'node:util';
import type { SqlColumn, SqlValue } from '../core/ports';

/** A column as the driver describes it (protocol: ColumnDefinition41). */
export interface ColumnDefinition {
  readonly name: string;
  readonly columnType?: number;
  readonly characterSet?: number;
  readonly columnLength?: number;
  readonly flags: number | readonly string[];
  readonly encoding?: string;
  readonly extendedTypeName?: string;
  readonly extendedFormat?: string;
}

/** Turns the bytes that the server sent for one value into what is shown. */
export type Decode = (bytes: Buffer | null) => SqlValue;

const binaryCharacterSet = 63;
const unsignedFlag = 0x20;
const enumFlag = 0x100;
const setFlag = 0x800;

/** Numbers and times are ASCII on the wire whatever their character set says; JSON is UTF-8 (MySQL reports binary). */
const plainNames: Readonly<Record<number, string>> = {
  0: 'DECIMAL',
  1: 'TINYINT',
  2: 'SMALLINT',
  3: 'INT',
  4: 'FLOAT',
  5: 'DOUBLE',
  6: 'NULL',
  7: 'TIMESTAMP',
  8: 'BIGINT',
  9: 'MEDIUMINT',
  10: 'DATE',
  11: 'TIME',
  12: 'DATETIME',
  13: 'YEAR',
  14: 'DATE',
  245: 'JSON',
  246: 'DECIMAL',
};
const bitType = 16;
const geometryType = 255;
const charTypes: Readonly<Record<number, readonly [text: string, binary: string]>> = {
  15: ['VARCHAR', 'VARBINARY'],
  249: ['TINYTEXT', 'TINYBLOB'],
  250: ['MEDIUMTEXT', 'MEDIUMBLOB'],
  251: ['LONGTEXT', 'LONGBLOB'],
  253: ['VARCHAR', 'VARBINARY'],
  254: ['CHAR', 'BINARY'],
};
const blobType = 252;

export function describeColumn(column: ColumnDefinition): SqlColumn {
  return { name: column.name, type: typeName(column) };
}

function typeName(column: ColumnDefinition): string {
  const extended = column.extendedTypeName ?? column.extendedFormat;
  if (extended !== undefined) {
    return extended.toUpperCase();
  }
  const type = column.columnType ?? -1;
  const flags = typeof column.flags === 'number' ? column.flags : 0;
  const plain = plainNames[type];
  if (plain !== undefined) {
    return (flags & unsignedFlag) !== 0 && !['YEAR', 'TIMESTAMP'].includes(plain)
      ? `${plain} UNSIGNED`
      : plain;
  }
  if ((flags & enumFlag) !== 0) {
    return 'ENUM';
  }
  if ((flags & setFlag) !== 0) {
    return 'SET';
  }
  const binary = column.characterSet === binaryCharacterSet;
  if (type === blobType) {
    return blobName(column.columnLength ?? 0, binary);
  }
  const pair = charTypes[type];
  if (pair !== undefined) {
    return pair[binary ? 1 : 0];
  }
  return type === bitType ? 'BIT' : type === geometryType ? 'GEOMETRY' : `TYPE ${type}`;
}

/** All four BLOB and TEXT types share one number; their greatest length in bytes (text: times 4) tells them apart. */
function blobName(length: number, binary: boolean): string {
  const bytes = binary ? length : length / 4;
  const size = bytes <= 0xff ? 'TINY' : bytes <= 0xffff ? '' : bytes <= 0xffffff ? 'MEDIUM' : 'LONG';
  return `${length >= 0xffffffff ? 'LONG' : size}${binary ? 'BLOB' : 'TEXT'}`;
}

const hex: Decode = (bytes) => (bytes === null ? null : `0x${bytes.toString('hex')}`);
const utf8: Decode = (bytes) => (bytes === null ? null : bytes.toString('utf8'));

export function decoderOf(column: ColumnDefinition): Decode {
  const type = column.columnType ?? -1;
  if (type in plainNames) {
    return utf8;
  }
  if (type === bitType || type === geometryType || column.characterSet === binaryCharacterSet) {
    return hex;
  }
  return textDecoder(column.encoding ?? 'utf8');
}

/**
 * The connection asks for utf8mb4, so anything else comes from a person's own SET NAMES. What cannot be decoded without
 * loss is shown as its bytes. (MySQL's utf8mb3 is what the driver calls cesu8.)
 */
function textDecoder(encoding: string): Decode {
  if (encoding === 'utf8' || encoding === 'cesu8' || encoding === 'ascii') {
    return utf8;
  }
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  } catch {
    return hex;
  }
  return (bytes) => {
    try {
      return bytes === null ? null : decoder.decode(bytes);
    } catch {
      return hex(bytes);
    }
  };
}
