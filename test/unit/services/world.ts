import { AppError } from '../../../src/core/errors';
import type {
  CallerIdentity,
  EndpointConnection,
  EndpointService,
  EndpointZone,
  Instance,
  PrivateLinkService,
  PublicConnectionSetting,
  Region,
  SecurityGroup,
  SecurityGroupRule,
  Vpc,
  VpcEndpoint,
  VpcEndpointSpec,
  VSwitch,
} from '../../../src/core/model';
import type { AlibabaCloudApi, NewConnection, TidbCloudApi } from '../../../src/core/ports';
import { anEndpoint, anInstance, aService, FakeJournal, Script, tidbError, without } from '../fakes';
import type { ManualClock } from '../fakes';

/** What exists in both clouds. States follow from the clock. */
export class FakeWorld {
  readonly script = new Script();
  readonly journal = new FakeJournal(this.script);
  readonly instances = new Map<string, Instance>([[anInstance.id, anInstance]]);
  readonly services = new Map<string, PrivateLinkService>([[aService.instanceId, aService]]);
  readonly endpoints: (VpcEndpoint & { readonly token: string; readonly createdAtMs: number })[] = [];
  readonly connections: (EndpointConnection & { readonly postedAtMs: number })[] = [];
  readonly vpcs: Vpc[] = [];
  readonly vSwitches: VSwitch[] = [];
  readonly securityGroups: SecurityGroup[] = [];
  readonly rules = new Map<string, readonly SecurityGroupRule[]>();
  /** By endpoint id. */
  readonly endpointZones = new Map<string, EndpointZone[]>();
  readonly endpointGroups = new Map<string, readonly string[]>();
  endpointService: EndpointService | undefined = {
    serviceId: 'epsrv-aaaa1111',
    serviceName: aService.serviceName,
    serviceDomain: aService.serviceDnsName,
    zones: ['ap-southeast-1a', 'ap-southeast-1b'],
    autoAccept: true,
    payer: 'Endpoint',
  };
  /** False: the call does not exist, as in the published API. */
  offersCreateConnection = true;
  /** Empty until PrivateLink has given the endpoint its name. */
  domainOf = (endpointId: string): string => `${endpointId}.${aService.serviceDnsName}`;
  showsTags = true;
  endpointTakesMs = 60_000;
  connectionTakesMs = 300_000;

  constructor(readonly clock: ManualClock) {}

