import type { SqlResult } from '../ports';
import { deepest, type ReadNode } from './costs';
import { concurrencyOf, fieldsOf, wallTime } from './tidbExecution';

type Cells = (column: string) => string;

interface Level {
  readonly depth: number;
  readonly node: ReadNode;
  readonly concurrency: number | undefined;
}

/** Reads TiDB's rows, whose first column draws the tree; undefined when they are none. */
export function readTidb({ columns, rows }: Pick<SqlResult, 'columns' | 'rows'>): ReadNode | undefined {
  const places = new Map(columns.map(({ name }, at) => [name.toLowerCase(), at]));
  if (!places.has('id') || !places.has('actrows')) {
    return undefined;
  }
  const roots: ReadNode[] = [];
  const all: ReadNode[] = [];
  const above: Level[] = [];
  for (const row of rows) {
    const cells: Cells = (column) => row[places.get(column) ?? -1] ?? '';
    const [, drawing = '', operator = ''] = /^([\s│├└─]*)([\s\S]*)$/u.exec(cells('id')) ?? [];
    const depth = Math.min(deepest, Math.floor(drawing.length / 2));
    while ((above.at(-1)?.depth ?? -1) >= depth) {
      above.pop();
    }
    const parent = above.at(-1);
    const fields = fieldsOf(cells('execution info'));
    const concurrency = concurrencyOf(fields) ?? parent?.concurrency;
    const node = nodeOf(operator, cells, wallTime(fields, concurrency));
    (parent?.node.children ?? roots).push(node);
    all.push(node);
    above.push({ depth, node, concurrency });
  }
  return joined(roots, all);
}

function nodeOf(operator: string, cells: Cells, timeMs: number | undefined): ReadNode {
  const [estimatedRows, actualRows] = [amount(cells('estrows')), amount(cells('actrows'))];
  const disk = cells('disk');
  return {
    operator,
    target: cells('access object'),
    task: cells('task'),
    ...(estimatedRows !== undefined && { estimatedRows }),
    ...(actualRows !== undefined && { actualRows }),
    ...(timeMs !== undefined && { timeMs }),
    ...(cells('memory') !== '' && { memory: cells('memory') }),
    ...(disk !== '' && { disk }),
    details: cells('operator info'),
    execution: cells('execution info'),
    readsAll: /^(?:Table|Index)FullScan/.test(operator),
    spilled: /[1-9]/.test(disk),
    children: [],
  };
}

/**
 * A common table expression stands under the first operator that reads it; the others have waited for it as well.
 * Anything else beside the root was apart.
 */
function joined([root, ...others]: readonly ReadNode[], all: readonly ReadNode[]): ReadNode | undefined {
  for (const other of others) {
    const isReader = ({ target, details }: ReadNode): boolean =>
      target.startsWith('CTE:') && new RegExp(`\\bdata:${other.operator}\\b`).test(details);
    const isTable = /^CTE_\d+$/.test(other.operator);
    const [reader, ...waiting] = isTable ? all.filter((node) => node !== other && isReader(node)) : [];
    if (reader !== undefined) {
      reader.children.push(other);
      for (const node of waiting) {
        node.ownTimeMs = Math.max(0, (node.timeMs ?? 0) - (other.timeMs ?? 0));
      }
    } else {
      root?.children.push({ ...other, apart: true });
    }
  }
  return root;
}

/** `N/A` is none. */
const amount = (text: string): number | undefined =>
  /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined;
