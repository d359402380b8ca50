import type { CodeToken } from '../codeTokens';

export type Item = CodeToken | Group;

/** What stands between two parentheses, or the whole statement. */
export class Group {
  readonly items: Item[] = [];

  constructor(
    /** With the place in it. */
    readonly parent?: { readonly group: Group; readonly at: number },
  ) {}

  /** Whether it is a query, or a query in further parentheses. */
  get isQuery(): boolean {
    const first = this.items[0];
    return first instanceof Group ? first.isQuery : queryWords.has(first?.word ?? '');
  }
}

const queryWords = new Set(['SELECT', 'WITH', 'TABLE', 'VALUES']);
const setOperators = new Set(['UNION', 'EXCEPT', 'INTERSECT', 'MINUS']);

export const wordOf = (item: Item | undefined): string =>
  item === undefined || item instanceof Group ? '' : item.word;

export const isSign = (item: Item | undefined, sign: string): boolean =>
  item !== undefined && !(item instanceof Group) && item.kind === 'sign' && item.text === sign;

/** Deeper ones are read as if they stood here: nobody nests so deep, and each level takes room on the stack. */
const deepest = 50;

/** The statement by its parentheses, and where the cursor's token is in it. Those that are not closed reach to the end. */
export function groupsOf(
  tokens: readonly CodeToken[],
  cursor: CodeToken,
): { readonly root: Group; readonly group: Group; readonly at: number } {
  const root = new Group();
  let place = { group: root, at: 0 };
  let current = root;
  let depth = 0;
  for (const token of tokens) {
    if (isSign(token, '(')) {
      depth += 1;
      if (depth <= deepest) {
        const inner = new Group({ group: current, at: current.items.length });
        current.items.push(inner);
        current = inner;
      }
    } else if (isSign(token, ')')) {
      current = depth > deepest ? current : (current.parent?.group ?? root);
      depth = Math.max(0, depth - 1);
    } else {
      if (token === cursor) {
        place = { group: current, at: current.items.length };
      }
      current.items.push(token);
    }
  }
  return { root, ...place };
}

/** Where the query of a set operation that holds the place begins and ends. */
export function segmentAt(
  items: readonly Item[],
  at: number,
): { readonly from: number; readonly to: number } {
  let from = 0;
  for (let index = 0; index < items.length; index += 1) {
    if (setOperators.has(wordOf(items[index])) && !isSign(items[index - 1], '.')) {
      if (index >= at) {
        return { from, to: index };
      }
      from = index + 1;
    }
  }
  return { from, to: items.length };
}
