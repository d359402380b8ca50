import type { EndpointConnection, VpcEndpoint } from '../../../../src/core/model';
import { anEndpoint, aZone, tidbError } from '../../fakes';
import type { Running } from './running';

const foreign = 'ep-foreign1';
/** Less than what the extension reckons with. */
const listsLagMs = 40_000;
const goingTakesMs = 30_000;

/**
 * Turns the fake clouds into ones that take their time: lists show what was made only after a while, what is deleted goes
 * slowly, and an endpoint takes one connection only. Notes what must never happen.
 */
export class RoughClouds {
  readonly violations: string[] = [];
  lagging = false;
  /** Calls that made a connection, or of which nobody can tell. */
  private posts = 0;
  private readonly bornMs = new Map<string, number>();
  private readonly goingSinceMs = new Map<string, number>();
  private readonly byHand = new Set<string>();

  constructor(private readonly r: Running) {
    const { world } = r;
    world.endpoints.push({ ...anEndpoint, id: foreign, tags: {}, token: 'foreign', createdAtMs: 0 });
    world.endpointZones.set(foreign, [aZone]);
    world.register({ instanceId: '1001', endpointId: foreign, privateDomainName: 'foreign' });
    this.slowTidbCloud();
    this.slowAlibabaCloud();
  }

  /** Of the creation, as it truly is now. */
  get endpoints(): readonly VpcEndpoint[] {
    this.pass();
    return this.r.world.endpoints.filter(({ id }) => id !== foreign);
  }
  get connections(): readonly EndpointConnection[] {
    this.pass();
    return this.r.world.connections.filter(({ endpointId }) => endpointId !== foreign);
  }

  /** The person accepts in TiDB Cloud's console. */
  registerByHand(): void {
    const [endpoint] = this.endpoints;
    if (endpoint !== undefined && this.connections.length === 0 && endpoint.status === 'Active') {
      const { id, domain } = endpoint;
      this.byHand.add(this.register(id, domain).id);
    }
  }

  /** The person deletes the connection in TiDB Cloud's console. */
  deleteConnectionByHand(): void {
    for (const { id } of this.connections) {
      this.beginGoing(id);
    }
  }

  /** The person deletes the endpoint in Alibaba Cloud's console, which takes its zones along. */
  deleteEndpointByHand(): void {
    for (const { id } of this.endpoints) {
      this.beginGoing(id);
    }
  }

  failConnection(): void {
    const { connections } = this.r.world;
    connections.forEach((connection, at) => {
      if (connection.endpointId !== foreign && connection.state === 'PENDING') {
        connections[at] = { ...connection, state: 'FAILED' };
      }
    });
  }

  /** What the extension must not have touched. */
  assertForeignUntouched(): void {
    const { world } = this.r;
    const isThere =
      world.endpoints.some(({ id }) => id === foreign) &&
      world.connections.some(({ endpointId }) => endpointId === foreign) &&
      world.endpointZones.get(foreign)?.length === 1;
    this.never('touched what belongs to another', !isThere);
  }

  private get now(): number {
    return this.r.clock.now();
  }

  private never(what: string, happened: boolean): void {
    if (happened) {
      this.violations.push(what);
    }
  }

  private register(endpointId: string, privateDomainName: string): EndpointConnection {
    const connection = this.r.world.register({ instanceId: '1001', endpointId, privateDomainName });
    // The world counts; here connections go as well.
    const id = `pec-${this.bornMs.size + 100}`;
    const { connections } = this.r.world;
    const posted = connections.at(-1);
    if (posted !== undefined) {
      connections[connections.length - 1] = { ...posted, id };
    }
    this.bornMs.set(id, this.now);
    return { ...connection, id };
  }

  private beginGoing(id: string): void {
    if (!this.goingSinceMs.has(id)) {
      this.goingSinceMs.set(id, this.now);
    }
  }

  /** What was going is gone after a while. */
  private pass(): void {
    const { connections, endpoints, endpointZones } = this.r.world;
    const isGone = (id: string): boolean =>
      this.now - (this.goingSinceMs.get(id) ?? Infinity) >= goingTakesMs;
    connections.splice(0, connections.length, ...connections.filter(({ id }) => !isGone(id)));
    endpoints.splice(0, endpoints.length, ...endpoints.filter(({ id }) => !isGone(id)));
    for (const [endpointId, zones] of endpointZones) {
      endpointZones.set(
        endpointId,
        zones.filter(({ zoneId }) => !isGone(`${endpointId}/${zoneId}`)),
      );
    }
  }

