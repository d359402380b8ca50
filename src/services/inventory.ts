import { Emitter } from '../core/emitter';
import { AppError, cancellation } from '../core/errors';
import { joinEndpoints, type PrivateEndpoint } from '../core/health';
import { failed, loaded, notLoaded, startLoading, type Loadable } from '../core/loadable';
import { alibabaRegionOf, type EndpointConnection, type Instance, type VpcEndpoint } from '../core/model';
import type { Log } from '../core/ports';
import type { Account, Accounts, AccountsChange } from './accounts';
import {
  DetailsReader,
  endpointsOf,
  logFailure,
  type DetailsOptions,
  type InstanceDetails,
} from './detailsReader';
import { isRefused, type LookupFailure } from './endpointLookup';
import { InstanceLists } from './instanceLists';

/** The list of instances: a new one with every change of it. */
export interface Snapshot {
  /** TiDB Cloud Premium instances, on whichever cloud they run. An error when no account could be listed. */
  readonly instances: Loadable<readonly Instance[]>;
  /** False while pages of the first reading are still on their way: what is not listed may yet come. */
  readonly isWhole: boolean;
  /** Every account was listed to its end, without a failure since: an instance that is not listed is gone. */
  readonly isComplete: boolean;
  /** Accounts that could not be listed while others were. */
  readonly failures: readonly { readonly account: Account; readonly error: unknown }[];
  /** What was read of each instance, as it is now. */
  readonly details: Pick<ReadonlyMap<string, Loadable<InstanceDetails>>, 'get'>;
}

/** What has changed: the list of instances, or the details of one. */
export type InventoryChange =
  { readonly kind: 'instances' } | { readonly kind: 'details'; readonly instanceId: string };

/**
 * What is known of both clouds. Tree, panels and status bar render from it; only this asks the clouds for lists.
 * Concurrent requests for the same thing become one. The details are an index that changes in place, since a copy for
 * each change would cost what exists and not what has changed; each entry is immutable.
 */
export class Inventory {
  private readonly lists = new InstanceLists();
  private readonly known = new Map<string, Loadable<InstanceDetails>>();
  /** Read by themselves while they are not listed yet. */
  private readonly unlisted = new Map<string, Instance>();
  private current: Snapshot = {
    ...{ instances: notLoaded, isWhole: false, isComplete: false, failures: [] },
    details: this.known,
  };
  private readonly reader: DetailsReader;
  private readonly changed: Emitter<InventoryChange>;
  private readonly running = new Map<string, Promise<void>>();
  /** How often something newer than a list was noted for an instance. */
  private readonly noted = new Map<string, number>();
  /** The lists that are being read, by the ids of their accounts. */
  private readonly readings = new Map<string, Reading>();
  /** How often the TiDB Cloud accounts have changed. */
  private accountsChanged = 0;
  /** Aborted when the accounts change: answers to earlier questions are then dropped. */
  private ofDetails = new AbortController();

  constructor(
    private readonly accounts: Accounts,
    private readonly log: Log,
  ) {
    this.changed = new Emitter((error) => log.error('A listener of the inventory failed', error));
    this.reader = new DetailsReader({
      ...{ accounts, log },
      regionOf: (id) => alibabaRegionOf(this.instance(id)?.regionId ?? ''),
      onInstance: (instance) => this.noteInstance(instance),
    });
    accounts.onDidChange((change) => this.forget(change));
  }

  get snapshot(): Snapshot {
    return this.current;
  }

  get onDidChange(): Emitter<InventoryChange>['event'] {
    return this.changed.event;
  }

  instance(instanceId: string): Instance | undefined {
    return this.lists.get(instanceId) ?? (this.current.isWhole ? undefined : this.unlisted.get(instanceId));
  }

  /** How many TiDB Cloud accounts are listed. */
  get accountCount(): number {
    return this.lists.count;
  }

  /** The TiDB Cloud account that lists it. */
  accountOf(instanceId: string): Account | undefined {
    return this.lists.accountOf(instanceId);
  }

