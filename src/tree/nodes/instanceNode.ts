import { MarkdownString, ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState } from 'vscode';
import { verdictOf } from '../../core/health';
import type { Instance, PrivateLinkService } from '../../core/model';
import { alibabaRegionOf } from '../../core/model';
import { wordingOf } from '../../core/errors';
import { commands, treeTokens } from '../../ids';
import type { Inventory } from '../../services/inventory';
import type { CreationProgress } from '../../services/provisioning/progress';
import type { CreationRunner } from '../../services/provisioning/runner';
import { CreationNode } from './creationNode';
import { EndpointNode, type EndpointSql } from './endpointNode';
import { attentionWords, type Attention, type EndpointHealthSource } from '../attention';
import { uriOfInstance } from '../decorations';
import { MessageNode, problemNode } from './messageNode';
import { contextValue, needsFirstLoad, type TreeNode } from './node';

const cloudNames: Record<Instance['cloudProvider'], string> = {
  alicloud: 'Alibaba Cloud',
  aws: 'AWS',
  gcp: 'Google Cloud',
  azure: 'Azure',
  unknown: 'another cloud',
};

/** What the rows of instances are made from. */
export interface InstanceSources {
  readonly inventory: Inventory;
  readonly runner: Pick<CreationRunner, 'unfinished'>;
  readonly sql: EndpointSql;
  readonly health: EndpointHealthSource;
  readonly attention: Pick<Attention, 'of'>;
}

/** A TiDB Cloud Premium instance. Under it: its private link service and its private endpoints. */
export class InstanceNode implements TreeNode {
  readonly id: string;
  readonly instanceId: string;
  /** What the rows below tell, as last handed out; undefined before, and while they are awaited. */
  private told: string | undefined;

  constructor(
    private listed: Instance,
    private readonly sources: InstanceSources,
    /** The group that it is in now. */
    public parent: TreeNode | undefined,
  ) {
    this.instanceId = listed.id;
    this.id = `instance/${listed.id}`;
  }

  /** As it is listed now; one that is gone is shown as it was until its row goes. */
  private get instance(): Instance {
    this.listed = this.sources.inventory.instance(this.instanceId) ?? this.listed;
    return this.listed;
  }

  /** True when the rows below, as they were handed out, do not tell any more what is known. */
  get isOutdated(): boolean {
    return this.told !== undefined && this.told !== this.tells();
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
    item.resourceUri = uriOfInstance(instance.id);
    const needs = attentionWords(this.sources.attention.of(instance.id)?.count ?? 0);
    item.accessibilityInformation = {
      label: ['Instance', [instance.name, region, instance.state, needs].filter(Boolean).join(', ')].join(
        ' ',
      ),
    };
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
    const { inventory } = this.sources;
    this.told = undefined;
    if (needsFirstLoad(inventory.details(this.instanceId))) {
      await inventory.refreshDetails(this.instanceId);
    }
    this.told = this.tells();
    return this.rows();
  };

  /** Cheap to compare; measured times, which change with each look, are only in tooltips. */
  private tells(): string {
    const { inventory, health } = this.sources;
    const { value, error } = inventory.details(this.instanceId);
    const errors = [error, value?.alibabaCloudError, ...this.failures.map((failure) => failure.error)];
    return JSON.stringify([
      value?.service,
      value?.endpoints.map((endpoint) => [endpoint, health.of(endpoint)?.seen ?? verdictOf(endpoint)]),
      errors.map((each) => (each === undefined ? undefined : wordingOf(each))),
      this.failures.map(({ account }) => account.name),
    ]);
  }

  /** The Alibaba Cloud accounts that could not be asked, where there are several. */
  private get failures(): ReturnType<Inventory['alibabaCloudFailures']> {
    return this.sources.inventory.alibabaCloudFailures(this.instanceId);
  }

  private rows(): readonly TreeNode[] {
    const { inventory, runner, sql, health } = this.sources;
    const { value, error } = inventory.details(this.instanceId);
    const unfinished = runner.unfinished().filter(({ creation }) => creation.instanceId === this.instanceId);
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
        (endpoint) => new EndpointNode(this, endpoint, creationOf(endpoint.endpointId), sql, health),
      ),
      ...others,
    ];
    if (error !== undefined) {
      rows.push(problemNode(this, error, this.instanceId));
    } else if (value.alibabaCloudError !== undefined) {
      const { failures } = this;
      rows.push(
        ...(failures.length > 0
          ? failures.map((each) => problemNode(this, each.error, this.instanceId, { account: each.account }))
          : [problemNode(this, value.alibabaCloudError, this.instanceId)]),
      );
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

  tooltip(): MarkdownString {
    const { instance } = this;
    const { inventory } = this.sources;
    const { error } = inventory.details(instance.id);
    const account = inventory.accountOf(instance.id);
    const tooltip = new MarkdownString();
    tooltip.appendMarkdown('**').appendText(instance.name).appendMarkdown('** ');
    tooltip.appendText(`${instance.servicePlan} on ${cloudNames[instance.cloudProvider]}, ${instance.state}`);
    const words = stateWords[instance.state];
    if (words !== undefined) {
      tooltip.appendMarkdown('\n\n').appendText(words);
    }
    tooltip.appendMarkdown('\n\nRegion: ').appendText(`${instance.regionName} (${instance.regionId})`);
    tooltip.appendMarkdown('\n\nInstance ID: ').appendText(instance.id);
    if (instance.projectId !== undefined) {
      tooltip.appendMarkdown('\n\nProject: ').appendText(instance.projectId);
    }
    if (account !== undefined) {
      tooltip.appendMarkdown('\n\nTiDB Cloud account: ').appendText(account.name);
    }
    if (error !== undefined) {
      tooltip.appendMarkdown('\n\n').appendText(wordingOf(error).message);
    }
    return tooltip;
  }
}

/** What a private endpoint can do with an instance in this state. */
const stateWords: Readonly<Record<string, string>> = {
  ACTIVE: 'Active: private endpoints can be created for it.',
  CREATING:
    'Creating: its private link service comes 3 to 5 minutes after it; private endpoints can be created then.',
  MODIFYING: 'Modifying: private endpoints keep working; create one when it is Active again.',
  MAINTENANCE: 'Maintenance: private endpoints keep working; create one when it is Active again.',
  PAUSING: 'Pausing: nothing can connect once it is paused.',
  PAUSED: 'Paused: nothing can connect. Resume it in TiDB Cloud; its private endpoints work again then.',
  RESUMING: 'Resuming: its private endpoints work again once it is Active.',
  RESTORING: 'Restoring: wait until it is Active before creating a private endpoint.',
  DELETING: 'Deleting: its private endpoints stop working.',
  DELETED: 'Deleted: its private endpoints lead nowhere. Delete the endpoints in Alibaba Cloud.',
};

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
