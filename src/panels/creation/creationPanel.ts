import { commands as vscodeCommands, env, Uri, window, type WebviewPanel } from 'vscode';
import type { Disposable } from '../../core/emitter';
import type { Instance } from '../../core/model';
import type { Clock, Log, MachineNetwork } from '../../core/ports';
import type { DurationKind } from '../../core/schedule';
import { commands, type CommandId } from '../../ids';
import { guideUrl, isRemedy, type Notifications } from '../../platform/notifications';
import { fromCreationSchema, type CreationState, type FromCreation } from '../../protocol/creation';
import type { ExportDraft } from '../../protocol/exportDraft';
import type { Accounts } from '../../services/accounts';
import type { Inventory } from '../../services/inventory';
import type { LastChoices } from '../../services/provisioning/choices';
import { CreationDraft } from '../../services/provisioning/draft';
import type { CreationProgress } from '../../services/provisioning/progress';
import type { CreationRunner } from '../../services/provisioning/runner';
import { WebviewChannel } from '../panelBase';
import { confirmActivation, confirmRules } from './ask';
import { valueToCopy } from './copied';
import { isAction, type Action } from './problem';
import { cancelCreation, Starter } from './starter';
import { creationState } from './view';

export interface CreationPanelServices {
  readonly extensionUri: Uri;
  readonly accounts: Accounts;
  readonly inventory: Inventory;
  readonly runner: CreationRunner;
  readonly lastChoices: LastChoices;
  readonly machine: MachineNetwork;
  readonly notifications: Notifications;
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: () => string;
  readonly isSandbox: () => boolean;
  /** How long something usually takes. */
  readonly usualMs: (kind: DurationKind) => number;
}

const pricingUrl = 'https://www.alibabacloud.com/product/private-link/pricing';

type Intent = Exclude<FromCreation, { type: 'ready' }>;

/** The host side of one creation panel: shows the draft, then the creation, and passes intents on. */
export class CreationPanel implements Disposable {
  private readonly draft: CreationDraft;
  private readonly starter: Starter;
  private readonly channel: WebviewChannel<CreationState, typeof fromCreationSchema>;
  private readonly subscriptions: readonly Disposable[];
  /** Kept after the creation is finished, so that the panel can go on to connecting. */
  private progress: CreationProgress | undefined;
  private disposed = false;

