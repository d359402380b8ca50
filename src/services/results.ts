import { Emitter } from '../core/emitter';
import type { Plan } from '../core/plan';
import type { StoredRows } from '../core/ports';
import type { EndpointRef } from './connections';

export interface SqlWarning {
  /** `Warning`, `Note`, `Error` */
  readonly level: string;
  readonly code: string;
  readonly message: string;
}

/** What came, or is coming, of one statement. */
export type ResultOutcome =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'running'; readonly startedAtMs: number }
  | {
      readonly kind: 'rows';
      readonly rows: StoredRows;
      /** Absent while rows still come. */
      readonly elapsedMs?: number;
      readonly startedAtMs: number;
      /** The person stopped the statement while they came. */
      readonly cancelled?: true;
      readonly warnings: readonly SqlWarning[];
    }
  | {
      readonly kind: 'done';
      readonly affectedRows: number;
      readonly info: string;
      readonly elapsedMs: number;
      readonly warnings: readonly SqlWarning[];
    }
  | { readonly kind: 'plan'; readonly plan: Plan; readonly elapsedMs: number }
  | { readonly kind: 'cancelled' }
  /** Not run, because one before it failed or the person stopped. */
  | { readonly kind: 'skipped' }
  | { readonly kind: 'failed'; readonly error: unknown };

/** One tab of the results panel: a statement and one of its answers. */
export interface ResultEntry {
  readonly id: string;
  readonly statement: string;
  readonly endpoint: EndpointRef;
  /** The instance and endpoint in a person's words. */
  readonly connection: string;
  /** Names the session that it ran on. */
  readonly slot?: string;
  /** In use when it ran, as far as is known. */
  readonly database?: string;
  /** It was run for its plan. */
  readonly explains?: true;
  readonly outcome: ResultOutcome;
}

/** What the results panel shows: the answers to the statements that were run last, together. */
export class Results {
  private current: readonly ResultEntry[] = [];
  private readonly changed: Emitter<readonly ResultEntry[]>;

  constructor(onListenerError: (error: unknown) => void) {
    this.changed = new Emitter(onListenerError);
  }

  get entries(): readonly ResultEntry[] {
    return this.current;
  }

  get onDidChange(): Emitter<readonly ResultEntry[]>['event'] {
    return this.changed.event;
  }

  entry(id: string): ResultEntry | undefined {
    return this.current.find((entry) => entry.id === id);
  }

  /** Rows that are not shown any more are disposed of. */
  set(entries: readonly ResultEntry[]): void {
    const kept = new Set(entries.map(rowsOf));
    const dropped = this.current.map(rowsOf).filter((rows) => rows !== undefined && !kept.has(rows));
    this.current = entries;
    this.changed.fire(entries);
    dropped.forEach((rows) => rows?.dispose());
  }

  /** For a statement that is not shown any more, its rows are disposed of at once. */
  update(id: string, outcome: ResultOutcome): void {
    if (this.entry(id) === undefined) {
      if (outcome.kind === 'rows') {
        outcome.rows.dispose();
      }
      return;
    }
    this.set(this.current.map((entry) => (entry.id === id ? { ...entry, outcome } : entry)));
  }
}

const rowsOf = ({ outcome }: ResultEntry): StoredRows | undefined =>
  outcome.kind === 'rows' ? outcome.rows : undefined;
