import { MarkdownString, ThemeColor, ThemeIcon, TreeItem } from 'vscode';
import { verdictOf, type HealthLevel, type PrivateEndpoint } from '../../core/health';
import { treeTokens } from '../../ids';
import { contextValue, type TreeNode } from './node';

const icons: Record<HealthLevel, ThemeIcon> = {
  healthy: new ThemeIcon('pass', new ThemeColor('testing.iconPassed')),
  changing: new ThemeIcon('sync'),
  attention: new ThemeIcon('warning', new ThemeColor('list.warningForeground')),
  failed: new ThemeIcon('error', new ThemeColor('list.errorForeground')),
};

/** A private endpoint: what both clouds know of it. */
export class EndpointNode implements TreeNode {
  readonly id: string;
  readonly instanceId: string;
  readonly endpointId: string;

  constructor(
    readonly parent: TreeNode,
    private readonly endpoint: PrivateEndpoint,
  ) {
    this.instanceId = endpoint.instanceId;
    this.endpointId = endpoint.endpointId;
    this.id = `${parent.id}/endpoint/${endpoint.endpointId}`;
  }

  item(): TreeItem {
    const { connection, endpoint, endpointId } = this.endpoint;
    const { level, word } = verdictOf(this.endpoint);
    const item = new TreeItem(endpoint?.name ? endpoint.name : endpointId);
    item.id = this.id;
    item.description = word;
    item.iconPath = icons[level];
    item.tooltip = this.tooltip();
    item.accessibilityInformation = { label: `Private endpoint ${endpointId}, ${word}` };
    item.contextValue = contextValue(
      treeTokens.endpoint,
      connection?.state === 'ACTIVE' && connection.host !== undefined && treeTokens.canConnect,
      domainOf(this.endpoint) !== '' && treeTokens.hasDomain,
    );
    return item;
  }

  private tooltip(): MarkdownString {
    const { connection, endpoint, endpointId } = this.endpoint;
    const { word, explanation } = verdictOf(this.endpoint);
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
