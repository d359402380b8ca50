import { MarkdownString, TreeItem } from 'vscode';
import { hasConnection, hasEndpoint, verdictOf, type PrivateEndpoint, type Verdict } from '../../core/health';
import { treeTokens } from '../../ids';
import type { CreationProgress } from '../../services/provisioning/progress';
import { openPanel, verdictOfProgress } from './creationNode';
import { levelIcons } from './levels';
import { contextValue, type TreeNode } from './node';

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
  ) {
    this.instanceId = endpoint.instanceId;
    this.endpointId = endpoint.endpointId;
    this.id = `${parent.id}/endpoint/${endpoint.endpointId}`;
  }

  item(): TreeItem {
    const { connection, endpoint, endpointId } = this.endpoint;
    const { level, word } = this.verdict;
    const item = new TreeItem(endpoint?.name ? endpoint.name : endpointId);
    item.id = this.id;
    item.description = word;
    item.iconPath = levelIcons[level];
    item.accessibilityInformation = { label: `Private endpoint ${endpointId}, ${word}` };
    if (this.progress !== undefined) {
      item.command = openPanel(this.instanceId);
    }
    const removing = this.progress?.creation.removal !== undefined;
    item.contextValue = contextValue(
      treeTokens.endpoint,
      connection?.state === 'ACTIVE' && connection.host !== undefined && !removing && treeTokens.canConnect,
      domainOf(this.endpoint) !== '' && treeTokens.hasDomain,
      !removing && hasConnection(this.endpoint) && treeTokens.canDeleteConnection,
      !removing && hasEndpoint(this.endpoint) && treeTokens.canDeleteEndpoint,
      endpoint !== undefined && treeTokens.canExport,
    );
    return item;
  }

  private get verdict(): Verdict {
    return this.progress === undefined ? verdictOf(this.endpoint) : verdictOfProgress(this.progress);
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
    return tooltip;
  }
}

/** Alibaba Cloud leaves it empty for a moment after creation. */
const domainOf = ({ endpoint, connection }: PrivateEndpoint): string =>
  endpoint?.domain || connection?.privateDomainName || '';
