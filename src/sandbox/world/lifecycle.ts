import type { Clock } from '../clock';
import type {
  Connection,
  ConnectionStatus,
  Endpoint,
  Instance,
  InstanceState,
  PrivateLinkService,
  ZoneStatus,
} from './model';
import type { World } from './world';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** How long the real clouds take, as the guide and the published clients' time limits tell. */
export const DURATIONS = {
  instanceCreation: 2 * MINUTE,
  instanceResumption: MINUTE,
  instancePause: MINUTE,
  instanceChange: 30 * SECOND,
  instanceDeletion: MINUTE,
  publicConnectionChange: 10 * SECOND,
  /** From when the instance is there. */
  serviceCreation: 4 * MINUTE,
  endpointCreation: MINUTE,
  endpointChange: 10 * SECOND,
  endpointDeletion: 30 * SECOND,
  connectionDeletion: 30 * SECOND,
  /** Acceptance takes five minutes in all: noticed, then the connection is made, then its DNS name. */
  acceptanceNoticed: MINUTE,
  acceptanceConnecting: 2 * MINUTE,
  acceptanceNamed: 2 * MINUTE,
} as const;

/**
 * How many times its usual duration something takes: a service to be created, an endpoint to be created, a connection to be
 * accepted; by the id of the service, or of the endpoint. The same each time it is asked for the same thing.
 */
export type TimesUsual = (what: 'service' | 'endpoint' | 'connection', id: string) => number;

/** What an instance's state turns into by itself, and when; a deleted one is gone after that. */
const NEXT_INSTANCE_STATE: Readonly<Partial<Record<InstanceState, readonly [number, InstanceState]>>> = {
  CREATING: [DURATIONS.instanceCreation, 'ACTIVE'],
  RESUMING: [DURATIONS.instanceResumption, 'ACTIVE'],
  PAUSING: [DURATIONS.instancePause, 'PAUSED'],
  MODIFYING: [DURATIONS.instanceChange, 'ACTIVE'],
  DELETING: [DURATIONS.instanceDeletion, 'DELETED'],
};

/** What the zones of an endpoint show for each status of its connection. */
const ZONE_STATUS: Readonly<Record<ConnectionStatus, ZoneStatus>> = {
  Pending: 'Wait',
  Connecting: 'Connecting',
  Connected: 'Connected',
  Disconnecting: 'Disconnecting',
  Disconnected: 'Wait',
  Deleting: 'Deleting',
  ServiceDeleted: 'Disconnected',
};

/**
 * Moves resources through their states. What happens next follows from the state a resource is in and from nothing else:
 * `follow…` looks at it and schedules the next step, replacing what was scheduled before, and may be called at any time.
 */
export class Lifecycle {
  private readonly scheduled = new Map<string, { readonly dueAt: number; readonly cancel: () => void }>();
  private saved: ReadonlyMap<string, number> = new Map();

  constructor(
    private readonly world: World,
    private readonly clock: Clock,
    private readonly timesUsual: TimesUsual = () => 1,
  ) {}

  /**
   * Follows everything there is.
   * @param saved what `pending` gave in an earlier run: steps that were due then stay due at the same time
   */
  followAll(saved: Readonly<Record<string, number>> = {}): void {
    const { instances, services, endpoints, connections } = this.world.state;
    this.saved = new Map(Object.entries(saved));
    instances.forEach((instance) => this.followInstance(instance));
    services.forEach((service) => this.followService(service));
    endpoints.forEach((endpoint) => {
      this.followEndpoint(endpoint);
      this.followLink(endpoint);
    });
    connections.forEach((connection) => this.followConnection(connection));
    this.saved = new Map();
  }

  /** What is due, and when on the clouds' clock. */
  pending(): Record<string, number> {
    return Object.fromEntries([...this.scheduled].map(([key, { dueAt }]) => [key, dueAt]));
  }

