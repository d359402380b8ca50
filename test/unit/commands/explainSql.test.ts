import assert from 'node:assert/strict';
import type { CommandServices } from '../../../src/commands/command';
import { AppError } from '../../../src/core/errors';
import type { SqlRun } from '../../../src/services/sqlRunner';
import { StatementIndex } from '../../../src/services/statementIndex';
import { Deleting, isCancellation } from './deleting';
import { editor, fakeEditor, withoutEditor } from './editor';

const uri = 'untitled:a.sql';

describe('Run and Explain SQL', () => {
  let scene: Deleting;
  let runs: SqlRun[];
  let isProduction: boolean;

  beforeEach(async () => {
    scene = new Deleting();
    runs = [];
    isProduction = false;
    const endpointId = await scene.endpoint();
    await scene.running.inventory.refreshInstances();
    await scene.running.inventory.refreshDetails('1001');
    scene.documents.bind(uri, { instanceId: '1001', endpointId });
  });
  afterEach(() => scene.dispose());

  const services = (): CommandServices =>
    Object.assign(scene.services, {
      statements: new StatementIndex(scene.running.clock),
      production: { has: () => isProduction },
      resultsView: { reveal: () => Promise.resolve() },
      sqlRunner: {
        isRunning: () => false,
        run: (run: SqlRun) => {
          runs.push(run);
          return Promise.resolve();
        },
      },
    });

  /** As the lens over the statement at `offset` does. */
  const explain = async (text: string, offset = 0): Promise<void> => {
    const document = { uri, version: 1, isClosed: false, getText: () => text };
    (editor.documents as unknown[]).splice(0, 1, document);
    const { explainSql } = await withoutEditor(() => import('../../../src/commands/runSql'));
    await explainSql.handler(services())({ uri, offset });
  };

  it('runs a query for its plan without asking, and keeps its place in the document', async () => {
    const text = 'SELECT 0;\nEXPLAIN ANALYZE SELECT 1;';
    await explain(text, 12);
    assert.deepEqual(fakeEditor.asked, []);
    assert.deepEqual(
      runs.map(({ statements, explains, document }) => ({ statements, explains, document })),
      [
        {
          statements: [{ text: 'SELECT 1', start: text.indexOf('SELECT 1') }],
          explains: true,
          document: uri,
        },
      ],
    );
  });

  it('asks before what changes rows', async () => {
    fakeEditor.answer = () => undefined;
    await assert.rejects(explain('UPDATE t SET a = 1 WHERE id = 5'), isCancellation);
    assert.deepEqual(runs, []);
    const [asked] = fakeEditor.asked;
    assert.match(asked?.message ?? '', /^Change rows on .*\?$/);
    assert.match(asked?.detail ?? '', /what it changes is changed\.\n\nUPDATE t SET a = 1 WHERE id = 5/);
    fakeEditor.answer = () => 'Run and Explain';
    await explain('UPDATE t SET a = 1 WHERE id = 5');
    assert.equal(runs.length, 1);
  });

  it('asks once where the endpoint is marked as production, and says what is at stake', async () => {
    isProduction = true;
    fakeEditor.answer = () => undefined;
    await assert.rejects(explain('DELETE FROM t'), isCancellation);
    assert.deepEqual(runs, []);
    const [asked] = fakeEditor.asked;
    assert.match(asked?.message ?? '', /marked as production\?$/);
    assert.match(asked?.detail ?? '', /deletes every row of t/);
    fakeEditor.asked.length = 0;
    fakeEditor.answer = () => 'Run and Explain';
    await explain('DELETE FROM t');
    assert.deepEqual([fakeEditor.asked.length, runs.length], [1, 1]);
  });

  it('says of a statement without a plan that it has none', async () => {
    await assert.rejects(
      explain('CREATE TABLE t (a INT)'),
      (error: unknown) => AppError.is(error) && error.code === 'invalidInput',
    );
    assert.deepEqual(runs, []);
  });
});
