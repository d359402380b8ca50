import type { ResultTab } from '../../protocol/results';
import { exact } from '../durations';
import type { RowsModel } from './rowsModel';

export const counted = (count: number, noun: string): string =>
  `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;

/** What happened, in the order a person asks for it. */
export function outcomeWords({ outcome }: ResultTab, model: RowsModel | undefined): readonly string[] {
  switch (outcome.kind) {
    case 'waiting':
      return ['Waiting for the statements before it'];
    case 'running':
      return ['Running'];
    case 'cancelled':
      return ['Cancelled'];
    case 'skipped':
      return ['Not run: a statement before it did not succeed'];
    case 'failed':
      return ['Failed'];
    case 'plan':
      return ['Plan', exact(outcome.elapsedMs)];
    case 'done':
      return [
        `${counted(outcome.affectedRows, 'row')} affected`,
        ...(outcome.info === '' ? [] : [outcome.info]),
        exact(outcome.elapsedMs),
      ];
    case 'rows': {
      const { count, ended, truncated, elapsedMs, cancelled = false } = outcome;
      const isOver = ended && elapsedMs !== undefined;
      const all = !isOver
        ? `${counted(count, 'row')} so far`
        : cancelled
          ? `Cancelled after the first ${counted(count, 'row')}`
          : truncated
            ? `first ${counted(count, 'row')} shown`
            : counted(count, 'row');
      const filtered =
        model !== undefined && model.filter !== ''
          ? [`${model.count.toLocaleString('en')} of ${counted(count, 'row')} match`]
          : [];
      return [
        ...filtered,
        ...(filtered.length > 0 && isOver && !truncated && !cancelled ? [] : [all]),
        ...(isOver ? [exact(elapsedMs)] : []),
      ];
    }
  }
}

/** Says `words` to a screen reader: at once, but what only goes on counting not more often than every few seconds. */
export class Announcer {
  private said = '';
  private pending: string | undefined;
  private timer: number | undefined;

  constructor(private readonly element: HTMLElement) {}

  say(words: string, counting: boolean): void {
    if (words === (this.pending ?? this.said)) {
      return;
    }
    if (counting && this.timer !== undefined) {
      this.pending = words;
      return;
    }
    this.now(words);
    if (counting) {
      this.timer = window.setTimeout(() => {
        this.timer = undefined;
        if (this.pending !== undefined) {
          this.say(this.pending, true);
        }
      }, pauseMs);
    }
  }

  private now(words: string): void {
    window.clearTimeout(this.timer);
    this.timer = undefined;
    this.pending = undefined;
    this.said = words;
    this.element.textContent = words;
  }
}

const pauseMs = 5000;
