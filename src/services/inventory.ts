import { collect } from '../core/collect';
import { Emitter } from '../core/emitter';
import { AppError, isCancellation } from '../core/errors';
import { joinEndpoints, type PrivateEndpoint } from '../core/health';
import { failed, loaded, notLoaded, startLoading, type Loadable } from '../core/loadable';
import {
  alibabaRegionOf,
  isPremium,
  type EndpointConnection,
  type Instance,
  type PrivateLinkService,
  type VpcEndpoint,
} from '../core/model';
import type { Log } from '../core/ports';
import type { Accounts } from './accounts';

export interface InstanceDetails {
  readonly service: PrivateLinkService;
  readonly endpoints: readonly PrivateEndpoint[];
  /** Why Alibaba Cloud's side is missing, when it was asked and failed. */
  readonly alibabaCloudError?: unknown;
}

export interface Snapshot {
  /** TiDB Cloud Premium instances, on whichever cloud they run. */
  readonly instances: Loadable<readonly Instance[]>;
  readonly details: ReadonlyMap<string, Loadable<InstanceDetails>>;
}

const nothing: Snapshot = { instances: notLoaded, details: new Map() };

/**
 * What is known of both clouds, as immutable snapshots. Tree, panels and status bar render from it; only this asks the
 * clouds for lists. Concurrent requests for the same thing become one.
 */
export class Inventory {
  private current: Snapshot = nothing;
  private readonly changed: Emitter<Snapshot>;
  private readonly running = new Map<string, Promise<void>>();
  /** How often something newer than a list was noted for an instance. */
  private readonly noted = new Map<string, number>();
  /** Raised when the account changes: answers to earlier questions are then dropped. */
  private epoch = 0;

  constructor(
    private readonly accounts: Accounts,
    private readonly log: Log,
  ) {
    this.changed = new Emitter((error) => log.error('A listener of the inventory failed', error));
    accounts.onDidChange(() => {
      this.epoch++;
      this.running.clear();
      this.update(nothing);
    });
  }

  get snapshot(): Snapshot {
    return this.current;
  }

  get onDidChange(): Emitter<Snapshot>['event'] {
    return this.changed.event;
  }

  instance(instanceId: string): Instance | undefined {
    return this.current.instances.value?.find(({ id }) => id === instanceId);
  }

  details(instanceId: string): Loadable<InstanceDetails> {
    return this.current.details.get(instanceId) ?? notLoaded;
  }

  endpoint(instanceId: string, endpointId: string): PrivateEndpoint | undefined {
    return this.details(instanceId).value?.endpoints.find((endpoint) => endpoint.endpointId === endpointId);
  }

  /** Every private endpoint that is known, with its instance. */
  endpoints(): readonly { readonly instance: Instance; readonly endpoint: PrivateEndpoint }[] {
    return (this.current.instances.value ?? []).flatMap((instance) =>
      (this.details(instance.id).value?.endpoints ?? []).map((endpoint) => ({ instance, endpoint })),
    );
  }

  /** Lists the instances. A failure is kept in the snapshot for the views to show. */
  async refreshInstances(): Promise<void> {
    const { epoch } = this;
    await this.listInstances();
    if (epoch !== this.epoch && this.current.instances.value === undefined) {
      // The account has changed meanwhile: its instances are the ones to show.
      await this.refreshInstances();
    }
  }

  /** Reads an instance's private link service and its private endpoints on both clouds. */
  refreshDetails(instanceId: string): Promise<void> {
    return this.once(`details/${instanceId}`, async (isCurrent) => {
      this.setDetails(instanceId, startLoading(this.current.details.get(instanceId)));
      try {
        const noted = this.noted.get(instanceId);
        let details = await this.readDetails(instanceId);
        if (isCurrent() && this.noted.get(instanceId) !== noted) {
          // A creation saw more than these lists, which were on their way already.
          details = await this.readDetails(instanceId);
        }
        if (isCurrent()) {
          this.setDetails(instanceId, loaded(details));
        }
      } catch (error) {
        if (isCurrent()) {
          this.noteFailure(`Read the private endpoints of ${instanceId}`, error);
          this.setDetails(instanceId, failed(this.current.details.get(instanceId), error));
        }
      }
    });
  }