  private readonly isListed = ({ id }: { readonly id: string }): boolean => {
    const createdAtMs = this.r.world.endpoints.find((endpoint) => endpoint.id === id)?.createdAtMs;
    return !this.lagging || this.now - (createdAtMs ?? this.bornMs.get(id) ?? 0) >= listsLagMs;
  };

  private slowTidbCloud(): void {
    const { world } = this.r;
    const api = world.tidbCloud;
    const before = { ...api };
    const isListed = this.isListed;
    const going = this.goingSinceMs;
    const pass = (): void => this.pass();
    api.listConnections = async function* (instanceId, signal) {
      pass();
      for await (const connection of before.listConnections(instanceId, signal)) {
        if (isListed(connection)) {
          yield going.has(connection.id) ? { ...connection, state: 'DELETING' } : connection;
        }
      }
    };
    api.createConnection = ({ endpointId, privateDomainName }, signal) =>
      world.script.perform(
        'createConnection',
        () => {
          if (!world.offersCreateConnection) {
            throw tidbError('unsupported');
          }
          const [known] = this.connections.filter((connection) => connection.endpointId === endpointId);
          if (known !== undefined) {
            this.never('registered an endpoint twice', !this.byHand.has(known.id));
            throw tidbError('conflict');
          }
          const endpoint = world.endpoints.find(({ id }) => id === endpointId);
          this.never('registered an endpoint that is not its own', endpoint?.tags['tidb-creation'] !== 'c1');
          this.posts++;
          return this.register(endpointId, privateDomainName);
        },
        signal,
      );
    api.deleteConnection = (_, id, signal) =>
      world.script.perform(
        'deleteConnection',
        () => {
          if (!world.offersCreateConnection) {
            throw tidbError('unsupported');
          }
          const connection = this.connections.find((each) => each.id === id);
          this.never('deleted a connection of another', connection === undefined && !this.bornMs.has(id));
          this.never(
            'deleted a connection that was made by hand',
            this.posts === 0 && this.byHand.has(id) && connection?.state !== 'FAILED',
          );
          if (connection !== undefined) {
            this.beginGoing(id);
          }
        },
        signal,
      );
  }

  private slowAlibabaCloud(): void {
    const { world } = this.r;
    const api = world.alibabaCloud;
    const before = { ...api };
    const isListed = this.isListed;
    const going = this.goingSinceMs;
    const pass = (): void => this.pass();
    const shown = (endpoint: VpcEndpoint): VpcEndpoint =>
      going.has(endpoint.id) ? { ...endpoint, status: 'Deleting' } : endpoint;
    api.listEndpoints = async function* (region, filter, signal) {
      pass();
      for await (const endpoint of before.listEndpoints(region, filter, signal)) {
        if (isListed(endpoint)) {
          yield shown(endpoint);
        }
      }
    };
    api.getEndpoint = async (region, id, signal) => {
      this.pass();
      const endpoint = await before.getEndpoint(region, id, signal);
      return endpoint && isListed(endpoint) ? shown(endpoint) : undefined;
    };
    api.listEndpointZones = async function* (region, id, signal) {
      pass();
      for await (const zone of before.listEndpointZones(region, id, signal)) {
        yield going.has(`${id}/${zone.zoneId}`) ? { ...zone, status: 'Deleting' } : zone;
      }
    };
    api.createEndpoint = async (spec, token, signal) => {
      const { length } = this.endpoints;
      const endpoint = await before.createEndpoint(spec, token, signal);
      this.never('made a second endpoint', this.endpoints.length > 1 || length > 1);
      return endpoint;
    };
    api.removeEndpointZone = (_, id, zoneId, signal) =>
      world.script.perform(
        'removeEndpointZone',
        () => {
          this.never('took a zone of another’s endpoint', id === foreign);
          this.neverWithConnection('took a zone', id);
          this.beginGoing(`${id}/${zoneId}`);
        },
        signal,
      );
    api.deleteEndpoint = async (region, id, signal) => {
      this.never('deleted another’s endpoint', id === foreign);
      this.neverWithConnection('deleted an endpoint', id);
      this.pass();
      const endpoint = world.endpoints.find((each) => each.id === id);
      const kept = endpoint && { ...endpoint };
      await before.deleteEndpoint(region, id, signal);
      if (kept !== undefined) {
        world.endpoints.push(kept);
        this.beginGoing(id);
      }
    };
  }

  private neverWithConnection(what: string, id: string): void {
    // What a person registered a moment ago may not be listed yet.
    const registered = this.connections.some(
      (connection) =>
        connection.endpointId === id && !(this.byHand.has(connection.id) && !this.isListed(connection)),
    );
    this.never(`${what} before its connection`, registered);
  }
}
