import assert from 'node:assert/strict';
import fc from 'fast-check';
import { moved, selected, type Key } from '../../src/webview/results/keys';
import { LongScroll } from '../../src/webview/results/longScroll';
import { RowBlocks, type Row } from '../../src/webview/results/rowBlocks';
import { Selection, type Extent } from '../../src/webview/results/selection';

const key = (name: string, modifiers: Partial<Key> = {}): Key => ({
  ...{ key: name, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false },
  ...modifiers,
});

describe('the scrollbar of a very long list', () => {
  const sizes = fc.tuple(fc.integer({ min: 0, max: 40_000_000 }), fc.integer({ min: 1, max: 2000 }));

  it('is never longer than a browser takes, and reaches both ends', () => {
    fc.assert(
      fc.property(sizes, ([content, viewport]) => {
        const scroll = new LongScroll();
        scroll.resize(content, viewport);
        assert.ok(scroll.height <= 6_000_000);
        scroll.scrolled(Math.max(0, scroll.height - viewport));
        assert.ok(Math.abs(scroll.offset - Math.max(0, content - viewport)) < 1e-6);
        scroll.scrolled(0);
        assert.equal(scroll.offset, 0);
      }),
    );
  });

  it('keeps a position exactly, also when the browser rounds it and when rows arrive', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20_000_000 }), (offset) => {
        const scroll = new LongScroll();
        scroll.resize(22_000_000, 300);
        const bar = scroll.moveTo(offset);
        scroll.scrolled(Math.round(bar * 2) / 2);
        assert.equal(scroll.offset, offset);
        scroll.scrolled(scroll.resize(44_000_000, 300));
        assert.equal(scroll.offset, offset);
      }),
    );
  });

  it('is the position itself where the list is short', () => {
    const scroll = new LongScroll();
    scroll.resize(10_000, 300);
    scroll.scrolled(123.5);
    assert.equal(scroll.offset, 123.5);
    assert.equal(scroll.moveTo(50_000), 9700);
  });
});

describe('the selection of the grid', () => {
  const extent: Extent = { rows: 10, columns: 4 };

  it('begins at the active cell, grows with Shift and follows the active cell without', () => {
    const selection = new Selection();
    assert.equal(selection.area, undefined);
    selection.moveTo({ row: 3, column: 1 }, extent);
    selection.moveTo({ row: 1, column: 2 }, extent, true);
    assert.deepEqual(selection.area, { rows: { from: 1, to: 4 }, columns: { from: 1, to: 3 } });
    selection.moveTo({ row: 1, column: 3 }, extent);
    assert.deepEqual(selection.area, { rows: { from: 1, to: 2 }, columns: { from: 3, to: 4 } });
    selection.moveTo({ row: -1, column: 3 }, extent);
    assert.equal(selection.area, undefined);
  });

  it('stays within the rows and columns there are, whatever keys are pressed', () => {
    const keys = fc.record({
      key: fc.constantFrom(
        'ArrowUp',
        'ArrowDown',
        'ArrowLeft',
        'ArrowRight',
        'Home',
        'End',
        'PageUp',
        'PageDown',
        'a',
        ' ',
      ),
      ctrlKey: fc.boolean(),
      metaKey: fc.constant(false),
      shiftKey: fc.boolean(),
      altKey: fc.boolean(),
    });
    const extents = fc.record({
      rows: fc.integer({ min: 0, max: 30 }),
      columns: fc.integer({ min: 1, max: 5 }),
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(keys, extents), { maxLength: 40 }), (steps) => {
        const selection = new Selection();
        for (const [pressed, size] of steps) {
          selection.fit(size);
          if (!selected(pressed, selection, size)) {
            const next = moved(pressed, selection.active, size, 7);
            if (next !== undefined) {
              selection.moveTo(next, size, pressed.shiftKey);
            }
          }
          const { active, area } = selection;
          assert.ok(active.row >= -1 && active.row < size.rows);
          assert.ok(active.column >= 0 && active.column < size.columns);
          if (area !== undefined) {
            assert.ok(area.rows.from >= 0 && area.rows.to <= size.rows && area.rows.from < area.rows.to);
            assert.ok(area.columns.from >= 0 && area.columns.to <= size.columns);
            assert.ok(selection.includes(active.row, active.column));
          }
        }
      }),
    );
  });

  it('takes whole rows, whole columns and everything', () => {
    const selection = new Selection();
    selection.moveTo({ row: 2, column: 1 }, extent);
    assert.ok(selected(key(' ', { shiftKey: true }), selection, extent));
    assert.deepEqual(selection.area, { rows: { from: 2, to: 3 }, columns: { from: 0, to: 4 } });
    selection.moveTo({ row: 2, column: 1 }, extent);
    assert.ok(selected(key(' ', { ctrlKey: true }), selection, extent));
    assert.deepEqual(selection.area, { rows: { from: 0, to: 10 }, columns: { from: 1, to: 2 } });
    assert.ok(selected(key('a', { metaKey: true }), selection, extent));
    assert.deepEqual(selection.area, { rows: { from: 0, to: 10 }, columns: { from: 0, to: 4 } });
    assert.equal(selected(key('a'), selection, extent), false);
  });
});

