import { AppError, cancellation } from '../core/errors';
import type { Log } from '../core/ports';
import { isInterruption } from './errors';
import type { Link } from './link';
import { ignoreAnswers, type AnswerSink } from './statement';

/** After the last wanted row the rest may already be on its way; only a longer rest is worth a second connection. */
const drainMs = 100;
/** How long the server may take to stop a statement that was killed before the connection is given up. */
const stopMs = 3000;
const gaveUp = 'the statement could not be stopped otherwise';

export interface RunParts {
  readonly link: Link;
  /** Stops this session's statement from a second connection, in bounded time. */
  readonly killQuery: () => Promise<void>;
  readonly host: string;
  readonly log: Log;
}

export interface RunLimits {
  /** 0: no limit. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** One statement from start to end, and the ways in which it is stopped early. */
export class Run {
  readonly #parts: RunParts;
  readonly #limits: RunLimits;
  #hasRows = false;
  #isEnough = false;
  #drainTimer: NodeJS.Timeout | undefined;
  /** Why it was stopped, when that was not because there were enough rows. */
  #stoppedBy: { readonly reason: unknown } | undefined;
  #interrupting: Promise<void> | undefined;
  #answered: Promise<unknown> = Promise.resolve();

  constructor(parts: RunParts, limits: RunLimits) {
    this.#parts = parts;
    this.#limits = limits;
  }

  /** True once it is to end early: what still comes is not wanted. */
  get isEnding(): boolean {
    return this.#isEnough || this.#stoppedBy !== undefined;
  }

  /** Returns how long it took, in milliseconds. A change that was complete before it could be stopped counts as done. */
  async execute(statement: string, sink: AnswerSink): Promise<number> {
    const { signal, timeoutMs } = this.#limits;
    const started = performance.now();
    const onAbort = (): void => this.stop(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    const timer = timeoutMs > 0 ? setTimeout(() => this.stop(this.#tooSlow()), timeoutMs) : undefined;
    const running = this.#parts.link.execute(statement, {
      begin: (columns) => {
        this.#hasRows = true;
        return sink.begin(columns);
      },
      done: (done) => sink.done(done),
    });
    this.#answered = running.catch(() => undefined);
    const outcome = await running.then(
      () => ({}),
      (error: unknown) => ({ error }),
    );
    // From here on nothing may start another kill: there is no statement left that it is meant for.
    clearTimeout(timer);
    clearTimeout(this.#drainTimer);
    signal?.removeEventListener('abort', onAbort);
    const elapsedMs = performance.now() - started;
    await this.#settleInterruption('error' in outcome && isInterruption(outcome.error));
    if (this.#stoppedBy !== undefined && (this.#hasRows || 'error' in outcome)) {
      throw this.#stoppedBy.reason;
    }
    if ('error' in outcome && !(this.#isEnough && this.#interrupting !== undefined)) {
      throw outcome.error;
    }
    return elapsedMs;
  }

  /** There are as many rows as are wanted. Where more come, they are stopped at the server. */
  enough(): void {
    this.#isEnough = true;
    this.#drainTimer ??= setTimeout(() => void (this.#interrupting ??= this.#interrupt()), drainMs);
  }

  /** Ends it with this reason, on the server too. */
  stop(reason: unknown): void {
    this.#stoppedBy ??= { reason };
    // Whoever could not keep up takes no more rows: they are read and dropped until the server stops.
    this.#parts.link.resume();
    this.#interrupting ??= this.#interrupt();
  }

  async cancelAndWait(): Promise<void> {
    this.stop(cancellation());
    await this.#answered;
    await this.#interrupting;
  }

  #tooSlow(): AppError {
    const seconds = String(this.#limits.timeoutMs / 1000);
    return new AppError('sqlTimeout', { source: 'SQL', reason: `the limit is ${seconds} s` });
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
    await link.execute('DO 0', ignoreAnswers).catch(() => undefined);
    clearTimeout(tooLong);
  }
}
