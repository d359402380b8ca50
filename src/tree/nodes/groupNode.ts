import { ThemeIcon, TreeItem, TreeItemCollapsibleState } from 'vscode';
import { treeTokens } from '../../ids';
import type { Group } from '../../core/arrangement';
import { counted } from '../../core/counted';
import { contextValue, type TreeNode } from './node';

const icons: Readonly<Record<Group['level'], string>> = {
  account: 'account',
  project: 'folder',
  region: 'globe',
};

export const groupId = (path: readonly string[], isFiltered: boolean): string =>
  // Found rows are open from the start; the editor keeps for each id whether its row is open.
  `${isFiltered ? 'found' : 'group'}/${path.map(encodeURIComponent).join('/')}`;

/** Instances of one account, project or region. */
export class GroupNode implements TreeNode {
  readonly id: string;

  constructor(
    readonly parent: TreeNode | undefined,
    readonly group: Group,
    private readonly isFiltered: boolean,
    /** How many endpoints in it need the person. */
    private readonly attention: () => number,
    private readonly rows: (node: GroupNode) => readonly TreeNode[],
  ) {
    this.id = groupId(group.path, isFiltered);
  }

  get instanceIds(): readonly string[] {
    return this.group.instances.map(({ id }) => id);
  }

  item(): TreeItem {
    const { label, detail, level, instances } = this.group;
    const item = new TreeItem(
      label,
      this.isFiltered ? TreeItemCollapsibleState.Expanded : TreeItemCollapsibleState.Collapsed,
    );
    item.id = this.id;
    const count = counted(instances.length, 'instance');
    const attention = this.attention();
    const needs = attention === 0 ? undefined : `${attention} need attention`;
    item.description = [detail, count, needs].filter(Boolean).join(' · ');
    item.iconPath = new ThemeIcon(icons[level]);
    item.accessibilityInformation = { label: [label, detail, count, needs].filter(Boolean).join(', ') };
    item.contextValue = contextValue(treeTokens.group);
    return item;
  }

  tooltip(): string {
    const { label, detail } = this.group;
    return [label, detail].filter(Boolean).join('\n');
  }

  readonly children = (): Promise<readonly TreeNode[]> => Promise.resolve(this.rows(this));
}
