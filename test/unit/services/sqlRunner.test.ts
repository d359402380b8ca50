import assert from 'node:assert/strict';
import { AppError } from '../../../src/core/errors';
import { Results, type ResultEntry } from '../../../src/services/results';
import { SqlRunner, type SqlRun, type StatementEnd } from '../../../src/services/sqlRunner';
import { ManualClock, RecordingLog, settle } from '../fakes';
import { done, FakeRows, ScriptedSession, streamed, untilCancelled } from './fakeSql';

const endpoint = { instanceId: '1', endpointId: 'ep-1' };
const aRun = (statements: readonly string[], slot = 'file:///a.sql'): SqlRun => ({
  ...{ slot, document: slot, endpoint, connection: 'orders · ep-1' },
  statements: statements.map((text, index) => ({ text, start: index * 10 })),
});
const failing = (code: 'sqlStatement' | 'sqlConnectionLost') => (): never => {
  throw new AppError(code, { source: 'SQL', reason: 'no' });
};

describe('SqlRunner', () => {
  let clock: ManualClock;
  let log: RecordingLog;
  let results: Results;
  let runner: SqlRunner;
  let session: ScriptedSession;
  let ends: StatementEnd[];
  let ids: number;

  const kinds = (): readonly string[] => results.entries.map(({ outcome }) => outcome.kind);
  const elapsed = (): number | undefined => {
    const [entry] = results.entries;
    return entry?.outcome.kind === 'rows' ? entry.outcome.elapsedMs : assert.fail('no rows');
  };
  const last = (): ResultEntry => results.entries.at(-1) ?? assert.fail('there are no results');
  const start = (statements: readonly string[], slot?: string): Promise<void> =>
    runner.run(aRun(statements, slot), () => Promise.resolve(session));
  const endings = (): readonly string[] => ends.map(({ ended }) => ended);

  beforeEach(() => {
    clock = new ManualClock();
    log = new RecordingLog();
    results = new Results((error) => assert.fail(String(error)));
    ids = 0;
    runner = new SqlRunner({
      ...{ results, clock, log },
      newId: () => `r${++ids}`,
      limits: () => ({ maxRows: 1000, timeoutMs: 5000 }),
    });
    session = new ScriptedSession();
    ends = [];
    runner.onDidEndStatement((end) => ends.push(end));
  });
  afterEach(() => runner.dispose());

  it('runs a statement for its plan, and shows that in place of its rows', async () => {
    session.answer = {
      columns: ['id', 'actRows', 'execution info'].map((name) => ({ name, type: 'CHAR' })),
      rows: [['TableDual_1', '1', 'time:2ms']],
    };
    const run = { ...aRun(['SELECT 1']), explains: true as const };
    await runner.run(run, () => Promise.resolve(session));
    assert.deepEqual(session.statements, ['EXPLAIN ANALYZE SELECT 1']);
    const { outcome, statement, explains } = last();
    assert.deepEqual([statement, explains], ['SELECT 1', true]);
    assert.ok(outcome.kind === 'plan' && outcome.elapsedMs === 1);
    assert.equal(outcome.plan.root?.operator, 'TableDual_1');
    assert.deepEqual(endings(), ['done']);
  });

  it('says why a statement has no plan, and can be told to try again for it', async () => {
    session.warnings = new AppError('sqlStatement', { source: 'SQL', reason: 'no' });
    const run = { ...aRun(['SELECT 1']), explains: true as const };
    await runner.run(run, () => Promise.resolve(session));
    assert.deepEqual([kinds(), last().explains, endings()], [['failed'], true, ['failed']]);
  });

  it('runs the statements in their order and tells how each ended', async () => {
    session.script.push(() => streamed(done(2, 0, 'Rows matched: 2')));
    await start(['UPDATE t', 'SELECT 2', 'SELECT 3']);
    assert.deepEqual(session.statements, ['UPDATE t', 'SELECT 2', 'SELECT 3']);
    assert.deepEqual(kinds(), ['done', 'done', 'done']);
    const { outcome, statement, connection, slot } = results.entries[0] ?? assert.fail();
    assert.deepEqual(outcome, {
      kind: 'done',
      affectedRows: 2,
      info: 'Rows matched: 2',
      elapsedMs: 7,
      warnings: [],
    });
    assert.deepEqual([statement, connection, slot], ['UPDATE t', 'orders · ep-1', 'file:///a.sql']);
    assert.deepEqual(endings(), ['done', 'done', 'done']);
    assert.deepEqual(
      ends.map(({ statement: { start: at } }) => at),
      [0, 10, 20],
    );
  });

  it('shows rows as they come', async () => {
    const rows = new FakeRows();
    let finish: () => void = () => assert.fail();
    session.script.push(async ({ onRows, maxRows, timeoutMs }) => {
      assert.deepEqual([maxRows, timeoutMs], [1000, 5000]);
      onRows(rows);
      await new Promise<void>((resolve) => (finish = resolve));
      return streamed({ kind: 'rows', rows, warningCount: 0 });
    });
    const running = start(['SELECT 1', 'SELECT 2']);
    await settle();
    assert.deepEqual(kinds(), ['rows', 'waiting']);
    assert.equal(elapsed(), undefined);
    finish();
    await running;
    assert.equal(elapsed(), 7);
    assert.equal(rows.disposed, 0);
  });

  it('shows each answer of a procedure, and not its empty last word', async () => {
    const [a, b] = [new FakeRows(), new FakeRows()];
    session.script.push(({ onRows }) => {
      onRows(a);
      onRows(b);
      return streamed(
        { kind: 'rows', rows: a, warningCount: 0 },
        { kind: 'rows', rows: b, warningCount: 0 },
        done(),
      );
    });
    session.script.push(({ onRows }) => {
      onRows(a);
      return streamed({ kind: 'rows', rows: a, warningCount: 0 }, done(3));
    });
    await start(['CALL p()', 'CALL q()']);
    assert.deepEqual(kinds(), ['rows', 'rows', 'rows', 'done']);
    assert.deepEqual(
      results.entries.map(({ statement }) => statement),
      ['CALL p()', 'CALL p()', 'CALL q()', 'CALL q()'],
    );
    assert.equal(new Set(results.entries.map(({ id }) => id)).size, 4);
  });

  it('stops at the first error: what comes behind is skipped', async () => {
    session.script.push(() => streamed(done()), failing('sqlStatement'));
    await start(['SELECT 1', 'SELEC 2', 'SELECT 3']);
    assert.deepEqual(kinds(), ['done', 'failed', 'skipped']);
    assert.deepEqual(session.statements, ['SELECT 1', 'SELEC 2']);
    assert.deepEqual(endings(), ['done', 'failed']);
    assert.ok(AppError.is(ends[1]?.error));
  });

  it('keeps the rows that came whole when a later answer fails, and not those that were coming', async () => {
    const [a, b] = [new FakeRows(), new FakeRows()];
    session.script.push(({ onRows }) => {
      onRows(a);
      onRows(b);
      return failing('sqlStatement')();
    });
    await start(['CALL p()']);
    assert.deepEqual(kinds(), ['rows', 'failed']);
    assert.deepEqual([a.disposed, b.disposed], [0, 1]);
  });

  it('cancels what runs, skips the rest, and can run again', async () => {
    session.script.push(untilCancelled);
    const running = start(['SELECT SLEEP(100)', 'SELECT 2']);
    await settle();
    assert.ok(runner.isRunning('file:///a.sql'));
    runner.cancel('file:///a.sql');
    await running;
    assert.deepEqual(kinds(), ['cancelled', 'skipped']);
    assert.deepEqual(endings(), ['cancelled']);
    assert.deepEqual(log.errors, []);
    await start(['SELECT 3']);
    assert.deepEqual(kinds(), ['done']);
  });

  it('keeps the rows that a person had seen when they cancelled, as such', async () => {
    const rows = new FakeRows();
    session.script.push((options) => {
      options.onRows(rows);
      rows.count = 3;
      return untilCancelled(options);
    });
    const running = start(['SELECT 1']);
    await settle();
    runner.cancel();
    await running;
    const { outcome } = last();
    assert.ok(outcome.kind === 'rows' && outcome.cancelled === true && outcome.elapsedMs !== undefined);
    assert.deepEqual([rows.disposed, endings()], [0, ['cancelled']]);
  });

  it('cancels while it is still connecting', async () => {
    const running = runner.run(
      aRun(['SELECT 1']),
      (signal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
        }),
    );
    runner.cancel();
    await assert.rejects(running, { name: 'AbortError' });
    assert.deepEqual([runner.isRunning('file:///a.sql'), kinds()], [false, []]);
  });

  it('refuses a second run of the same session meanwhile, and runs another session beside it', async () => {
    session.script.push(untilCancelled);
    const changes: number[] = [];
    runner.onDidChangeRunning((runs) => changes.push(runs.length));
    const running = start(['SELECT SLEEP(100)']);
    await clock.pass(60);
    const [sleeping] = results.entries;
    await assert.rejects(start(['SELECT 2']), (error) => AppError.is(error) && error.code === 'conflict');
    await start(['SELECT 3'], 'file:///b.sql');
    assert.deepEqual(kinds(), ['running', 'done'], 'the run that goes on stays in sight');
    assert.deepEqual([runner.isRunning('file:///a.sql'), runner.isRunning('file:///b.sql')], [true, false]);
    assert.equal(runner.runOfEntry(sleeping?.id ?? '')?.slot, 'file:///a.sql');
    await start(['SELECT 4'], 'file:///b.sql');
    assert.deepEqual(kinds(), ['running', 'done'], 'results of a run that has ended go');
    runner.cancel();
    await running;
    assert.deepEqual(kinds(), ['cancelled', 'done']);
    assert.deepEqual(changes, [1, 2, 1, 2, 1, 0]);
  });

  it('shows nothing when the person does not want to connect, and lets errors of connecting through', async () => {
    await runner.run(aRun(['SELECT 1']), () => Promise.resolve(undefined));
    assert.deepEqual(kinds(), []);
    await assert.rejects(
      runner.run(aRun(['SELECT 1']), () => Promise.reject(new AppError('sqlUnreachable', { source: 'SQL' }))),
      (error) => AppError.is(error) && error.code === 'sqlUnreachable',
    );
    assert.equal(runner.isRunning('file:///a.sql'), false);
  });

  it('asks for the warnings where there are some', async () => {
    session.warnings = [['Warning', '1265', "Data truncated for column 'a' at row 1"]];
    session.script.push(
      () => streamed(done(1, 1)),
      () => streamed(done(1, 0)),
    );
    await start(['INSERT', 'INSERT 2']);
    assert.deepEqual(session.statements, ['INSERT', 'SHOW WARNINGS', 'INSERT 2']);
    const { outcome } = results.entries[0] ?? assert.fail();
    assert.deepEqual(outcome.kind === 'done' && outcome.warnings, [
      { level: 'Warning', code: '1265', message: "Data truncated for column 'a' at row 1" },
    ]);
  });

  it('says how many warnings there are when they are more than it shows', async () => {
    session.warnings = Array.from({ length: 500 }, (_, index) => ['Note', String(index), 'x']);
    session.script.push(() => streamed(done(1, 500)));
    await start(['INSERT']);
    const { outcome } = last();
    const warnings = outcome.kind === 'done' ? outcome.warnings : [];
    assert.deepEqual([warnings.length, warnings.at(-1)?.message], [101, '500 warnings in all.']);
  });

  it('does not ask for them after SHOW WARNINGS, and does not fail with them', async () => {
    session.script.push(
      () => streamed(done(0, 3)),
      () => streamed(done(5, 1)),
    );
    session.warnings = new Error('gone');
    await start(['SHOW WARNINGS', 'INSERT']);
    assert.deepEqual(session.statements, ['SHOW WARNINGS', 'INSERT', 'SHOW WARNINGS']);
    assert.deepEqual(kinds(), ['done', 'done']);
    assert.equal(log.errors.length, 1);
  });

  it('never runs a statement again whose connection was lost; the next run says what is gone', async () => {
    session.script.push(failing('sqlConnectionLost'));
    await start(['UPDATE t', 'SELECT 2']);
    assert.deepEqual(session.statements, ['UPDATE t']);
    assert.deepEqual(kinds(), ['failed', 'skipped']);
    runner.noteRestored('file:///a.sql', []);
    await start(['SELECT 3', 'SELECT 4']);
    const notes = results.entries.map(({ outcome }) => (outcome.kind === 'done' ? outcome.warnings : []));
    assert.deepEqual(notes, [
      [
        {
          level: 'Note',
          code: '',
          message: 'Reconnected: temporary tables and open transactions of the old connection are gone.',
        },
      ],
      [],
    ]);
    runner.noteRestored('file:///a.sql', ['variables']);
    await start(['SELECT 5']);
    const { outcome } = last();
    assert.match(
      (outcome.kind === 'done' && outcome.warnings[0]?.message) || '',
      /variables that were set of the old/,
    );
  });

  it('shows the ends of a long run, counts what came before, and redraws now and then', async () => {
    const statements = Array.from({ length: 5000 }, (_, index) => `INSERT ${index}`);
    let drawn = 0;
    results.onDidChange(() => (drawn += 1));
    session.script.push(
      ...statements.slice(0, 4999).map(() => () => streamed(done(1))),
      failing('sqlStatement'),
    );
    await start([...statements, 'SELECT 1', 'SELECT 2']);
    assert.equal(session.statements.length, 5000);
    const { entries } = results;
    assert.ok(entries.length <= 101, `${entries.length} tabs`);
    const [summary] = entries;
    assert.match(summary?.statement ?? '', /^-- 4,\d\d\d statements that ended before$/);
    const counted = summary?.outcome.kind === 'done' ? summary.outcome.affectedRows : 0;
    assert.equal(counted + entries.slice(1).filter(({ outcome }) => outcome.kind === 'done').length, 4999);
    assert.deepEqual(kinds().slice(-3), ['failed', 'skipped', 'skipped']);
    assert.ok(drawn < 50, `drawn ${drawn} times`);
  });

  it('shows that a statement runs which comes soon after another', async () => {
    session.script.push(() => streamed(done()), untilCancelled);
    const running = start(['SELECT 1', 'SELECT SLEEP(9)']);
    await clock.pass(100);
    assert.deepEqual(kinds(), ['done', 'running']);
    runner.cancel();
    await running;
  });
});