  details(instanceId: string): Loadable<InstanceDetails> {
    return this.known.get(instanceId) ?? notLoaded;
  }

  /** The Alibaba Cloud accounts that could not be asked when the details were read; none where there is but one. */
  alibabaCloudFailures(instanceId: string): readonly LookupFailure[] {
    return this.reader.failuresOf(instanceId);
  }

  endpoint(instanceId: string, endpointId: string): PrivateEndpoint | undefined {
    return this.details(instanceId).value?.endpoints.find((endpoint) => endpoint.endpointId === endpointId);
  }

  /** Every private endpoint that is known, with its instance. */
  endpoints(): readonly { readonly instance: Instance; readonly endpoint: PrivateEndpoint }[] {
    return [...this.known].flatMap(([instanceId, { value }]) => {
      const instance = this.instance(instanceId);
      return instance === undefined
        ? []
        : (value?.endpoints ?? []).map((endpoint) => ({ instance, endpoint }));
    });
  }

  /** Lists the instances, to the end. A failure is kept in the snapshot for the views to show. */
  async refreshInstances(): Promise<void> {
    let before = this.accountsChanged;
    await this.listInstances(false);
    while (before !== this.accountsChanged && !this.current.isWhole) {
      // The accounts have changed meanwhile: theirs are the ones to show.
      before = this.accountsChanged;
      await this.listInstances(true);
    }
  }

  /** Begins to list the instances where nobody has, and waits until there is something to show, or that there is nothing. */
  async firstPage(): Promise<void> {
    const hasSome = (): boolean => {
      const { value, error } = this.current.instances;
      return value !== undefined || error !== undefined;
    };
    if (hasSome()) {
      return;
    }
    const reading = this.refreshInstances();
    await new Promise<void>((resolve, reject) => {
      const subscription = this.changed.event(() => hasSome() && end());
      const end = (): void => {
        subscription.dispose();
        resolve();
      };
      reading.then(end, (error: unknown) => {
        subscription.dispose();
        reject(error instanceof Error ? error : new Error(String(error)));
      });
    });
  }

  /** Reads an instance, its private link service and its private endpoints on both clouds. */
  refreshDetails(instanceId: string, options: DetailsOptions = {}): Promise<void> {
    const { signal } = this.ofDetails;
    return this.once(`details/${instanceId}${options.everyAccount === true ? '/every' : ''}`, async () => {
      this.setDetails(instanceId, startLoading(this.known.get(instanceId)));
      try {
        const noted = this.noted.get(instanceId);
        let details = await this.reader.read(instanceId, options, this.known.get(instanceId)?.value);
        if (!signal.aborted && this.noted.get(instanceId) !== noted) {
          // A creation saw more than these lists, which were on their way already.
          details = await this.reader.read(instanceId, options, this.known.get(instanceId)?.value);
        }
        if (!signal.aborted) {
          this.setDetails(instanceId, loaded(details));
        }
      } catch (error) {
        if (!signal.aborted) {
          logFailure(this.log, `Read the private endpoints of ${instanceId}`, error);
          this.setDetails(instanceId, failed(this.known.get(instanceId), error));
        }
      }
    });
  }

  /**
   * Lists the instances and reads again every detail that was read before; where these are many, of those that are shown.
   */
  async refreshAll(shown?: readonly string[]): Promise<void> {
    const known = [...this.known.keys()];
    const instanceIds = shown === undefined || known.length <= fewDetails ? known : shown;
    await this.refreshInstances();
    await Promise.all(
      instanceIds
        .filter((id) => this.instance(id) !== undefined)
        .map((id) => this.refreshDetails(id, { everyAccount: true })),
    );
  }

