import assert from 'node:assert/strict';
import { AppError } from '../../../src/core/errors';
import { copyRows, rowsWanted, type CopyWish } from '../../../src/panels/results/copyRows';
import type { ResultsAnswers } from '../../../src/protocol/results';
import { limits } from '../../../src/protocol/resultsLimits';
import { Results, type ResultEntry } from '../../../src/services/results';
import { RecordingLog, settle } from '../fakes';
import { FakeRows } from './resultRows';
import { withoutEditor } from './withoutEditor';
import type { RowAnswers } from '../../../src/panels/results/rowAnswers';

const columns = [
  { name: 'id', type: 'INT' },
  { name: 'name', type: 'TEXT' },
];
const raise = (error: unknown): never => {
  throw error;
};
const endpoint = { instanceId: 'i', endpointId: 'e' };
const entry = (rows: FakeRows, id = 't1'): ResultEntry => ({
  ...{ id, endpoint, statement: 'SELECT', connection: 'c' },
  outcome: { kind: 'rows', rows, startedAtMs: 0, warnings: [] },
});

describe('answers about rows', () => {
  let makeAnswers: typeof RowAnswers;
  let results: Results;
  let rows: FakeRows;
  let answers: RowAnswers;
  let log: RecordingLog;

  before(async () => {
    ({ RowAnswers: makeAnswers } = await withoutEditor(
      () => import('../../../src/panels/results/rowAnswers'),
    ));
  });
  beforeEach(() => {
    log = new RecordingLog();
    results = new Results(raise);
    rows = new FakeRows(columns, [
      ['1', 'pear'],
      ['2', 'apple'],
      ['3', 'x'.repeat(limits.cell + 1)],
      ['4', null],
    ]);
    results.set([entry(rows)]);
    answers = new makeAnswers((tab) => results.entry(tab), log);
  });

  const ask = (request: object): Promise<unknown> =>
    answers.answer({ requestId: 1, tab: 't1', ...request } as Parameters<RowAnswers['answer']>[0]);
  const arrange = async (wish: object): Promise<ResultsAnswers['arrange']> => {
    const answer = (await ask({ type: 'arrange', filter: '', ...wish })) as {
      value: ResultsAnswers['arrange'];
    };
    return answer.value;
  };

  it('give the rows that are asked for, as far as there are any, with long values cut', async () => {
    assert.deepEqual(await ask({ type: 'rows', view: 0, from: 1, to: 200 }), {
      value: {
        rows: [
          ['2', 'apple'],
          ['3', { cut: 'x'.repeat(limits.cell), length: limits.cell + 1 }],
          ['4', null],
        ],
      },
    });
    assert.deepEqual(await ask({ type: 'rows', view: 0, from: 50, to: 60 }), { value: { rows: [] } });
  });

  it('go by an arrangement, and by the one before it, but by none that is older', async () => {
    const first = await arrange({ filter: 'apple' });
    assert.deepEqual([first.count, first.of], [1, 4]);
    const second = await arrange({ sort: { column: 1, descending: false } });
    const rowsOf = (view: number): Promise<unknown> => ask({ type: 'rows', view, from: 0, to: 1 });
    assert.deepEqual(await rowsOf(first.view), { value: { rows: [['2', 'apple']] } });
    assert.deepEqual(await rowsOf(second.view), { value: { rows: [['2', 'apple']] } });
    const third = await arrange({ sort: { column: 0, descending: true } });
    assert.deepEqual(await rowsOf(third.view), { value: { rows: [['4', null]] } });
    assert.deepEqual(await rowsOf(first.view), { failure: 'over' });
    assert.deepEqual(await arrange({}), { view: 0, count: 4, of: 4 });
  });

  it('end an arrangement that is not wanted any more', async () => {
    rows.release = () => undefined;
    const slow = ask({ type: 'arrange', filter: 'apple' });
    await settle();
    const quick = ask({ type: 'arrange', filter: 'pear' });
    assert.deepEqual(await slow, { failure: 'over' });
    rows.release();
    assert.equal(((await quick) as { value: ResultsAnswers['arrange'] }).value.count, 1);
    rows.release = () => undefined;
    const gone = ask({ type: 'arrange', filter: 'apple' });
    await settle();
    results.set([]);
    answers.forgetOthers();
    assert.deepEqual(await gone, { failure: 'over' });
    assert.deepEqual(log.errors, []);
  });

  it('give a value whole, up to a limit, and how long it is', async () => {
    assert.deepEqual(await ask({ type: 'whole', view: 0, row: 2, column: 1 }), {
      value: { value: 'x'.repeat(limits.cell + 1), length: limits.cell + 1 },
    });
    rows.arrive(['5', 'y'.repeat(limits.whole + 10)]);
    assert.deepEqual(await ask({ type: 'whole', view: 0, row: 4, column: 1 }), {
      value: { value: 'y'.repeat(limits.whole), length: limits.whole + 10 },
    });
    assert.deepEqual(await ask({ type: 'whole', view: 0, row: 3, column: 1 }), {
      value: { value: null, length: 0 },
    });
    assert.deepEqual(await ask({ type: 'whole', view: 0, row: 99, column: 1 }), { failure: 'over' });
    assert.deepEqual(await ask({ type: 'whole', view: 0, row: 0, column: 9 }), { failure: 'over' });
  });

  it('are "over" for a tab that is gone or has no rows', async () => {
    results.set([{ ...entry(rows), outcome: { kind: 'cancelled' } }]);
    assert.deepEqual(await ask({ type: 'rows', view: 0, from: 0, to: 1 }), { failure: 'over' });
    assert.equal(rows.disposed, true);
  });

  it('tell of a failure in words, and log it', async () => {
    rows.failure = new AppError('notFound', { source: 'Extension', subject: 'the file of the rows' });
    assert.deepEqual(await ask({ type: 'rows', view: 0, from: 0, to: 1 }), {
      failure: 'Extension did not find the file of the rows.',
    });
    assert.deepEqual(log.errors, [rows.failure]);
  });

  describe('for the clipboard', () => {
    const wish: CopyWish = { format: 'tsv', headers: false, selection: undefined, table: undefined };
    const going = { signal: new AbortController().signal, onProgress: () => undefined };
    const view = () => answers.inView('t1', 0);

    it('are everything where nothing is selected, nothing cut', async () => {
      const copied = await copyRows(view(), { ...wish, headers: true }, going);
      assert.equal(copied.text, `id\tname\n1\tpear\n2\tapple\n3\t${'x'.repeat(limits.cell + 1)}\n4\t\n`);
      assert.deepEqual([copied.rows, copied.columns], [4, 2]);
    });

    it('are what is selected, in the order in which it is seen', async () => {
      const { view: number } = await arrange({ sort: { column: 0, descending: true } });
      const selection = { rows: { from: 2, to: 4 }, columns: { from: 1, to: 2 } };
      const copied = await copyRows(answers.inView('t1', number), { ...wish, selection }, going);
      assert.equal(copied.text, 'apple\npear\n');
      assert.equal(
        rowsWanted(view(), { ...wish, selection: { ...selection, rows: { from: 3, to: 99 } } }),
        1,
      );
    });

    it('are the bare value where one cell is selected', async () => {
      rows.arrive(['5', 'tab\there']);
      const one = (row: number): CopyWish => ({
        ...wish,
        selection: { rows: { from: row, to: row + 1 }, columns: { from: 1, to: 2 } },
      });
      assert.equal((await copyRows(view(), one(4), going)).text, 'tab\there');
      assert.equal((await copyRows(view(), one(3), going)).text, 'NULL');
      assert.equal((await copyRows(view(), { ...one(4), format: 'csv' }, going)).text, 'tab\there\r\n');
    });

    it('are read in slices, with progress, and can be stopped', async () => {
      rows.rows = Array.from({ length: 2500 }, (_, row) => [String(row), null]);
      const told: string[] = [];
      const abort = new AbortController();
      const copying = copyRows(view(), wish, {
        signal: abort.signal,
        onProgress: (done, of) => {
          told.push(`${done}/${of}`);
          if (told.length === 2) {
            abort.abort(new Error('stopped'));
          }
        },
      });
      await assert.rejects(copying, /stopped/);
      assert.deepEqual(told, ['1000/2500', '2000/2500']);
      assert.deepEqual(rows.reads, [
        { from: 0, to: 1000 },
        { from: 1000, to: 2000 },
      ]);
    });

    it('are refused where they are too much, or none', async () => {
      rows.rows = Array.from({ length: 60 }, () => ['x'.repeat(2_000_000), null]);
      await assert.rejects(copyRows(view(), wish, going), /more than 100 MB/);
      rows.rows = [];
      await assert.rejects(copyRows(view(), wish, going), /no rows to copy/);
    });
  });
});
