import { commands as vscodeCommands, env, window, type Uri, type WebviewPanel } from 'vscode';
import type { Disposable } from '../../core/emitter';
import { isCancellation, wordingOf } from '../../core/errors';
import { endpointName } from '../../core/health';
import { reachabilityOf } from '../../core/jointHealth';
import type { Loadable } from '../../core/loadable';
import type { Clock, Log } from '../../core/ports';
import { isRemedy, type Notifications } from '../../platform/notifications';
import { copyables, fromDetailsSchema, type DetailsState, type FromDetails } from '../../protocol/details';
import type { Accounts } from '../../services/accounts';
import type { EndpointRef } from '../../services/connections';
import type { HealthBook } from '../../services/health/book';
import { EndpointDetailsReader } from '../../services/health/endpointDetails';
import type { HealthHistory } from '../../services/health/history';
import type { HealthMonitor } from '../../services/healthMonitor';
import type { Inventory } from '../../services/inventory';
import type { ProductionMarks } from '../../services/productionMarks';
import type { CreationRunner } from '../../services/provisioning/runner';
import { WebviewChannel } from '../panelBase';
import { detailsState, errorsOf, type Seen } from './view';

export interface DetailsPanelServices {
  readonly extensionUri: Uri;
  readonly accounts: Accounts;
  readonly inventory: Inventory;
  readonly monitor: Pick<HealthMonitor, 'onDidChange' | 'noteZones' | 'probe'>;
  readonly book: HealthBook;
  readonly history: HealthHistory;
  readonly runner: Pick<CreationRunner, 'unfinished' | 'onDidChange'>;
  readonly production: Pick<ProductionMarks, 'has' | 'onDidChange'>;
  readonly notifications: Notifications;
  readonly clock: Clock;
  readonly log: Log;
  readonly isSandbox: () => boolean;
}

/** What changes within so long is shown once. */
const gatheringMs = 50;

/** The host side of the details panel of one endpoint. While it is not in sight it reads and shows nothing. */
export class DetailsPanel implements Disposable {
  private readonly channel: WebviewChannel<DetailsState, typeof fromDetailsSchema>;
  private readonly reader: EndpointDetailsReader;
  private readonly subscriptions: readonly Disposable[];
  private readonly ended = new AbortController();
  private last: DetailsState | undefined;
  /** `last` as it was sent. */
  private sent: string | undefined;
  private gathering = false;
  private lastName: string | undefined;
  /** False after a reload: the editor has kept the title, until something better is known. */
  private hasTitle = false;
  /** Assumed until it is known. */
  private hasAlibabaCloud = true;

