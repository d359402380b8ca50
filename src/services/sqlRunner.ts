import { Emitter, type Disposable } from '../core/emitter';
import { AppError, cancellation, isCancellation } from '../core/errors';
import { planStatement } from '../core/plan/explained';
import { planOf } from '../core/plan/planOf';
import type { Clock, Log, SqlAnswer, SqlSession } from '../core/ports';
import { wordsForState, type SessionState } from '../core/sessionState';
import type { EndpointRef } from './connections';
import type { ResultOutcome, Results, SqlWarning } from './results';
import { RunEntries } from './runEntries';

/** Statements that are run one after the other, until one does not succeed. */
export interface SqlRun {
  /** The name of the session, which one run at a time uses. */
  readonly slot: string;
  /** The document that they stand in; absent for a statement that stands in none. */
  readonly document?: string;
  readonly endpoint: EndpointRef;
  /** The instance and endpoint in a person's words. */
  readonly connection: string;
  readonly statements: readonly RunStatement[];
  /** They are run for their plans, which are shown in place of what they answer. */
  readonly explains?: true;
}

export interface RunStatement {
  readonly text: string;
  /** Where it begins in the document. */
  readonly start: number;
}

/** How a statement that was begun has ended. */
export interface StatementEnd {
  readonly run: SqlRun;
  readonly statement: RunStatement;
  readonly ended: 'done' | 'failed' | 'cancelled';
  readonly error?: unknown;
  readonly startedAtMs: number;
  readonly elapsedMs: number;
}

export interface SqlRunnerOptions {
  readonly results: Results;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly limits: () => { readonly maxRows: number; readonly timeoutMs: number };
  readonly log: Log;
}

interface ActiveRun {
  readonly run: SqlRun;
  readonly abort: AbortController;
  entries?: RunEntries;
}

type Rows = Extract<SqlAnswer, { kind: 'rows' }>['rows'];

const mostWarnings = 100;
/** A row for each operator; a larger plan nobody reads. */
const mostPlanRows = 10_000;
const warningsTimeoutMs = 10_000;

/** Runs statements on a session and shows in the results what comes of them, as it comes. */
export class SqlRunner implements Disposable {
  private readonly active = new Map<string, ActiveRun>();
  private readonly restored = new Map<string, readonly SessionState[]>();
  private readonly changed: Emitter<readonly SqlRun[]>;
  private readonly begun: Emitter<SqlRun>;
  private readonly ended: Emitter<StatementEnd>;

  constructor(private readonly options: SqlRunnerOptions) {
    const onListenerError = (error: unknown): void =>
      options.log.error('A listener of the SQL runs failed', error);
    this.changed = new Emitter(onListenerError);
    this.begun = new Emitter(onListenerError);
    this.ended = new Emitter(onListenerError);
  }

  /** Fires with the runs that are going on when one begins or ends. */
  get onDidChangeRunning(): Emitter<readonly SqlRun[]>['event'] {
    return this.changed.event;
  }

  /** Fires before the first statement of a run. */
  get onDidBegin(): Emitter<SqlRun>['event'] {
    return this.begun.event;
  }

  get onDidEndStatement(): Emitter<StatementEnd>['event'] {
    return this.ended.event;
  }

  isRunning(slot: string): boolean {
    return this.active.has(slot);
  }

  /** The run whose results have this entry, while it goes on. */
  runOfEntry(id: string): SqlRun | undefined {
    return [...this.active.values()].find(({ entries }) => entries?.has(id) === true)?.run;
  }

  /** Stops the run of one session, or all. Sessions stay usable. */
  cancel(slot?: string): void {
    for (const [name, { abort }] of this.active) {
      if (slot === undefined || name === slot) {
        abort.abort(cancellation());
      }
    }
  }

  /** The slot's session was lost and replaced: the next statement's result tells so. */
  noteRestored(slot: string, lost: readonly SessionState[]): void {
    this.restored.set(slot, lost);
  }