  /** Takes over what a creation has just seen, so that every view shows it without asking again. */
  noteObserved(
    instanceId: string,
    seen: {
      readonly endpoint?: VpcEndpoint | undefined;
      readonly connections?: readonly EndpointConnection[];
    },
  ): void {
    this.noted.set(instanceId, (this.noted.get(instanceId) ?? 0) + 1);
    const before = this.details(instanceId);
    if (before.value === undefined) {
      return;
    }
    const connections = seen.connections ?? connectionsOf(before.value.endpoints);
    const endpoints = withEndpoint(endpointsOf(before.value.endpoints), seen.endpoint);
    this.setDetails(instanceId, {
      ...before,
      value: { ...before.value, endpoints: joinEndpoints(instanceId, connections, endpoints) },
    });
  }

  /** @param onlyNew lists the accounts that were not listed yet */
  private listInstances(onlyNew: boolean): Promise<void> {
    const before = this.accountsChanged;
    const isCurrent = (): boolean => before === this.accountsChanged;
    return this.once('instances', async () => {
      this.publish(startLoading(this.current.instances));
      try {
        const accounts = await this.accounts.list('TiDB Cloud');
        if (!isCurrent()) {
          return;
        }
        if (accounts.length === 0) {
          throw new AppError('notSignedIn', { source: 'TiDB Cloud' });
        }
        const missing = onlyNew ? this.lists.missing(accounts) : accounts;
        this.stopReading((id) => accounts.some((account) => account.id === id));
        this.lists.begin(accounts);
        await Promise.all(missing.map((account) => this.listAccount(account)));
        const named = await this.accounts.list('TiDB Cloud');
        if (isCurrent()) {
          this.lists.rename(named);
          this.publishEnd();
        }
      } catch (error) {
        if (isCurrent()) {
          logFailure(this.log, 'List the instances', error);
          this.publish(failed(this.current.instances, error));
        }
      }
    });
  }

  /** One that is being read goes on, whichever other accounts come or go. */
  private listAccount(account: Account): Promise<void> {
    const { id } = account;
    const already = this.readings.get(id);
    if (already !== undefined) {
      return already.work;
    }
    const abort = new AbortController();
    const work = this.readAccount(account, abort.signal).finally(() => {
      if (this.readings.get(id)?.abort === abort) {
        this.readings.delete(id);
      }
    });
    this.readings.set(id, { abort, work });
    return work;
  }

  private stopReading(isKept: (accountId: string) => boolean): void {
    for (const [id, { abort }] of this.readings) {
      if (!isKept(id)) {
        abort.abort(cancellation());
        this.readings.delete(id);
      }
    }
  }

  private async readAccount(account: Account, signal: AbortSignal): Promise<void> {
    const { id } = account;
    this.lists.restart(id);
    let organizationId: string | undefined;
    try {
      const api = await this.accounts.tidbCloudOf(account);
      for await (const page of api.listInstancePages(signal)) {
        signal.throwIfAborted();
        organizationId ??= page[0]?.organizationId;
        if (this.lists.page(id, page)) {
          this.publish({ loading: true, value: this.lists.instances ?? [] });
        }
        this.noteAccounts(page);
      }
      signal.throwIfAborted();
      this.lists.end(id);
      this.noteAccounts(this.lists.instances ?? []);
      this.accounts.noteFailure(id, undefined);
      await this.noteOrganization(account, organizationId);
    } catch (error) {
      if (!signal.aborted) {
        logFailure(this.log, `List the instances of ${account.name}`, error);
        this.accounts.noteFailure(id, isRefused(error) ? error : undefined);
        this.lists.fail(id, error);
        this.noteAccounts(this.lists.instances ?? []);
      }
    }
  }

  /** Where there is one account there is nothing to tell apart. */
  private noteAccounts(instances: readonly Instance[]): void {
    if (this.lists.count === 1) {
      return;
    }
    for (const { id } of instances) {
      const account = this.lists.accountOf(id);
      if (account !== undefined) {
        this.accounts.matches.noteInstance(id, account.id);
      }
    }
  }

