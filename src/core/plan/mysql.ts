import { deepest, type ReadNode } from './costs';

const number = String.raw`([\d.]+(?:e[+-]?\d+)?)`;
const operatorLine = /^( *)-> ([\s\S]*)$/;
const estimate = new RegExp(String.raw`\(cost=[^()\s]+ rows=${number}\)`);
const actual = new RegExp(String.raw`\(actual time=${number}\.\.${number} rows=${number} loops=${number}\)`);
const measured = / *(?:\(cost=[^()\s]+ rows=[^()\s]+\)|\(actual time=[^()]+\)|\(never executed\))/g;
const access = /^(.*(?:scan|lookup|search|row)) on (\S+)(?: using (\S+))?(?: (?:over )?([\s\S]*))?$/i;

/** Reads the tree that MySQL draws with arrows; undefined when it is none. */
export function readMysql(text: string): ReadNode | undefined {
  const roots: ReadNode[] = [];
  const above: { readonly depth: number; readonly node: ReadNode }[] = [];
  // A condition may have several lines; what was measured stands behind the last of them.
  for (const line of text.trimEnd().split(/\n(?= *-> )/)) {
    const [, indent = '', told] = operatorLine.exec(line) ?? [];
    if (told === undefined) {
      continue;
    }
    const depth = Math.min(deepest, indent.length / 4);
    while ((above.at(-1)?.depth ?? -1) >= depth) {
      above.pop();
    }
    const node = nodeOf(told);
    (above.at(-1)?.node.children ?? roots).push(node);
    above.push({ depth, node });
  }
  const [root, ...others] = roots;
  roots.forEach(coverBelow);
  root?.children.push(...others.map((other) => ({ ...other, apart: true })));
  return root;
}

/** Some operators do not count what was done before their first row: a scan of a temporary table, for one. */
function coverBelow(node: ReadNode): void {
  node.children.forEach(coverBelow);
  const below = node.children.flatMap(({ timeMs }) => timeMs ?? []);
  if (below.length > 0) {
    node.timeMs = Math.max(node.timeMs ?? 0, ...below);
  }
}

/** Times and rows are told for one loop, on average; here they are for all. */
function nodeOf(line: string): ReadNode {
  const [, estimated] = estimate.exec(line) ?? [];
  const [, , last, rows, times] = actual.exec(line) ?? [];
  const loops = Number(times ?? 1);
  const words = line.replace(measured, '').trim();
  const execution = [...line.matchAll(measured)].map(([part]) => part.trim()).join(' ');
  const never = execution.includes('(never executed)');
  return {
    ...named(words),
    task: '',
    ...(estimated !== undefined && { estimatedRows: Number(estimated) * Math.max(1, loops) }),
    ...(rows !== undefined && { actualRows: Math.round(Number(rows) * loops) }),
    ...(last !== undefined ? { timeMs: Number(last) * loops } : never ? { timeMs: 0 } : {}),
    execution,
    spilled: false,
    children: [],
  };
}

function named(words: string): Pick<ReadNode, 'operator' | 'target' | 'details' | 'readsAll'> {
  const [, how, table = '', index, rest = ''] = access.exec(words) ?? [];
  if (how !== undefined) {
    return {
      operator: how,
      target: index === undefined ? table : `${table}, index:${index}`,
      details: rest,
      readsAll: /^(?:Table|(?:Covering )?Index) scan$/i.test(how) && !table.startsWith('<'),
    };
  }
  const colon = words.indexOf(': ');
  return {
    operator: colon < 0 ? words : words.slice(0, colon),
    target: '',
    details: colon < 0 ? '' : words.slice(colon + 2),
    readsAll: false,
  };
}