  /**
   * @param open gives the session; undefined when the person does not want one
   * @param onOpen is called once the session is there, before anything runs
   * @throws AppError conflict while another run uses the slot; and whatever `open` throws
   */
  async run(
    run: SqlRun,
    open: (signal: AbortSignal) => Promise<SqlSession | undefined>,
    onOpen: () => void = () => undefined,
  ): Promise<void> {
    if (this.active.has(run.slot)) {
      throw new AppError('conflict', {
        source: 'SQL',
        reason: 'a statement of this document is still running',
      });
    }
    const active: ActiveRun = { run, abort: new AbortController() };
    this.active.set(run.slot, active);
    this.tellRunning();
    try {
      const session = await open(active.abort.signal);
      active.abort.signal.throwIfAborted();
      if (session !== undefined) {
        onOpen();
        this.begun.fire(run);
        await this.runAll(active, session);
      }
    } finally {
      // What still waits to be shown is shown already.
      active.abort.abort(cancellation());
      this.active.delete(run.slot);
      this.tellRunning();
    }
  }

  dispose(): void {
    this.cancel();
  }

  private tellRunning(): void {
    this.changed.fire([...this.active.values()].map(({ run }) => run));
  }

  private async runAll(active: ActiveRun, session: SqlSession): Promise<void> {
    const { results, clock, newId } = this.options;
    const { endpoint, connection, slot, statements, explains } = active.run;
    const entries = new RunEntries({
      ...{ results, clock, newId },
      common: { endpoint, connection, slot, ...(explains && { explains }) },
      statements: statements.map(({ text }) => text),
      isKept: (id) => [...this.active.values()].some((other) => other.entries?.has(id) === true),
      signal: active.abort.signal,
    });
    active.entries = entries;
    for (const [index, statement] of statements.entries()) {
      const end = await this.runOne(active, session, entries, index);
      this.ended.fire({ run: active.run, statement, ...end });
      if (end.ended !== 'done') {
        break;
      }
    }
    entries.skipRest();
  }

  private async runOne(
    { run, abort }: ActiveRun,
    session: SqlSession,
    entries: RunEntries,
    index: number,
  ): Promise<Omit<StatementEnd, 'run' | 'statement'>> {
    const { clock, limits, log } = this.options;
    const { signal } = abort;
    const text = run.statements[index]?.text ?? '';
    const startedAtMs = clock.now();
    const first = entries.begin(index, session.database);
    const notes = this.notesFor(run.slot);
    const answers = new Answers(entries, first, startedAtMs, notes);
    entries.update(first, { kind: 'running', startedAtMs });
    try {
      signal.throwIfAborted();
      if (run.explains === true) {
        const outcome = await this.explain(session, text, signal);
        entries.update(first, outcome);
        return { ended: 'done', startedAtMs, elapsedMs: outcome.elapsedMs };
      }
      const options = { ...limits(), signal, onRows: (rows: Rows) => answers.begin(rows) };
      const streamed = await session.stream(text, options);
      const warnings = await this.warningsOf(session, text, streamed.answers, signal);
      answers.end(streamed.answers, streamed.elapsedMs, warnings);
      return { ended: 'done', startedAtMs, elapsedMs: streamed.elapsedMs };
    } catch (error) {
      const elapsedMs = clock.now() - startedAtMs;
      if (isCancellation(error)) {
        answers.fail({ kind: 'cancelled' }, elapsedMs);
        return { ended: 'cancelled', startedAtMs, elapsedMs };
      }
      log.error('Run SQL: failed', error);
      answers.fail({ kind: 'failed', error }, elapsedMs);
      return { ended: 'failed', error, startedAtMs, elapsedMs };
    }
  }

  private async explain(
    session: SqlSession,
    text: string,
    signal: AbortSignal,
  ): Promise<Extract<ResultOutcome, { kind: 'plan' }>> {
    const { timeoutMs } = this.options.limits();
    const result = await session.run(planStatement(text, session.serverVersion), {
      ...{ maxRows: mostPlanRows, timeoutMs, signal },
    });
    return { kind: 'plan', plan: planOf(result), elapsedMs: result.elapsedMs };
  }

  private notesFor(slot: string): readonly SqlWarning[] {
    const lost = this.restored.get(slot);
    this.restored.delete(slot);
    if (lost === undefined) {
      return [];
    }
    const gone = lost.length > 0 ? wordsForState(lost) : 'temporary tables and open transactions';
    return [{ level: 'Note', code: '', message: `Reconnected: ${gone} of the old connection are gone.` }];
  }