  readonly tidbCloud: TidbCloudApi = {
    listInstances: (signal) => this.pages('listInstances', () => [...this.instances.values()], signal),
    listInstancePages: (signal) => this.pages('listInstances', () => [[...this.instances.values()]], signal),
    getInstance: (id, signal) => this.script.perform('getInstance', () => this.instance(id), signal),
    createInstance: ({ name, regionId, servicePlan }, signal) =>
      this.script.perform(
        'createInstance',
        () => {
          const id = String(2001 + this.instances.size);
          return this.put({ ...anInstance, id, name, regionId, servicePlan, state: 'CREATING' });
        },
        signal,
      ),
    renameInstance: (id, name, signal) =>
      this.script.perform('renameInstance', () => this.put({ ...this.instance(id), name }), signal),
    deleteInstance: (id, signal) =>
      this.script.perform(
        'deleteInstance',
        () => void this.put({ ...this.instance(id), state: 'DELETING' }),
        signal,
      ),
    resumeInstance: (id, signal) =>
      this.script.perform(
        'resumeInstance',
        () => void this.put({ ...this.instance(id), state: 'RESUMING' }),
        signal,
      ),
    resetRootPassword: (id, _, signal) =>
      this.script.perform('resetRootPassword', () => void this.instance(id), signal),
    getHostingAccount: (id, signal) =>
      this.script.perform(
        'getHostingAccount',
        () => ({ cloudProvider: this.instance(id).cloudProvider, accountId: '5123' }),
        signal,
      ),
    getPublicConnectionSetting: (id, signal) =>
      this.script.perform('getPublicConnectionSetting', () => this.publicAccessOf(id), signal),
    updatePublicConnectionSetting: (id, change, signal) =>
      this.script.perform(
        'updatePublicConnectionSetting',
        () => {
          this.publicAccess.set(id, { ...this.publicAccessOf(id), ...change });
          return this.publicAccessOf(id);
        },
        signal,
      ),
    listRegions: (signal) => this.pages('listRegions', () => this.regions, signal),
    getPrivateLinkService: (id, signal) =>
      this.script.perform('getPrivateLinkService', () => found(this.services.get(id), id), signal),
    listConnections: (id, signal) =>
      this.pages(
        'listConnections',
        () => this.connections.map((c) => this.age(c)).filter(({ instanceId }) => instanceId === id),
        signal,
      ),
    createConnection: (request, signal) =>
      this.script.perform(
        'createConnection',
        () => {
          if (!this.offersCreateConnection) {
            throw tidbError('unsupported', { httpStatus: 404 });
          }
          return this.register(request);
        },
        signal,
      ),
    getConnection: (instanceId, id, signal) =>
      this.script.perform(
        'getConnection',
        () => {
          this.instance(instanceId);
          const connection = this.connections.find((c) => c.instanceId === instanceId && c.id === id);
          return connection && this.age(connection);
        },
        signal,
      ),
    deleteConnection: (instanceId, id, signal) =>
      this.script.perform(
        'deleteConnection',
        () => {
          if (!this.offersCreateConnection) {
            throw tidbError('unsupported', { httpStatus: 404 });
          }
          this.instance(instanceId);
          const at = this.connections.findIndex((c) => c.instanceId === instanceId && c.id === id);
          if (at >= 0) {
            this.connections.splice(at, 1);
          }
        },
        signal,
      ),
    getCaCertificate: (_, signal) => this.script.perform('getCaCertificate', () => this.caPem, signal),
  };
  readonly regions: Region[] = [
    { id: anInstance.regionId, name: 'Singapore', cloudProvider: 'alicloud', servicePlans: ['Premium'] },
  ];
  private readonly publicAccess = new Map<string, PublicConnectionSetting>();
  caPem = 'CA 1';

