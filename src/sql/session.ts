import { AppError, cancellation } from '../core/errors';
import type {
  Log,
  SqlColumn,
  SqlResult,
  SqlRunOptions,
  SqlSession,
  SqlStreamed,
  SqlValue,
} from '../core/ports';
import { isInterruption } from './errors';
import type { Link } from './link';
import { ignoreRows } from './statement';
import type { StatementEnd } from './statement';

/** After the last wanted row the rest may already be on its way; only a longer rest is worth a second connection. */
const drainMs = 100;
/** How long the server may take to stop a statement that was killed before the connection is given up. */
const stopMs = 3000;
const gaveUp = 'the statement could not be stopped otherwise';

export interface SessionParts {
  readonly link: Link;
  readonly serverVersion: string;
  /** Stops this session's statement from a second connection, in bounded time. */
  readonly killQuery: () => Promise<void>;
  readonly host: string;
  readonly log: Log;
}

export class Session implements SqlSession {
  readonly serverVersion: string;
  readonly #parts: SessionParts;
  #running: Run | undefined;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.serverVersion = parts.serverVersion;
  }

  get open(): boolean {
    return this.#parts.link.open;
  }

  /**
   * Runs one statement; a second one meanwhile is refused with `conflict`. Beyond `SqlSession.run`: only the first
   * result set of a procedure is returned; a change that was complete before it could be stopped is returned as done.
   */
  async run(statement: string, options: SqlRunOptions): Promise<SqlResult> {
    options.signal?.throwIfAborted();
    if (this.#running !== undefined) {
      throw new AppError('conflict', { source: 'SQL', reason: 'another statement is still running here' });
    }
    const run = new Run(this.#parts, options);
    this.#running = run;
    try {
      return await run.execute(statement);
    } finally {
      this.#running = undefined;
    }
  }

  get database(): string | undefined {
    return undefined;
  }

  stream(): Promise<SqlStreamed> {
    return Promise.reject(new Error('under way'));
  }

  export(): Promise<number> {
    return Promise.reject(new Error('under way'));
  }

  async alive(withinMs: number): Promise<boolean> {
    return this.#running === undefined ? this.#parts.link.ping(withinMs) : this.open;
  }

  async close(): Promise<void> {
    await this.#running?.cancelAndWait();
    await this.#parts.link.close();
  }
}

/** One statement from start to end, and the ways in which it is stopped early. */
class Run {
  readonly #parts: SessionParts;
  readonly #options: SqlRunOptions;
  readonly #rows: SqlValue[][] = [];
  #columns: readonly SqlColumn[] = [];
  #truncated = false;
  #drainTimer: NodeJS.Timeout | undefined;
  /** Why it was stopped, when that was not because of `maxRows`. */
  #stoppedBy: { readonly reason: unknown } | undefined;
  #interrupting: Promise<void> | undefined;
  #answered: Promise<unknown> = Promise.resolve();

  constructor(parts: SessionParts, options: SqlRunOptions) {
    this.#parts = parts;
    this.#options = options;
  }

  async execute(statement: string): Promise<SqlResult> {
    const { signal, timeoutMs } = this.#options;
    const started = performance.now();
    const onAbort = (): void => this.#stop(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    const timer = timeoutMs > 0 ? setTimeout(() => this.#stop(this.#tooSlow()), timeoutMs) : undefined;
    const running = this.#parts.link.execute(statement, {
      columns: (columns) => (this.#columns = columns),
      row: (values) => this.#take(values),
    });
    this.#answered = running.catch(() => undefined);
    const outcome = await running.then(
      (end) => ({ end }),
      (error: unknown) => ({ error }),
    );
    // From here on nothing may start another kill: there is no statement left that it is meant for.
    clearTimeout(timer);
    clearTimeout(this.#drainTimer);
    signal?.removeEventListener('abort', onAbort);
    const elapsedMs = performance.now() - started;
    await this.#settleInterruption('error' in outcome && isInterruption(outcome.error));
    return 'error' in outcome ? this.#failed(outcome.error, elapsedMs) : this.#ended(outcome.end, elapsedMs);
  }

  async cancelAndWait(): Promise<void> {
    this.#stop(cancellation());
    await this.#answered;
    await this.#interrupting;
  }

  #take(values: SqlValue[]): boolean {
    if (this.#rows.length < this.#options.maxRows) {
      this.#rows.push(values);
      return true;
    }
    this.#truncated = true;
    this.#drainTimer = setTimeout(() => void (this.#interrupting ??= this.#interrupt()), drainMs);
    return false;
  }

  #ended(end: StatementEnd, elapsedMs: number): SqlResult {
    const hasRows = this.#columns.length > 0;
    if (this.#stoppedBy !== undefined && hasRows) {
      throw this.#stoppedBy.reason;
    }
    return this.#result(elapsedMs, end.warningCount, hasRows ? undefined : end.affectedRows);
  }

  #failed(error: unknown, elapsedMs: number): SqlResult {
    if (this.#stoppedBy !== undefined) {
      throw this.#stoppedBy.reason;
    }
    if (this.#truncated && this.#interrupting !== undefined) {
      return this.#result(elapsedMs, 0, undefined);
    }
    throw error;
  }

  #result(elapsedMs: number, warningCount: number, affectedRows: number | undefined): SqlResult {
    return {
      columns: this.#columns,
      rows: this.#rows,
      truncated: this.#truncated,
      ...(affectedRows === undefined ? {} : { affectedRows }),
      warningCount,
      elapsedMs,
    };
  }

  #tooSlow(): AppError {
    const seconds = String(this.#options.timeoutMs / 1000);
    return new AppError('sqlTimeout', { source: 'SQL', reason: `the limit is ${seconds} s` });
  }

  #stop(reason: unknown): void {
    this.#stoppedBy ??= { reason };
    this.#interrupting ??= this.#interrupt();
  }

  /** KILL QUERY on a second connection; where that does not help in time, the connection itself is ended. */
  async #interrupt(): Promise<void> {
    const { link, log, host } = this.#parts;
    try {
      await this.#parts.killQuery();
    } catch (error) {
      log.error(`SQL: KILL QUERY failed, closing the connection to ${host}`, error);
      link.destroy(gaveUp);
      return;
    }
    const tooLong = setTimeout(() => {
      log.warn(`SQL: the statement did not stop after KILL QUERY, closing the connection to ${host}`);
      link.destroy(gaveUp);
    }, stopMs);
    await this.#answered;
    clearTimeout(tooLong);
  }

  /**
   * Leaves no kill behind that could hit the next statement: when the statement ended by itself while the kill was on
   * its way, a statement without effect takes the hit.
   */
  async #settleInterruption(hit: boolean): Promise<void> {
    await this.#interrupting;
    const { link } = this.#parts;
    if (this.#interrupting === undefined || hit || !link.open) {
      return;
    }
    const tooLong = setTimeout(() => link.destroy(gaveUp), stopMs);
    // Whatever it ends with: the outcome of the statement before it stands, and a lost link shows in `open`.
    await link.execute('DO 0', ignoreRows).catch(() => undefined);
    clearTimeout(tooLong);
  }
}
