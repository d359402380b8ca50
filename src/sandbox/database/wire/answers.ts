import { PayloadWriter, lengthEncodedInt } from './bytes';

/** What a statement ended with instead of an answer; `code` and `sqlState` are MySQL's. */
export interface ServerError {
  readonly code: number;
  readonly sqlState: string;
  readonly message: string;
}

export interface Done {
  readonly affectedRows: number;
  readonly lastInsertId: number;
  readonly inTransaction: boolean;
  readonly autocommit: boolean;
}

export interface ColumnHead {
  readonly name: string;
  readonly table: string;
  readonly database: string;
  readonly type: WireType;
}

/** How a column is described on the wire (protocol: ColumnDefinition41). */
export interface WireType {
  readonly code: number;
  /** 63: bytes; 45: utf8mb4. */
  readonly characterSet: 63 | 45;
  /** Greatest length in bytes. */
  readonly length: number;
  readonly flags: number;
  readonly decimals: number;
}

const IN_TRANSACTION = 0x0001;
const AUTOCOMMIT = 0x0002;
const NULL_VALUE = Buffer.from([0xfb]);

const statusOf = (state: Pick<Done, 'inTransaction' | 'autocommit'>): number =>
  (state.inTransaction ? IN_TRANSACTION : 0) | (state.autocommit ? AUTOCOMMIT : 0);

export function okPayload(done: Done): Buffer {
  return new PayloadWriter()
    .int(0x00, 1)
    .lengthEncoded(done.affectedRows)
    .lengthEncoded(done.lastInsertId)
    .int(statusOf(done), 2)
    .int(0, 2)
    .done();
}

export function errorPayload(error: ServerError): Buffer {
  return new PayloadWriter()
    .int(0xff, 1)
    .int(error.code, 2)
    .text(`#${error.sqlState}${error.message}`)
    .done();
}

export function endOfRowsPayload(state: Pick<Done, 'inTransaction' | 'autocommit'>): Buffer {
  return new PayloadWriter().int(0xfe, 1).int(0, 2).int(statusOf(state), 2).done();
}

export function columnPayload(column: ColumnHead): Buffer {
  return new PayloadWriter()
    .lengthEncodedText('def')
    .lengthEncodedText(column.database)
    .lengthEncodedText(column.table)
    .lengthEncodedText(column.table)
    .lengthEncodedText(column.name)
    .lengthEncodedText(column.name)
    .int(0x0c, 1)
    .int(column.type.characterSet, 2)
    .int(column.type.length, 4)
    .int(column.type.code, 1)
    .int(column.type.flags, 2)
    .int(column.type.decimals, 1)
    .int(0, 2)
    .done();
}

/** One row in the text protocol. */
export function rowPayload(values: readonly (string | Uint8Array | null)[]): Buffer {
  const parts: Uint8Array[] = [];
  for (const value of values) {
    if (value === null) {
      parts.push(NULL_VALUE);
      continue;
    }
    const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
    parts.push(lengthEncodedInt(bytes.length), bytes);
  }
  return Buffer.concat(parts);
}
