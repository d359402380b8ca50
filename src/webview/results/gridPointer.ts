import type { Grid, GridActions } from './grid';
import type { Cell } from './selection';

/** How often the grid scrolls while a selection is dragged beyond its edge. */
const dragPauseMs = 50;

/** What the mouse or a pen does with a grid: select, sort, resize, open. */
export class GridPointer {
  private dragTimer: number | undefined;
  /** Where the last press was: what follows it is told to the grid as a whole, which has captured the pointer. */
  private pressed: { readonly edge: number | undefined; readonly cell: Cell | undefined } | undefined;

  constructor(
    private readonly grid: Grid,
    private readonly actions: GridActions,
  ) {
    const { element } = grid;
    element.addEventListener('pointerdown', (event) => this.down(event));
    element.addEventListener('dblclick', () => this.twice());
    element.addEventListener('contextmenu', (event) => this.menu(event));
    element.addEventListener('pointerover', (event) => this.over(event));
  }

  private down(event: PointerEvent): void {
    const edge = edgeAt(event);
    const cell = this.grid.cellAt(event.target);
    this.pressed = { edge, cell };
    if (event.button !== 0 || (edge === undefined && cell === undefined)) {
      return;
    }
    event.preventDefault();
    this.grid.element.focus({ preventScroll: true });
    if (edge !== undefined) {
      this.dragEdge(edge, event);
    } else if (cell !== undefined && cell.row < 0) {
      this.grid.goTo(cell);
      this.grid.turnSort(cell.column);
    } else if (cell !== undefined) {
      this.dragSelection(cell, event);
    }
  }

  private dragEdge(column: number, event: PointerEvent): void {
    const width = this.grid.widths.of(column);
    this.follow(event, (move) => this.grid.resize(column, width + move.clientX - event.clientX));
  }

  private dragSelection(cell: Cell, event: PointerEvent): void {
    const { grid } = this;
    const whole = cell.column < 0;
    const last = grid.extent.columns - 1;
    const { area, active } = grid.selection;
    const start =
      event.shiftKey && area !== undefined
        ? {
            row: active.row === area.rows.from ? area.rows.to - 1 : area.rows.from,
            column: area.columns.from,
          }
        : cell;
    const to = (end: Cell): void => {
      if (whole) {
        grid.select({ row: start.row, column: last }, { row: end.row, column: 0 });
      } else {
        grid.select(start, end);
      }
    };
    if (event.shiftKey && !whole) {
      grid.goTo(cell, true);
    } else if (whole) {
      to(cell);
    } else {
      grid.goTo(cell);
    }
    let point = event;
    this.follow(
      event,
      (move) => {
        point = move;
        to(grid.cellUnder(move.clientX, move.clientY));
      },
      () => window.clearInterval(this.dragTimer),
    );
    this.dragTimer = window.setInterval(() => {
      const box = grid.element.getBoundingClientRect();
      const rows = beyond(point.clientY, box.top + 24, box.bottom);
      const columns = beyond(point.clientX, box.left, box.right);
      if (rows !== 0 || columns !== 0) {
        grid.scrollBy(rows, columns * 20);
        to(grid.cellUnder(point.clientX, point.clientY));
      }
    }, dragPauseMs);
  }

  private follow(start: PointerEvent, onMove: (event: PointerEvent) => void, onEnd?: () => void): void {
    const { element } = this.grid;
    const abort = new AbortController();
    const { signal } = abort;
    const end = (): void => {
      abort.abort();
      onEnd?.();
    };
    element.setPointerCapture(start.pointerId);
    element.addEventListener('pointermove', onMove, { signal });
    element.addEventListener('pointerup', end, { signal });
    element.addEventListener('pointercancel', end, { signal });
    element.addEventListener('lostpointercapture', end, { signal });
  }

  private twice(): void {
    const { edge, cell } = this.pressed ?? { edge: undefined, cell: undefined };
    if (edge !== undefined) {
      this.grid.fit(edge);
    } else if (cell !== undefined && cell.row >= 0 && cell.column >= 0) {
      this.actions.openValue(cell);
    }
  }

  private menu(event: MouseEvent): void {
    event.preventDefault();
    const cell = this.grid.cellAt(event.target);
    this.grid.element.focus({ preventScroll: true });
    if (cell !== undefined && !this.grid.selection.includes(cell.row, Math.max(0, cell.column))) {
      if (cell.column < 0) {
        this.grid.select(
          { row: cell.row, column: this.grid.extent.columns - 1 },
          { row: cell.row, column: 0 },
        );
      } else {
        this.grid.goTo(cell);
      }
    }
    this.actions.openMenu({ x: event.clientX, y: event.clientY });
  }

  /** What does not fit into its cell is shown beside the pointer. */
  private over({ target }: PointerEvent): void {
    if (target instanceof HTMLElement && target.getAttribute('role') === 'gridcell') {
      const cut = target.getAttribute('aria-description');
      const hidden = target.scrollWidth > target.clientWidth ? target.textContent : '';
      const title = [hidden, cut].filter(Boolean).join('\n');
      if (title !== target.title) {
        target.title = title;
      }
    }
  }
}

function edgeAt({ target }: Event): number | undefined {
  const column = target instanceof HTMLElement ? target.dataset['edge'] : undefined;
  return column === undefined ? undefined : Number(column);
}

/** How many steps a point lies before (negative) or behind a stretch. */
function beyond(point: number, from: number, to: number): number {
  const distance = point < from ? point - from : point > to ? point - to : 0;
  return Math.sign(distance) * Math.min(20, Math.ceil(Math.abs(distance) / 12));
}
