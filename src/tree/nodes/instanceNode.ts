import { MarkdownString, ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState } from 'vscode';
import type { Instance, PrivateLinkService } from '../../core/model';
import { alibabaRegionOf } from '../../core/model';
import { wordingOf } from '../../core/errors';
import { commands, treeTokens } from '../../ids';
import type { Inventory } from '../../services/inventory';
import type { CreationProgress } from '../../services/provisioning/progress';
import type { CreationRunner } from '../../services/provisioning/runner';
import { CreationNode } from './creationNode';
import { EndpointNode, type EndpointSql } from './endpointNode';
import { MessageNode, problemNode } from './messageNode';
import { contextValue, needsFirstLoad, type TreeNode } from './node';

const cloudNames: Record<Instance['cloudProvider'], string> = {
  alicloud: 'Alibaba Cloud',
  aws: 'AWS',
  gcp: 'Google Cloud',
  azure: 'Azure',
  unknown: 'another cloud',
};

/** A TiDB Cloud Premium instance. Under it: its private link service and its private endpoints. */
export class InstanceNode implements TreeNode {
  readonly parent = undefined;
  readonly id: string;
  readonly instanceId: string;

  constructor(
    private readonly instance: Instance,
    private readonly inventory: Inventory,
    private readonly runner: Pick<CreationRunner, 'unfinished'>,
    private readonly sql: EndpointSql,
  ) {
    this.instanceId = instance.id;
    this.id = `instance/${instance.id}`;
  }

  item(): TreeItem {
    const { instance } = this;
    const item = new TreeItem(instance.name, TreeItemCollapsibleState.Collapsed);
    item.id = this.id;
    const region = alibabaRegionOf(instance.regionId) ?? instance.regionId;
    item.description = instance.state === 'ACTIVE' ? region : `${region} · ${instance.state}`;
    item.iconPath =
      instance.state === 'ACTIVE'
        ? new ThemeIcon('database')
        : new ThemeIcon('database', new ThemeColor('disabledForeground'));
    item.tooltip = this.tooltip();
    item.contextValue = contextValue(
      treeTokens.instance,
      this.onAlibabaCloud && instance.state === 'ACTIVE' && treeTokens.canCreate,
      this.onAlibabaCloud && treeTokens.canExport,
    );
    return item;
  }

  readonly children = async (): Promise<readonly TreeNode[]> => {
    if (!this.onAlibabaCloud) {
      const cloud = cloudNames[this.instance.cloudProvider];
      return [
        new MessageNode(this, 'otherCloud', {
          label: `Hosted on ${cloud}: no Alibaba Cloud private endpoint`,
          tooltip: `Private endpoints through Alibaba Cloud PrivateLink reach instances on Alibaba Cloud only. ${this.instance.name} runs on ${cloud}.`,
          icon: new ThemeIcon('info'),
        }),
      ];
    }
    if (needsFirstLoad(this.inventory.details(this.instanceId))) {
      await this.inventory.refreshDetails(this.instanceId);
    }
    return this.rows();
  };

  private rows(): readonly TreeNode[] {
    const { value, error } = this.inventory.details(this.instanceId);
    const unfinished = this.runner
      .unfinished()
      .filter(({ creation }) => creation.instanceId === this.instanceId);
    const creationOf = (endpointId: string): CreationProgress | undefined =>
      unfinished.find(({ creation }) => creation.endpointId === endpointId);
    const listed = new Set(value?.endpoints.map(({ endpointId }) => endpointId));
    const others = unfinished
      .filter(({ creation: { endpointId } }) => endpointId === undefined || !listed.has(endpointId))
      .map((progress) => new CreationNode(this, progress));
    if (value === undefined) {
      return error === undefined ? others : [...others, problemNode(this, error, this.instanceId)];
    }
    const rows: TreeNode[] = [
      serviceNode(this, value.service),
      ...value.endpoints.map(
        (endpoint) => new EndpointNode(this, endpoint, creationOf(endpoint.endpointId), this.sql),
      ),
      ...others,
    ];
    if (error !== undefined) {
      rows.push(problemNode(this, error, this.instanceId));
    } else if (value.alibabaCloudError !== undefined) {
      rows.push(problemNode(this, value.alibabaCloudError, this.instanceId));
    }
    if (value.endpoints.length === 0 && others.length === 0 && this.instance.state === 'ACTIVE') {
      rows.push(
        new MessageNode(this, 'create', {
          label: 'Create Private Endpoint…',
          icon: new ThemeIcon('add'),
          command: {
            title: 'Create Private Endpoint',
            command: commands.createEndpoint,
            arguments: [{ instanceId: this.instanceId }],
          },
        }),
      );
    }
    return rows;
  }

  private get onAlibabaCloud(): boolean {
    return this.instance.cloudProvider === 'alicloud';
  }

  private tooltip(): MarkdownString {
    const { instance } = this;
    const { error } = this.inventory.details(instance.id);
    const tooltip = new MarkdownString();
    tooltip.appendMarkdown('**').appendText(instance.name).appendMarkdown('** ');
    tooltip.appendText(`${instance.servicePlan} on ${cloudNames[instance.cloudProvider]}, ${instance.state}`);
    tooltip.appendMarkdown('\n\nRegion: ').appendText(`${instance.regionName} (${instance.regionId})`);
    tooltip.appendMarkdown('\n\nInstance ID: ').appendText(instance.id);
    if (error !== undefined) {
      tooltip.appendMarkdown('\n\n').appendText(wordingOf(error).message);
    }
    return tooltip;
  }
}

const serviceWords: Record<PrivateLinkService['state'], string> = {
  ACTIVE: 'Active: private endpoints can be created for it.',
  CREATING: 'Creating: this usually takes 3 to 5 minutes after the instance was created.',
  DELETING: 'Deleting: its private endpoints stop working.',
  UNKNOWN: 'TiDB Cloud reports a state that this version does not know.',
};

function serviceNode(parent: InstanceNode, service: PrivateLinkService): TreeNode {
  const active = service.state === 'ACTIVE';
  return new MessageNode(
    parent,
    'service',
    {
      label: 'Private link service',
      description: active ? 'Active' : service.state.charAt(0) + service.state.slice(1).toLowerCase(),
      tooltip: [serviceWords[service.state], service.serviceName].filter(Boolean).join('\n'),
      icon: new ThemeIcon(active ? 'plug' : service.state === 'CREATING' ? 'sync' : 'warning'),
      token: contextValue(treeTokens.service, service.serviceName !== '' && treeTokens.hasServiceName),
    },
    parent.instanceId,
  );
}
