import type { PlanNode, PlanWarning } from './index';

/** An operator as a server tells of it, before it is known what of it is its own and what is worth a look. */
export interface ReadNode extends Omit<
  PlanNode,
  'children' | 'warnings' | 'timeMs' | 'ownTimeMs' | 'details' | 'execution'
> {
  /** With everything below it. */
  timeMs?: number;
  /** Where the server tells the operator's own part itself. */
  ownTimeMs?: number;
  details: string;
  execution: string;
  /** It reads every row of a table or every entry of an index. */
  readonly readsAll: boolean;
  readonly spilled: boolean;
  /** Runs beside the operator that it is listed under, whose time does not have it in it. */
  readonly apart?: boolean;
  readonly children: ReadNode[];
}

/** Deeper than any plan; what claims to be deeper is put on this level. */
export const deepest = 200;

/*
 * When an operator is marked:
 * - slow: a quarter of the whole time or more is its own; below 5 ms nothing is worth a look.
 * - misestimated: ten times as many rows as expected, or a tenth. Up to 1,000 rows the choice of another plan would
 *   gain little. What an operator takes over from one below it is marked there only.
 * - fullScan: 1,000 rows or more; a small table is best read whole.
 * - spilled: always.
 */
const slowShare = 0.25;
const slowMs = 5;
const misestimatedTimes = 10;
const manyRows = 1000;

/** With own times and warnings. */
export function withCosts(root: ReadNode): PlanNode {
  return costed(root, root.timeMs ?? covered(root), undefined);
}

function costed(node: ReadNode, wholeMs: number, withinMs: number | undefined): PlanNode {
  const { readsAll, spilled, timeMs: told, ownTimeMs: toldOwn, children } = node;
  // Operators that several workers run tell the sum of their times; none of it lasts longer than what waits for it.
  const timeMs = told === undefined || withinMs === undefined ? told : Math.min(told, withinMs);
  const below = children.map((child) =>
    costed(child, wholeMs, child.apart === true ? undefined : (timeMs ?? withinMs)),
  );
  const inside = below.filter((_, index) => children[index]?.apart !== true);
  const ownTimeMs = toldOwn ?? ownTime(timeMs, inside);
  const warnings: PlanWarning[] = [
    ...(ownTimeMs !== undefined && ownTimeMs >= slowMs && ownTimeMs >= slowShare * wholeMs
      ? (['slow'] as const)
      : []),
    ...(isMisestimated(node) && !children.some(isMisestimated) ? (['misestimated'] as const) : []),
    ...(readsAll && (node.actualRows ?? 0) >= manyRows ? (['fullScan'] as const) : []),
    ...(spilled ? (['spilled'] as const) : []),
  ];
  return {
    ...shownOf(node),
    ...(timeMs !== undefined && { timeMs }),
    ...(ownTimeMs !== undefined && { ownTimeMs }),
    warnings,
    children: below,
  };
}

function shownOf(node: ReadNode): Omit<PlanNode, 'children' | 'warnings'> {
  const { operator, target, task, estimatedRows, actualRows, memory, disk, details, execution } = node;
  return {
    ...{ operator, target, task, details, execution },
    ...(estimatedRows !== undefined && { estimatedRows }),
    ...(actualRows !== undefined && { actualRows }),
    ...(memory !== undefined && { memory }),
    ...(disk !== undefined && { disk }),
  };
}

/**
 * What is left without the operators below. These run one after the other, or, as the sides of a hash join do, beside
 * each other: then their times add up to more than the whole, and the longest is what it waited for.
 */
function ownTime(timeMs: number | undefined, children: readonly PlanNode[]): number | undefined {
  if (timeMs === undefined) {
    return undefined;
  }
  const times = children.map(covered);
  const sum = times.reduce((a, b) => a + b, 0);
  return Math.max(0, timeMs - (sum <= timeMs ? sum : Math.max(...times)));
}

/** Of an operator whose time is not known, that of those below it. */
function covered({ timeMs, children }: Pick<ReadNode | PlanNode, 'timeMs' | 'children'>): number {
  return timeMs ?? children.reduce((sum, child) => sum + covered(child), 0);
}

function isMisestimated({ estimatedRows, actualRows }: ReadNode): boolean {
  if (estimatedRows === undefined || actualRows === undefined) {
    return false;
  }
  const most = Math.max(estimatedRows, actualRows);
  // Less than one row cannot come.
  const least = Math.max(1, Math.min(estimatedRows, actualRows));
  return most >= manyRows && most / least >= misestimatedTimes;
}