  followInstance(instance: Instance): void {
    const key = `instance/${instance.tidbId}`;
    const next = NEXT_INSTANCE_STATE[instance.state];
    if (next) {
      this.next(key, next[0], () => this.setInstanceState(instance, next[1]));
    } else {
      this.rest(key);
    }
    const publicKey = `public/${instance.tidbId}`;
    if (instance.wantedPublicConnection) {
      this.next(publicKey, DURATIONS.publicConnectionChange, () => {
        instance.publicConnection = instance.wantedPublicConnection ?? instance.publicConnection;
        instance.wantedPublicConnection = null;
      });
    } else {
      this.rest(publicKey);
    }
  }

  /** From here an instance goes, with its service and its connections. */
  deleteInstance(instance: Instance): void {
    const { tidbId } = instance;
    instance.state = 'DELETING';
    const service = this.world.serviceOf(tidbId);
    if (service) {
      service.state = 'DELETING';
      this.followService(service);
    }
    for (const connection of [...this.world.connectionsOf(tidbId)]) {
      this.deleteConnection(connection);
    }
    this.followInstance(instance);
  }

  deleteConnection(connection: Connection): void {
    connection.state = 'DELETING';
    const endpoint = this.world.endpoint(connection.endpointId);
    if (endpoint) {
      this.disconnect(endpoint);
    }
    this.followConnection(connection);
  }

  /** An endpoint with all that depends on it. */
  follow(endpoint: Endpoint): void {
    this.followEndpoint(endpoint);
    this.followLink(endpoint);
    const connection = this.world.connectionOf(endpoint.endpointId);
    if (connection) {
      this.followConnection(connection);
    }
  }

  followService(service: PrivateLinkService): void {
    const key = `service/${service.serviceId}`;
    const instanceIsThere = this.world.instance(service.tidbId)?.state !== 'CREATING';
    if (service.state === 'CREATING' && instanceIsThere) {
      const times = this.timesUsual('service', service.serviceId);
      this.next(key, DURATIONS.serviceCreation * times, () => {
        service.state = 'ACTIVE';
      });
    } else {
      this.rest(key);
    }
  }

  followEndpoint(endpoint: Endpoint): void {
    const key = `endpoint/${endpoint.endpointId}`;
    switch (endpoint.status) {
      case 'Creating':
        this.next(key, DURATIONS.endpointCreation * this.timesUsual('endpoint', endpoint.endpointId), () =>
          this.settle(endpoint),
        );
        break;
      case 'Pending':
        this.next(key, DURATIONS.endpointChange, () => this.settle(endpoint));
        break;
      case 'Deleting':
        this.next(key, DURATIONS.endpointDeletion, () => this.remove(endpoint));
        break;
      case 'Active':
        this.rest(key);
        break;
    }
  }

  /** Ends an endpoint's connection with its service, or the wish for one. */
  private disconnect(endpoint: Endpoint): void {
    if (endpoint.connectionStatus === 'Connected' || endpoint.connectionStatus === 'Connecting') {
      this.setLink(endpoint, 'Disconnecting');
    }
  }

  followLink(endpoint: Endpoint): void {
    const key = `link/${endpoint.endpointId}`;
    if (endpoint.connectionStatus === 'Connecting') {
      const times = this.timesUsual('connection', endpoint.endpointId);
      this.next(key, DURATIONS.acceptanceConnecting * times, () => this.setLink(endpoint, 'Connected'));
    } else if (endpoint.connectionStatus === 'Disconnecting') {
      this.next(key, DURATIONS.connectionDeletion, () => this.setLink(endpoint, 'Disconnected'));
    } else {
      this.rest(key);
    }
  }

  followConnection(connection: Connection): void {
    const key = `connection/${connection.connectionId}`;
    const endpoint = this.world.endpoint(connection.endpointId);
    const times = this.timesUsual('connection', connection.endpointId);
    if (connection.state === 'DELETING') {
      this.next(key, DURATIONS.connectionDeletion, () => this.removeConnection(connection));
    } else if (connection.state === 'PENDING' && endpoint?.connectionStatus === 'Disconnected') {
      this.next(key, DURATIONS.acceptanceNoticed * times, () => this.setLink(endpoint, 'Connecting'));
    } else if (connection.state === 'PENDING' && endpoint?.connectionStatus === 'Connected') {
      this.next(key, DURATIONS.acceptanceNamed * times, () => {
        connection.state = 'ACTIVE';
        connection.message = '';
      });
    } else {
      this.rest(key);
    }
  }

