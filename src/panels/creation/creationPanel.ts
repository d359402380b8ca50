import { commands as vscodeCommands, env, Uri, window, type WebviewPanel } from 'vscode';
import type { Creation } from '../../core/creation';
import type { Disposable } from '../../core/emitter';
import type { Instance, VpcEndpointSpec } from '../../core/model';
import type { Clock, Log } from '../../core/ports';
import { commands } from '../../ids';
import { guideUrl, isRemedy, type Notifications } from '../../platform/notifications';
import { fromCreationSchema, type CreationState, type FromCreation } from '../../protocol/creation';
import type { Accounts } from '../../services/accounts';
import type { Inventory } from '../../services/inventory';
import { CreationDraft } from '../../services/provisioning/draft';
import type { CreationProgress, CreationRunner } from '../../services/provisioning/runner';
import { WebviewChannel } from '../panelBase';
import { creationState, regionOf } from './view';

export interface CreationPanelServices {
  readonly extensionUri: Uri;
  readonly accounts: Accounts;
  readonly inventory: Inventory;
  readonly runner: CreationRunner;
  readonly notifications: Notifications;
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: () => string;
  readonly isSandbox: () => boolean;
}

const pricingUrl = 'https://www.alibabacloud.com/product/private-link/pricing';

type Intent = Exclude<FromCreation, { type: 'ready' }>;

/** The host side of one creation panel: shows the draft, then the creation, and passes intents on. */
export class CreationPanel implements Disposable {
  private readonly draft: CreationDraft;
  private readonly channel: WebviewChannel<CreationState, typeof fromCreationSchema>;
  private readonly subscriptions: readonly Disposable[];
  /** Kept after the creation is finished, so that the panel can go on to connecting. */
  private progress: CreationProgress | undefined;
  private creationId: string;
  private creating = false;
  private disposed = false;

  constructor(
    private readonly panel: WebviewPanel,
    private readonly services: CreationPanelServices,
    /** The instance that the panel is about, whether or not the clouds have answered yet. */
    private wantedInstanceId: string | undefined,
  ) {
    const { accounts, inventory, runner, clock, log, extensionUri } = services;
    this.creationId = services.newId();
    this.draft = new CreationDraft(accounts, inventory, clock, log);
    this.channel = new WebviewChannel<CreationState, typeof fromCreationSchema>(panel.webview, {
      extensionUri,
      bundle: { name: 'creation', title: 'Create Private Endpoint' },
      schema: fromCreationSchema,
      onMessage: (intent) => void this.attempt(() => this.perform(intent)),
      log,
    });
    this.subscriptions = [
      this.channel,
      this.draft,
      this.draft.onDidChange(() => this.render()),
      inventory.onDidChange(() => this.render()),
      runner.onDidChange((progress) => this.follow(progress)),
      accounts.onDidChange(() => void this.attempt(() => this.begin())),
    ];
    void this.attempt(() => this.begin());
  }

  get instanceId(): string | undefined {
    return this.wantedInstanceId;
  }

  /** A creation that is over makes room for the next one. */
  reveal(): void {
    this.panel.reveal();
    const { instanceId } = this;
    if (this.progress?.creation.finished !== undefined && instanceId !== undefined) {
      void this.attempt(() => this.chooseInstance(instanceId));
    }
  }

  /** Takes the panel out of the editor, which ends this too. */
  close(): void {
    this.panel.dispose();
  }

  dispose(): void {
    this.disposed = true;
    for (const subscription of this.subscriptions) {
      subscription.dispose();
    }
  }

  private async begin(): Promise<void> {
    this.render();
    const { inventory } = this.services;
    if (inventory.snapshot.instances.value === undefined) {
      await inventory.refreshInstances();
    }
    const { wantedInstanceId } = this;
    if (wantedInstanceId !== undefined && inventory.instance(wantedInstanceId) !== undefined) {
      await this.chooseInstance(wantedInstanceId);
    }
  }

