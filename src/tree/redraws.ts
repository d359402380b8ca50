import type { TreeNode } from './nodes/node';

/** While pages arrive, the view is drawn anew this often at most. */
const whileArrivingMs = 250;

/** Gathers what is to be drawn anew, so that a burst of changes becomes one. */
export class Redraws {
  private readonly rows = new Set<TreeNode>();
  private whole = false;
  private isDue = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private disposed = false;

  /** @param draw called with the rows to draw anew; undefined: all of them */
  constructor(private readonly draw: (nodes: readonly TreeNode[] | undefined) => void) {}

  row(node: TreeNode): void {
    this.rows.add(node);
    this.soon();
  }

  /** @param isArriving more will come soon */
  all(isArriving = false): void {
    if (!isArriving) {
      clearTimeout(this.timer);
      this.timer = undefined;
      this.whole = true;
      this.soon();
    } else {
      this.timer ??= setTimeout(() => this.all(), whileArrivingMs);
    }
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.timer);
  }

  private soon(): void {
    if (!this.isDue) {
      this.isDue = true;
      queueMicrotask(() => this.now());
    }
  }

  private now(): void {
    const nodes = this.whole ? undefined : [...this.rows];
    this.isDue = false;
    this.whole = false;
    this.rows.clear();
    if (!this.disposed) {
      this.draw(nodes);
    }
  }
}
