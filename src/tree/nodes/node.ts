import type { MarkdownString, TreeItem } from 'vscode';
import type { Loadable } from '../../core/loadable';

/** A row. Its id stays the same, so that expansion and selection survive. */
export interface TreeNode {
  /** Hierarchical: the parent's id, a slash, and the row's own key. */
  readonly id: string;
  readonly parent: TreeNode | undefined;
  /** What a command run on the row is about. */
  readonly instanceId?: string | undefined;
  readonly endpointId?: string | undefined;
  readonly creationId?: string | undefined;
  /** Without its tooltip: that is made when somebody looks at it. */
  item(): TreeItem;
  tooltip?(): string | MarkdownString;
  /** Undefined for a row without children. */
  readonly children?: () => Promise<readonly TreeNode[]>;
}

/** The row's words for `when` clauses: sorted, so that package.json can match single tokens. */
export const contextValue = (...tokens: readonly (string | false)[]): string =>
  tokens
    .filter((token) => token !== false)
    .sort()
    .join(';');

/** True when there is nothing to show yet and nobody has asked. */
export const needsFirstLoad = (value: Loadable<unknown>): boolean =>
  value.value === undefined && value.error === undefined;
