import { html, nothing, render, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { isNumeric } from '../../core/copyFormats';
import type { SqlCell } from '../../core/ports';
import { Axis, including } from './axis';
import { cutWords, shownText, spokenText } from './cellText';
import { ColumnWidths } from './columnWidths';
import { GridPointer } from './gridPointer';
import { moved, selected } from './keys';
import { LongScroll } from './longScroll';
import { place } from './place';
import type { RowsModel } from './rowsModel';
import { Selection, type Cell, type Extent } from './selection';

export interface GridActions {
  openValue(cell: Cell): void;
  openMenu(at: { readonly x: number; readonly y: number }): void;
  find(): void;
}

/** How far one key press moves the edge of a column. */
const resizeStep = 16;

let lastGrid = 0;

/**
 * A grid of any number of rows and columns, of which those in sight are in the document. It has the focus as a whole and
 * names its active cell, which is in the document even when it is out of sight, so that scrolling never loses it.
 */
export class Grid {
  readonly element = document.createElement('div');
  readonly selection = new Selection();
  readonly widths = new ColumnWidths();
  private readonly id = `grid-${(lastGrid += 1)}`;
  private readonly scroll = new LongScroll();
  private readonly sizer = document.createElement('div');
  private readonly layer = document.createElement('div');
  private readonly rows: Axis;
  private readonly columns: Axis;
  private readonly observer = new ResizeObserver(() => this.draw());
  private rowHeight = 22;
  private frame = 0;
  private left = 0;

  constructor(
    readonly model: RowsModel,
    private readonly actions: GridActions,
    name: string,
  ) {
    const { element, sizer, layer } = this;
    element.className = 'grid';
    element.tabIndex = 0;
    element.setAttribute('role', 'grid');
    element.setAttribute('aria-label', name);
    element.setAttribute('aria-multiselectable', 'true');
    element.setAttribute('aria-describedby', 'grid-help');
    sizer.className = 'grid-sizer';
    layer.className = 'grid-layer';
    sizer.setAttribute('role', 'presentation');
    layer.setAttribute('role', 'presentation');
    element.append(sizer);
    sizer.append(layer);
    this.rows = new Axis(element, false, () => this.rowHeight);
    this.columns = new Axis(element, true, (column) => this.widths.of(column));
    element.addEventListener('scroll', () => this.scrolled(), { passive: true });
    element.addEventListener('wheel', (event) => this.wheel(event), { passive: false });
    element.addEventListener('keydown', (event) => this.key(event));
    element.addEventListener('focus', () => this.draw());
    element.addEventListener('blur', () => this.draw());
    new GridPointer(this, actions);
  }

  get extent(): Extent {
    return { rows: this.model.count, columns: this.model.columns.length };
  }

  /** It has come into the document (again). */
  attached(): void {
    this.observer.disconnect();
    this.observer.observe(this.element);
    const size = parseFloat(getComputedStyle(this.element).fontSize);
    this.rowHeight = Math.max(22, Math.round(size * 1.65));
    this.element.style.setProperty('--grid-row', `${this.rowHeight}px`);
    this.rows.measureAgain();
    const { left } = this;
    this.draw();
    this.element.scrollLeft = left;
    this.element.scrollTop = this.scroll.moveTo(this.scroll.offset);
  }

  /** Draws with the next frame what has changed. */
  changed(): void {
    this.frame ||= requestAnimationFrame(() => this.draw());
  }

  /** The cell at which an event happened; undefined for none, row -1 for a header, column -1 for a row number. */
  cellAt(target: EventTarget | null): Cell | undefined {
    const cell = target instanceof Element ? target.closest<HTMLElement>('[data-row]') : null;
    return cell === null
      ? undefined
      : { row: Number(cell.dataset['row']), column: Number(cell.dataset['column']) };
  }

  /** The row and column that lie under a point of the window, even where it is outside. */
  cellUnder(x: number, y: number): Cell {
    const box = this.element.getBoundingClientRect();
    const { rows, columns } = this.extent;
    const down = y - box.top - this.headHeight + this.scroll.offset;
    const across = x - box.left - this.numberWidth + this.element.scrollLeft;
    let column = 0;
    while (column < columns - 1 && this.columns.startOf(column + 1) <= across) {
      column += 1;
    }
    return { row: Math.max(0, Math.min(rows - 1, Math.floor(down / this.rowHeight))), column };
  }

  goTo(cell: Cell, extend = false): void {
    this.selection.moveTo(cell, this.extent, extend);
    this.reveal(this.selection.active);
    this.draw();
  }

  select(from: Cell, to: Cell): void {
    this.selection.select(from, to);
    this.draw();
  }

  scrollBy(rows: number, columns: number): void {
    this.element.scrollTop = this.scroll.moveTo(this.scroll.offset + rows * this.rowHeight);
    this.element.scrollLeft += columns;
    this.draw();
  }

  resize(column: number, width: number): void {
    this.widths.set(column, width);
    this.columns.measureAgain();
    this.draw();
  }

  fit(column: number): void {
    const definition = this.model.columns[column];
    if (definition !== undefined) {
      const rows = this.rowsInSight()
        .map((index) => this.model.row(index))
        .filter((row) => row !== undefined);
      this.widths.fitOne(column, definition, rows, this.element);
      this.columns.measureAgain();
      this.draw();
    }
  }

  /** None, ascending, descending, and none again. */
  turnSort(column: number): void {
    const { sort } = this.model;
    this.model.sortBy(
      sort?.column !== column
        ? { column, descending: false }
        : sort.descending
          ? undefined
          : { column, descending: true },
    );
  }

  /** Where a menu for the active cell belongs. */
  activePoint(): { readonly x: number; readonly y: number } {
    const cell = document.getElementById(this.cellId(this.selection.active));
    const box = (cell ?? this.element).getBoundingClientRect();
    return { x: box.left + 8, y: box.bottom };
  }

  private get headHeight(): number {
    return this.rowHeight + 4;
  }

  private get bodyHeight(): number {
    return Math.max(0, this.element.clientHeight - this.headHeight);
  }

  private get numberWidth(): number {
    return String(Math.max(1, this.model.count)).length * 9 + 20;
  }

  private cellId({ row, column }: Cell): string {
    return `${this.id}-${row}-${column}`;
  }

  private rowsInSight(): readonly number[] {
    return this.rows.inSight(this.model.count, this.scroll.offset, this.bodyHeight);
  }

  private scrolled(): void {
    this.scroll.scrolled(this.element.scrollTop);
    this.left = this.element.scrollLeft;
    this.draw();
  }

  /** Where the scrollbar is coarser than rows, the wheel still moves by rows. */
  private wheel(event: WheelEvent): void {
    if (this.scroll.scaled && event.deltaY !== 0 && !event.ctrlKey && !event.shiftKey) {
      event.preventDefault();
      const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? this.rowHeight : 1;
      this.element.scrollTop = this.scroll.moveTo(this.scroll.offset + event.deltaY * pixels);
      this.draw();
    }
  }

  private key(event: KeyboardEvent): void {
    const { active } = this.selection;
    const page = Math.max(1, Math.floor(this.bodyHeight / this.rowHeight) - 1);
    if (active.row < 0 && event.shiftKey && ['ArrowLeft', 'ArrowRight'].includes(event.key)) {
      const step = event.key === 'ArrowLeft' ? -resizeStep : resizeStep;
      this.resize(active.column, this.widths.of(active.column) + step);
    } else if (selected(event, this.selection, this.extent)) {
      this.draw();
    } else if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey && !event.altKey) {
      this.enter();
    } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'f') {
      this.actions.find();
    } else if (event.key === 'Escape' && this.selection.area !== undefined) {
      this.selection.clear();
      this.draw();
    } else if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
      this.actions.openMenu(this.activePoint());
    } else {
      const next = moved(event, active, this.extent, page);
      if (next === undefined) {
        return;
      }
      this.goTo(next, event.shiftKey);
    }
    event.preventDefault();
    // The editor has its own use for some of these keys, and takes what reaches the window.
    event.stopPropagation();
  }

  private enter(): void {
    const { active } = this.selection;
    if (active.row < 0) {
      this.turnSort(active.column);
    } else if (this.model.row(active.row) !== undefined) {
      this.actions.openValue(active);
    }
  }

  private reveal({ row, column }: Cell): void {
    const { bodyHeight, rowHeight, element } = this;
    if (row >= 0) {
      const top = row * rowHeight;
      const { offset } = this.scroll;
      if (top < offset) {
        element.scrollTop = this.scroll.moveTo(top);
      } else if (top + rowHeight > offset + bodyHeight) {
        element.scrollTop = this.scroll.moveTo(top + rowHeight - bodyHeight);
      }
    }
    const start = this.columns.startOf(column);
    const room = element.clientWidth - this.numberWidth;
    const end = start + this.widths.of(column);
    if (start < element.scrollLeft || end - start > room) {
      element.scrollLeft = start;
    } else if (end > element.scrollLeft + room) {
      element.scrollLeft = end - room;
    }
    this.left = element.scrollLeft;
  }

  private draw(): void {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    const { element, model } = this;
    if (!element.isConnected) {
      return;
    }
    this.selection.fit(this.extent);
    if (this.widths.fit(model.columns, model.first, element)) {
      this.columns.measureAgain();
    }
    const { clientWidth, clientHeight, scrollLeft } = element;
    const { active } = this.selection;
    const width = Math.max(0, clientWidth - this.numberWidth);
    const columns = this.columns.inSight(model.columns.length, scrollLeft, width);
    const bar = this.scroll.resize(model.count * this.rowHeight, this.bodyHeight);
    this.sizer.style.height = `${this.headHeight + this.scroll.height}px`;
    this.sizer.style.width = `${this.numberWidth + this.columns.total}px`;
    this.layer.style.width = `${clientWidth}px`;
    this.layer.style.height = `${clientHeight}px`;
    if (this.scroll.scaled && Math.abs(element.scrollTop - bar) >= 1) {
      element.scrollTop = bar;
    }
    const rows = this.rowsInSight();
    model.want(rows[0] ?? 0, (rows.at(-1) ?? -1) + 1);
    element.setAttribute('aria-rowcount', String(model.count + 1));
    element.setAttribute('aria-colcount', String(model.columns.length + 1));
    if (model.columns.length > 0) {
      element.setAttribute('aria-activedescendant', this.cellId(this.selection.active));
    }
    render(
      this.content(
        including(rows, active.row, model.count),
        including(columns, active.column, model.columns.length),
      ),
      this.layer,
    );
  }

  private content(rows: readonly number[], columns: readonly number[]): TemplateResult {
    return html`<div class="grid-head" role="rowgroup" ${place({ x: 0, y: 0, height: this.headHeight })}>
        <div role="row" aria-rowindex="1">${this.headCells(columns)}</div>
      </div>
      <div class="grid-body" role="rowgroup" ${place({ x: 0, y: this.headHeight, height: this.bodyHeight })}>
        ${repeat(
          rows,
          (row) => row,
          (row) => this.line(row, columns),
        )}
      </div>`;
  }

  private headCells(columns: readonly number[]): TemplateResult {
    const { model, numberWidth } = this;
    return html`<div
        role="columnheader"
        class="cell number-cell"
        aria-label="Row"
        aria-colindex="1"
        ${place({ x: 0, y: 0, width: numberWidth })}
        .textContent=${'#'}
      ></div>
      ${repeat(
        columns,
        (column) => column,
        (column) => {
          const { name, type } = model.columns[column] ?? { name: '', type: '' };
          const sort = model.sort?.column === column ? model.sort : undefined;
          const order = sort === undefined ? 'none' : sort.descending ? 'descending' : 'ascending';
          return html`<div
            role="columnheader"
            id=${this.cellId({ row: -1, column })}
            class="cell head-cell ${this.stateOf(-1, column)}"
            data-row="-1"
            data-column=${column}
            title="${name} (${type})"
            aria-label="${name}, ${type}"
            aria-colindex=${column + 2}
            aria-sort=${order}
            ${place(this.boxOf(column))}
          >
            <span class="head-name">${name}</span>
            ${sort === undefined ? nothing : html`<span class="head-sort" aria-hidden="true">${sort.descending ? '▼' : '▲'}</span>`}
            <span class="head-edge" data-edge=${column}></span>
          </div>`;
        },
      )}`;
  }

  private line(row: number, columns: readonly number[]): TemplateResult {
    const values = this.model.row(row);
    const y = row * this.rowHeight - this.scroll.offset;
    return html`<div
      role="row"
      class=${row % 2 === 0 ? 'line' : 'line line-odd'}
      aria-rowindex=${row + 2}
      ${place({ x: 0, y, height: this.rowHeight })}
    >
      <div
        role="rowheader"
        class="cell number-cell"
        data-row=${row}
        data-column="-1"
        aria-colindex="1"
        ${place({ x: 0, y: 0, width: this.numberWidth })}
        .textContent=${String(row + 1)}
      ></div>
      ${repeat(
        columns,
        (column) => column,
        (column) => this.cell(row, column, values === undefined ? undefined : (values[column] ?? null)),
      )}
    </div>`;
  }

  private cell(row: number, column: number, value: SqlCell | undefined): TemplateResult {
    const definition = this.model.columns[column];
    const side = definition !== undefined && isNumeric(definition) && value !== null ? 'cell-right' : '';
    const kind = value === null ? 'cell-null' : value === undefined ? 'cell-coming' : '';
    return html`<div
      role="gridcell"
      id=${this.cellId({ row, column })}
      class="cell ${side} ${kind} ${this.stateOf(row, column)}"
      data-row=${row}
      data-column=${column}
      aria-colindex=${column + 2}
      aria-selected=${this.selection.includes(row, column) ? 'true' : 'false'}
      aria-label=${(value === undefined ? 'loading' : spokenText(value)) ?? nothing}
      aria-description=${(value === undefined ? undefined : cutWords(value)) ?? nothing}
      ${place(this.boxOf(column))}
      .textContent=${value === undefined ? '' : shownText(value)}
    ></div>`;
  }

  private boxOf(column: number): { x: number; y: number; width: number } {
    const x = this.numberWidth + this.columns.startOf(column) - this.element.scrollLeft;
    return { x, y: 0, width: this.widths.of(column) };
  }

  private stateOf(row: number, column: number): string {
    const { active } = this.selection;
    const isActive =
      active.row === row && active.column === column && document.activeElement === this.element;
    return `${this.selection.includes(row, column) ? 'cell-selected' : ''} ${isActive ? 'cell-active' : ''}`;
  }
}
