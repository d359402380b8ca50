import type { SqlColumn, SqlResult, SqlValue } from '../core/ports';
import type { Run } from './run';
import { decodeRow } from './rows/rowBytes';
import type { AnswerSink, RowTaker, StatementDone } from './statement';
import { decoderOf, describeColumn, type ColumnDefinition } from './values';

/** Keeps the first result set, as values. */
export class CollectingSink implements AnswerSink {
  readonly #run: Pick<Run, 'enough'>;
  readonly #maxRows: number;
  readonly #rows: SqlValue[][] = [];
  #columns: readonly SqlColumn[] | undefined;
  #truncated = false;
  #warningCount = 0;
  #affectedRows = 0;

  constructor(run: Pick<Run, 'enough'>, maxRows: number) {
    this.#run = run;
    this.#maxRows = maxRows;
  }

  begin(definitions: readonly ColumnDefinition[]): RowTaker | undefined {
    if (this.#columns !== undefined) {
      return undefined;
    }
    this.#columns = definitions.map(describeColumn);
    const decoders = definitions.map(decoderOf);
    return {
      row: (bytes, start, end) => {
        if (this.#rows.length < this.#maxRows) {
          this.#rows.push(decodeRow(bytes, start, end, decoders));
        } else {
          this.#truncated = true;
          this.#run.enough();
        }
      },
      end: (warningCount) => {
        this.#warningCount = warningCount;
      },
    };
  }

  done({ affectedRows, warningCount }: StatementDone): void {
    this.#affectedRows = affectedRows;
    this.#warningCount = warningCount;
  }

  result(elapsedMs: number): SqlResult {
    return {
      columns: this.#columns ?? [],
      rows: this.#rows,
      truncated: this.#truncated,
      ...(this.#columns === undefined && { affectedRows: this.#affectedRows }),
      warningCount: this.#warningCount,
      elapsedMs,
    };
  }
}
