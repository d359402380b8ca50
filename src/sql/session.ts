import { AppError } from '../core/errors';
import type {
  SqlExportOptions,
  SqlResult,
  SqlRunOptions,
  SqlSession,
  SqlStreamed,
  SqlStreamOptions,
} from '../core/ports';
import { CollectingSink } from './collectingSink';
import { ExportSink } from './export/exportSink';
import { Run, type RunLimits, type RunParts } from './run';
import { StreamingSink } from './rows/streamingSink';

export interface SessionParts extends RunParts {
  readonly serverVersion: string;
  /** The one it began with. */
  readonly database: string | undefined;
}

/** Statements after which another database is in use, or none. */
const changesDatabase = /^(?:use|drop\s+(?:database|schema))\b/i;

export class Session implements SqlSession {
  readonly serverVersion: string;
  readonly #parts: SessionParts;
  #database: string | undefined;
  #running: Run | undefined;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.serverVersion = parts.serverVersion;
    this.#database = parts.database;
  }

  get database(): string | undefined {
    return this.#database;
  }

  get open(): boolean {
    return this.#parts.link.open;
  }

  run(statement: string, options: SqlRunOptions): Promise<SqlResult> {
    return this.#exclusively(statement, options, async (run) => {
      const sink = new CollectingSink(run, options.maxRows);
      return sink.result(await run.execute(statement, sink));
    });
  }

  stream(statement: string, options: SqlStreamOptions): Promise<SqlStreamed> {
    return this.#exclusively(statement, options, async (run) => {
      const sink = new StreamingSink(run, this.#parts, options);
      try {
        const elapsedMs = await run.execute(statement, sink);
        sink.end();
        return { answers: sink.answers, elapsedMs };
      } finally {
        sink.end();
      }
    });
  }

  export(statement: string, options: SqlExportOptions): Promise<number> {
    return this.#exclusively(statement, options, async (run) => {
      const sink = await ExportSink.create(run, this.#parts.link, options);
      try {
        await run.execute(statement, sink);
        return await sink.finish();
      } catch (error) {
        await sink.discard();
        throw error;
      }
    });
  }

  async alive(withinMs: number): Promise<boolean> {
    return this.#running === undefined ? this.#parts.link.ping(withinMs) : this.open;
  }

  async close(): Promise<void> {
    await this.#running?.cancelAndWait();
    await this.#parts.link.close();
  }

  async #exclusively<T>(statement: string, limits: RunLimits, work: (run: Run) => Promise<T>): Promise<T> {
    limits.signal?.throwIfAborted();
    if (this.#running !== undefined) {
      throw new AppError('conflict', { source: 'SQL', reason: 'another statement is still running here' });
    }
    const run = new Run(this.#parts, limits);
    this.#running = run;
    try {
      const outcome = await work(run);
      if (changesDatabase.test(statement.trimStart())) {
        await this.#askForDatabase();
      }
      return outcome;
    } finally {
      this.#running = undefined;
    }
  }

  /** Whatever comes of it: the outcome of the statement before it stands. */
  async #askForDatabase(): Promise<void> {
    const sink = new CollectingSink({ enough: () => undefined }, 1);
    await this.#parts.link.execute('SELECT DATABASE()', sink).catch((error: unknown) => {
      this.#parts.log.error('SQL: ask for the database in use: failed', error);
    });
    this.#database = sink.result(0).rows[0]?.[0] ?? undefined;
  }
}
