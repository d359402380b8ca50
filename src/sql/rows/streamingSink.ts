import type { SqlAnswer, SqlStreamOptions } from '../../core/ports';
import { diskError } from '../export/exportFile';
import type { Run, RunParts } from '../run';
import type { AnswerSink, RowTaker, StatementDone } from '../statement';
import type { ColumnDefinition } from '../values';
import { RowStore } from './rowStore';

/** Keeps every result set in a store of its own, as its rows come. */
export class StreamingSink implements AnswerSink {
  readonly answers: SqlAnswer[] = [];
  readonly #run: Run;
  readonly #parts: Pick<RunParts, 'link' | 'log'>;
  readonly #options: Pick<SqlStreamOptions, 'maxRows' | 'onRows'>;
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
        } else if (!this.#run.isEnding && !store.append(bytes, start, end)) {
          link.pause();
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

  #endCurrent(warningCount: number): void {
    const current = this.#current;
    if (current !== undefined) {
      this.#current = undefined;
      current.store.end(current.truncated);
      this.answers.push({ kind: 'rows', rows: current.store, warningCount });
    }
  }
}