  private async noteOrganization(account: Account, organizationId: string | undefined): Promise<void> {
    try {
      await (organizationId === undefined || this.accounts.noteOrganization(account, organizationId));
    } catch (error) {
      this.log.error('Remember the organization of an account: failed', error);
    }
  }

  private noteInstance(instance: Instance): void {
    if (this.lists.get(instance.id) === undefined) {
      this.unlisted.set(instance.id, instance);
    } else if (this.lists.update(instance)) {
      this.publish({ ...this.current.instances, value: this.lists.instances ?? [] });
    }
  }

  private once(key: string, task: () => Promise<void>): Promise<void> {
    const already = this.running.get(key);
    if (already !== undefined) {
      return already;
    }
    let follow: (work: Promise<void>) => void = () => undefined;
    const run = new Promise<void>((resolve) => (follow = resolve)).finally(() => {
      if (this.running.get(key) === run) {
        this.running.delete(key);
      }
    });
    // Before the task begins: a listener that it calls may ask for the same.
    this.running.set(key, run);
    follow(task());
    return run;
  }

  /** What was read with accounts that have changed. */
  private forget({ cloud, accountId, isRename }: AccountsChange): void {
    if (isRename === true) {
      this.takeNames().catch((error: unknown) => this.log.error('Read the accounts: failed', error));
      return;
    }
    this.ofDetails.abort(cancellation());
    this.ofDetails = new AbortController();
    this.reader.forget();
    const forgotten = [...this.known.keys()];
    this.known.clear();
    [...this.running.keys()].filter(isOfDetails).forEach((key) => this.running.delete(key));
    if (cloud === 'TiDB Cloud') {
      this.accountsChanged += 1;
      this.stopReading((id) => accountId !== undefined && id !== accountId);
      this.running.delete('instances');
      this.lists.forget(accountId);
      this.unlisted.clear();
      const { instances: value } = this.lists;
      this.publish(value === undefined ? notLoaded : loaded(value));
      if (value !== undefined) {
        void this.listInstances(true);
      }
    } else {
      forgotten.forEach((instanceId) => this.changed.fire({ kind: 'details', instanceId }));
    }
  }

  private async takeNames(): Promise<void> {
    if (this.lists.rename(await this.accounts.list('TiDB Cloud'))) {
      this.publish(this.current.instances);
    }
  }

  private setDetails(instanceId: string, details: Loadable<InstanceDetails>): void {
    this.known.set(instanceId, details);
    this.changed.fire({ kind: 'details', instanceId });
  }

  private publishEnd(): void {
    const { instances: value, failures } = this.lists;
    const before = value === undefined ? notLoaded : loaded(value);
    const isUsable = value !== undefined && failures.length < this.lists.count;
    this.publish(isUsable ? before : failed(before, failures[0]?.error));
  }

  private publish(instances: Loadable<readonly Instance[]>): void {
    const { isWhole, isComplete, failures, count } = this.lists;
    const told = count > 1 ? failures : [];
    this.current = { instances, isWhole, isComplete, failures: told, details: this.known };
    this.changed.fire({ kind: 'instances' });
  }
}

interface Reading {
  readonly abort: AbortController;
  readonly work: Promise<void>;
}

/** So many details cost little to read again. */
const fewDetails = 20;

const isOfDetails = (key: string): boolean => key.startsWith('details/');

const connectionsOf = (endpoints: readonly PrivateEndpoint[]): readonly EndpointConnection[] =>
  endpoints.flatMap(({ connection }) => (connection === undefined ? [] : [connection]));

/** PrivateLink shows an endpoint's tags in its list only: a look at one endpoint does not take them away. */
const withEndpoint = (
  before: readonly VpcEndpoint[],
  seen: VpcEndpoint | undefined,
): readonly VpcEndpoint[] => {
  if (seen === undefined) {
    return before;
  }
  const known = before.find(({ id }) => id === seen.id);
  return [
    ...before.filter((endpoint) => endpoint !== known),
    { ...seen, tags: { ...known?.tags, ...seen.tags } },
  ];
};
