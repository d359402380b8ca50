import type { PlanNode } from '../../core/plan';

/** An operator in its place: `0` is the root, `0.1` its second child. */
export interface PlanRow {
  readonly path: string;
  readonly node: PlanNode;
  readonly level: number;
  /** Among those of the same parent, from 1. */
  readonly position: number;
  readonly siblings: number;
  readonly isOpen: boolean;
}

/** Which operators of a plan are in sight, and which one the person is at. */
export class PlanTree {
  private readonly closed = new Set<string>();
  private at = '0';

  constructor(private readonly root: PlanNode) {}

  /** From the top down, without what closed operators hide. */
  get rows(): readonly PlanRow[] {
    const rows: PlanRow[] = [];
    const add = (node: PlanNode, path: string, level: number, position: number, siblings: number): void => {
      const isOpen = !this.closed.has(path);
      rows.push({ ...{ path, node, level, position, siblings, isOpen } });
      if (isOpen) {
        node.children.forEach((child, index) =>
          add(child, `${path}.${index}`, level + 1, index + 1, node.children.length),
        );
      }
    };
    add(this.root, '0', 1, 1, 1);
    return rows;
  }

  get current(): string {
    return this.at;
  }

  get wholeMs(): number | undefined {
    return this.root.timeMs;
  }

  /** Those worth a look, the one with the most time of its own first. */
  get costly(): readonly PlanRow[] {
    const found: PlanRow[] = [];
    const look = (node: PlanNode, path: string): void => {
      if (node.warnings.length > 0) {
        found.push({ path, node, level: 0, position: 0, siblings: 0, isOpen: true });
      }
      node.children.forEach((child, index) => look(child, `${path}.${index}`));
    };
    look(this.root, '0');
    return found.sort((a, b) => (b.node.ownTimeMs ?? 0) - (a.node.ownTimeMs ?? 0));
  }

  /** Opens what hides it. */
  go(path: string): void {
    for (let end = path.lastIndexOf('.'); end > 0; end = path.lastIndexOf('.', end - 1)) {
      this.closed.delete(path.slice(0, end));
    }
    this.at = path;
  }

  toggle(path: string): void {
    if (!this.closed.delete(path)) {
      this.closed.add(path);
      if (this.at.startsWith(`${path}.`)) {
        this.at = path;
      }
    }
  }

  /** What a key of a tree does; false for any other key. */
  key(key: string): boolean {
    const { rows } = this;
    const index = rows.findIndex(({ path }) => path === this.at);
    const row = rows[index];
    if (row === undefined) {
      return false;
    }
    const hasChildren = row.node.children.length > 0;
    switch (key) {
      case 'ArrowDown':
        return this.goTo(rows[index + 1]);
      case 'ArrowUp':
        return this.goTo(rows[index - 1]);
      case 'Home':
        return this.goTo(rows[0]);
      case 'End':
        return this.goTo(rows.at(-1));
      case 'ArrowRight':
        if (hasChildren && row.isOpen) {
          return this.goTo(rows[index + 1]);
        }
        if (hasChildren) {
          this.toggle(row.path);
        }
        return true;
      case 'ArrowLeft':
        if (hasChildren && row.isOpen) {
          this.toggle(row.path);
          return true;
        }
        return this.goTo(rows.find(({ path }) => path === row.path.slice(0, row.path.lastIndexOf('.'))));
      case 'Enter':
      case ' ':
        if (hasChildren) {
          this.toggle(row.path);
        }
        return true;
      default:
        return false;
    }
  }

  private goTo(row: PlanRow | undefined): boolean {
    this.at = row?.path ?? this.at;
    return true;
  }
}
