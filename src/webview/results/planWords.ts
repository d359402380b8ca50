import type { PlanNode, PlanWarning } from '../../core/plan';
import { exact } from '../durations';

/** `0.413` → `0.413 ms`: most operators take less than a millisecond. */
export function planTime(ms: number | undefined): string {
  if (ms === undefined) {
    return '';
  }
  return ms >= 100 ? exact(ms) : `${Number(ms.toPrecision(3))} ms`;
}

export const rowCount = (count: number | undefined): string =>
  count === undefined ? '' : Number(count.toFixed(count < 10 ? 2 : 0)).toLocaleString('en');

/** How much of the whole time is the operator's own, from 0 to 1. */
export const shareOf = ({ ownTimeMs }: PlanNode, wholeMs: number | undefined): number =>
  ownTimeMs === undefined || wholeMs === undefined || wholeMs <= 0 ? 0 : Math.min(1, ownTimeMs / wholeMs);

export const percent = (share: number): string => `${Math.round(share * 100)}%`;

/** What is marked, in short. */
export const warningLabels: Readonly<Record<PlanWarning, string>> = {
  slow: 'Slow',
  misestimated: 'Misestimated',
  fullScan: 'Full scan',
  spilled: 'Spilled to disk',
};

/** Why a person should look at it, and what may help. */
export function warningWords(warning: PlanWarning, node: PlanNode, wholeMs: number | undefined): string {
  switch (warning) {
    case 'slow':
      return `${percent(shareOf(node, wholeMs))} of the time of the statement is its own (${planTime(node.ownTimeMs)}).`;
    case 'misestimated':
      return `${rowCount(node.estimatedRows)} rows were expected, ${rowCount(node.actualRows)} came: the statistics may be out of date (ANALYZE TABLE).`;
    case 'fullScan':
      return `All ${rowCount(node.actualRows)} rows were read: an index on what the statement looks for may spare most of them.`;
    case 'spilled':
      return 'It did not fit into memory, and went on with files.';
  }
}
