import type { SqlCell } from '../../core/ports';

export type Row = readonly SqlCell[];

const blockRows = 200;
const mostBlocks = 60;
const mostAsked = 3;

/** The rows of one arrangement that have come over, fetched in blocks as they come into sight. */
export class RowBlocks {
  private readonly blocks = new Map<number, readonly Row[]>();
  private readonly asked = new Set<number>();
  private wanted: { readonly from: number; readonly to: number } = { from: 0, to: 0 };
  private closed = false;
  count = 0;

  constructor(
    private readonly fetch: (from: number, to: number) => Promise<readonly Row[]>,
    private readonly onRows: () => void,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  row(index: number): Row | undefined {
    return this.blocks.get(Math.floor(index / blockRows))?.[index % blockRows];
  }

  /** The first rows, as far as they are here. */
  get first(): readonly Row[] {
    return this.blocks.get(0) ?? [];
  }

  /** What is in sight from now on; what is not asked for yet of what was before is not asked for any more. */
  want(from: number, to: number): void {
    this.wanted = { from, to };
    this.pump();
  }

  /** Like `want`, and waits for the first block of it; throws where that cannot be read. */
  async fill(from: number, to: number): Promise<void> {
    this.wanted = { from, to };
    const start = Math.floor(from / blockRows) * blockRows;
    if (start < this.count) {
      const rows = await this.fetch(start, Math.min(start + blockRows, this.count));
      this.keep(start / blockRows, rows);
    }
    this.pump();
  }

  close(): void {
    this.closed = true;
  }

  private pump(): void {
    const { from, to } = this.wanted;
    const end = Math.min(to, this.count);
    for (let block = Math.floor(from / blockRows); block * blockRows < end; block += 1) {
      if (this.closed || this.asked.size >= mostAsked) {
        return;
      }
      const start = block * blockRows;
      const length = Math.min(blockRows, this.count - start);
      if (!this.asked.has(block) && (this.blocks.get(block)?.length ?? 0) < length) {
        void this.ask(block, start, start + length);
      }
    }
  }

  private async ask(block: number, from: number, to: number): Promise<void> {
    this.asked.add(block);
    try {
      const rows = await this.fetch(from, to);
      this.keep(block, rows);
    } catch (error) {
      if (!this.closed) {
        this.closed = true;
        this.onFailure(error);
      }
    } finally {
      this.asked.delete(block);
    }
    if (!this.closed) {
      this.onRows();
      this.pump();
    }
  }

  /** The block that was used longest ago makes room. */
  private keep(block: number, rows: readonly Row[]): void {
    this.blocks.delete(block);
    this.blocks.set(block, rows);
    for (const old of this.blocks.keys()) {
      if (this.blocks.size <= mostBlocks) {
        break;
      }
      if (old !== 0) {
        this.blocks.delete(old);
      }
    }
  }
}
