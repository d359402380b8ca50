import type { Disposable } from '../../core/emitter';
import type { StoredRows } from '../../core/ports';

/** More often than this nobody can read how many rows there are. */
const pauseMs = 100;

/** Tells of rows that arrive: of the first at once, then in steps, and of the end. */
export class Growth implements Disposable {
  private watched = new Map<StoredRows, Disposable>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private missed = false;

  constructor(private readonly tell: () => void) {}

  watch(growing: readonly StoredRows[]): void {
    const before = this.watched;
    this.watched = new Map(
      growing.map((rows) => [rows, before.get(rows) ?? rows.onDidChange(() => this.grown(rows))]),
    );
    for (const [rows, subscription] of before) {
      if (!this.watched.has(rows)) {
        subscription.dispose();
      }
    }
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.watched.forEach((subscription) => subscription.dispose());
    this.watched.clear();
  }

  private grown(rows: StoredRows): void {
    if (this.timer !== undefined && !rows.ended) {
      this.missed = true;
      return;
    }
    this.missed = false;
    this.tell();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.pauseOver(), pauseMs);
  }

  private pauseOver(): void {
    this.timer = undefined;
    if (this.missed) {
      this.missed = false;
      this.tell();
      this.timer = setTimeout(() => this.pauseOver(), pauseMs);
    }
  }
}
