import { ThemeIcon } from 'vscode';
import { AppError } from '../core/errors';
import type { Instance } from '../core/model';
import { commands } from '../ids';
import type { Inventory } from '../services/inventory';
import type { CreationRunner } from '../services/provisioning/runner';
import { arrange, type Arranged, type Group, type Surroundings } from '../core/arrangement';
import { counted, grouped } from '../core/counted';
import type { Attention, EndpointHealthSource } from './attention';
import { CreationNode } from './nodes/creationNode';
import type { EndpointSql } from './nodes/endpointNode';
import { GroupNode } from './nodes/groupNode';
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

/** Makes the rows of the view, page by page, and keeps those that were handed out by the id of their instance. */
export class Rows {
  private readonly nodes = new Map<string, InstanceNode>();
  private arranged: { readonly from: readonly unknown[]; readonly as: Arranged } | undefined;

  constructor(private readonly options: RowsOptions) {}

  nodeOf(instanceId: string): InstanceNode | undefined {
    return this.nodes.get(instanceId);
  }

  /** The instances that have a row. */
  shown(): readonly InstanceNode[] {
    return [...this.nodes.values()];
  }

  /** What was arranged: the list, the grouping or the filter has changed. */
  forget(): void {
    this.arranged = undefined;
  }

  roots(): readonly TreeNode[] {
    const { inventory, shape } = this.options;
    const { groups, instances } = this.arrange();
    this.prune();
    const rows =
      groups.length > 0
        ? groups.map((group) => this.groupNode(undefined, group))
        : this.page(undefined, instances, shape.limitOf(undefined));
    return [...this.problems(), ...this.orphans(), ...rows, ...this.arriving(inventory)];
  }

  /** How much of everything is shown, while it is filtered. */
  filterWords(): string | undefined {
    const { shape, inventory } = this.options;
    const all = inventory.snapshot.instances.value?.length ?? 0;
    const shown = shape.filter === '' ? undefined : this.arrange().instances.length;
    return shown === undefined
      ? undefined
      : `Showing ${grouped(shown)} of ${counted(all, 'instance')} that match “${shape.filter}”.`;
  }

  private arrange(): Arranged {
    const { inventory, shape } = this.options;
    const { value = none } = inventory.snapshot.instances;
    const around: Surroundings = {
      accountOf: (id) => inventory.accountOf(id),
      accountCount: inventory.accountCount,
      endpointsOf: (id) => inventory.details(id).value?.endpoints ?? [],
    };
    const from = [value, shape.grouping, shape.filter];
    if (this.arranged === undefined || from.some((part, i) => part !== this.arranged?.from[i])) {
      this.arranged = { from, as: arrange(value, shape.grouping, shape.filter, around) };
    }
    return this.arranged.as;
  }

  /** Rows of instances that are gone, or are not among the matches any more. */
  private prune(): void {
    const { inventory } = this.options;
    for (const [id] of this.nodes) {
      if (inventory.instance(id) === undefined) {
        this.nodes.delete(id);
      }
    }
  }

  private groupNode(parent: TreeNode | undefined, group: Group): GroupNode {
    const { shape, attention } = this.options;
    const isFiltered = shape.filter !== '';
    let ids: ReadonlySet<string> | undefined;
    const isIn = (instanceId: string): boolean => {
      ids ??= new Set(group.instances.map(({ id }) => id));
      return ids.has(instanceId);
    };
    return new GroupNode(
      parent,
      group,
      isFiltered,
      () => attention.within(isIn),
      (node) => this.rowsOf(node),
    );
  }

  private rowsOf(node: GroupNode): readonly TreeNode[] {
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
    const { inventory, runner, sql, health } = this.options;
    const node =
      this.nodes.get(instance.id) ?? new InstanceNode(instance, inventory, runner, sql, health, parent);
    node.parent = parent;
    this.nodes.set(instance.id, node);
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

  /** What is not finished for instances that TiDB Cloud does not list any more. */
  private orphans(): readonly TreeNode[] {
    const { inventory, runner } = this.options;
    return !inventory.snapshot.isWhole || inventory.snapshot.instances.value === undefined
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
