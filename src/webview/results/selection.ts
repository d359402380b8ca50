export interface Cell {
  /** -1: the header. */
  readonly row: number;
  readonly column: number;
}

export interface Area {
  readonly rows: { readonly from: number; readonly to: number };
  readonly columns: { readonly from: number; readonly to: number };
}

export interface Extent {
  readonly rows: number;
  readonly columns: number;
}

const clamp = (value: number, least: number, most: number): number => Math.max(least, Math.min(value, most));

/** The cell that keys act on, and the area that is selected from an anchor to that cell. */
export class Selection {
  private at: Cell = { row: 0, column: 0 };
  private anchor: Cell | undefined;

  get active(): Cell {
    return this.at;
  }

  /** Undefined when nothing is selected. */
  get area(): Area | undefined {
    const { at, anchor } = this;
    if (anchor === undefined || at.row < 0) {
      return undefined;
    }
    return {
      rows: { from: Math.min(at.row, anchor.row), to: Math.max(at.row, anchor.row) + 1 },
      columns: {
        from: Math.min(at.column, anchor.column),
        to: Math.max(at.column, anchor.column) + 1,
      },
    };
  }

  /** Goes to a cell; `extend` keeps where the selection began. */
  moveTo({ row, column }: Cell, extent: Extent, extend = false): void {
    const before = this.at;
    const least = extend ? 0 : -1;
    this.at = {
      row: clamp(row, Math.min(least, extent.rows - 1), extent.rows - 1),
      column: clamp(column, 0, Math.max(0, extent.columns - 1)),
    };
    if (this.at.row < 0) {
      this.anchor = undefined;
    } else if (extend) {
      this.anchor ??= { row: Math.max(0, before.row), column: before.column };
    } else {
      this.anchor = this.at;
    }
  }

  /** Selects an area; the active cell stays in sight, at its last corner. */
  select(from: Cell, to: Cell): void {
    this.anchor = from;
    this.at = to;
  }

  clear(): void {
    this.anchor = undefined;
  }

  /** Rows have gone or come. */
  fit(extent: Extent): void {
    const { row, column } = this.at;
    const inside = (cell: Cell): Cell => ({
      row: clamp(cell.row, -1, extent.rows - 1),
      column: clamp(cell.column, 0, Math.max(0, extent.columns - 1)),
    });
    this.at = inside({ row, column });
    this.anchor = this.anchor && extent.rows > 0 ? inside(this.anchor) : undefined;
  }

  includes(row: number, column: number): boolean {
    const { area } = this;
    return (
      area !== undefined &&
      row >= area.rows.from &&
      row < area.rows.to &&
      column >= area.columns.from &&
      column < area.columns.to
    );
  }
}
