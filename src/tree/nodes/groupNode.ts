import { ThemeIcon, TreeItem, TreeItemCollapsibleState } from 'vscode';
import { treeTokens } from '../../ids';
import type { Group } from '../../core/arrangement';
import { counted } from '../../core/counted';
import { attentionWords } from '../attention';
import { contextValue, type TreeNode } from './node';

const icons: Readonly<Record<Group['level'], string>> = {
  account: 'account',
  project: 'folder',
  region: 'globe',
};

/** How a group comes up: in the whole list, or among what is found, open where there is room for its rows. */
export type GroupKind = 'group' | 'found' | 'foundClosed';

/** The editor keeps for each id whether its row is open, so each kind has its own. */
export const groupId = (path: readonly string[], kind: GroupKind): string =>
  `${kind}/${path.map(encodeURIComponent).join('/')}`;

/** Instances of one account, project or region. One object for each id: what is in it changes. */
export class GroupNode implements TreeNode {
  readonly id: string;
  private ids: ReadonlySet<string> | undefined;

  constructor(
    public parent: TreeNode | undefined,
    private current: Group,
    private readonly kind: GroupKind,
    /** How many endpoints of these instances need the person. */
    private readonly attention: (isIn: (instanceId: string) => boolean) => number,
    private readonly rows: (node: GroupNode) => readonly TreeNode[],
  ) {
    this.id = groupId(current.path, kind);
  }

  get group(): Group {
    return this.current;
  }

  get instanceIds(): readonly string[] {
    return this.group.instances.map(({ id }) => id);
  }

  update(parent: TreeNode | undefined, group: Group): void {
    this.parent = parent;
    if (this.current !== group) {
      this.current = group;
      this.ids = undefined;
    }
  }

  has(instanceId: string): boolean {
    this.ids ??= new Set(this.instanceIds);
    return this.ids.has(instanceId);
  }

  /** Whether that group is directly below. */
  holds({ group }: GroupNode): boolean {
    return this.group.groups.some(({ path }) => path.at(-1) === group.path.at(-1));
  }

  item(): TreeItem {
    const { label, detail, level, instances } = this.group;
    const item = new TreeItem(
      label,
      this.kind === 'found' ? TreeItemCollapsibleState.Expanded : TreeItemCollapsibleState.Collapsed,
    );
    item.id = this.id;
    const count = counted(instances.length, 'instance');
    const needs = attentionWords(this.attention((instanceId) => this.has(instanceId)));
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
