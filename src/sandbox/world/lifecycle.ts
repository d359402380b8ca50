import type { Clock } from '../clock';
import type { Connection, ConnectionStatus, Endpoint, PrivateLinkService, ZoneStatus } from './model';
import type { World } from './world';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** How long the real clouds take, as the guide and the published clients' time limits tell. */
export const DURATIONS = {
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
  private readonly scheduled = new Map<string, () => void>();

  constructor(
    private readonly world: World,
    private readonly clock: Clock,
  ) {}

  followAll(): void {
    this.world.state.services.forEach((service) => this.followService(service));
    this.world.state.endpoints.forEach((endpoint) => this.follow(endpoint));
    this.world.state.connections.forEach((connection) => this.followConnection(connection));
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
    if (service.state === 'CREATING') {
      this.next(key, DURATIONS.serviceCreation, () => {
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
        this.next(key, DURATIONS.endpointCreation, () => this.settle(endpoint));
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
  disconnect(endpoint: Endpoint): void {
    if (endpoint.connectionStatus === 'Connected' || endpoint.connectionStatus === 'Connecting') {
      this.setLink(endpoint, 'Disconnecting');
    }
  }

  followLink(endpoint: Endpoint): void {
    const key = `link/${endpoint.endpointId}`;
    if (endpoint.connectionStatus === 'Connecting') {
      this.next(key, DURATIONS.acceptanceConnecting, () => this.setLink(endpoint, 'Connected'));
    } else if (endpoint.connectionStatus === 'Disconnecting') {
      this.next(key, DURATIONS.connectionDeletion, () => this.setLink(endpoint, 'Disconnected'));
    } else {
      this.rest(key);
    }
  }

  followConnection(connection: Connection): void {
    const key = `connection/${connection.connectionId}`;
    const endpoint = this.world.endpoint(connection.endpointId);
    if (connection.state === 'DELETING') {
      this.next(key, DURATIONS.connectionDeletion, () => this.removeConnection(connection));
    } else if (connection.state === 'PENDING' && endpoint?.connectionStatus === 'Disconnected') {
      this.next(key, DURATIONS.acceptanceNoticed, () => this.setLink(endpoint, 'Connecting'));
    } else if (connection.state === 'PENDING' && endpoint?.connectionStatus === 'Connected') {
      this.next(key, DURATIONS.acceptanceNamed, () => {
        connection.state = 'ACTIVE';
        connection.message = '';
      });
    } else {
      this.rest(key);
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
    const accepted = this.world.service(endpoint.serviceId)?.autoAccept === true;
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
    if (created && accepted) {
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
    const cancel = this.clock.after(after, () => {
      this.scheduled.delete(key);
      step();
      this.world.changed();
    });
    this.scheduled.set(key, cancel);
  }

  private rest(key: string): void {
    this.scheduled.get(key)?.();
    this.scheduled.delete(key);
  }
}