  private async chooseInstance(instanceId: string): Promise<void> {
    this.wantedInstanceId = instanceId;
    const { inventory, runner } = this.services;
    if (this.disposed) {
      return;
    }
    this.panel.title = `Create Private Endpoint: ${inventory.instance(instanceId)?.name ?? instanceId}`;
    const latest = runner.progressOf(instanceId);
    this.progress = latest?.creation.finished === undefined ? latest : undefined;
    await this.draft.chooseInstance(instanceId);
  }

  private follow(progress: CreationProgress): void {
    if (progress.creation.instanceId !== this.instanceId) {
      return;
    }
    this.progress = progress.creation.finished?.outcome === 'abandoned' ? undefined : progress;
    this.render();
  }

  private render(): void {
    this.channel.send(
      creationState({
        snapshot: this.services.inventory.snapshot,
        draft: this.draft.state,
        progress: this.progress,
        sandbox: this.services.isSandbox(),
        wantedInstanceId: this.wantedInstanceId,
        canCreate:
          this.progress === undefined && !this.creating && this.draft.spec(this.creationId) !== undefined,
      }),
    );
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    if (this.disposed) {
      return;
    }
    try {
      await work();
    } catch (error) {
      this.services.notifications.showError('Create Private Endpoint', error, () => void this.attempt(work));
    }
  }

  private async perform(intent: Intent): Promise<void> {
    const { draft } = this;
    switch (intent.type) {
      case 'chooseInstance':
        return this.chooseInstance(intent.instanceId);
      case 'chooseMode':
        return draft.chooseMode(intent.mode);
      case 'typeServiceName':
        draft.typeServiceName(intent.serviceName);
        return;
      case 'verify':
        return draft.verify();
      case 'typeName':
        draft.typeName(intent.name);
        return;
      case 'chooseVpc':
        return draft.chooseVpc(intent.vpcId);
      case 'chooseSecurityGroup':
        return draft.chooseSecurityGroup(intent.securityGroupId);
      case 'chooseVSwitch':
        draft.chooseVSwitch(intent.zoneId, intent.vSwitchId);
        return;
      case 'typeEndpointId':
        draft.typeEndpointId(intent.endpointId);
        return;
      case 'typeDomainName':
        draft.typeDomainName(intent.domainName);
        return;
      case 'createEndpoint':
        return this.createEndpoint();
      case 'createConnection':
        return this.createConnection();
      case 'copy':
        return this.copy(intent.what);
      case 'open':
        return this.open(intent.what);
      case 'connect':
        return this.connect();
      case 'act':
        return this.act(intent.action);
    }
  }

  /** Checks with Alibaba Cloud, asks once, writes the journal, begins. */
  private async createEndpoint(): Promise<void> {
    const spec = this.draft.spec(this.creationId);
    const instance = this.chosenInstance();
    if (spec !== undefined && instance !== undefined) {
      await this.create(instance, { spec }, async () => {
        const accepted = await this.draft.dryRun(spec);
        // Another instance may have been chosen meanwhile.
        return accepted && this.chosenInstance()?.id === instance.id && (await confirm(spec, instance));
      });
    }
  }

  private async createConnection(): Promise<void> {
    const typed = this.draft.typedEndpoint();
    const instance = this.chosenInstance();
    if (typed !== undefined && instance !== undefined) {
      await this.create(instance, typed, () => Promise.resolve(true));
    }
  }

  /** Once: a second click, or one where a creation is under way, begins nothing. */
  private async create(
    instance: Instance,
    wanted: Pick<Creation, 'spec'> | Pick<Creation, 'endpointId' | 'endpointDomain'>,
    isWanted: () => Promise<boolean>,
  ): Promise<void> {
    if (this.creating || this.progress !== undefined) {
      return;
    }
    this.creating = true;
    this.render();
    try {
      if (await isWanted()) {
        const id = this.creationId;
        this.creationId = this.services.newId();
        await this.services.runner.start({
          id,
          instanceId: instance.id,
          instanceName: instance.name,
          regionId: instance.regionId,
          startedAtMs: this.services.clock.now(),
          clientToken: this.services.newId(),
          acceptance: 'api',
          ...wanted,
        });
      }
    } finally {
      this.creating = false;
      this.render();
    }
  }

