import {
  MarkdownString,
  StatusBarAlignment,
  ThemeColor,
  window,
  workspace,
  type StatusBarItem,
} from 'vscode';
import type { Disposable } from '../core/emitter';
import { endpointName } from '../core/health';
import type { SqlRoute } from '../core/ports';
import { commands } from '../ids';
import type { Connections, EndpointRef } from '../services/connections';
import type { Inventory } from '../services/inventory';
import type { ProductionMarks } from '../services/productionMarks';
import type { SqlDocuments } from '../services/sqlDocuments';
import type { SqlRunner } from '../services/sqlRunner';

export interface ConnectionItemOptions {
  readonly documents: SqlDocuments;
  readonly inventory: Inventory;
  readonly connections: Connections;
  readonly production: ProductionMarks;
  readonly runner: SqlRunner;
}

/** What the active SQL document runs on. Hidden while another kind of document is active. */
export class ConnectionItem implements Disposable {
  private readonly item: StatusBarItem;
  private readonly subscriptions: readonly Disposable[];

  constructor(private readonly options: ConnectionItemOptions) {
    const { documents, inventory, connections, production, runner } = options;
    this.item = window.createStatusBarItem('sqlConnection', StatusBarAlignment.Right, 100);
    this.item.name = 'TiDB SQL Connection';
    this.item.command = commands.switchConnection;
    const render = (): void => this.render();
    this.subscriptions = [
      window.onDidChangeActiveTextEditor(render),
      workspace.onDidOpenTextDocument(render),
      documents.onDidChange(render),
      inventory.onDidChange(render),
      connections.onDidChange(render),
      production.onDidChange(render),
      // A statement may have changed the database in use.
      runner.onDidEndStatement(render),
      runner.onDidChangeRunning(render),
      this.item,
    ];
    this.render();
  }

  render(): void {
    const document = window.activeTextEditor?.document;
    const uri = document?.uri.toString() ?? '';
    const bound = this.options.documents.endpointOf(uri);
    if (bound !== undefined) {
      this.showBound(uri, bound);
    } else if (document?.languageId === 'sql') {
      this.item.text = '$(plug) Not connected — choose';
      this.item.tooltip = 'Choose the private endpoint that this SQL document runs on';
      this.item.backgroundColor = undefined;
      this.item.accessibilityInformation = {
        label: 'SQL document: not connected. Choose a private endpoint',
        role: 'button',
      };
      this.item.show();
    } else {
      this.item.hide();
    }
  }

  dispose(): void {
    this.subscriptions.forEach((subscription) => subscription.dispose());
  }

  private showBound(uri: string, bound: EndpointRef): void {
    const { documents, inventory, connections, production, runner } = this.options;
    const slot = documents.slotOf(uri);
    const session = connections.session(bound, slot);
    const instance = inventory.snapshot.instances.value?.find(({ id }) => id === bound.instanceId);
    const endpoint = inventory.endpoint(bound.instanceId, bound.endpointId);
    const names = [
      instance?.name ?? bound.instanceId,
      endpoint === undefined ? bound.endpointId : endpointName(endpoint),
      ...(session?.database === undefined ? [] : [session.database]),
    ].join(' · ');
    const isProduction = production.has(bound.endpointId);
    const icon = runner.isRunning(slot) ? 'sync~spin' : session === undefined ? 'plug' : 'database';
    this.item.text = `$(${icon}) ${names}${isProduction ? ' · production' : ''}`;
    this.item.backgroundColor = isProduction ? new ThemeColor('statusBarItem.warningBackground') : undefined;
    this.item.accessibilityInformation = {
      label: `SQL document runs on ${names}${isProduction ? ', production' : ''}`,
      role: 'button',
    };
    const { connection } = endpoint ?? {};
    this.item.tooltip = tooltipOf([
      ['Host', connection?.host && `${connection.host}:${connection.port ?? ''}`],
      ['Route', routeWords(connections.routeOf(endpoint?.endpoint?.vpcId, bound.endpointId))],
      ['Server', session?.serverVersion ?? 'not connected yet'],
      ['Endpoint', bound.endpointId],
    ]);
    this.item.show();
  }
}

const routeWords = (route: SqlRoute): string =>
  route.kind === 'direct' ? 'direct' : `through the bastion ${route.destination}`;

function tooltipOf(lines: readonly (readonly [string, string | undefined])[]): MarkdownString {
  const tooltip = new MarkdownString();
  for (const [name, value] of lines) {
    if (value !== undefined && value !== '') {
      tooltip.appendMarkdown(`${name}: `).appendText(value).appendMarkdown('\n\n');
    }
  }
  return tooltip.appendMarkdown('Click to switch or disconnect');
}
