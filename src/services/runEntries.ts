import type { Clock } from '../core/ports';
import { counted, grouped } from '../core/counted';
import type { ResultEntry, ResultOutcome, Results } from './results';

export interface RunEntriesOptions {
  readonly results: Results;
  readonly clock: Clock;
  readonly newId: () => string;
  /** What every entry of the run has in common. */
  readonly common: Pick<ResultEntry, 'endpoint' | 'connection' | 'slot' | 'explains'>;
  readonly statements: readonly string[];
  /** Of what is shown already: the entries of other runs that go on. */
  readonly isKept: (id: string) => boolean;
  /** Ends what waits to be shown. */
  readonly signal: AbortSignal;
}

/** More tabs than this nobody looks through; a dump has tens of thousands of statements. */
const mostShown = 100;
const mostWaiting = 20;
/** Changes that nobody can see one by one are shown together. */
const pauseMs = 50;

/**
 * The tabs of one run: one for each answer. Of a long run they are the next statements and the last ones that ended;
 * those before are counted in one tab, which stands first.
 */
export class RunEntries {
  private shown: ResultEntry[] = [];
  private next = 0;
  private readonly past = { id: '', statements: 0, affectedRows: 0, elapsedMs: 0 };
  /** Of the entries that are shown now. */
  private ids: ReadonlySet<string> = new Set();
  private flushedAtMs = -Infinity;
  private scheduled = false;

  constructor(private readonly options: RunEntriesOptions) {
    this.past.id = options.newId();
    options.results.set(options.results.entries.filter(({ id }) => options.isKept(id)));
    this.fill();
    this.flush();
  }

  /** The id of the entry for the nth statement, which is in this database; it is shown from now on, if it was not. */
  begin(index: number, database: string | undefined): string {
    while (this.next <= index) {
      this.add();
    }
    this.fill();
    const at = this.shown.length - (this.next - index);
    const entry = this.shown[at];
    if (entry === undefined) {
      return '';
    }
    this.shown[at] = { ...entry, ...(database !== undefined && { database }) };
    return entry.id;
  }

  /** Another answer of the same statement. */
  after(id: string, outcome: ResultOutcome): string {
    const at = this.shown.findIndex((entry) => entry.id === id);
    const before = this.shown[at];
    const entry = { ...before, ...this.entry(before?.statement ?? '', outcome) };
    this.shown.splice(at + 1, 0, entry);
    this.trim();
    this.flush();
    return entry.id;
  }

  update(id: string, outcome: ResultOutcome): void {
    this.shown = this.shown.map((entry) => (entry.id === id ? { ...entry, outcome } : entry));
    this.trim();
    if (outcome.kind === 'done' || outcome.kind === 'running') {
      this.flushSoon();
    } else {
      this.flush();
    }
  }

  /** Everything that still waits was not run. */
  skipRest(): void {
    this.shown = this.shown.map((entry) =>
      entry.outcome.kind === 'waiting' ? { ...entry, outcome: { kind: 'skipped' } } : entry,
    );
    this.flush();
  }

  flush(): void {
    this.flushedAtMs = this.options.clock.now();
    const entries = this.past.statements === 0 ? this.shown : [this.summary(), ...this.shown];
    const current = this.options.results.entries;
    const first = current.findIndex(({ id }) => this.ids.has(id));
    const isOther = ({ id }: ResultEntry): boolean => !this.ids.has(id);
    const before = first < 0 ? [] : current.slice(0, first);
    const after = (first < 0 ? current : current.slice(first)).filter(isOther);
    this.ids = new Set(entries.map(({ id }) => id));
    this.options.results.set(first < 0 ? [...after, ...entries] : [...before, ...entries, ...after]);
  }

  has(id: string): boolean {
    return this.ids.has(id);
  }

  private flushSoon(): void {
    const { clock, signal } = this.options;
    if (clock.now() - this.flushedAtMs >= pauseMs) {
      this.flush();
    } else if (!this.scheduled) {
      this.scheduled = true;
      clock.sleep(pauseMs, signal).then(
        () => {
          this.scheduled = false;
          this.flush();
        },
        () => undefined,
      );
    }
  }

  private fill(): void {
    const waiting = this.shown.filter(({ outcome }) => outcome.kind === 'waiting').length;
    const room =
      this.next === 0 ? Math.min(this.options.statements.length, mostShown) : mostWaiting - waiting;
    for (let added = 0; added < room && this.next < this.options.statements.length; added += 1) {
      this.add();
    }
    this.trim();
  }

  private add(): void {
    this.shown.push(this.entry(this.options.statements[this.next] ?? '', { kind: 'waiting' }));
    this.next += 1;
  }

  private entry(statement: string, outcome: ResultOutcome): ResultEntry {
    return { ...this.options.common, id: this.options.newId(), statement, outcome };
  }

  private trim(): void {
    while (this.shown.length > mostShown) {
      const plain = this.shown.findIndex(
        ({ outcome }) => outcome.kind === 'done' && outcome.warnings.length === 0,
      );
      const at = plain >= 0 ? plain : this.shown.findIndex(({ outcome }) => outcome.kind === 'rows');
      const [dropped] = at < 0 ? [] : this.shown.splice(at, 1);
      if (dropped === undefined) {
        return;
      }
      this.count(dropped.outcome);
    }
  }

  private count(outcome: ResultOutcome): void {
    this.past.statements += 1;
    if (outcome.kind === 'done') {
      this.past.affectedRows += outcome.affectedRows;
      this.past.elapsedMs += outcome.elapsedMs;
    } else if (outcome.kind === 'rows') {
      this.past.elapsedMs += outcome.elapsedMs ?? 0;
    }
  }

  private summary(): ResultEntry {
    const { id, statements, affectedRows, elapsedMs } = this.past;
    return {
      ...this.options.common,
      id,
      statement: `-- ${counted(statements, 'statement')} that ended before`,
      outcome: { kind: 'done', affectedRows, elapsedMs, info: `${grouped(statements)} done`, warnings: [] },
    };
  }
}