describe('blocks of rows', () => {
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  let asked: (readonly [number, number])[];
  let release: (() => void)[];
  let failures: unknown[];
  let blocks: RowBlocks;

  beforeEach(() => {
    [asked, release, failures] = [[], [], []];
    blocks = new RowBlocks(
      (from, to) =>
        new Promise((resolve) => {
          asked.push([from, to]);
          release.push(() =>
            resolve(Array.from({ length: to - from }, (_, row): Row => [String(from + row)])),
          );
        }),
      () => undefined,
      (error) => failures.push(error),
    );
  });
  const answerAll = async (): Promise<void> => {
    while (release.length > 0) {
      release.splice(0).forEach((answer) => answer());
      await settle();
    }
  };

  it('are asked for once, and only what is in sight', async () => {
    blocks.count = 1_000_000;
    blocks.want(500, 540);
    blocks.want(510, 550);
    assert.deepEqual(asked, [[400, 600]]);
    await answerAll();
    assert.deepEqual(blocks.row(599), ['599']);
    assert.equal(blocks.row(600), undefined);
    blocks.want(410, 440);
    assert.equal(asked.length, 1);
  });

  it('are left out where a person has scrolled past them', async () => {
    blocks.count = 1_000_000;
    for (let from = 0; from < 900_000; from += 10_000) {
      blocks.want(from, from + 40);
    }
    const count = (): number => asked.length;
    assert.equal(count(), 3);
    await answerAll();
    assert.ok(count() <= 5, `${count()}`);
    assert.deepEqual(blocks.row(890_000), ['890000']);
  });

  it('are asked for again where more rows have arrived in them', async () => {
    blocks.count = 50;
    blocks.want(0, 40);
    await answerAll();
    blocks.count = 120;
    blocks.want(0, 100);
    await answerAll();
    assert.deepEqual(asked, [
      [0, 50],
      [0, 120],
    ]);
    assert.deepEqual(blocks.row(119), ['119']);
  });

  it('are not all kept', async () => {
    blocks.count = 100_000;
    for (let from = 0; from < 100_000; from += 200) {
      blocks.want(from, from + 40);
      await answerAll();
    }
    const kept = Array.from({ length: 500 }, (_, block) => blocks.row(block * 200)).filter(Boolean);
    assert.ok(kept.length <= 60, `${kept.length}`);
    assert.deepEqual(blocks.first[0], ['0']);
  });

  it('end with the first failure, told once', async () => {
    const failing = new RowBlocks(
      () => Promise.reject(new Error('gone')),
      () => undefined,
      (error) => failures.push(error),
    );
    failing.count = 1000;
    failing.want(0, 1000);
    await settle();
    failing.want(0, 1000);
    await settle();
    assert.equal(failures.length, 1);
  });
});
