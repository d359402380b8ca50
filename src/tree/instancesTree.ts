import { EventEmitter, window, type TreeDataProvider, type TreeItem, type TreeView } from 'vscode';
import type { Disposable } from '../core/emitter';
import { counted } from '../core/counted';
import { views } from '../ids';
import type { CatalogChange } from '../services/catalog/catalog';
import type { HealthBook } from '../services/health/book';
import type { Inventory, InventoryChange } from '../services/inventory';
import type { CreationProgress } from '../services/provisioning/progress';
import type { CreationRunner } from '../services/provisioning/runner';
import { Attention } from './attention';
import { Decorations } from './decorations';
import { catalogRowId } from './nodes/database/nodes';
import type { EndpointSql } from './nodes/endpointNode';
import { verdictOfProgress } from './nodes/creationNode';
import type { TreeNode } from './nodes/node';
import { Redraws } from './redraws';
import { Rows } from './rows';
import type { TreeShape } from '../services/treeShape';

export interface InstancesTreeOptions {
  readonly inventory: Inventory;
  readonly runner: Pick<CreationRunner, 'unfinished' | 'onDidChange'>;
  readonly shape: TreeShape;
  readonly health: Pick<HealthBook, 'of' | 'onDidNote'>;
  readonly sql: EndpointSql;
  readonly isSandbox: () => boolean;
}

/**
 * The view of the instances: renders the inventory. What is not expanded is not read, what is not shown has no row, and
 * what changed is drawn anew alone.
 */
export class InstancesTree implements TreeDataProvider<TreeNode>, Disposable {
  private readonly changed = new EventEmitter<TreeNode | TreeNode[] | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly subscriptions: readonly Disposable[];
  private readonly view: TreeView<TreeNode>;
  private readonly attention: Attention;
  private readonly decorations: Decorations;
  private readonly rows: Rows;
  private readonly redraws: Redraws;
  /** Ids of the rows that are open. */
  private readonly open = new Set<string>();
  /** The rows of endpoints and of what their databases hold, as last given to the editor, by their ids. */
  private readonly belowInstances = new Map<string, TreeNode>();
  /** How often the editor waits for the first rows: it is not told to ask for them again meanwhile. */
  private awaited = 0;
  /** What the row of each creation says. */
  private readonly told = new Map<string, string>();

  constructor(private readonly options: InstancesTreeOptions) {
    const { inventory, runner, shape, sql, health } = options;
    this.attention = new Attention(inventory, health);
    this.decorations = new Decorations(this.attention);
    this.rows = new Rows({ ...options, attention: this.attention });
    this.redraws = new Redraws((nodes) => this.draw(nodes));
    this.view = window.createTreeView(views.instances, {
      treeDataProvider: this,
      showCollapseAll: true,
      canSelectMany: true,
    });
    this.subscriptions = [
      inventory.onDidChange((change) => this.noticed(change)),
      health.onDidNote(({ instanceId }) => this.noticedDetails(instanceId)),
      runner.onDidChange((progress) => this.noticedCreation(progress)),
      shape.onDidChange(() => this.redraws.all()),
      sql.production.onDidChange(() => this.redraws.all()),
      sql.catalog.onDidChange((change) => this.noticedCatalog(change)),
      this.view.onDidExpandElement(({ element }) => this.open.add(element.id)),
      this.view.onDidCollapseElement(({ element }) => this.open.delete(element.id)),
      this.redraws,
      this.decorations,
    ];
    this.render();
  }

  get visible(): boolean {
    return this.view.visible;
  }

  get onDidChangeVisibility(): TreeView<TreeNode>['onDidChangeVisibility'] {
    return this.view.onDidChangeVisibility;
  }

  /** Ids of the instances whose details are on the screen: open, in open groups, in a view that is visible. */
  inView(): readonly string[] {
    if (!this.view.visible) {
      return [];
    }
    const isOpen = (node: TreeNode | undefined): boolean =>
      node === undefined || (this.open.has(node.id) && isOpen(node.parent));
    return this.rows.shown().flatMap((node) => (isOpen(node) ? [node.instanceId] : []));
  }

  /** What is selected in the view. */
  get selection(): readonly TreeNode[] {
    return this.view.selection;
  }