  constructor(
    private readonly panel: WebviewPanel,
    private readonly services: CreationPanelServices,
    /** The instance that the panel is about, whether or not the clouds have answered yet. */
    private wantedInstanceId: string | undefined,
  ) {
    const { accounts, inventory, runner, log, extensionUri, isSandbox, machine } = services;
    this.draft = new CreationDraft({
      ...services,
      // The sandbox's VPCs are not where this machine is.
      machine: { vpcId: () => (isSandbox() ? Promise.resolve(undefined) : machine.vpcId()) },
    });
    this.starter = new Starter({
      ...services,
      draft: this.draft,
      instance: () => this.chosenInstance(),
      isUnderWay: () => this.progress !== undefined,
      onDidChange: () => this.render(),
    });
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
      inventory.onDidChange((change) => {
        if (change.kind === 'instances' || change.instanceId === this.instanceId) {
          this.render();
        }
      }),
      runner.onDidChange((progress) => this.follow(progress)),
      accounts.onDidChange(({ isRename }) => {
        if (isRename !== true) {
          void this.attempt(() => this.begin());
        }
      }),
    ];
    void this.attempt(() => this.begin());
  }

  get instanceId(): string | undefined {
    return this.wantedInstanceId;
  }

  /** A creation that is over makes room for the next one, or for what goes on meanwhile. */
  reveal(): void {
    this.panel.reveal();
    const { instanceId } = this;
    const isOver = this.progress?.creation.finished !== undefined;
    const another = instanceId === undefined ? undefined : this.services.runner.progressOf(instanceId);
    const goesOn = this.progress === undefined && isUnfinished(another);
    if (instanceId !== undefined && (isOver || goesOn)) {
      void this.attempt(() => this.chooseInstance(instanceId));
    }
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
    const isListed = (): boolean =>
      inventory.snapshot.instances.value?.some(({ id }) => id === this.wantedInstanceId) === true;
    if (!inventory.snapshot.isWhole && !isListed()) {
      await inventory.refreshInstances();
    }
    const { wantedInstanceId } = this;
    if (wantedInstanceId !== undefined && inventory.instance(wantedInstanceId) !== undefined) {
      await this.chooseInstance(wantedInstanceId);
    } else {
      this.progress = isUnfinished(this.progress) ? this.progress : undefined;
      this.render();
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
    this.progress = isUnfinished(latest) ? latest : undefined;
    await this.draft.chooseInstance(instanceId);
  }

  /** What is not finished stays in sight until it is. */
  private follow(progress: CreationProgress): void {
    const { creation } = progress;
    const isOther = creation.id !== this.progress?.creation.id;
    const isOfThis = creation.instanceId === this.instanceId && !(isOther && isUnfinished(this.progress));
    const isNews = isUnfinished(progress) || !isOther;
    if (isOfThis && isNews) {
      this.progress = progress;
      if (creation.finished?.outcome === 'abandoned') {
        // What it has left is there to be used.
        void this.attempt(() => this.begin());
      }
    }
    this.render();
  }

  private render(): void {
    if (this.disposed) {
      return;
    }
    const { inventory, runner, isSandbox, usualMs } = this.services;
    this.channel.send(
      creationState({
        snapshot: inventory.snapshot,
        draft: this.draft.state,
        progress: this.progress,
        unfinished: runner.unfinished(),
        sandbox: isSandbox(),
        wantedInstanceId: this.wantedInstanceId,
        canCreate: this.starter.canCreate,
        usualMs,
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
    const { draft, starter, services } = this;
    switch (intent.type) {
      case 'chooseInstance':
        return this.chooseInstance(intent.instanceId);
      case 'chooseMode':
        return draft.chooseMode(intent.mode);
      case 'chooseAccount':
        return draft.chooseAccount(intent.accountId);
      case 'typeServiceName':
        return draft.typeServiceName(intent.serviceName);
      case 'verify':
        return draft.verify();
      case 'typeName':
        draft.typeName(intent.name);
        return;
      case 'chooseVpc':
        return draft.network.chooseVpc(intent.vpcId);
      case 'chooseSecurityGroup':
        return draft.network.chooseSecurityGroup(intent.index, intent.securityGroupId);
      case 'addRule':
        return this.addRule();
      case 'chooseVSwitch':
        return draft.network.chooseVSwitch(intent.zoneId, intent.vSwitchId);
      case 'addTag':
        draft.addTag();
        return;
      case 'removeTag':
        draft.removeTag(intent.tagId);
        return;
      case 'typeTagKey':
        draft.typeTag(intent.tagId, { key: intent.text });
        return;
      case 'typeTagValue':
        draft.typeTag(intent.tagId, { value: intent.text });
        return;
      case 'typeEndpointId':
        draft.typeEndpointId(intent.endpointId);
        return;
      case 'typeDomainName':
        draft.typeDomainName(intent.domainName);
        return;
      case 'createEndpoint':
        return starter.createEndpoint();
      case 'exportAsCode':
        return this.exportAsCode();
      case 'useEndpoint':
        return starter.useEndpoint(intent.endpointId);
      case 'createConnection':
        return starter.createConnection();
      case 'copy':
        return this.copy(intent.what);
      case 'open':
        return this.open(intent.what);
      case 'connect':
        return this.goOn(commands.connect);
      case 'connectWith':
        return this.goOn(commands.copyConnectionString);
      case 'diagnose':
        return this.goOn(commands.diagnose);
      case 'cancel':
        return this.cancel();
      case 'giveUp':
        return cancelCreation(services.runner, intent.creationId);
      case 'act':
        return this.act(intent.action);
    }
  }

  /** The one that the form is filled in for. */
  private chosenInstance(): Instance | undefined {
    const { instanceId } = this.draft.state;
    return instanceId === undefined ? undefined : this.services.inventory.instance(instanceId);
  }

  private async addRule(): Promise<void> {
    const { securityGroups, securityGroupIds, port } = this.draft.state;
    const group = securityGroups.find(({ id }) => id === securityGroupIds[0]);
    if (group !== undefined && port !== undefined && port.missing.length > 0) {
      const agreed = await confirmRules(group, port.missing);
      // What was agreed to is exactly what is added.
      if (agreed && this.draft.state.port === port) {
        await this.draft.network.addRules();
      }
    }
  }

  /** What would be created, as code instead. */
  private async exportAsCode(): Promise<void> {
    const instance = this.chosenInstance();
    const { spec } = this.starter;
    if (instance !== undefined && spec !== undefined) {
      const { id, name, regionId } = instance;
      const planned: ExportDraft = { instance: { id, name, regionId }, spec };
      await vscodeCommands.executeCommand(commands.exportAsCode, planned);
    }
  }

  private async copy(what: Extract<Intent, { type: 'copy' }>['what']): Promise<void> {
    const { snapshot } = this.services.inventory;
    const value = valueToCopy(what, { snapshot, draft: this.draft.state, progress: this.progress });
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

  /** With the endpoint that was created. */
  private async goOn(command: CommandId): Promise<void> {
    const { instanceId, progress } = this;
    await vscodeCommands.executeCommand(command, {
      instanceId,
      endpointId: progress?.creation.endpointId,
    });
  }

  private async cancel(): Promise<void> {
    if (this.progress?.readOnly === false) {
      await cancelCreation(this.services.runner, this.progress.creation.id);
    }
  }

  private async act(action: string): Promise<void> {
    if (isAction(action)) {
      await this.actOnProblem(action);
    } else if (isRemedy(action)) {
      const { error } = this.services.inventory.snapshot.instances;
      const { serviceError, networkError } = this.draft.state;
      await this.services.notifications.apply(
        action,
        error ?? this.progress?.error ?? serviceError ?? networkError,
      );
    }
  }

  private async actOnProblem(action: Action): Promise<void> {
    const { runner } = this.services;
    const { progress } = this;
    switch (action) {
      case 'openTidbCloud':
        return this.open('tidbCloud');
      case 'openAlibabaCloud':
        return this.open('alibabaCloud');
      case 'activatePrivateLink':
        if (await confirmActivation()) {
          await this.draft.activatePrivateLink();
        }
        return;
      case 'recreate':
        if (progress?.readOnly === false) {
          await runner.recreate(progress.creation.id);
        }
        return;
      case 'remove':
        return this.cancel();
      case 'startAgain':
        return this.startAgain();
      case 'retry':
        return this.retry();
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

  /** What is finished, or cannot go on, makes room for the form. */
  private async startAgain(): Promise<void> {
    const { instanceId, progress } = this;
    if (progress === undefined || progress.readOnly || instanceId === undefined) {
      return;
    }
    await (isUnfinished(progress)
      ? this.services.runner.abandon(progress.creation.id)
      : this.chooseInstance(instanceId));
  }
}

const isUnfinished = (progress: CreationProgress | undefined): boolean =>
  progress !== undefined && progress.creation.finished === undefined;
