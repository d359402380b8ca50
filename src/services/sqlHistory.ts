import type { Clock, Log, SqlHistoryEntry, SqlHistoryStore } from '../core/ports';
import { withoutSecrets } from '../core/statementSecrets';
import type { StatementEnd } from './sqlRunner';

export interface SqlHistoryOptions {
  readonly store: SqlHistoryStore;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly log: Log;
}

/** The newest ones are kept, and no more than these. */
export const historyLimits = {
  entries: 500,
  /** Of all statements together, in UTF-16 units. */
  size: 1_000_000,
  /** A longer statement is not kept: half of one would do something else. */
  statement: 50_000,
  /** Of a run of many statements, so that a dump does not push out everything else. */
  ofOneRun: 20,
} as const;

/** Statements that end close to each other are written together. */
const pauseMs = 500;

/**
 * The statements that were run: without their results, and without the passwords and keys that are written in them. What
 * several windows add is kept together.
 */
export class SqlHistory {
  private waiting: SqlHistoryEntry[] = [];
  private readonly added = new Map<unknown, number>();
  private writing: Promise<void> = Promise.resolve();
  private readonly closing = new AbortController();

  constructor(private readonly options: SqlHistoryOptions) {}

  add({ run, statement, ended, startedAtMs, elapsedMs }: StatementEnd): void {
    const { clock, newId } = this.options;
    const kept = withoutSecrets(statement.text);
    const already = this.added.get(run) ?? 0;
    if (kept.length > historyLimits.statement || (already >= historyLimits.ofOneRun && ended === 'done')) {
      return;
    }
    this.added.clear();
    this.added.set(run, already + 1);
    const { endpoint, connection } = run;
    this.waiting.push({
      ...{ id: newId(), statement: kept, connection, ended, elapsedMs, atMs: startedAtMs },
      ...{ instanceId: endpoint.instanceId, endpointId: endpoint.endpointId },
      ...(kept !== statement.text && { masked: true as const }),
    });
    if (this.waiting.length === 1) {
      clock.sleep(pauseMs, this.closing.signal).then(
        () => this.writeWaiting(),
        () => undefined,
      );
    }
  }

  /** Those of all windows, the newest first. */
  async list(): Promise<readonly SqlHistoryEntry[]> {
    await this.writeWaiting();
    return [...(await this.options.store.read())].sort((a, b) => b.atMs - a.atMs);
  }

  async delete(id: string): Promise<void> {
    await this.options.store.change((entries) => entries.filter((entry) => entry.id !== id));
  }

  async clear(): Promise<void> {
    this.waiting = [];
    await this.options.store.change(() => []);
  }

  /** What was not written yet is. */
  async dispose(): Promise<void> {
    this.closing.abort();
    await this.writeWaiting();
  }

  private writeWaiting(): Promise<void> {
    const entries = this.waiting;
    this.waiting = [];
    if (entries.length > 0) {
      this.writing = this.writing.then(async () => {
        try {
          await this.options.store.change((before) => bounded([...before, ...entries]));
        } catch (error) {
          this.options.log.error('Keep the SQL history: failed', error);
        }
      });
    }
    return this.writing;
  }
}

/** Of a statement that was run several times in a row, the last time counts. */
function bounded(entries: readonly SqlHistoryEntry[]): readonly SqlHistoryEntry[] {
  const newestFirst = [...entries].sort((a, b) => b.atMs - a.atMs);
  let size = 0;
  const kept = newestFirst.filter((entry, index) => {
    const next = newestFirst[index - 1];
    if (next?.statement === entry.statement && next.endpointId === entry.endpointId) {
      return false;
    }
    size += entry.statement.length;
    return size <= historyLimits.size;
  });
  return kept.slice(0, historyLimits.entries).reverse();
}
