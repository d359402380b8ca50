/** Browsers give up on elements that are much taller than this (in device pixels, so zoom counts too). */
const tallest = 6_000_000;

/**
 * Where in a very long list a scrollbar stands. Up to some length the two are the same; beyond, the scrollbar stands for
 * the position in proportion, and the position itself is kept exact.
 */
export class LongScroll {
  private content = 0;
  private viewport = 0;
  private exact = 0;
  /** What the scrollbar was last seen or set to. */
  private bar = 0;

  get offset(): number {
    return this.exact;
  }

  /** How tall the element is that the scrollbar measures. */
  get height(): number {
    return Math.min(this.content, tallest);
  }

  /** The scrollbar is coarser than the content. */
  get scaled(): boolean {
    return this.content > tallest;
  }

  /** Keeps the position. Returns where the scrollbar belongs. */
  resize(content: number, viewport: number): number {
    this.content = content;
    this.viewport = viewport;
    return this.moveTo(this.exact);
  }

  /** The person has moved the scrollbar. */
  scrolled(bar: number): void {
    // What we set ourselves comes back rounded.
    if (Math.abs(bar - this.bar) >= 1 || !this.scaled) {
      this.bar = bar;
      // The browser rounds, and the last row must come into sight whole.
      const atEnd = this.scaled && bar >= this.height - this.viewport - 1;
      this.exact = atEnd ? this.furthest : Math.max(0, Math.min(bar * this.ratio, this.furthest));
    }
  }

  /** Returns where the scrollbar belongs. */
  moveTo(offset: number): number {
    this.exact = Math.max(0, Math.min(offset, this.furthest));
    this.bar = this.exact / this.ratio;
    return this.bar;
  }

  private get furthest(): number {
    return Math.max(0, this.content - this.viewport);
  }

  private get ratio(): number {
    const bar = this.height - this.viewport;
    return this.scaled && bar > 0 ? this.furthest / bar : 1;
  }
}
