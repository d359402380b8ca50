import assert from 'node:assert/strict';
import { once, EventEmitter } from 'node:events';
import fc from 'fast-check';
import type { SqlValue } from '../../../../src/core/ports';
import { RowStore } from '../../../../src/sql/rows/rowStore';
import { compareDecimals } from '../../../../src/sql/rows/sortKeys';
import type { ColumnDefinition } from '../../../../src/sql/values';

const text: Omit<ColumnDefinition, 'name'> = {
  columnType: 253,
  characterSet: 45,
  flags: 0,
  encoding: 'utf8',
};
const bigint: Omit<ColumnDefinition, 'name'> = { columnType: 8, characterSet: 63, flags: 0 };
const decimal: Omit<ColumnDefinition, 'name'> = { columnType: 246, characterSet: 63, flags: 0 };
const time: Omit<ColumnDefinition, 'name'> = { columnType: 11, characterSet: 63, flags: 0 };

/** A row as the protocol writes it. */
function rowBytes(values: readonly SqlValue[]): Buffer {
  return Buffer.concat(
    values.map((value) => {
      if (value === null) {
        return Buffer.from([0xfb]);
      }
      const bytes = Buffer.from(value);
      const { length } = bytes;
      const head = Buffer.alloc(length < 251 ? 1 : length < 65536 ? 3 : 4);
      head[0] = length < 251 ? length : length < 65536 ? 0xfc : 0xfd;
      if (head.length > 1) {
        head.writeUIntLE(length, 1, head.length - 1);
      }
      return Buffer.concat([head, bytes]);
    }),
  );
}

/** A store that keeps next to nothing in memory. */
class Stage {
  readonly events = new EventEmitter();
  readonly failures: unknown[] = [];
  readonly store: RowStore;

  constructor(
    types: readonly Omit<ColumnDefinition, 'name'>[],
    limits = { memoryBytes: 0, waitingBytes: 300_000 },
  ) {
    this.store = new RowStore(
      types.map((type, at) => ({ ...type, name: `c${String(at)}` })),
      {
        onDrained: () => this.events.emit('drained'),
        onFailed: (cause) => this.failures.push(cause),
        onListenerError: (error) => this.failures.push(error),
      },
      limits,
    );
  }

  /** As the link does: waits when the store cannot keep up. Returns how often it had to. */
  async fill(rows: readonly (readonly SqlValue[])[]): Promise<number> {
    let waits = 0;
    for (const row of rows) {
      // In the middle of other bytes, as in a packet.
      const bytes = Buffer.concat([Buffer.from('head'), rowBytes(row), Buffer.from('tail')]);
      if (!this.store.append(bytes, 4, bytes.length - 4)) {
        waits += 1;
        await once(this.events, 'drained');
      }
    }
    this.store.end(false);
    return waits;
  }
}

const sorted = async (
  type: Omit<ColumnDefinition, 'name'>,
  values: readonly SqlValue[],
  descending = false,
): Promise<SqlValue[]> => {
  const { store, fill } = bound(new Stage([type]));
  await fill(values.map((value) => [value]));
  const order = await store.arrange({ sort: { column: 0, descending } });
  const rows = await store.read(0, order.length, { order });
  store.dispose();
  return rows.map(([value]) => value as SqlValue);
};

const bound = (stage: Stage): { store: RowStore; fill: Stage['fill'] } => ({
  store: stage.store,
  fill: (rows) => stage.fill(rows),
});

describe('stored rows', () => {
  it('give back what came in, from memory and from the file, whatever the lengths', async () => {
    const value = fc.oneof(
      fc.constant(null),
      fc.string(),
      fc.string({ unit: 'grapheme' }),
      fc.integer({ min: 0, max: 70_000 }).map((length) => 'x'.repeat(length)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(value, value), { maxLength: 40 }), async (rows) => {
        const { store, fill } = bound(new Stage([text, text]));
        await fill(rows);
        assert.equal(store.count, rows.length);
        assert.deepEqual(await store.read(0, rows.length + 5), rows);
        const middle = Math.floor(rows.length / 2);
        assert.deepEqual(await store.read(middle, middle + 3), rows.slice(middle, middle + 3));
        store.dispose();
      }),
      { numRuns: 60 },
    );
  });

  it('let the server wait while the file cannot keep up, and lose nothing', async () => {
    const { store, fill } = bound(new Stage([text]));
    const rows = Array.from({ length: 5000 }, (_, at) => [`${String(at)} ${'x'.repeat(500)}`]);
    assert.ok((await fill(rows)) > 0);
    assert.deepEqual(await store.read(4990, 5000), rows.slice(4990));
    assert.deepEqual(await store.read(0, 2), rows.slice(0, 2));
    store.dispose();
  });

  it('can be read while rows still come', async () => {
    const stage = new Stage([text]);
    let told = 0;
    stage.store.onDidChange(() => (told += 1));
    const one = rowBytes(['first']);
    stage.store.append(one, 0, one.length);
    await Promise.resolve();
    assert.equal(told, 1, 'the first row is told at once');
    assert.deepEqual(await stage.store.read(0, 10), [['first']]);
    assert.equal(stage.store.ended, false);
    stage.store.end(true);
    assert.deepEqual([stage.store.ended, stage.store.truncated, told], [true, true, 2]);
    stage.store.dispose();
  });

  it('refuse a row that ends before its values do', () => {
    const { store } = new Stage([text, text]);
    for (const broken of [[1], [5, 97], [0xfb], [1, 97, 0xfc, 1], [0xfe, 1, 0, 0, 0, 0, 0, 0, 0]]) {
      assert.throws(() => store.append(Buffer.from(broken), 0, broken.length), /ends before/);
    }
    store.dispose();
  });

  it('cut long values, never in the middle of a character', async () => {
    const { store, fill } = bound(new Stage([text]));
    await fill([['abcdef'], ['abc😀ef'], ['abc'], [null]]);
    assert.deepEqual(await store.read(0, 4, { cutAt: 4 }), [
      [{ cut: 'abcd', length: 6 }],
      [{ cut: 'abc', length: 7 }],
      ['abc'],
      [null],
    ]);
    store.dispose();
  });

  it('are gone once disposed of', async () => {
    const { store, fill } = bound(new Stage([text]));
    await fill([['a']]);
    store.dispose();
    assert.deepEqual(await store.read(0, 1), []);
  });
});