  readonly alibabaCloud: AlibabaCloudApi = {
    getCallerIdentity: (signal) =>
      this.script.perform(
        'getCallerIdentity',
        (): CallerIdentity => ({ accountId: '42', arn: 'acs:ram::42:root', type: 'Account' }),
        signal,
      ),
    isPrivateLinkOpen: () => Promise.resolve(true),
    openPrivateLink: () => Promise.resolve(),
    listPrivateLinkRegions: (signal) => this.script.perform('listPrivateLinkRegions', () => places, signal),
    listPrivateLinkZones: (_, signal) => this.script.perform('listPrivateLinkZones', () => zones, signal),
    listVpcRegions: (signal) => this.script.perform('listVpcRegions', () => places, signal),
    listVpcZones: (_, signal) => this.script.perform('listVpcZones', () => zones, signal),
    listEcsRegions: (signal) => this.script.perform('listEcsRegions', () => places, signal),
    listEcsZones: (_, signal) => this.script.perform('listEcsZones', () => zones, signal),
    findEndpointService: (_, name, signal) =>
      this.script.perform(
        'findEndpointService',
        () => (this.endpointService?.serviceName === name ? this.endpointService : undefined),
        signal,
      ),
    listVpcs: (_, signal) => this.pages('listVpcs', () => this.vpcs, signal),
    listVSwitches: (_, vpcId, signal) =>
      this.pages(`listVSwitches ${vpcId}`, () => this.vSwitches.filter((v) => v.vpcId === vpcId), signal),
    listSecurityGroups: (_, vpcId, signal) =>
      this.pages(
        `listSecurityGroups ${vpcId}`,
        () => this.securityGroups.filter((group) => group.vpcId === vpcId),
        signal,
      ),
    listIngressRules: (_, id, signal) =>
      this.pages(`listIngressRules ${id}`, () => this.rules.get(id) ?? [], signal),
    addIngressRule: (_, id, { protocol, portRange, sourceCidr }, _token, signal) =>
      this.script.perform(
        `addIngressRule ${id}`,
        () => {
          const rule = { protocol, portRange, sourceCidr, policy: 'Accept' as const, priority: 1 };
          this.rules.set(id, [...(this.rules.get(id) ?? []), rule]);
        },
        signal,
      ),
    dryRunCreateEndpoint: (_, signal) => this.script.perform('dryRunCreateEndpoint', () => undefined, signal),
    createEndpoint: (spec, token, signal) =>
      this.script.perform('createEndpoint', () => this.create(spec, token), signal),
    getEndpoint: (_, id, signal) =>
      this.script.perform(
        'getEndpoint',
        () => {
          const endpoint = this.endpoints.find((e) => e.id === id);
          return endpoint && { ...this.seen(endpoint), tags: {} };
        },
        signal,
      ),
    listEndpoints: (_, filter, signal) =>
      this.pages(
        'listEndpoints',
        () =>
          this.endpoints
            .filter(
              (e) =>
                (filter.serviceName === undefined || e.serviceName === filter.serviceName) &&
                (filter.vpcId === undefined || e.vpcId === filter.vpcId),
            )
            .map((e) => this.seen(e)),
        signal,
      ),
    listEndpointZones: (_, id, signal) =>
      this.pages('listEndpointZones', () => (this.at(id), this.endpointZones.get(id) ?? []), signal),
    listEndpointSecurityGroups: (_, id, signal) =>
      this.pages(
        'listEndpointSecurityGroups',
        () => {
          this.at(id);
          return (this.endpointGroups.get(id) ?? []).map((group) => ({ id: group, status: 'Attached' }));
        },
        signal,
      ),
    renameEndpoint: (_, id, name, signal) => this.change('renameEndpoint', id, () => ({ name }), signal),
    attachSecurityGroup: (_, id, group, signal) =>
      this.change('attachSecurityGroup', id, () => this.setGroups(id, group, true), signal),
    detachSecurityGroup: (_, id, group, signal) =>
      this.change('detachSecurityGroup', id, () => this.setGroups(id, group, false), signal),
    addEndpointZone: (_, id, zone, _token, signal) =>
      this.change('addEndpointZone', id, () => this.addZone(id, zone), signal),
    removeEndpointZone: (_, id, zoneId, signal) =>
      this.change('removeEndpointZone', id, () => this.removeZone(id, zoneId), signal),
    deleteEndpoint: (_, id, signal) =>
      this.script.perform(
        'deleteEndpoint',
        () => {
          const at = this.endpoints.findIndex((endpoint) => endpoint.id === id);
          if (at >= 0 && (this.endpointZones.get(id) ?? []).length > 0) {
            throw alibabaError('conflict', { serviceCode: 'EndpointDependenceViolation' });
          }
          this.endpoints.splice(at, at < 0 ? 0 : 1);
        },
        signal,
      ),
    tagEndpoint: (_, id, tags, signal) =>
      this.change('tagEndpoint', id, (known) => ({ tags: { ...known.tags, ...tags } }), signal),
    untagEndpoint: (_, id, keys, signal) =>
      this.change('untagEndpoint', id, (known) => ({ tags: without(known.tags, ...keys) }), signal),
    listEndpointTags: (_, id, signal) =>
      this.script.perform('listEndpointTags', () => this.at(id).tags, signal),
  };

  private at(endpointId: string): FakeWorld['endpoints'][number] {
    return (
      this.endpoints.find(({ id }) => id === endpointId) ??
      raise(alibabaError('notFound', { serviceCode: 'EndpointNotFound', subject: endpointId }))
    );
  }

  /** Changes are through at once here. */
  private change(
    operation: string,
    id: string,
    effect: (known: VpcEndpoint) => Partial<VpcEndpoint> | undefined,
    signal?: AbortSignal,
  ): Promise<void> {
    return this.script.perform(
      operation,
      () => {
        const known = this.at(id);
        this.endpoints[this.endpoints.indexOf(known)] = { ...known, ...effect(known) };
      },
      signal,
    );
  }

  private setGroups(id: string, group: string, attached: boolean): undefined {
    const others = (this.endpointGroups.get(id) ?? []).filter((one) => one !== group);
    this.endpointGroups.set(id, attached ? [...others, group] : others);
  }

