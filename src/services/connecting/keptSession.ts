import type {
  Clock,
  SqlExportOptions,
  SqlResult,
  SqlRunOptions,
  SqlSession,
  SqlStreamed,
  SqlStreamOptions,
} from '../../core/ports';
import { effectOf, type SessionState } from '../../core/sessionState';

/** What has to be known of a session after it is lost. */
export interface SessionPast {
  readonly database: string | undefined;
  readonly states: readonly SessionState[];
}

/** A session that remembers what it would lose with its connection, and when it was last heard from. */
export class KeptSession implements SqlSession {
  private readonly states = new Set<SessionState>();
  private autocommit = true;
  private used: string | undefined;
  private heardAtMs: number;
  private running = 0;

  constructor(
    private readonly inner: SqlSession,
    private readonly clock: Clock,
    private readonly listeners: {
      readonly onDatabase: (database: string) => void;
      /** A statement ended with the session lost. */
      readonly onLost: () => void;
    },
    database?: string,
  ) {
    this.used = database;
    this.heardAtMs = clock.now();
  }

  get serverVersion(): string {
    return this.inner.serverVersion;
  }

  get open(): boolean {
    return this.inner.open;
  }

  get database(): string | undefined {
    return this.inner.database ?? this.used;
  }

  get past(): SessionPast {
    return { database: this.database, states: [...this.states] };
  }

  /** How long nothing has come from the server; 0 while a statement runs. */
  get silentMs(): number {
    return this.running > 0 ? 0 : this.clock.now() - this.heardAtMs;
  }

  run(statement: string, options: SqlRunOptions): Promise<SqlResult> {
    return this.noting(statement, () => this.inner.run(statement, options));
  }

  stream(statement: string, options: SqlStreamOptions): Promise<SqlStreamed> {
    return this.noting(statement, () => this.inner.stream(statement, options));
  }

  export(statement: string, options: SqlExportOptions): Promise<number> {
    return this.noting(statement, () => this.inner.export(statement, options));
  }

  async alive(withinMs: number): Promise<boolean> {
    const alive = await this.inner.alive(withinMs);
    if (alive) {
      this.heardAtMs = this.clock.now();
    }
    return alive;
  }

  close(): Promise<void> {
    return this.inner.close();
  }

  private async noting<T>(statement: string, work: () => Promise<T>): Promise<T> {
    this.running++;
    try {
      const result = await work();
      this.note(statement);
      return result;
    } catch (error) {
      if (!this.inner.open) {
        // Whether a COMMIT that was lost has taken effect is not known: nothing may be said of its transaction later.
        effectOf(statement).ends?.forEach((state) => this.states.delete(state));
      }
      throw error;
    } finally {
      this.running--;
      this.heardAtMs = this.clock.now();
      if (!this.inner.open) {
        this.listeners.onLost();
      }
    }
  }

  private note(statement: string): void {
    const { begins, ends = [], autocommit, database } = effectOf(statement);
    this.autocommit = autocommit ?? this.autocommit;
    ends.forEach((state) => this.states.delete(state));
    if (begins !== undefined) {
      this.states.add(begins);
    } else if (!this.autocommit && ends.length === 0) {
      this.states.add('transaction');
    }
    const before = this.used;
    this.used = database ?? this.inner.database ?? this.used;
    if (this.used !== undefined && this.used !== before) {
      this.listeners.onDatabase(this.used);
    }
  }
}
