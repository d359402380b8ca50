import { cancellation, isCancellation, wordingOf } from '../../core/errors';
import type { Log, RowOrder, StoredRows } from '../../core/ports';
import type { ResultsAnswers, ResultsRequest } from '../../protocol/results';
import { limits } from '../../protocol/resultsLimits';
import type { ResultEntry } from '../../services/results';
import type { PageAnswer } from '../panelBase';

interface Arranged {
  readonly view: number;
  readonly order: RowOrder;
}

/** What the page made of one tab's rows: the last arrangement, and the one before while the page goes over. */
interface TabRows {
  readonly rows: StoredRows;
  arranged: readonly Arranged[];
  abort: AbortController | undefined;
}

/** Rows of a result as a person sees them: in some order, and maybe not all. */
export interface RowsInView {
  readonly rows: StoredRows;
  readonly order: RowOrder | undefined;
  readonly count: number;
}

/** Answers what the page asks about the rows of the tabs. */
export class RowAnswers {
  private readonly tabs = new Map<string, TabRows>();
  private lastView = 0;

  constructor(
    private readonly entry: (tab: string) => ResultEntry | undefined,
    private readonly log: Log,
  ) {}

  async answer(request: ResultsRequest): Promise<PageAnswer> {
    try {
      return { value: await this.find(request) };
    } catch (error) {
      if (isCancellation(error)) {
        return { failure: 'over' };
      }
      this.log.error('Read the rows of a result: failed', error);
      return { failure: wordingOf(error).message };
    }
  }

  /** @throws cancellation when the rows or the arrangement are not there any more */
  inView(tab: string, view: number): RowsInView {
    const own = this.of(tab);
    if (view === 0) {
      return { rows: own.rows, order: undefined, count: own.rows.count };
    }
    const order = own.arranged.find((each) => each.view === view)?.order;
    if (order === undefined) {
      throw cancellation();
    }
    return { rows: own.rows, order, count: order.length };
  }

  /** Forgets what belongs to tabs that are gone. */
  forgetOthers(): void {
    for (const [id, { rows, abort }] of this.tabs) {
      if (rowsOf(this.entry(id)) !== rows) {
        abort?.abort(cancellation());
        this.tabs.delete(id);
      }
    }
  }

  private async find(request: ResultsRequest): Promise<ResultsAnswers[ResultsRequest['type']]> {
    switch (request.type) {
      case 'rows': {
        const { rows, order, count } = this.inView(request.tab, request.view);
        const to = Math.min(request.to, count);
        const from = Math.min(request.from, to);
        return { rows: await rows.read(from, to, { cutAt: limits.cell, ...(order && { order }) }) };
      }
      case 'arrange':
        return this.arrange(request);
      case 'whole': {
        const { rows, order } = this.inView(request.tab, request.view);
        const { row, column } = request;
        const [values] = await rows.read(row, row + 1, { cutAt: limits.whole, ...(order && { order }) });
        const cell = values?.[column];
        if (cell === undefined) {
          throw cancellation();
        }
        return typeof cell === 'object' && cell !== null
          ? { value: cell.cut, length: cell.length }
          : { value: cell, length: cell?.length ?? 0 };
      }
    }
  }

  /** A new one takes the place of one that is still being made. */
  private async arrange({
    tab,
    sort,
    filter,
  }: Extract<ResultsRequest, { type: 'arrange' }>): Promise<ResultsAnswers['arrange']> {
    const own = this.of(tab);
    own.abort?.abort(cancellation());
    const abort = new AbortController();
    own.abort = abort;
    const of = own.rows.count;
    if (sort === undefined && filter === '') {
      own.arranged = own.arranged.slice(-1);
      return { view: 0, count: of, of };
    }
    const order = await own.rows.arrange({ filter, ...(sort && { sort }) }, abort.signal);
    abort.signal.throwIfAborted();
    this.lastView += 1;
    own.arranged = [...own.arranged.slice(-1), { view: this.lastView, order }];
    return { view: this.lastView, count: order.length, of };
  }

  private of(tab: string): TabRows {
    const rows = rowsOf(this.entry(tab));
    if (rows === undefined) {
      throw cancellation();
    }
    const known = this.tabs.get(tab);
    if (known?.rows === rows) {
      return known;
    }
    const own: TabRows = { rows, arranged: [], abort: undefined };
    this.tabs.set(tab, own);
    return own;
  }
}

const rowsOf = (entry: ResultEntry | undefined): StoredRows | undefined =>
  entry?.outcome.kind === 'rows' ? entry.outcome.rows : undefined;
