import { Virtualizer, type Rect } from '@tanstack/virtual-core';

/** Which rows or columns are in sight. */
export class Axis {
  private readonly virtualizer: Virtualizer<HTMLElement, HTMLElement>;
  private tellRect: (rect: Rect) => void = () => undefined;
  private tellOffset: (offset: number) => void = () => undefined;
  private readonly options: ConstructorParameters<typeof Virtualizer<HTMLElement, HTMLElement>>[0];

  constructor(
    element: HTMLElement,
    horizontal: boolean,
    private readonly sizeOf: (index: number) => number,
  ) {
    this.options = {
      count: 0,
      horizontal,
      overscan: horizontal ? 1 : 3,
      getScrollElement: () => element,
      estimateSize: sizeOf,
      // Where the grid stands is told from outside: a very long one has a scrollbar of its own scale.
      scrollToFn: () => undefined,
      observeElementRect: (_, tell) => {
        this.tellRect = tell;
      },
      observeElementOffset: (_, tell) => {
        this.tellOffset = (offset) => tell(offset, false);
      },
    };
    this.virtualizer = new Virtualizer(this.options);
    this.virtualizer._willUpdate();
  }

  /** The rows or columns in sight from `offset` on, and a few around them. */
  inSight(count: number, offset: number, length: number): readonly number[] {
    const capacity = this.options.horizontal === true ? count : roomFor(count);
    if (capacity !== this.virtualizer.options.count) {
      this.virtualizer.setOptions({ ...this.options, count: capacity });
    }
    this.tellRect({ width: length, height: length });
    this.tellOffset(offset);
    return this.virtualizer.getVirtualIndexes().filter((index) => index < count);
  }

  /** Some sizes have changed. */
  measureAgain(): void {
    this.virtualizer.measure();
  }

  startOf(index: number): number {
    return this.virtualizer.measurementsCache[index]?.start ?? index * this.sizeOf(index);
  }

  get total(): number {
    return this.virtualizer.getTotalSize();
  }
}

/** While rows arrive, not every few of them are worth measuring all of them anew. */
function roomFor(count: number): number {
  const step = 2 ** Math.max(10, Math.floor(Math.log2(Math.max(1, count))) - 3);
  return Math.ceil(count / step) * step;
}

/** With `also` among them, wherever it is: what is active stays in the document. */
export const including = (indexes: readonly number[], also: number, count: number): readonly number[] =>
  also >= 0 && also < count && !indexes.includes(also) ? [...indexes, also].sort((a, b) => a - b) : indexes;
