import { Lookup } from './lookup';
import type { Connection, Endpoint, Instance, PrivateLinkService, WorldState } from './model';

export type WorldSnapshot = WorldState;

const WAIT_LIMIT_MS = 30_000;

/** The state both clouds share, with word of every change. */
export class World {
  private readonly listeners = new Set<() => void>();
  private readonly instances = new Lookup<Instance>(({ tidbId }) => tidbId);
  private readonly servicesOf = new Lookup<PrivateLinkService>(({ tidbId }) => tidbId);
  private readonly services = new Lookup<PrivateLinkService>(({ serviceId }) => serviceId);
  private readonly endpoints = new Lookup<Endpoint>(({ endpointId }) => endpointId);
  private readonly endpointsOfService = new Lookup<Endpoint>(({ serviceId }) => serviceId);
  private readonly connections = new Lookup<Connection>(({ endpointId }) => endpointId);
  private readonly connectionsOfInstance = new Lookup<Connection>(({ tidbId }) => tidbId);

  constructor(readonly state: WorldState) {}

  /** A copy that does not change. */
  snapshot(): WorldSnapshot {
    return structuredClone(this.state);
  }

  /** To be called after every change of `state`. */
  changed(): void {
    for (const listener of [...this.listeners]) {
      listener();
    }
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * Resolves with a snapshot as soon as `predicate` holds, looking now and at each change.
   * @throws when that takes more than `limitMs` real milliseconds.
   */
  async waitFor(
    predicate: (state: WorldSnapshot) => boolean,
    limitMs = WAIT_LIMIT_MS,
  ): Promise<WorldSnapshot> {
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void): void => {
        clearTimeout(timer);
        stopListening();
        settle();
      };
      const look = (): void => {
        const snapshot = this.snapshot();
        try {
          if (predicate(snapshot)) {
            finish(() => resolve(snapshot));
          }
        } catch (error) {
          finish(() => reject(error instanceof Error ? error : new Error(String(error))));
        }
      };
      const timer = setTimeout(
        () =>
          finish(() => reject(new Error(`The sandbox did not reach the awaited state within ${limitMs} ms`))),
        limitMs,
      );
      const stopListening = this.onChange(look);
      look();
    });
  }

  instance(tidbId: string): Instance | undefined {
    return this.instances.find(this.state.instances, tidbId);
  }

  serviceOf(tidbId: string): PrivateLinkService | undefined {
    return this.servicesOf.find(this.state.services, tidbId);
  }

  service(serviceId: string): PrivateLinkService | undefined {
    return this.services.find(this.state.services, serviceId);
  }

  /** The service of an endpoint, also one that is gone. */
  serviceBehind(endpoint: Endpoint): PrivateLinkService | undefined {
    const { serviceId } = endpoint;
    return this.service(serviceId) ?? this.state.deletedServices.find((gone) => gone.serviceId === serviceId);
  }

  endpoint(endpointId: string): Endpoint | undefined {
    return this.endpoints.find(this.state.endpoints, endpointId);
  }

  connectionOf(endpointId: string): Connection | undefined {
    return this.connections.find(this.state.connections, endpointId);
  }

  connectionsOf(tidbId: string): readonly Connection[] {
    return this.connectionsOfInstance.all(this.state.connections, tidbId);
  }

  /** Endpoints that reach the service but were not posted to TiDB Cloud, which lists them as DISCOVERED. */
  discovered(service: PrivateLinkService): Endpoint[] {
    return this.endpointsOfService
      .all(this.state.endpoints, service.serviceId)
      .filter(
        (endpoint) =>
          (endpoint.status === 'Active' || endpoint.status === 'Pending') &&
          !this.connectionOf(endpoint.endpointId),
      );
  }
}
