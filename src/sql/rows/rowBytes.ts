import type { SqlValue } from '../../core/ports';
import type { Decode } from '../values';

/*
 * A row of the text protocol as the server sends it: for each column a length-encoded string, or 0xfb for NULL
 * (MySQL client/server protocol, ProtocolText::ResultsetRow).
 */

const nullMark = 0xfb;
const twoBytes = 0xfc;
const threeBytes = 0xfd;

/** Where the bytes of a value are; `start` is -1 for NULL. `next` is where the value after it begins. */
export interface Field {
  start: number;
  end: number;
  next: number;
}

export const newField = (): Field => ({ start: -1, end: -1, next: 0 });

/** Reads the length of the value at `at` into `field`. @throws when the row ends before its value does */
export function readField(bytes: Buffer, at: number, rowEnd: number, field: Field): void {
  const first = at < rowEnd ? (bytes[at] ?? 0) : -1;
  if (first === nullMark) {
    field.start = -1;
    field.end = -1;
    field.next = at + 1;
    return;
  }
  if (first >= 0 && first < nullMark) {
    field.start = at + 1;
    field.end = field.start + first;
  } else {
    const width = first === twoBytes ? 2 : first === threeBytes ? 3 : 8;
    if (first < 0 || at + 1 + width > rowEnd) {
      throw new Error('a row ends before its last value');
    }
    field.start = at + 1 + width;
    field.end =
      field.start + (width === 8 ? Number(bytes.readBigUInt64LE(at + 1)) : bytes.readUIntLE(at + 1, width));
  }
  field.next = field.end;
  if (field.end > rowEnd) {
    throw new Error('a row ends before its last value');
  }
}

/** The values of the row between `start` and `end`. */
export function decodeRow(
  bytes: Buffer,
  start: number,
  end: number,
  decoders: readonly Decode[],
): SqlValue[] {
  const field = newField();
  field.next = start;
  return decoders.map((decode) => {
    readField(bytes, field.next, end, field);
    return decode(field.start < 0 ? null : bytes.subarray(field.start, field.end));
  });
}
