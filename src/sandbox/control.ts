import type { ScaledClock } from './clock';
import type { FaultRule, Faults } from './faults';
import type { DigestAuthentication } from './tidbCloud/digest';
import type { Lifecycle } from './world/lifecycle';
import type {
  AcceptMode,
  Connection,
  Endpoint,
  EndpointZone,
  Instance,
  PrivateLinkService,
  VSwitch,
} from './world/model';
import { addInstance, seedInstance, STORE_PROJECT, type SeedInstance } from './world/seed';
import type { World, WorldSnapshot } from './world/world';

export interface ControlParts {
  readonly clock: ScaledClock;
  readonly world: World;
  readonly lifecycle: Lifecycle;
  readonly faults: Faults;
  readonly digest: DigestAuthentication;
}

/** What happens to the clouds behind their APIs: for tests, and for showing what the product does about it. */
export class SandboxControl {
  constructor(private readonly parts: ControlParts) {}

  /** A copy of everything: instances, services, endpoints, connections, networks. */
  getState(): WorldSnapshot {
    return this.parts.world.snapshot();
  }

  /** @throws when `predicate` does not come to hold within `limitMs` (30 s) real milliseconds. */
  waitFor(predicate: (state: WorldSnapshot) => boolean, limitMs?: number): Promise<WorldSnapshot> {
    return this.parts.world.waitFor(predicate, limitMs);
  }

  /**
   * Called after every change with everything as it is now, which is not a copy and not to be changed. Returns how to stop.
   */
  onChange(listener: (state: WorldSnapshot) => void): () => void {
    const { world } = this.parts;
    return world.onChange(() => listener(world.state));
  }

  /** Holds every state as it is: nothing that takes time goes on until `resumeClock`. */
  pauseClock(): void {
    this.parts.clock.pause();
  }

  resumeClock(): void {
    this.parts.clock.resume();
  }

  /** Spoils the next call or calls of an operation. Rules are used up in the order they were added. */
  fail(rule: FaultRule): void {
    this.parts.faults.add(rule);
  }

  clearFaults(): void {
    this.parts.faults.clear();
  }

  /** Authenticated calls so far, for example of `CreateVpcEndpoint` or `tidb:ListTidbs`. */
  calls(operation: string): number {
    return this.parts.faults.count(operation);
  }

  setAcceptMode(mode: AcceptMode): void {
    this.parts.world.state.acceptMode = mode;
    this.parts.world.changed();
  }

  setPrivateLinkOpen(open: boolean): void {
    this.parts.world.state.privateLinkOpen = open;
    this.parts.world.changed();
  }

  setEndpoint(
    endpointId: string,
    change: Partial<Pick<Endpoint, 'status' | 'connectionStatus' | 'businessStatus' | 'tags'>>,
  ): void {
    const endpoint = found(this.parts.world.endpoint(endpointId), endpointId);
    Object.assign(endpoint, change);
    this.parts.lifecycle.follow(endpoint);
    this.parts.world.changed();
  }

  /** One zone of an endpoint. */
  setEndpointZone(endpointId: string, zoneId: string, change: Partial<Pick<EndpointZone, 'status'>>): void {
    const { zones } = found(this.parts.world.endpoint(endpointId), endpointId);
    Object.assign(
      found(
        zones.find((zone) => zone.zoneId === zoneId),
        zoneId,
      ),
      change,
    );
    this.parts.world.changed();
  }

  /** The connection of an endpoint, by the endpoint's id. */
  setConnection(endpointId: string, change: Partial<Pick<Connection, 'state' | 'message'>>): void {
    const connection = found(this.parts.world.connectionOf(endpointId), endpointId);
    Object.assign(connection, change);
    this.parts.lifecycle.followConnection(connection);
    this.parts.world.changed();
  }

  /** An instance's private link service, by the instance's id. */
  setService(
    tidbId: string,
    change: Partial<Pick<PrivateLinkService, 'state' | 'autoAccept' | 'zones'>>,
  ): void {
    const service = found(this.parts.world.serviceOf(tidbId), tidbId);
    Object.assign(service, change);
    this.parts.lifecycle.followService(service);
    this.parts.world.changed();
  }

  setVSwitch(vSwitchId: string, change: Partial<Pick<VSwitch, 'status' | 'freeAddresses'>>): void {
    const { world } = this.parts;
    Object.assign(
      found(
        world.state.vSwitches.find((vSwitch) => vSwitch.vSwitchId === vSwitchId),
        vSwitchId,
      ),
      change,
    );
    world.changed();
  }

  setInstance(tidbId: string, change: Partial<Pick<Instance, 'state'>>): void {
    const instance = found(this.parts.world.instance(tidbId), tidbId);
    Object.assign(instance, change);
    this.parts.lifecycle.followInstance(instance);
    this.parts.world.changed();
  }

  /** The next use of any digest nonce is answered with `stale=true`. */
  expireDigestNonces(): void {
    this.parts.digest.expireNonces();
  }

  /** Every key that STS gave out so far has expired now. The temporary keys from the start stay good. */
  expireTemporaryKeys(): void {
    const { world, clock } = this.parts;
    for (const key of world.state.temporaryKeys) {
      key.expiresAt = Math.min(key.expiresAt, clock.elapsed());
    }
    world.changed();
  }

  /** Adds `count` active Premium instances with a service, named `scale-0001` and on; returns their ids. */
  addInstances(count: number, like: Partial<SeedInstance> = {}): string[] {
    const { world, lifecycle } = this.parts;
    const ids: string[] = [];
    const before = world.state.instances.filter(({ displayName }) => displayName.startsWith('scale-')).length;
    for (let number = before + 1; number <= before + count; number += 1) {
      const name = `scale-${String(number).padStart(4, '0')}`;
      const seed = seedInstance(name, 'ap-southeast-1', STORE_PROJECT, {
        privateLinkService: 'ACTIVE',
        ...like,
      });
      const { tidbId } = addInstance(world.state, { ...seed, displayName: name });
      const service = world.serviceOf(tidbId);
      if (service) {
        lifecycle.followService(service);
      }
      ids.push(tidbId);
    }
    world.changed();
    return ids;
  }
}

function found<T>(value: T | undefined, id: string): T {
  if (value === undefined) {
    throw new Error(`The sandbox has nothing with the id ${id}`);
  }
  return value;
}
