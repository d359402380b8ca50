import type { SqlAnswer, SqlStreamOptions } from '../../core/ports';
import { diskError } from '../export/exportFile';
import type { Run, RunParts } from '../run';
import type { AnswerSink, RowTaker, StatementDone } from '../statement';
import type { ColumnDefinition } from '../values';
import { RowStore } from './rowStore';

const rowsBetweenLooks = 64;
const turnMs = 8;

/** Keeps every result set in a store of its own, as its rows come. */
export class StreamingSink implements AnswerSink {
  readonly answers: SqlAnswer[] = [];
  readonly #run: Run;
  readonly #parts: Pick<RunParts, 'link' | 'log'>;
  readonly #options: Pick<SqlStreamOptions, 'maxRows' | 'onRows'>;
  #turnStartedMs = performance.now();
  /** The result set whose rows are coming. */
  #current: { readonly store: RowStore; truncated: boolean } | undefined;

  constructor(
    run: Run,
    parts: Pick<RunParts, 'link' | 'log'>,
    options: Pick<SqlStreamOptions, 'maxRows' | 'onRows'>,
  ) {
    this.#run = run;
    this.#parts = parts;
    this.#options = options;
  }

  begin(definitions: readonly ColumnDefinition[]): RowTaker {
    const { link, log } = this.#parts;
    const store = new RowStore(definitions, {
      onDrained: () => link.resume(),
      onFailed: (cause) => this.#run.stop(diskError(cause, 'The file that keeps the rows')),
      onListenerError: (error) => log.error('A listener of the rows failed', error),
    });
    const current = { store, truncated: false };
    this.#current = current;
    this.#options.onRows(store);
    return {
      row: (bytes, start, end) => {
        if (store.count >= this.#options.maxRows) {
          current.truncated = true;
          this.#run.enough();
        } else if (!this.#run.isEnding) {
          if (!store.append(bytes, start, end)) {
            link.pause();
          } else if (store.count % rowsBetweenLooks === 0) {
            this.#letOthersGo();
          }
        }
      },
      end: (warningCount) => this.#endCurrent(warningCount),
    };
  }

  done({ affectedRows, info, warningCount }: StatementDone): void {
    // A procedure's closing word adds nothing to the result sets before it.
    if (this.answers.length === 0 || affectedRows > 0 || info !== '') {
      this.answers.push({ kind: 'done', affectedRows, info, warningCount });
    }
  }

  /** No more comes, whether the statement came to its end or not. */
  end(): void {
    this.#endCurrent(0);
  }

  /** A fast server could keep this process busy for longer than others can wait. */
  #letOthersGo(): void {
    if (performance.now() - this.#turnStartedMs > turnMs) {
      const { link } = this.#parts;
      link.pause();
      setImmediate(() => {
        this.#turnStartedMs = performance.now();
        link.resume();
      });
    }
  }

  #endCurrent(warningCount: number): void {
    const current = this.#current;
    if (current !== undefined) {
      this.#current = undefined;
      current.store.end(current.truncated);
      this.answers.push({ kind: 'rows', rows: current.store, warningCount });
    }
  }
}
