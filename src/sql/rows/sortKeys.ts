import type { ColumnDefinition } from '../values';

/** How the values of a column are put in order. */
export type Ordering = 'number' | 'time' | 'bytes';

const numberTypes = new Set([0, 1, 2, 3, 4, 5, 8, 9, 13, 246]);
const timeType = 11;

/**
 * Dates and times of day of one width go by their text; text and JSON by the code points, which is the order of their
 * UTF-8 bytes; binary by its bytes.
 */
export const orderingOf = ({ columnType = -1 }: ColumnDefinition): Ordering =>
  numberTypes.has(columnType) ? 'number' : columnType === timeType ? 'time' : 'bytes';

const arenaBytes = 1024 * 1024;
/** Decimal digits that every double holds exactly. */
const exactDigits = 15;

/**
 * One key for each row, outside the heap. Keys are compared by a number first, then by the bytes they came from: a
 * number that a double does not hold exactly, or the rest of a text.
 */
export class SortKeys {
  private readonly numbers: Float64Array;
  private readonly arenas: Buffer[] = [];
  private used = arenaBytes;
  /** Index of the arena, offset in it, length; a length of 0 where there are no bytes to compare. */
  private readonly arena: Uint16Array;
  private readonly offset: Uint32Array;
  private readonly size: Uint32Array;

  constructor(
    count: number,
    private readonly ordering: Ordering,
  ) {
    this.numbers = new Float64Array(count);
    this.arena = new Uint16Array(count);
    this.offset = new Uint32Array(count);
    this.size = new Uint32Array(count);
  }

  /** @param start -1 for NULL */
  set(row: number, bytes: Buffer, start: number, end: number): void {
    if (start < 0) {
      this.numbers[row] = Number.NEGATIVE_INFINITY;
      return;
    }
    switch (this.ordering) {
      case 'number': {
        this.numbers[row] = Number(bytes.toString('latin1', start, end));
        if (end - start > exactDigits) {
          this.keep(row, bytes, start, end);
        }
        return;
      }
      case 'time':
        this.numbers[row] = microseconds(bytes.toString('latin1', start, end));
        return;
      case 'bytes': {
        let prefix = 0;
        for (let at = 0; at < prefixBytes; at += 1) {
          prefix = prefix * 256 + (start + at < end ? (bytes[start + at] ?? 0) : 0);
        }
        this.numbers[row] = prefix;
        this.keep(row, bytes, start, end);
      }
    }
  }

  readonly compare = (a: number, b: number): number => {
    const x = this.numbers[a] as number;
    const y = this.numbers[b] as number;
    if (x !== y) {
      return x < y ? -1 : 1;
    }
    if (this.size[a] === 0 && this.size[b] === 0) {
      return 0;
    }
    return this.ordering === 'number' ? compareDecimals(this.text(a), this.text(b)) : this.compareBytes(a, b);
  };

  private compareBytes(a: number, b: number): number {
    const [left, right] = [this.arenas[this.arena[a] ?? 0], this.arenas[this.arena[b] ?? 0]];
    const [sizeA, sizeB] = [this.size[a] ?? 0, this.size[b] ?? 0];
    if (left === undefined || right === undefined) {
      return sizeA - sizeB;
    }
    const [offsetA, offsetB] = [this.offset[a] ?? 0, this.offset[b] ?? 0];
    return left.compare(right, offsetB, offsetB + sizeB, offsetA, offsetA + sizeA);
  }

  /** Where none was kept, the double holds it exactly. */
  private text(row: number): string {
    const size = this.size[row] ?? 0;
    const offset = this.offset[row] ?? 0;
    return size === 0
      ? String(this.numbers[row])
      : (this.arenas[this.arena[row] ?? 0]?.toString('latin1', offset, offset + size) ?? '');
  }

  private keep(row: number, bytes: Buffer, start: number, end: number): void {
    const size = end - start;
    if (this.used + size > (this.arenas.at(-1)?.length ?? 0)) {
      this.arenas.push(Buffer.allocUnsafeSlow(Math.max(arenaBytes, size)));
      this.used = 0;
    }
    const arena = this.arenas.length - 1;
    bytes.copy(this.arenas[arena] as Buffer, this.used, start, end);
    this.arena[row] = arena;
    this.offset[row] = this.used;
    this.size[row] = size;
    this.used += size;
  }
}

/** As many as a double holds exactly. */
const prefixBytes = 6;

/** `-838:59:59.000000` as a number; it fits a double exactly. */
function microseconds(text: string): number {
  const match = /^(-?)(\d+):(\d+):(\d+)(?:\.(\d{1,6}))?$/.exec(text);
  if (match === null) {
    return 0;
  }
  const [, sign, hours, minutes, seconds, fraction = ''] = match;
  const whole = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  const value = whole * 1_000_000 + Number(fraction.padEnd(6, '0'));
  return sign === '-' ? -value : value;
}

/** Decimal numbers as MySQL writes them, without exponents, by their exact value. */
export function compareDecimals(a: string, b: string): number {
  const [x, y] = [parse(a), parse(b)];
  if (x.negative !== y.negative) {
    return x.negative ? -1 : 1;
  }
  return x.negative ? compareSizes(y, x) : compareSizes(x, y);
}

interface Decimal {
  readonly negative: boolean;
  readonly whole: string;
  readonly fraction: string;
}

function parse(text: string): Decimal {
  const [, sign = '', whole = '', fraction = ''] = /^([-+]?)0*(\d*)(?:\.(\d*?)0*)?$/.exec(text) ?? [];
  return { negative: sign === '-' && whole + fraction !== '', whole, fraction };
}

function compareSizes(x: Decimal, y: Decimal): number {
  if (x.whole.length !== y.whole.length) {
    return x.whole.length - y.whole.length;
  }
  const [left, right] = [x.whole + x.fraction, y.whole + y.fraction];
  return left < right ? -1 : left > right ? 1 : 0;
}