  constructor(
    private readonly panel: WebviewPanel,
    private readonly services: DetailsPanelServices,
    readonly ref: EndpointRef,
  ) {
    const { extensionUri, accounts, inventory, monitor, runner, production, log } = services;
    this.reader = new EndpointDetailsReader({
      api: () => accounts.alibabaCloudFor(ref.instanceId, { endpointId: ref.endpointId }),
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
        this.noticed();
      }),
      inventory.onDidChange((change) => {
        if (change.kind === 'instances' || change.instanceId === ref.instanceId) {
          this.noticed();
        }
      }),
      monitor.onDidChange(() => this.noticed()),
      runner.onDidChange(({ creation }) => {
        if (creation.endpointId === ref.endpointId) {
          this.noticed();
        }
      }),
      production.onDidChange((endpointId) => {
        if (endpointId === ref.endpointId) {
          this.noticed();
        }
      }),
      accounts.onDidChange(({ isRename }) => {
        if (isRename !== true) {
          this.lastName = undefined;
          this.hasTitle = true;
          this.reader.reset();
          void this.attempt(() => this.noteAccounts());
        }
      }),
      panel.onDidChangeViewState(() => this.show()),
    ];
    this.show();
    void this.attempt(() => this.noteAccounts());
  }

  get visible(): boolean {
    return this.panel.visible;
  }

  reveal(): void {
    this.panel.reveal();
  }

  dispose(): void {
    this.ended.abort();
    this.subscriptions.forEach((subscription) => subscription.dispose());
  }

  /** At once, for what has come into sight. */
  private show(): void {
    if (this.visible) {
      this.render();
      this.catchUp();
    }
  }

  /** Something may be another: shown soon, with what else changes until then. */
  private noticed(): void {
    if (this.gathering || !this.visible) {
      return;
    }
    this.gathering = true;
    this.services.clock.sleep(gatheringMs, this.ended.signal).then(
      () => {
        this.gathering = false;
        this.show();
      },
      // The panel is gone.
      () => undefined,
    );
  }

  /** Reads what was not read yet, one after the other: after a reload, and when the accounts have changed, nothing is known. */
  private catchUp(): void {
    const { inventory } = this.services;
    const { instanceId, endpointId } = this.ref;
    if (isUntried(inventory.snapshot.instances)) {
      void this.attempt(() => inventory.refreshInstances());
    } else if (inventory.instance(instanceId) !== undefined && isUntried(inventory.details(instanceId))) {
      void this.attempt(() => inventory.refreshDetails(instanceId));
    } else if (
      inventory.endpoint(instanceId, endpointId)?.endpoint !== undefined &&
      isUntried(this.reader.details)
    ) {
      void this.attempt(() => this.reader.refresh());
    }
  }

  private async noteAccounts(): Promise<void> {
    this.hasAlibabaCloud = await this.services.accounts.isSignedIn('Alibaba Cloud');
    this.noticed();
  }

  private render(): void {
    const { seen } = this;
    this.lastName = seen.endpoint === undefined ? this.lastName : endpointName(seen.endpoint);
    this.last = detailsState(seen);
    this.hasTitle ||= this.lastName !== undefined;
    if (this.hasTitle) {
      this.panel.title = this.last.title;
    }
    const text = JSON.stringify(this.last);
    if (text !== this.sent) {
      this.sent = text;
      this.channel.send(this.last);
    }
  }

  private get seen(): Seen {
    const { inventory, book, history, isSandbox, production, runner } = this.services;
    const { ref, lastName, hasAlibabaCloud } = this;
    const { instanceId, endpointId } = ref;
    const { instances, isWhole, failures } = inventory.snapshot;
    const instance = inventory.instance(instanceId);
    const endpoint = inventory.endpoint(instanceId, endpointId);
    return {
      ...{ ref, instance, endpoint, lastName, hasAlibabaCloud },
      sandbox: isSandbox(),
      listing: {
        loading: instances.loading,
        error: instances.error ?? failures[0]?.error,
        isWhole,
      },
      read: inventory.details(instanceId),
      record: book.of(ref),
      reachability: instance && endpoint && reachabilityOf(instance.endpoints, endpoint),
      details: this.reader.details,
      timeline: history.of(ref),
      isProduction: production.has(endpointId),
      removing: runner
        .unfinished()
        .some(({ creation }) => creation.endpointId === endpointId && creation.removal !== undefined),
    };
  }

  private async perform(message: Exclude<FromDetails, { type: 'ready' }>): Promise<void> {
    switch (message.type) {
      case 'refresh':
        return this.refresh();
      case 'copy':
        return this.copy(message.requestId, message.id);
      case 'act':
        return this.act(message.action);
    }
  }

  private async refresh(): Promise<void> {
    const { inventory, monitor } = this.services;
    const { instanceId } = this.ref;
    if (inventory.instance(instanceId) === undefined) {
      await inventory.refreshInstances();
    }
    if (inventory.instance(instanceId) !== undefined) {
      await inventory.refreshDetails(instanceId, { everyAccount: true, withInstance: true });
    }
    await Promise.all([this.reader.refresh(), monitor.probe(this.ref)]);
  }

  /** The page shows that a value is copied once it is. */
  private async copy(requestId: number, id: string): Promise<void> {
    const value = this.last && copyables(this.last).get(id);
    if (value === undefined) {
      this.channel.answer(requestId, { failure: 'It has changed meanwhile' });
      return;
    }
    try {
      await env.clipboard.writeText(value);
    } catch (error) {
      this.channel.answer(requestId, { failure: 'The clipboard cannot be used' });
      throw error;
    }
    window.setStatusBarMessage(`$(check) Copied ${value}`, 3000);
    this.channel.answer(requestId, { value: true });
  }

  private async act(action: string): Promise<void> {
    const command = this.last?.actions.find(({ id }) => id === action);
    if (command !== undefined) {
      await vscodeCommands.executeCommand(command.id, { ...this.ref });
    } else if (isRemedy(action)) {
      const error = errorsOf(this.seen).find((each) => wordingOf(each).remedies.includes(action));
      await this.services.notifications.apply(action, error, () => void this.attempt(() => this.refresh()));
    }
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!isCancellation(error)) {
        this.services.notifications.showError('Endpoint details', error, () => void this.attempt(work));
      }
    }
  }
}

const isUntried = ({ value, loading, error }: Loadable<unknown>): boolean =>
  value === undefined && !loading && error === undefined;