  /** The statement has succeeded: what cannot be learnt about it afterwards does not change that. */
  private async warningsOf(
    session: SqlSession,
    statement: string,
    answers: readonly SqlAnswer[],
    signal: AbortSignal,
  ): Promise<readonly SqlWarning[]> {
    if (answers.every(({ warningCount }) => warningCount === 0) || /^\s*show\s/i.test(statement)) {
      return [];
    }
    try {
      const limits = { maxRows: mostWarnings, timeoutMs: warningsTimeoutMs, signal };
      const { rows } = await session.run('SHOW WARNINGS', limits);
      const total = Math.max(...answers.map(({ warningCount }) => warningCount));
      const warnings = rows.map(([level, code, message]) => ({
        level: level ?? '',
        code: code ?? '',
        message: message ?? '',
      }));
      return total > warnings.length && warnings.length > 0
        ? [...warnings, { level: 'Note', code: '', message: `${total} warnings in all.` }]
        : warnings;
    } catch (error) {
      if (!isCancellation(error)) {
        this.options.log.error('Read the warnings of a statement: failed', error);
      }
      return [];
    }
  }
}

/** The entries of one statement: its first, and one more for each further answer. */
class Answers {
  private readonly shown: { readonly id: string; readonly rows: Rows }[] = [];

  constructor(
    private readonly entries: RunEntries,
    private readonly first: string,
    private readonly startedAtMs: number,
    private readonly notes: readonly SqlWarning[],
  ) {}

  begin(rows: Rows): void {
    const outcome: ResultOutcome = {
      kind: 'rows',
      rows,
      startedAtMs: this.startedAtMs,
      warnings: this.notes,
    };
    const last = this.shown.at(-1)?.id;
    if (last === undefined) {
      this.entries.update(this.first, outcome);
      this.shown.push({ id: this.first, rows });
    } else {
      this.shown.push({ id: this.entries.after(last, outcome), rows });
    }
  }

  /** The warnings are about the last answer. A procedure's last word says nothing where it changed nothing. */
  end(answers: readonly SqlAnswer[], elapsedMs: number, warnings: readonly SqlWarning[]): void {
    const told = answers.filter(
      (answer) =>
        answer.kind === 'rows' || answers.length === 1 || answer.affectedRows > 0 || answer.info !== '',
    );
    const all = told.length > 0 ? told : answers.slice(0, 1);
    let last: string | undefined;
    for (const [index, answer] of all.entries()) {
      const about = [...(index === 0 ? this.notes : []), ...(index === all.length - 1 ? warnings : [])];
      const outcome: ResultOutcome =
        answer.kind === 'rows'
          ? { kind: 'rows', rows: answer.rows, startedAtMs: this.startedAtMs, elapsedMs, warnings: about }
          : {
              kind: 'done',
              affectedRows: answer.affectedRows,
              info: answer.info,
              elapsedMs,
              warnings: about,
            };
      const own =
        answer.kind === 'rows' ? this.shown.find(({ rows }) => rows === answer.rows)?.id : undefined;
      const id = own ?? (last === undefined && this.shown.length === 0 ? this.first : undefined);
      if (id === undefined) {
        last = this.entries.after(last ?? this.shown.at(-1)?.id ?? this.first, outcome);
      } else {
        this.entries.update(id, outcome);
        last = id;
      }
    }
  }

  /** Answers that have come whole stay, and the rows up to which a person waited; what failed half-way goes. */
  fail(outcome: ResultOutcome, elapsedMs: number): void {
    const { startedAtMs } = this;
    const last = this.shown.at(-1);
    if (outcome.kind === 'cancelled' && last !== undefined && last.rows.count > 0) {
      const { id, rows } = last;
      this.entries.update(id, { kind: 'rows', rows, startedAtMs, elapsedMs, warnings: [], cancelled: true });
    } else {
      this.entries.update(last?.id ?? this.first, outcome);
    }
    for (const { id, rows } of this.shown.slice(0, -1)) {
      this.entries.update(id, { kind: 'rows', rows, startedAtMs, elapsedMs, warnings: [] });
    }
  }
}
