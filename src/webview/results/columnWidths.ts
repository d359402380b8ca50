import type { SqlColumn } from '../../core/ports';
import { shownText } from './cellText';
import type { Row } from './rowBlocks';

const least = 48;
const widestAtFirst = 420;
const widest = 2000;
/** Blank at both sides of a cell, and the sign for the order in a header. */
const padding = 26;
const headerExtra = 18;
/** The first rows tell enough about the others. */
const looked = 60;

let canvas: CanvasRenderingContext2D | null | undefined;

function measure(text: string, font: string): number {
  canvas ??= document.createElement('canvas').getContext('2d');
  if (!canvas) {
    return text.length * 8;
  }
  canvas.font = font;
  return canvas.measureText(text).width;
}

/** How wide the columns are: as their first rows need it, until a person says otherwise. */
export class ColumnWidths {
  private widths: number[] = [];
  private chosen = new Set<number>();
  private fitted = false;

  get count(): number {
    return this.widths.length;
  }

  of(column: number): number {
    return this.widths[column] ?? least;
  }

  /** Fits the columns once, when the first rows are there. Returns whether something has changed. */
  fit(columns: readonly SqlColumn[], rows: readonly Row[], element: Element): boolean {
    if (columns.length === this.widths.length && (this.fitted || rows.length === 0)) {
      return false;
    }
    this.fitted = rows.length > 0;
    this.widths = columns.map((column, index) =>
      this.chosen.has(index)
        ? this.of(index)
        : Math.min(widestAtFirst, this.wanted(index, column, rows.slice(0, looked), element)),
    );
    return true;
  }

  fitOne(column: number, definition: SqlColumn, rows: readonly Row[], element: Element): void {
    this.set(column, this.wanted(column, definition, rows, element));
  }

  set(column: number, width: number): void {
    this.chosen.add(column);
    this.widths[column] = Math.round(Math.max(least, Math.min(width, widest)));
  }

  private wanted(index: number, { name }: SqlColumn, rows: readonly Row[], element: Element): number {
    const style = getComputedStyle(element);
    const font = `${style.fontSize} ${style.fontFamily}`;
    const header = measure(name, `600 ${font}`) + headerExtra;
    const values = rows.map((row) => measure(shownText(row[index] ?? null), font));
    return Math.round(Math.max(least, Math.max(header, ...values) + padding));
  }
}