  private setInstanceState(instance: Instance, state: InstanceState): void {
    instance.state = state;
    if (state === 'DELETED') {
      this.removeInstance(instance);
      return;
    }
    const service = this.world.serviceOf(instance.tidbId);
    if (service) {
      this.followService(service);
    }
    this.followInstance(instance);
  }

  private removeInstance({ tidbId }: Instance): void {
    const { state } = this.world;
    const gone = state.services.filter((service) => service.tidbId === tidbId);
    state.instances = state.instances.filter((other) => other.tidbId !== tidbId);
    state.services = state.services.filter((service) => !gone.includes(service));
    state.deletedServices.push(...gone);
    for (const connection of [...this.world.connectionsOf(tidbId)]) {
      this.rest(`connection/${connection.connectionId}`);
      this.removeConnection(connection);
    }
    this.rest(`public/${tidbId}`);
    for (const { serviceId } of gone) {
      this.rest(`service/${serviceId}`);
      state.endpoints
        .filter((endpoint) => endpoint.serviceId === serviceId && endpoint.status !== 'Deleting')
        .forEach((endpoint) => this.setLink(endpoint, 'ServiceDeleted'));
    }
  }

  private setLink(endpoint: Endpoint, status: ConnectionStatus): void {
    endpoint.connectionStatus = status;
    for (const zone of endpoint.zones) {
      if (zone.status !== 'Creating' && zone.status !== 'Deleting') {
        zone.status = ZONE_STATUS[status];
      }
    }
    this.follow(endpoint);
  }

  /** Creation or change is over: what was being attached is there, what was being removed is gone. */
  private settle(endpoint: Endpoint): void {
    const service = this.world.service(endpoint.serviceId);
    const created = endpoint.status === 'Creating';
    for (const zone of endpoint.zones.filter(({ status }) => status === 'Deleting')) {
      this.releaseAddress(zone.vSwitchId);
    }
    endpoint.status = 'Active';
    endpoint.zones = endpoint.zones.filter(({ status }) => status !== 'Deleting');
    for (const zone of endpoint.zones) {
      zone.status = zone.status === 'Creating' ? ZONE_STATUS[endpoint.connectionStatus] : zone.status;
    }
    endpoint.securityGroups = endpoint.securityGroups.filter(({ status }) => status !== 'Detaching');
    for (const group of endpoint.securityGroups) {
      group.status = 'Attached';
    }
    if (!service) {
      this.setLink(endpoint, 'ServiceDeleted');
    } else if (created && service.autoAccept) {
      this.setLink(endpoint, 'Connecting');
    }
    this.followEndpoint(endpoint);
  }

  private remove(endpoint: Endpoint): void {
    const { state } = this.world;
    endpoint.zones.forEach((zone) => this.releaseAddress(zone.vSwitchId));
    state.endpoints = state.endpoints.filter((other) => other !== endpoint);
    this.rest(`link/${endpoint.endpointId}`);
    const connection = this.world.connectionOf(endpoint.endpointId);
    if (connection && connection.state !== 'DELETING') {
      connection.state = 'FAILED';
      connection.message = 'The VPC endpoint does not exist any more.';
      this.followConnection(connection);
    }
  }

  private removeConnection(connection: Connection): void {
    const { state } = this.world;
    state.connections = state.connections.filter((other) => other !== connection);
  }

  private releaseAddress(vSwitchId: string): void {
    const vSwitch = this.world.state.vSwitches.find((candidate) => candidate.vSwitchId === vSwitchId);
    if (vSwitch) {
      vSwitch.freeAddresses += 1;
    }
  }

  /** At most one step is due per key. */
  private next(key: string, after: number, step: () => void): void {
    this.rest(key);
    const now = this.clock.elapsed();
    const dueAt = this.saved.get(key) ?? now + after;
    const cancel = this.clock.after(Math.max(0, dueAt - now), () => {
      this.scheduled.delete(key);
      step();
      this.world.changed();
    });
    this.scheduled.set(key, { dueAt, cancel });
  }

  private rest(key: string): void {
    this.scheduled.get(key)?.cancel();
    this.scheduled.delete(key);
  }
}
