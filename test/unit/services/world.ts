import type {
  CallerIdentity,
  EndpointConnection,
  EndpointService,
  Instance,
  PrivateLinkService,
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
    getInstance: (id, signal) =>
      this.script.perform('getInstance', () => found(this.instances.get(id), `instance ${id}`), signal),
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
    getCaCertificate: (_, signal) => this.script.perform('getCaCertificate', () => this.caPem, signal),
  };
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
  };

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

function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) {
    throw tidbError('notFound', { subject: what });
  }
  return value;
}
