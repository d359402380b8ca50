import assert from 'node:assert/strict';
import type { TreeItem } from 'vscode';
import { TreeShape } from '../../../src/services/treeShape';
import type { InstancesTree, InstancesTreeOptions } from '../../../src/tree/instancesTree';
import type { TreeNode } from '../../../src/tree/nodes/node';
import { aService } from '../fakes';
import { instanceNamed } from '../services/manyAccounts';
import type { Stage } from '../services/stage';
import type { FakeWorld } from '../services/world';
import { withoutHealth, withoutSql } from './without';

/** The tree as the editor has it: its rows, and what it is told to draw anew. */
export class ShownTree {
  readonly shape: TreeShape;
  readonly tree: InstancesTree;
  readonly fired: (TreeNode | TreeNode[] | undefined)[] = [];

  constructor(
    Tree: typeof InstancesTree,
    { inventory, state, log }: Pick<Stage, 'inventory' | 'state' | 'log'>,
    over: Partial<InstancesTreeOptions> = {},
  ) {
    this.shape = new TreeShape(state, 'grouping', log);
    this.tree = new Tree({
      ...{ inventory, shape: this.shape, sql: withoutSql(log), health: withoutHealth },
      runner: { unfinished: () => [], onDidChange: () => ({ dispose: () => undefined }) },
      isSandbox: () => false,
      ...over,
    });
    this.tree.onDidChangeTreeData((node) => this.fired.push(node));
  }

  roots(): Promise<TreeNode[]> {
    return this.tree.getChildren();
  }

  open(node: TreeNode | undefined): Promise<TreeNode[]> {
    return this.tree.getChildren(node ?? assert.fail('no row'));
  }

  /** The view drawn as a whole, with the rows of all groups that come up open. */
  async drawn(): Promise<TreeNode[]> {
    const below = async (nodes: readonly TreeNode[]): Promise<TreeNode[]> => {
      const rows: TreeNode[] = [];
      for (const node of nodes) {
        rows.push(
          node,
          ...(Number(item(node).collapsibleState) === 2 ? await below(await this.open(node)) : []),
        );
      }
      return rows;
    };
    return below(await this.roots());
  }
}

export const item = (node: TreeNode | undefined): TreeItem => (node ?? assert.fail('no row')).item();

export const labels = (nodes: readonly TreeNode[]): readonly unknown[] =>
  nodes.map((node) => node.item().label);

export const spoken = (node: TreeNode | undefined): string =>
  item(node).accessibilityInformation?.label ?? assert.fail('nothing for the screen reader');

/** Instances `00000`, `00001`, … in turn in so many regions. */
export function fill(world: FakeWorld, count: number, regions = 2): void {
  world.instances.clear();
  for (let i = 0; i < count; i++) {
    const id = String(i).padStart(5, '0');
    const regionId = `alicloud-region-${i % regions}`;
    world.instances.set(id, instanceNamed(id, { regionId, regionName: `Region ${i % regions}` }));
    world.services.set(id, { ...aService, instanceId: id });
  }
}
