import { ThemeIcon } from 'vscode';
import { AppError } from '../core/errors';
import type { Instance } from '../core/model';
import { commands } from '../ids';
import type { Inventory } from '../services/inventory';
import type { CreationRunner } from '../services/provisioning/runner';
import { arrange, isFound, type Arranged, type Group, type Surroundings } from '../core/arrangement';
import { counted, grouped } from '../core/counted';
import type { Attention, EndpointHealthSource } from './attention';
import { CreationNode } from './nodes/creationNode';
import type { EndpointSql } from './nodes/endpointNode';
import { groupId, GroupNode, type GroupKind } from './nodes/groupNode';
import { InstanceNode } from './nodes/instanceNode';
import { MessageNode, problemNode } from './nodes/messageNode';
import type { TreeNode } from './nodes/node';
import { pageSize, type TreeShape } from '../services/treeShape';

export interface RowsOptions {
  readonly inventory: Inventory;
  readonly runner: Pick<CreationRunner, 'unfinished'>;
  readonly shape: TreeShape;
  readonly sql: EndpointSql;
  readonly attention: Attention;
  readonly health: EndpointHealthSource;
}

const none: readonly Instance[] = [];

interface LastArranged {
  readonly from: readonly unknown[];
  readonly as: Arranged;
  /** Ids of what the filter finds. */
  found?: ReadonlySet<string>;
}

/** Makes the rows of the view, page by page. Those handed out since the view was last drawn as a whole are kept. */
export class Rows {
  private readonly nodes = new Map<string, InstanceNode>();
  private readonly groups = new Map<string, GroupNode>();
  /** Rows of instances and groups that the editor has asked for since the view was last drawn as a whole. */
  private handedOut = new Set<TreeNode>();
  /** Groups whose rows it has asked for since then. */
  private asked = new Set<TreeNode>();
  /** Groups among what is found that there is room to open. */
  private opened: ReadonlySet<Group> = new Set();
  private arranged: LastArranged | undefined;
  private isStale = false;

  constructor(private readonly options: RowsOptions) {}

  nodeOf(instanceId: string): InstanceNode | undefined {
    return this.nodes.get(instanceId);
  }

  /** The rows of the groups that an instance is in, its own row shown or not. */
  groupsOf(instanceId: string): readonly GroupNode[] {
    return [...this.groups.values()].filter((group) => this.handedOut.has(group) && group.has(instanceId));
  }

  /** The instances that have a row. */
  shown(): readonly InstanceNode[] {
    return [...this.nodes.values()].filter((node) => this.isShown(node));
  }

  /** What was arranged: the list, the grouping or the filter has changed. */
  forget(): void {
    this.isStale = true;
  }

  roots(): readonly TreeNode[] {
    const { inventory, shape } = this.options;
    const { groups, instances } = this.arrange();
    this.prune();
    this.opened = shape.filter === '' ? new Set() : openedOf(groups);
    const rows =
      groups.length > 0
        ? groups.map((group) => this.groupNode(undefined, group))
        : this.page(undefined, instances, shape.limitOf(undefined));
    return [...this.problems(), ...this.orphans(), ...rows, ...this.arriving(inventory)];
  }

  /** True where what was read of an instance brings it among what the filter finds, or takes it away. */
  isFoundAnew(instanceId: string): boolean {
    const { inventory, shape } = this.options;
    const instance = inventory.instance(instanceId);
    if (shape.filter === '' || instance === undefined || this.arranged === undefined) {
      return false;
    }
    this.arranged.found ??= new Set(this.arranged.as.instances.map(({ id }) => id));
    return this.arranged.found.has(instanceId) !== isFound(instance, shape.filter, this.surroundings);
  }

  /** How much of everything is shown, while it is filtered. */
  filterWords(): string | undefined {
    const { shape, inventory } = this.options;
    if (shape.filter === '') {
      return undefined;
    }
    const { value: all = none } = inventory.snapshot.instances;
    const shown = this.arrange().instances.length;
    const isUnread = all.some(({ id }) => inventory.details(id).value === undefined);
    return [
      `Showing ${grouped(shown)} of ${counted(all.length, 'instance')} that match “${shape.filter}”.`,
      ...(isUnread ? ['Of private endpoints, only those read so far are searched.'] : []),
    ].join(' ');
  }

  private arrange(): Arranged {
    const { inventory, shape } = this.options;
    const { value = none } = inventory.snapshot.instances;
    const { grouping, filter } = shape;
    const from = [value, grouping, filter];
    const before = this.arranged;
    if (before === undefined || this.isStale || from.some((part, i) => part !== before.from[i])) {
      const levels = before?.from[1] === grouping ? before.as.levels : [];
      this.arranged = { from, as: arrange(value, grouping, filter, this.surroundings, levels) };
      this.isStale = false;
      return this.arranged.as;
    }
    return before.as;
  }

  private get surroundings(): Surroundings {
    const { inventory } = this.options;
    return {
      accountOf: (id) => inventory.accountOf(id),
      accountCount: inventory.accountCount,
      endpointsOf: (id) => inventory.details(id).value?.endpoints ?? [],
    };
  }