  /** The one that the form is filled in for. */
  private chosenInstance(): Instance | undefined {
    const { instanceId } = this.draft.state;
    return instanceId === undefined ? undefined : this.services.inventory.instance(instanceId);
  }

  private async copy(what: Extract<Intent, { type: 'copy' }>['what']): Promise<void> {
    const { draft, progress } = this;
    const { verification, service } = draft.state;
    const done = progress?.decision?.kind === 'done' ? progress.decision : undefined;
    const zones = verification.outcome === 'verified' ? verification.service.zones : service?.availableZones;
    const values: Record<typeof what, string | undefined> = {
      serviceName: service?.serviceName,
      zones: zones?.join(', '),
      regionId: regionOf(this.services.inventory.snapshot, draft.state),
      endpointId: progress?.creation.endpointId ?? draft.state.endpointId,
      domainName: progress?.creation.endpointDomain ?? draft.state.domainName,
      host: done?.host,
    };
    const value = values[what];
    if (value !== undefined && value !== '') {
      await env.clipboard.writeText(value);
      window.setStatusBarMessage(`$(check) Copied ${value}`, 3000);
    }
  }

  private async open(what: Extract<Intent, { type: 'open' }>['what']): Promise<void> {
    switch (what) {
      case 'tidbCloud':
        await vscodeCommands.executeCommand(commands.openInTidbCloud, { instanceId: this.instanceId });
        return;
      case 'alibabaCloud':
        await vscodeCommands.executeCommand(commands.openInAlibabaCloud, { instanceId: this.instanceId });
        return;
      case 'pricing':
        await env.openExternal(Uri.parse(pricingUrl));
        return;
      case 'guide':
        await env.openExternal(Uri.parse(guideUrl));
    }
  }

  private async connect(): Promise<void> {
    const { instanceId, progress } = this;
    await vscodeCommands.executeCommand(commands.connect, {
      instanceId,
      endpointId: progress?.creation.endpointId,
    });
  }

  private async act(action: string): Promise<void> {
    if (action === 'startAgain') {
      await this.startAgain();
    } else if (action === 'retry') {
      await this.retry();
    } else if (isRemedy(action)) {
      const { error } = this.services.inventory.snapshot.instances;
      const { serviceError, networkError } = this.draft.state;
      await this.services.notifications.apply(
        action,
        error ?? this.progress?.error ?? serviceError ?? networkError,
      );
    }
  }

  private async retry(): Promise<void> {
    const { runner, inventory } = this.services;
    if (this.progress !== undefined) {
      runner.retry(this.progress.creation.id);
    }
    const { instances } = inventory.snapshot;
    const isListed = instances.value?.some(({ id }) => id === this.instanceId) === true;
    if (!isListed || instances.error !== undefined) {
      await inventory.refreshInstances();
    }
    if (this.progress === undefined) {
      await this.begin();
    }
  }

  private async startAgain(): Promise<void> {
    const { instanceId, progress } = this;
    if (progress !== undefined && instanceId !== undefined) {
      await this.services.runner.abandon(progress.creation.id);
      await this.draft.chooseInstance(instanceId);
    }
  }
}

async function confirm(spec: VpcEndpointSpec, instance: Instance): Promise<boolean> {
  const create = 'Create';
  const zones = spec.zones.map(({ zoneId }) => zoneId).join(', ');
  const answer = await window.showInformationMessage(
    `Create the interface endpoint ${spec.name}?`,
    {
      modal: true,
      detail: `It is created in ${spec.vpcId} (${zones}) and registered with ${instance.name} in TiDB Cloud.\n\nAlibaba Cloud bills it as pay-as-you-go for as long as it exists, for each zone and for traffic.`,
    },
    create,
  );
  return answer === create;
}