  /** Lists the instances and reads again every detail that was read before. */
  async refreshAll(): Promise<void> {
    const known = [...this.current.details.keys()];
    await this.refreshInstances();
    await Promise.all(
      known.filter((id) => this.instance(id) !== undefined).map((id) => this.refreshDetails(id)),
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

  private listInstances(): Promise<void> {
    return this.once('instances', async (isCurrent) => {
      this.update({ ...this.current, instances: startLoading(this.current.instances) });
      try {
        const api = await this.accounts.tidbCloud();
        const instances: Instance[] = [];
        for await (const instance of api.listInstances()) {
          if (isPremium(instance)) {
            instances.push(instance);
          }
        }
        if (isCurrent()) {
          this.update({ ...this.current, instances: loaded(instances) });
        }
      } catch (error) {
        if (isCurrent()) {
          this.noteFailure('List the instances', error);
          this.update({ ...this.current, instances: failed(this.current.instances, error) });
        }
      }
    });
  }

  private async readDetails(instanceId: string): Promise<InstanceDetails> {
    const api = await this.accounts.tidbCloud();
    const [service, connections] = await Promise.all([
      api.getPrivateLinkService(instanceId),
      collect(api.listConnections(instanceId)),
    ]);
    const { endpoints, error } = await this.alibabaCloudEndpoints(instanceId, service);
    return {
      service,
      endpoints: joinEndpoints(instanceId, connections, endpoints),
      ...(error !== undefined && { alibabaCloudError: error }),
    };
  }

  private async alibabaCloudEndpoints(
    instanceId: string,
    service: PrivateLinkService,
  ): Promise<{ endpoints: readonly VpcEndpoint[]; error?: unknown }> {
    const regionId = alibabaRegionOf(this.instance(instanceId)?.regionId ?? '');
    if (
      regionId === undefined ||
      service.serviceName === '' ||
      !(await this.accounts.isSignedIn('Alibaba Cloud'))
    ) {
      return { endpoints: [] };
    }
    try {
      const api = await this.accounts.alibabaCloud();
      return { endpoints: await collect(api.listEndpoints(regionId, { serviceName: service.serviceName })) };
    } catch (error) {
      // TiDB Cloud's side is shown all the same.
      this.noteFailure(`List the endpoints in ${regionId}`, error);
      return { endpoints: [], error };
    }
  }

  private noteFailure(what: string, error: unknown): void {
    if (!isCancellation(error) && !(AppError.is(error) && error.code === 'notSignedIn')) {
      this.log.error(`${what}: failed`, error);
    }
  }

  private once(key: string, task: (isCurrent: () => boolean) => Promise<void>): Promise<void> {
    const already = this.running.get(key);
    if (already !== undefined) {
      return already;
    }
    const epoch = this.epoch;
    let follow: (work: Promise<void>) => void = () => undefined;
    const run = new Promise<void>((resolve) => (follow = resolve)).finally(() => {
      if (this.running.get(key) === run) {
        this.running.delete(key);
      }
    });
    // Before the task begins: a listener that it calls may ask for the same.
    this.running.set(key, run);
    follow(task(() => epoch === this.epoch));
    return run;
  }

  private setDetails(instanceId: string, details: Loadable<InstanceDetails>): void {
    this.update({ ...this.current, details: new Map(this.current.details).set(instanceId, details) });
  }

  private update(next: Snapshot): void {
    this.current = next;
    this.changed.fire(next);
  }
}

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

const endpointsOf = (endpoints: readonly PrivateEndpoint[]): readonly VpcEndpoint[] =>
  endpoints.flatMap(({ endpoint }) => (endpoint === undefined ? [] : [endpoint]));
