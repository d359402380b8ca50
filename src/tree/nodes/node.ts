import type { TreeItem } from 'vscode';
import type { Loadable } from '../../core/loadable';

/** A row. It is built anew from each snapshot; its id stays the same, so that expansion and selection survive. */
export interface TreeNode {
  /** Hierarchical: the parent's id, a slash, and the row's own key. */
  readonly id: string;
  readonly parent: TreeNode | undefined;
  /** What a command run on the row is about. */
  readonly instanceId?: string | undefined;
  readonly endpointId?: string | undefined;
  readonly creationId?: string | undefined;
  item(): TreeItem;
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