  private addZone(id: string, { zoneId, vSwitchId }: VpcEndpointSpec['zones'][number]): undefined {
    const others = this.endpointZones.get(id) ?? [];
    const zone: EndpointZone = {
      ...{ zoneId, vSwitchId, networkInterfaceId: `eni-${zoneId}`, ip: '10.0.0.7' },
      ...{ domain: `${id}-${zoneId}.${aService.serviceDnsName}`, status: 'Connected' },
    };
    this.endpointZones.set(id, [...others, zone]);
  }

  private removeZone(id: string, zoneId: string): undefined {
    this.endpointZones.set(
      id,
      (this.endpointZones.get(id) ?? []).filter((zone) => zone.zoneId !== zoneId),
    );
  }

  private instance(id: string): Instance {
    return found(this.instances.get(id), `instance ${id}`);
  }

  private put(instance: Instance): Instance {
    this.instances.set(instance.id, instance);
    return instance;
  }

  private publicAccessOf(id: string): PublicConnectionSetting {
    const { id: known } = this.instance(id);
    return this.publicAccess.get(known) ?? { enabled: false, ipAccessList: [], egressIps: [] };
  }

  /** As the person does it in TiDB Cloud's console. */
  register({
    instanceId,
    endpointId,
    privateDomainName,
  }: Omit<NewConnection, 'regionId'>): EndpointConnection {
    const posted = {
      id: `pec-${this.connections.length + 1}`,
      instanceId,
      endpointId,
      privateDomainName,
      state: 'PENDING' as const,
      serviceState: 'ACTIVE' as const,
      postedAtMs: this.clock.now(),
    };
    this.connections.push(posted);
    return this.age(posted);
  }

  private create(spec: VpcEndpointSpec, token: string): VpcEndpoint {
    const before = this.endpoints.find((endpoint) => endpoint.token === token);
    if (before !== undefined) {
      return this.seen(before);
    }
    const id = `ep-aaaa000${this.endpoints.length + 1}`;
    const endpoint = {
      ...anEndpoint,
      ...{ id, name: spec.name, vpcId: spec.vpcId, serviceName: spec.serviceName, tags: spec.tags },
      domain: this.domainOf(id),
      token,
      createdAtMs: this.clock.now(),
    };
    this.endpoints.push(endpoint);
    spec.zones.forEach((zone) => this.addZone(id, zone));
    this.endpointGroups.set(id, spec.securityGroupIds);
    return this.seen(endpoint);
  }

  private seen(endpoint: FakeWorld['endpoints'][number]): VpcEndpoint {
    const { createdAtMs } = endpoint;
    const rest = without(endpoint, 'token', 'createdAtMs');
    const active = this.clock.now() - createdAtMs >= this.endpointTakesMs;
    const connected = this.connections.some(({ endpointId }) => endpointId === endpoint.id);
    return {
      ...rest,
      tags: this.showsTags ? rest.tags : {},
      status: rest.status === 'Active' && !active ? 'Creating' : rest.status,
      connectionStatus: connected ? rest.connectionStatus : 'Disconnected',
    };
  }

  private age(connection: FakeWorld['connections'][number]): EndpointConnection {
    const { postedAtMs, ...rest } = connection;
    return rest.state === 'PENDING' && this.clock.now() - postedAtMs >= this.connectionTakesMs
      ? { ...rest, state: 'ACTIVE', host: `${rest.endpointId}.private.tidbcloud.test`, port: 4000 }
      : rest;
  }

  private async *pages<T>(
    operation: string,
    items: () => readonly T[],
    signal?: AbortSignal,
  ): AsyncGenerator<T> {
    yield* await this.script.perform(operation, () => [...items()], signal);
  }
}

const places = [{ id: 'ap-southeast-1', name: 'Singapore' }];
const zones = [
  { id: 'ap-southeast-1a', name: 'Singapore Zone A' },
  { id: 'ap-southeast-1b', name: 'Singapore Zone B' },
];

const alibabaError = (code: AppError['code'], details: Partial<AppError['details']>): AppError =>
  new AppError(code, { source: 'Alibaba Cloud', ...details });

function raise(error: AppError): never {
  throw error;
}

function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) {
    throw tidbError('notFound', { subject: what });
  }
  return value;
}
