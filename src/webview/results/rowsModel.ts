import type { SqlColumn } from '../../core/ports';
import type { ResultsAnswers, ResultsRequest, TabOutcome } from '../../protocol/results';
import { RowBlocks, type Row } from './rowBlocks';

export type RowsOutcome = Extract<TabOutcome, { kind: 'rows' }>;

export interface Sort {
  readonly column: number;
  readonly descending: boolean;
}

/** Asks the extension; the request's id is added on the way. */
export type Ask = <T extends ResultsRequest['type']>(
  request: Omit<Extract<ResultsRequest, { type: T }>, 'requestId'> & { readonly type: T },
) => Promise<ResultsAnswers[T]>;

/** While rows still arrive, what is sorted or filtered is not done anew more often than this. */
const leastPauseMs = 500;
const slowAfterMs = 400;

/** One tab's rows as the person has arranged them. */
export class RowsModel {
  columns: readonly SqlColumn[] = [];
  /** How many rows have arrived at the extension. */
  arrived = 0;
  sort: Sort | undefined;
  filter = '';
  /** Why the rows cannot be read, in words; empty while they can. */
  failure = '';
  /** A wish is on its way. */
  arranging = false;
  /** It has been for so long that a person wonders. */
  slow = false;
  private view = 0;
  /** How many rows had arrived when the present arrangement was made. */
  private arrangedOf = 0;
  private wish = 0;
  private lastTookMs = 0;
  private timer: number | undefined;
  private blocks = this.newBlocks(0);
  private sight = { from: 0, to: 100 };

  constructor(
    private readonly tab: string,
    private readonly ask: Ask,
    private readonly onChange: () => void,
  ) {}

  get arrangement(): number {
    return this.view;
  }

  /** How many rows there are in the present arrangement. */
  get count(): number {
    return this.blocks.count;
  }

  get isArranged(): boolean {
    return this.sort !== undefined || this.filter !== '';
  }

  get first(): readonly Row[] {
    return this.blocks.first;
  }

  row(index: number): Row | undefined {
    return this.blocks.row(index);
  }

  want(from: number, to: number): void {
    this.sight = { from, to };
    this.blocks.want(from, to);
  }

  update({ columns, count }: RowsOutcome): void {
    this.columns = columns;
    this.arrived = count;
    if (this.view === 0) {
      this.blocks.count = count;
      this.blocks.want(this.sight.from, this.sight.to);
    }
    this.keepUp();
  }

  sortBy(sort: Sort | undefined): void {
    this.sort = sort;
    void this.arrange();
  }

  filterBy(filter: string): void {
    if (filter !== this.filter) {
      this.filter = filter;
      void this.arrange();
    }
  }

  /** Something about these rows could not be read. */
  failed(error: unknown): void {
    this.failure = wordsOf(error);
    this.onChange();
  }

  private keepUp(): void {
    if (this.isArranged && this.arrived > this.arrangedOf && !this.arranging && this.timer === undefined) {
      this.timer = window.setTimeout(
        () => {
          this.timer = undefined;
          void this.arrange();
        },
        Math.max(leastPauseMs, this.lastTookMs * 4),
      );
    }
  }

  private async arrange(): Promise<void> {
    this.wish += 1;
    const { wish, sort, filter, tab } = this;
    window.clearTimeout(this.timer);
    this.timer = undefined;
    this.arranging = true;
    this.onChange();
    const begun = performance.now();
    const slow = window.setTimeout(() => {
      this.slow = this.arranging;
      this.onChange();
    }, slowAfterMs);
    try {
      const answer = await this.ask<'arrange'>({ type: 'arrange', tab, filter, ...(sort && { sort }) });
      if (wish === this.wish) {
        this.lastTookMs = performance.now() - begun;
        await this.goOver(answer, wish);
      }
    } catch (error) {
      this.fail(wish, error);
    } finally {
      window.clearTimeout(slow);
    }
  }

  /** The rows in sight come first, so that nothing flickers. */
  private async goOver({ view, count, of }: ResultsAnswers['arrange'], wish: number): Promise<void> {
    const next = this.newBlocks(view);
    next.count = view === 0 ? this.arrived : count;
    const from = Math.min(this.sight.from, Math.max(0, count - 1));
    await next.fill(from, from + (this.sight.to - this.sight.from));
    if (wish !== this.wish) {
      next.close();
      return;
    }
    this.blocks.close();
    this.blocks = next;
    this.view = view;
    this.blocks.count = view === 0 ? this.arrived : count;
    this.arrangedOf = of;
    this.arranging = false;
    this.slow = false;
    this.onChange();
    this.keepUp();
  }

  private fail(wish: number, error: unknown): void {
    if (wish === this.wish) {
      this.arranging = false;
      this.slow = false;
      this.failed(error);
    }
  }

  private newBlocks(view: number): RowBlocks {
    const blocks: RowBlocks = new RowBlocks(
      async (from, to) => (await this.ask<'rows'>({ type: 'rows', tab: this.tab, view, from, to })).rows,
      () => {
        if (blocks === this.blocks) {
          this.onChange();
        }
      },
      (error) => {
        if (blocks === this.blocks) {
          this.failed(error);
        }
      },
    );
    return blocks;
  }
}

/** `over`: the rows are not shown any more. */
const wordsOf = (error: unknown): string =>
  error instanceof Error && error.message !== 'over' ? error.message : '';