describe('arranging stored rows', () => {
  it('sorts numbers by their exact value, with NULL first', async () => {
    const values = [
      '18446744073709551615',
      null,
      '18446744073709551614',
      '-9',
      '9',
      '10',
      '9007199254740993',
    ];
    const expected = [
      null,
      '-9',
      '9',
      '10',
      '9007199254740993',
      '18446744073709551614',
      '18446744073709551615',
    ];
    assert.deepEqual(await sorted(bigint, values), expected);
    assert.deepEqual(await sorted(bigint, values, true), [...expected].reverse());
    const decimals = [
      '0.1',
      '-12345678901234567890.02',
      '-12345678901234567890.01',
      '0.10000000000000000001',
    ];
    assert.deepEqual(await sorted(decimal, decimals), [decimals[1], decimals[2], '0.1', decimals[3]]);
  });

  it('sorts times by how long they are', async () => {
    const values = ['10:00:00', '-838:59:59', '100:00:00', '09:00:00.5', '-00:00:01'];
    assert.deepEqual(await sorted(time, values), [
      ...['-838:59:59', '-00:00:01', '09:00:00.5', '10:00:00', '100:00:00'],
    ]);
  });

  it('sorts text by its code points, and keeps the order of equals', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 60 }), async (values) => {
        const bytes = values.map((value) => Buffer.from(value));
        const expected = bytes.sort((a, b) => a.compare(b)).map((value) => value.toString());
        assert.deepEqual(await sorted(text, values), expected);
      }),
    );
    const { store, fill } = bound(new Stage([text, bigint]));
    await fill(Array.from({ length: 5000 }, (_, at) => [String(at % 7), String(at)]));
    const order = await store.arrange({ sort: { column: 0, descending: true } });
    for (let at = 1; at < order.length; at += 1) {
      const [before, now] = [order[at - 1] ?? 0, order[at] ?? 0];
      assert.ok(before % 7 > now % 7 || (before % 7 === now % 7 && before < now));
    }
    store.dispose();
  });

  it('filters by what is shown, without regard to case, and sorts what is left', async () => {
    const { store, fill } = bound(new Stage([text, bigint]));
    await fill([
      ['Amélie', '3'],
      ['王小明', '12'],
      [null, '2'],
      ['AMÉLIE', '1'],
      ['', '212'],
    ]);
    assert.deepEqual([...(await store.arrange({ filter: 'amé' }))], [0, 3]);
    assert.deepEqual([...(await store.arrange({ filter: '小' }))], [1]);
    const order = await store.arrange({ filter: '12', sort: { column: 1, descending: true } });
    assert.deepEqual([...order], [4, 1]);
    assert.deepEqual([...(await store.arrange({ filter: 'nothing like it' }))], []);
    store.dispose();
  });

  it('ends when aborted', async () => {
    const { store, fill } = bound(new Stage([text]));
    await fill(Array.from({ length: 30_000 }, (_, at) => [`row ${String(at)} ${'x'.repeat(200)}`]));
    const abort = new AbortController();
    const reason = new Error('the person typed on');
    const arranging = store.arrange(
      { filter: 'no such text', sort: { column: 0, descending: false } },
      abort.signal,
    );
    abort.abort(reason);
    await assert.rejects(arranging, reason);
    store.dispose();
  });
});

describe('comparing decimals', () => {
  it('agrees with exact arithmetic', () => {
    const part = fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n });
    const scale = 12;
    const write = (value: bigint): string => {
      const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0');
      return `${value < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
    };
    fc.assert(
      fc.property(part, part, (a, b) => {
        assert.equal(Math.sign(compareDecimals(write(a), write(b))), a < b ? -1 : a > b ? 1 : 0);
      }),
    );
    assert.equal(compareDecimals('-0.00', '0'), 0);
    assert.equal(compareDecimals('1.50', '1.5'), 0);
  });
});
