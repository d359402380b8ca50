import { commands as vscodeCommands, env, window, type Uri, type WebviewPanel } from 'vscode';
import type { Disposable } from '../../core/emitter';
import { reachabilityOf } from '../../core/jointHealth';
import type { Log } from '../../core/ports';
import { isRemedy, type Notifications } from '../../platform/notifications';
import { fromDetailsSchema, type DetailsState, type FromDetails } from '../../protocol/details';
import type { Accounts } from '../../services/accounts';
import type { EndpointRef } from '../../services/connections';
import type { HealthBook } from '../../services/health/book';
import { EndpointDetailsReader } from '../../services/health/endpointDetails';
import type { HealthHistory } from '../../services/health/history';
import type { HealthMonitor } from '../../services/healthMonitor';
import type { Inventory } from '../../services/inventory';
import { WebviewChannel } from '../panelBase';
import { actionsOf } from './actions';
import { detailsState } from './view';

export interface DetailsPanelServices {
  readonly extensionUri: Uri;
  readonly accounts: Accounts;
  readonly inventory: Inventory;
  readonly monitor: HealthMonitor;
  readonly book: HealthBook;
  readonly history: HealthHistory;
  readonly notifications: Notifications;
  readonly log: Log;
  readonly isSandbox: () => boolean;
}

/** The usual port of a private link service, while its own is not known. */
const usualPort = 4000;

/** The host side of the details panel of one endpoint. */
export class DetailsPanel implements Disposable {
  private readonly channel: WebviewChannel<DetailsState, typeof fromDetailsSchema>;
  private readonly reader: EndpointDetailsReader;
  private readonly subscriptions: readonly Disposable[];
  private last: DetailsState | undefined;

  constructor(
    private readonly panel: WebviewPanel,
    private readonly services: DetailsPanelServices,
    readonly ref: EndpointRef,
  ) {
    const { extensionUri, accounts, inventory, monitor, log } = services;
    this.reader = new EndpointDetailsReader({
      api: () => accounts.alibabaCloudFor(ref.instanceId, { endpointId: ref.endpointId }),
      port: inventory.details(ref.instanceId).value?.service.port ?? usualPort,
      endpoint: () => inventory.endpoint(ref.instanceId, ref.endpointId)?.endpoint,
      log,
    });
    this.channel = new WebviewChannel<DetailsState, typeof fromDetailsSchema>(panel.webview, {
      extensionUri,
      bundle: { name: 'details', title: 'Private Endpoint' },
      schema: fromDetailsSchema,
      onMessage: (message) => void this.attempt(() => this.perform(message)),
      log,
    });
    this.subscriptions = [
      this.channel,
      this.reader,
      this.reader.onDidChange(({ value, loading, error }) => {
        if (value !== undefined && !loading && error === undefined) {
          monitor.noteZones(ref, value.zones);
        }
        this.render();
      }),
      inventory.onDidChange(() => this.render()),
      monitor.onDidChange(() => this.render()),
    ];
    this.render();
    void this.attempt(() => this.begin());
  }

  reveal(): void {
    this.panel.reveal();
  }

  close(): void {
    this.panel.dispose();
  }

  dispose(): void {
    this.subscriptions.forEach((subscription) => subscription.dispose());
  }

  /** After a reload nothing is known yet. */
  private async begin(): Promise<void> {
    const { inventory } = this.services;
    const { instanceId } = this.ref;
    if (inventory.snapshot.instances.value === undefined) {
      await inventory.refreshInstances();
    }
    if (inventory.details(instanceId).value === undefined) {
      await inventory.refreshDetails(instanceId);
    }
    await this.reader.refresh();
  }

  private render(): void {
    const { inventory, book, history, isSandbox } = this.services;
    const { instanceId, endpointId } = this.ref;
    const instance = inventory.instance(instanceId);
    const endpoint = inventory.endpoint(instanceId, endpointId);
    if (instance === undefined || endpoint === undefined) {
      return;
    }
    this.last = detailsState({
      sandbox: isSandbox(),
      instance,
      service: inventory.details(instanceId).value?.service,
      endpoint,
      record: book.of(this.ref),
      reachability: reachabilityOf(instance.endpoints, endpoint),
      details: this.reader.details,
      timeline: history.of(this.ref),
    });
    this.panel.title = this.last.title;
    this.channel.send(this.last);
  }

  private async perform(message: Exclude<FromDetails, { type: 'ready' }>): Promise<void> {
    switch (message.type) {
      case 'refresh':
        return this.refresh();
      case 'copy':
        return this.copy(message.value);
      case 'act':
        return this.act(message.action);
    }
  }

  private async refresh(): Promise<void> {
    await this.services.inventory.refreshDetails(this.ref.instanceId, { withInstance: true });
    await Promise.all([this.reader.refresh(), this.services.monitor.probe(this.ref)]);
  }

  private async copy(value: string): Promise<void> {
    if (this.last !== undefined && valuesOf(this.last).includes(value)) {
      await env.clipboard.writeText(value);
      window.setStatusBarMessage(`$(check) Copied ${value}`, 3000);
    }
  }

  private async act(action: string): Promise<void> {
    const endpoint = this.services.inventory.endpoint(this.ref.instanceId, this.ref.endpointId);
    const command = endpoint && actionsOf(endpoint).find(({ id }) => id === action);
    if (command !== undefined) {
      await vscodeCommands.executeCommand(command.id, { ...this.ref });
    } else if (isRemedy(action)) {
      const { error } = this.reader.details;
      await this.services.notifications.apply(action, error, () => void this.attempt(() => this.refresh()));
    }
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.services.notifications.showError('Endpoint details', error, () => void this.attempt(work));
    }
  }
}

const valuesOf = ({ groups, zones = [], securityGroups = [] }: DetailsState): readonly string[] => [
  ...groups.flatMap(({ facts }) => facts.map(({ value }) => value)),
  ...zones.flatMap(({ zoneId, ip, vSwitchId, networkInterfaceId }) => [
    ...[zoneId, ip, vSwitchId, networkInterfaceId],
  ]),
  ...securityGroups.map(({ id }) => id),
];
