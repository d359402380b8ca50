import { MarkdownString, TreeItem, TreeItemCollapsibleState } from 'vscode';
import { hasConnection, hasEndpoint, verdictOf, type PrivateEndpoint, type Verdict } from '../../core/health';
import { reachWords } from '../../core/reach';
import { treeTokens } from '../../ids';
import type { Catalog } from '../../services/catalog/catalog';
import type { ProductionMarks } from '../../services/productionMarks';
import type { CreationProgress } from '../../services/provisioning/progress';
import { openPanel, verdictOfProgress } from './creationNode';
import { databaseRows } from './database/nodes';
import type { EndpointHealthSource } from '../attention';
import { levelIcons } from './levels';
import { contextValue, type TreeNode } from './node';

/** What of the endpoints' SQL the rows show. */
export interface EndpointSql {
  readonly catalog: Catalog;
  readonly production: Pick<ProductionMarks, 'has' | 'onDidChange'>;
}

/** A private endpoint: what both clouds know of it. */
export class EndpointNode implements TreeNode {
  readonly id: string;
  readonly instanceId: string;
  readonly endpointId: string;

  constructor(
    readonly parent: TreeNode,
    private readonly endpoint: PrivateEndpoint,
    /** The creation or removal of this endpoint that is not finished. */
    private readonly progress: CreationProgress | undefined,
    private readonly sql: EndpointSql,
    private readonly health: EndpointHealthSource,
  ) {
    this.instanceId = endpoint.instanceId;
    this.endpointId = endpoint.endpointId;
    this.id = `${parent.id}/endpoint/${endpoint.endpointId}`;
  }

  item(): TreeItem {
    const { endpoint, endpointId } = this.endpoint;
    const { level, word } = this.verdict;
    const item = new TreeItem(
      endpoint?.name ? endpoint.name : endpointId,
      this.canConnect ? TreeItemCollapsibleState.Collapsed : TreeItemCollapsibleState.None,
    );
    item.id = this.id;
    item.description = this.isProduction ? `${word} · production` : word;
    item.iconPath = levelIcons[level];
    item.accessibilityInformation = {
      label: `Private endpoint ${endpointId}, ${item.description.replace(' · ', ', ')}`,
    };
    if (this.progress !== undefined) {
      item.command = openPanel(this.instanceId);
    }
    const { removing } = this;
    item.contextValue = contextValue(
      treeTokens.endpoint,
      !removing && (this.isProduction ? treeTokens.production : treeTokens.notProduction),
      treeTokens.canReadAgain,
      this.canConnect && treeTokens.canConnect,
      domainOf(this.endpoint) !== '' && treeTokens.hasDomain,
      !removing && hasConnection(this.endpoint) && treeTokens.canDeleteConnection,
      !removing && hasEndpoint(this.endpoint) && treeTokens.canDeleteEndpoint,
      endpoint !== undefined && treeTokens.canExport,
    );
    return item;
  }

  /** What the database behind it holds; nothing below an endpoint that cannot be connected to. */
  readonly children = (): Promise<readonly TreeNode[]> =>
    this.canConnect ? databaseRows(this, this.sql.catalog) : Promise.resolve([]);

  private get removing(): boolean {
    return this.progress?.creation.removal !== undefined;
  }

  private get canConnect(): boolean {
    const { connection } = this.endpoint;
    return connection?.state === 'ACTIVE' && connection.host !== undefined && !this.removing;
  }

  private get isProduction(): boolean {
    return this.sql.production.has(this.endpointId);
  }

  private get verdict(): Verdict {
    return this.progress === undefined
      ? (this.health.of(this.endpoint)?.seen ?? verdictOf(this.endpoint))
      : verdictOfProgress(this.progress);
  }

  tooltip(): MarkdownString {
    const { connection, endpoint, endpointId } = this.endpoint;
    const { word, explanation } = this.verdict;
    const tooltip = new MarkdownString();
    const line = (name: string, value: string | undefined): void => {
      if (value !== undefined && value !== '') {
        tooltip.appendMarkdown(`\n\n${name}: `).appendText(value);
      }
    };
    tooltip.appendMarkdown('**').appendText(word).appendMarkdown('** ').appendText(explanation);
    line('Endpoint ID', endpointId);
    line('Domain name', domainOf(this.endpoint));
    line('Private domain', connection?.host && `${connection.host}:${connection.port ?? ''}`);
    line('VPC', endpoint?.vpcId);
    line('Endpoint', endpoint && `${endpoint.status}, ${endpoint.connectionStatus}`);
    line('Connection', connection?.state);
    const { reach, sinceMs } = this.health.of(this.endpoint) ?? {};
    line('From here', reach && reachWords(reach));
    line('Since', sinceMs === undefined ? undefined : new Date(sinceMs).toLocaleString());
    return tooltip;
  }
}

/** Alibaba Cloud leaves it empty for a moment after creation. */
const domainOf = ({ endpoint, connection }: PrivateEndpoint): string =>
  endpoint?.domain || connection?.privateDomainName || '';