  /** In the view as it was last drawn. The rows of a group that the editor has not asked for again are as they were. */
  private isShown(node: InstanceNode | GroupNode): boolean {
    const { parent } = node;
    return (
      this.handedOut.has(node) ||
      (parent instanceof GroupNode &&
        !this.asked.has(parent) &&
        (node instanceof GroupNode ? parent.holds(node) : this.isIn(parent, node.instanceId)) &&
        this.isShown(parent))
    );
  }

  private isIn(group: GroupNode, instanceId: string): boolean {
    return group.has(instanceId) && this.options.inventory.instance(instanceId) !== undefined;
  }

  /** Rows that are not in the view any more. */
  private prune(): void {
    for (const rows of [this.nodes, this.groups] as const) {
      const gone = [...rows].filter(([, node]) => !this.isShown(node));
      gone.forEach(([id]) => rows.delete(id));
    }
    this.handedOut = new Set();
    this.asked = new Set();
  }

  private groupNode(parent: TreeNode | undefined, group: Group): GroupNode {
    const { shape, attention } = this.options;
    const kind: GroupKind = shape.filter === '' ? 'group' : this.opened.has(group) ? 'found' : 'foundClosed';
    const id = groupId(group.path, kind);
    const node =
      this.groups.get(id) ??
      new GroupNode(
        parent,
        group,
        kind,
        (isIn) => attention.within(isIn),
        (of) => this.rowsOf(of),
      );
    node.update(parent, group);
    this.groups.set(id, node);
    this.handedOut.add(node);
    return node;
  }

  private rowsOf(node: GroupNode): readonly TreeNode[] {
    this.asked.add(node);
    const { groups, instances } = node.group;
    return groups.length > 0
      ? groups.map((group) => this.groupNode(node, group))
      : this.page(node, instances, this.options.shape.limitOf(node.id));
  }

  private page(
    parent: TreeNode | undefined,
    instances: readonly Instance[],
    limit: number,
  ): readonly TreeNode[] {
    const rows: TreeNode[] = instances.slice(0, limit).map((instance) => this.instanceNode(parent, instance));
    const left = instances.length - rows.length;
    return left <= 0 ? rows : [...rows, moreNode(parent, left)];
  }

  private instanceNode(parent: TreeNode | undefined, instance: Instance): InstanceNode {
    const node = this.nodes.get(instance.id) ?? new InstanceNode(instance, this.options, parent);
    node.parent = parent;
    this.nodes.set(instance.id, node);
    this.handedOut.add(node);
    return node;
  }

  /** Signed out, the view's welcome text leads on. */
  private problems(): readonly TreeNode[] {
    const { instances, failures } = this.options.inventory.snapshot;
    if (failures.length > 0) {
      return failures.map(({ account, error }) => problemNode(undefined, error, undefined, { account }));
    }
    const { error } = instances;
    const signedOut = AppError.is(error) && error.code === 'notSignedIn';
    return error === undefined || signedOut ? [] : [problemNode(undefined, error)];
  }

  /** What is not finished for instances that TiDB Cloud does not list any more. One that could not be read is not gone. */
  private orphans(): readonly TreeNode[] {
    const { inventory, runner } = this.options;
    return !inventory.snapshot.isComplete
      ? []
      : runner
          .unfinished()
          .filter(({ creation }) => inventory.instance(creation.instanceId) === undefined)
          .map((progress) => new CreationNode(undefined, progress));
  }

  private arriving({ snapshot: { instances, isWhole } }: Inventory): readonly TreeNode[] {
    const { value } = instances;
    return value === undefined || isWhole || !instances.loading
      ? []
      : [
          new MessageNode(undefined, 'arriving', {
            label: 'More instances are on their way…',
            description: `${grouped(value.length)} so far`,
            icon: new ThemeIcon('loading~spin'),
          }),
        ];
  }
}

/** Groups that have room for their rows in one page, the first one anyway: a keystroke never makes thousands of rows. */
function openedOf(groups: readonly Group[]): ReadonlySet<Group> {
  const opened = new Set<Group>();
  let room = pageSize;
  let isFirst = true;
  const open = (all: readonly Group[]): void => {
    for (const group of all) {
      const isLeaf = group.groups.length === 0;
      const rows = isLeaf ? Math.min(group.instances.length, pageSize) : group.groups.length;
      if (rows <= room || isFirst) {
        room -= rows;
        isFirst &&= !isLeaf;
        opened.add(group);
        open(group.groups);
      }
    }
  };
  open(groups);
  return opened;
}

function moreNode(parent: TreeNode | undefined, left: number): TreeNode {
  const next = Math.min(left, pageSize);
  const title = `Show ${grouped(next)} More`;
  return new MessageNode(parent, 'more', {
    label: `${title}…`,
    description: `${grouped(left)} not shown`,
    icon: new ThemeIcon('ellipsis'),
    command: { title, command: commands.showMore, arguments: [{ groupId: parent?.id }] },
  });
}