  /** Marks the view while the clouds are a sandbox. A message would hide the welcome text of a view without rows. */
  render(): void {
    const { isSandbox, inventory } = this.options;
    const sandbox = isSandbox();
    const hasRows = (inventory.snapshot.instances.value?.length ?? 0) > 0;
    this.view.description = sandbox ? 'Sandbox' : '';
    const lines = [
      this.rows.filterWords(),
      sandbox && 'Sandbox: practice clouds on this machine. Nothing here is real, nothing costs money.',
    ];
    this.view.message = hasRows ? lines.filter(Boolean).join(' ') : '';
    const { count } = this.attention;
    this.view.badge =
      count === 0
        ? undefined
        : {
            value: count,
            tooltip: `${counted(count, 'private endpoint needs', 'private endpoints need')} your attention`,
          };
  }

  getTreeItem(node: TreeNode): TreeItem {
    return node.item();
  }

  resolveTreeItem(item: TreeItem, node: TreeNode): TreeItem {
    const tooltip = node.tooltip?.();
    if (tooltip !== undefined) {
      item.tooltip = tooltip;
    }
    return item;
  }

  getParent(node: TreeNode): TreeNode | undefined {
    return node.parent;
  }

  async getChildren(node?: TreeNode): Promise<TreeNode[]> {
    if (node === undefined) {
      await this.untilSomeRows();
      const roots = this.rows.roots();
      for (const [id, { instanceId = '' }] of this.belowInstances) {
        if (this.rows.nodeOf(instanceId) === undefined) {
          this.belowInstances.delete(id);
        }
      }
      this.render();
      return [...roots];
    }
    // The editor asks for the children of rows that are open, also of those that it has opened by itself.
    this.open.add(node.id);
    const children = (await node.children?.()) ?? [];
    for (const child of children) {
      if (child.endpointId !== undefined) {
        this.belowInstances.set(child.id, child);
      }
    }
    return [...children];
  }

  private async untilSomeRows(): Promise<void> {
    if (this.options.inventory.snapshot.isWhole) {
      return;
    }
    this.awaited += 1;
    try {
      await this.options.inventory.firstPage();
      // A list of one page has come to its end by then.
      await new Promise((resolve) => setTimeout(resolve));
    } finally {
      this.awaited -= 1;
    }
  }

  dispose(): void {
    this.subscriptions.forEach((subscription) => subscription.dispose());
    this.view.dispose();
    this.changed.dispose();
  }

  private noticed(change: InventoryChange): void {
    const { inventory } = this.options;
    if (change.kind === 'instances') {
      this.decorations.refresh(this.attention.prune());
      const { instances, isWhole } = inventory.snapshot;
      // A list that is read anew changes nothing before it is there.
      if (this.awaited === 0 && (!instances.loading || !isWhole)) {
        this.redraws.all(instances.loading && instances.value !== undefined);
      }
      return;
    }
    this.noticedDetails(change.instanceId);
  }

  private noticedDetails(instanceId: string): void {
    const node = this.rows.nodeOf(instanceId);
    if (this.attention.update(instanceId)) {
      this.decorations.refresh([instanceId]);
      this.render();
      [...this.rows.groupsOf(instanceId), ...(node === undefined ? [] : [node])].forEach((row) =>
        this.redraws.row(row),
      );
    }
    if (this.options.inventory.details(instanceId).loading) {
      return;
    }
    if (this.rows.isFoundAnew(instanceId)) {
      this.redraws.all();
    } else if (node?.isOutdated === true && this.open.has(node.id)) {
      this.redraws.row(node);
    }
  }

  private noticedCatalog({ instanceId, endpointId, database, table }: CatalogChange): void {
    const id = catalogRowId(`instance/${instanceId}/endpoint/${endpointId}`, database, table);
    const node = this.belowInstances.get(id);
    if (node !== undefined) {
      this.redraws.row(node);
    }
  }

  private noticedCreation(progress: CreationProgress): void {
    const { id, instanceId, finished, endpointId } = progress.creation;
    const { level, word, explanation } = verdictOfProgress(progress);
    const tells = JSON.stringify([finished?.outcome, endpointId, level, word, explanation]);
    if (this.told.get(id) !== tells) {
      if (finished === undefined) {
        this.told.set(id, tells);
      } else {
        this.told.delete(id);
      }
      const node = this.rows.nodeOf(instanceId);
      if (node !== undefined) {
        this.redraws.row(node);
      } else if (this.options.inventory.instance(instanceId) === undefined) {
        this.redraws.all();
      }
    }
  }

  private draw(nodes: readonly TreeNode[] | undefined): void {
    if (nodes === undefined) {
      this.rows.forget();
      this.render();
      this.changed.fire(undefined);
    } else {
      const [only] = nodes;
      this.changed.fire(nodes.length === 1 ? only : [...nodes]);
    }
  }
}
