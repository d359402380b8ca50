import assert from 'node:assert/strict';
import { Emitter } from '../../../src/core/emitter';
import type {
  SqlAnswer,
  SqlResult,
  SqlRunOptions,
  SqlSession,
  SqlStreamed,
  SqlStreamOptions,
  StoredRows,
} from '../../../src/core/ports';

/** Rows that come when the test says so. */
export class FakeRows implements StoredRows {
  readonly columns = [{ name: 'a', type: 'INT' }];
  readonly truncated = false;
  count = 0;
  ended = false;
  disposed = 0;
  private readonly changed = new Emitter<void>(() => undefined);
  readonly onDidChange = this.changed.event;
  readonly read = (): never => assert.fail('nothing is read');
  readonly arrange = (): never => assert.fail('nothing is arranged');
  readonly export = (): never => assert.fail('nothing is exported');

  dispose(): void {
    this.disposed += 1;
  }
}

export const done = (affectedRows = 0, warningCount = 0, info = ''): SqlAnswer => ({
  ...{ kind: 'done', affectedRows, warningCount, info },
});

export const streamed = (...answers: readonly SqlAnswer[]): SqlStreamed => ({ answers, elapsedMs: 7 });

type Stream = (options: SqlStreamOptions) => Promise<SqlStreamed> | SqlStreamed;

/** A session whose statements end as they are scripted, in their order; the others with «done». */
export class ScriptedSession implements SqlSession {
  readonly serverVersion = '8.0.11-TiDB';
  readonly database = undefined;
  readonly alive = (): Promise<boolean> => Promise.resolve(true);
  readonly close = (): Promise<void> => Promise.resolve();
  readonly export = (): never => assert.fail('nothing is exported');
  open = true;
  readonly statements: string[] = [];
  readonly script: Stream[] = [];
  /** To everything that is run, save for the warnings. */
  answer: Pick<SqlResult, 'columns' | 'rows'> = { columns: [], rows: [] };
  warnings: readonly (readonly (string | null)[])[] | Error = [];

  run(statement: string, options: SqlRunOptions): Promise<SqlResult> {
    this.statements.push(statement);
    if (this.warnings instanceof Error) {
      return Promise.reject(this.warnings);
    }
    const rows = this.warnings.slice(0, options.maxRows);
    const answer = statement === 'SHOW WARNINGS' ? { columns: [], rows } : this.answer;
    return Promise.resolve({ ...answer, truncated: false, warningCount: 0, elapsedMs: 1 });
  }

  async stream(statement: string, options: SqlStreamOptions): Promise<SqlStreamed> {
    this.statements.push(statement);
    return (this.script.shift() ?? (() => streamed(done())))(options);
  }
}

/** Ends when it is cancelled, as a statement that was killed. */
export const untilCancelled: Stream = ({ signal }) =>
  new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
