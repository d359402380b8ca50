import { EventEmitter, window, type TreeDataProvider, type TreeItem, type TreeView } from 'vscode';
import type { Disposable } from '../core/emitter';
import { AppError } from '../core/errors';
import { views } from '../ids';
import type { CatalogChange } from '../services/catalog/catalog';
import type { Inventory, Snapshot } from '../services/inventory';
import type { CreationProgress } from '../services/provisioning/progress';
import type { CreationRunner } from '../services/provisioning/runner';
import { catalogRowId } from './nodes/database/nodes';
import type { EndpointSql } from './nodes/endpointNode';
import { CreationNode, verdictOfProgress } from './nodes/creationNode';
import { InstanceNode } from './nodes/instanceNode';
import { problemNode } from './nodes/messageNode';
import { needsFirstLoad, type TreeNode } from './nodes/node';

/** The view of the instances: renders the inventory. What is not expanded is not read; what changed is refreshed alone. */
export class InstancesTree implements TreeDataProvider<TreeNode>, Disposable {
  private readonly changed = new EventEmitter<TreeNode | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly subscriptions: readonly Disposable[];
  private readonly view: TreeView<TreeNode>;
  private roots = new Map<string, InstanceNode>();
  private shown: Snapshot;
  /** The rows of endpoints and of what their databases hold, as last given to the editor, by their ids. */
  private readonly belowInstances = new Map<string, TreeNode>();
  /** What the row of each creation says. */
  private readonly told = new Map<string, string>();

  constructor(
    private readonly inventory: Inventory,
    private readonly runner: Pick<CreationRunner, 'unfinished' | 'onDidChange'>,
    private readonly sql: EndpointSql,
    private readonly isSandbox: () => boolean,
  ) {
    this.shown = inventory.snapshot;
    this.subscriptions = [
      inventory.onDidChange((next) => this.refreshChanged(next)),
      runner.onDidChange((progress) => this.refreshCreation(progress)),
      sql.production.onDidChange(() => this.changed.fire(undefined)),
      sql.catalog.onDidChange((change) => this.refreshCatalog(change)),
    ];
    this.view = window.createTreeView(views.instances, {
      treeDataProvider: this,
      showCollapseAll: true,
      canSelectMany: true,
    });
    this.render();
  }

  get visible(): boolean {
    return this.view.visible;
  }

  get onDidChangeVisibility(): TreeView<TreeNode>['onDidChangeVisibility'] {
    return this.view.onDidChangeVisibility;
  }

  /** Marks the view while the clouds are a sandbox. A message would hide the welcome text of a view without rows. */
  render(): void {
    const sandbox = this.isSandbox();
    const hasRows = (this.shown.instances.value?.length ?? 0) > 0;
    this.view.description = sandbox ? 'Sandbox' : '';
    this.view.message =
      sandbox && hasRows
        ? 'Sandbox: practice clouds on this machine. Nothing here is real, nothing costs money.'
        : '';
  }

  getTreeItem(node: TreeNode): TreeItem {
    return node.item();
  }

  getParent(node: TreeNode): TreeNode | undefined {
    return node.parent;
  }

  async getChildren(node?: TreeNode): Promise<TreeNode[]> {
    const children = [...(node === undefined ? await this.instances() : ((await node.children?.()) ?? []))];
    for (const child of children) {
      if (child.endpointId !== undefined) {
        this.belowInstances.set(child.id, child);
      }
    }
    return children;
  }

  dispose(): void {
    this.subscriptions.forEach((subscription) => subscription.dispose());
    this.view.dispose();
    this.changed.dispose();
  }

  private async instances(): Promise<readonly TreeNode[]> {
    if (needsFirstLoad(this.inventory.snapshot.instances)) {
      await this.inventory.refreshInstances();
    }
    const { value, error } = this.inventory.snapshot.instances;
    this.roots = new Map(
      (value ?? []).map((instance) => [
        instance.id,
        new InstanceNode(instance, this.inventory, this.runner, this.sql),
      ]),
    );
    const rows = [...(value === undefined ? [] : this.orphans()), ...this.roots.values()];
    // Signed out, the view's welcome text leads on.
    const signedOut = AppError.is(error) && error.code === 'notSignedIn';
    return error === undefined || signedOut ? rows : [problemNode(undefined, error), ...rows];
  }

  /** What is not finished for instances that TiDB Cloud does not list any more. */
  private orphans(): readonly TreeNode[] {
    return this.runner
      .unfinished()
      .filter(({ creation }) => !this.roots.has(creation.instanceId))
      .map((progress) => new CreationNode(undefined, progress));
  }

  private refreshCreation(progress: CreationProgress): void {
    const { id, instanceId, finished, endpointId } = progress.creation;
    const { level, word, explanation } = verdictOfProgress(progress);
    const tells = JSON.stringify([finished?.outcome, endpointId, level, word, explanation]);
    if (this.told.get(id) !== tells) {
      this.told.set(id, tells);
      this.changed.fire(this.roots.get(instanceId));
    }
  }

  private refreshCatalog({ instanceId, endpointId, database, table }: CatalogChange): void {
    const id = catalogRowId(`instance/${instanceId}/endpoint/${endpointId}`, database, table);
    const node = this.belowInstances.get(id);
    if (node !== undefined) {
      this.changed.fire(node);
    }
  }

  private refreshChanged(next: Snapshot): void {
    const before = this.shown;
    this.shown = next;
    if (next.instances.value !== before.instances.value || next.instances.error !== before.instances.error) {
      this.render();
      this.changed.fire(undefined);
      return;
    }
    for (const [instanceId, details] of next.details) {
      const was = before.details.get(instanceId);
      const node = this.roots.get(instanceId);
      // The first load is awaited where it was asked for.
      if (node !== undefined && was !== undefined && !details.loading && was !== details) {
        this.changed.fire(node);
      }
    }
  }
}
