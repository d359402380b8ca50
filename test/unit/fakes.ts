import { AppError } from '../../src/core/errors';
import type { Creation } from '../../src/core/creation';
import type { Disposable } from '../../src/core/emitter';
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
} from '../../src/core/model';
import type {
  AlibabaCloudApi,
  Clock,
  CreationJournal,
  Log,
  NewConnection,
  SecretStore,
  StateStore,
  TidbCloudApi,
} from '../../src/core/ports';

/** In-memory stand-ins for `core/ports`. They need no time but the clock's, and everything they do can be scripted. */

/** Lets everything that does not wait for the clock or for a held call run to its end. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Sleeper {
  readonly dueMs: number;
  readonly end: () => void;
}

/** Stands still until it is told how much time passes. */
export class ManualClock implements Clock {
  private time = Date.UTC(2026, 0, 2, 3, 4, 5);
  private readonly sleepers = new Set<Sleeper>();

  now(): number {
    return this.time;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.sleepers.delete(sleeper);
        reject(signal?.reason instanceof Error ? signal.reason : new Error('Aborted'));
      };
      const sleeper: Sleeper = {
        dueMs: this.time + ms,
        end: () => {
          this.sleepers.delete(sleeper);
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      if (signal?.aborted === true) {
        onAbort();
        return;
      }
      this.sleepers.add(sleeper);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** How long each sleeper has still to sleep, shortest first. */
  get waits(): readonly number[] {
    return [...this.sleepers].map(({ dueMs }) => dueMs - this.time).sort((a, b) => a - b);
  }

  /** Ends the sleeps that fall due, in their order, and lets what follows from each run before the next. */
  async pass(ms: number): Promise<void> {
    const end = this.time + ms;
    await settle();
    for (;;) {
      const next = [...this.sleepers].sort((a, b) => a.dueMs - b.dueMs)[0];
      if (next === undefined || next.dueMs > end) {
        break;
      }
      this.time = next.dueMs;
      next.end();
      await settle();
    }
    this.time = end;
  }
}

export class RecordingLog implements Log {
  readonly lines: string[] = [];
  readonly errors: unknown[] = [];
  debug(message: string): void {
    this.lines.push(message);
  }
  info(message: string): void {
    this.lines.push(message);
  }
  warn(message: string): void {
    this.lines.push(message);
  }
  error(message: string, error?: unknown): void {
    this.lines.push(`${message} ${String(error)}`);
    this.errors.push(error);
  }
}

export class FakeSecrets implements SecretStore {
  readonly kept = new Map<string, string>();
  private readonly listeners = new Set<(key: string) => void>();

  get(key: string): Promise<string | undefined> {
    return Promise.resolve(this.kept.get(key));
  }
  set(key: string, value: string): Promise<void> {
    this.kept.set(key, value);
    this.tell(key);
    return Promise.resolve();
  }
  delete(key: string): Promise<void> {
    if (this.kept.delete(key)) {
      this.tell(key);
    }
    return Promise.resolve();
  }
  onDidChange(listener: (key: string) => void): Disposable {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  }
  /** As when another window changed it. */
  tell(key: string): void {
    for (const listener of this.listeners) {
      listener(key);
    }
  }
}

export class FakeState implements StateStore {
  readonly kept = new Map<string, unknown>();
  get(key: string): unknown {
    return this.kept.get(key);
  }
  set(key: string, value: unknown): Promise<void> {
    this.kept.set(key, value);
    return Promise.resolve();
  }
}

type Phase = 'before' | 'after';
type Hook = () => void | Promise<void>;

/** What was called, in order, and what is to happen when: before a call takes effect, or between effect and answer. */
export class Script {
  readonly calls: string[] = [];
  private readonly hooks = new Map<string, Hook[]>();

  /** Runs once, at the next call of that operation. Hooks for one operation are used up one call at a time. */
  next(operation: string, phase: Phase, hook: Hook): void {
    const key = `${phase} ${operation}`;
    this.hooks.set(key, [...(this.hooks.get(key) ?? []), hook]);
  }

  fail(operation: string, error: Error, phase: Phase = 'before'): void {
    this.next(operation, phase, () => {
      throw error;
    });
  }

  /** The next call of that operation is answered only when released, whatever its signal says. */
  hold(operation: string, phase: Phase = 'before'): () => void {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    this.next(operation, phase, () => held);
    return () => release();
  }

  count(operation: string): number {
    return this.calls.filter((call) => call === operation).length;
  }

  /** Overridden by tests that crash at a given point. */
  passing: (operation: string, phase: Phase) => Promise<void> = () => Promise.resolve();

  async perform<T>(operation: string, effect: () => T, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    this.calls.push(operation);
    await this.passing(operation, 'before');
    await this.take(operation, 'before');
    const answer = effect();
    await this.take(operation, 'after');
    await this.passing(operation, 'after');
    return answer;
  }

  private async take(operation: string, phase: Phase): Promise<void> {
    await Promise.resolve();
    await this.hooks.get(`${phase} ${operation}`)?.shift()?.();
  }
}

export class FakeJournal implements CreationJournal {
  readonly records = new Map<string, Creation>();
  constructor(private readonly script: Script) {}
  list(): Promise<readonly Creation[]> {
    return this.script.perform('journal.list', () => [...this.records.values()]);
  }
  write(creation: Creation): Promise<void> {
    return this.script.perform('journal.write', () => {
      this.records.set(creation.id, creation);
    });
  }
}

export const anInstance: Instance = {
  id: '1001',
  name: 'orders',
  regionId: 'alicloud-ap-southeast-1',
  regionName: 'Singapore',
  cloudProvider: 'alicloud',
  servicePlan: 'Premium',
  state: 'ACTIVE',
};

export const aService: PrivateLinkService = {
  instanceId: '1001',
  serviceName: 'com.aliyuncs.privatelink.ap-southeast-1.epsrv-aaaa1111',
  serviceDnsName: 'epsrv-aaaa1111.ap-southeast-1.privatelink.aliyuncs.com',
  availableZones: [],
  port: 4000,
  state: 'ACTIVE',
};

export const aSpec: VpcEndpointSpec = {
  regionId: 'ap-southeast-1',
  vpcId: 'vpc-a',
  serviceName: aService.serviceName,
  name: 'tidb-orders',
  securityGroupIds: ['sg-a'],
  zones: [{ zoneId: 'ap-southeast-1a', vSwitchId: 'vsw-a' }],
  tags: { 'created-by': 'tidb-private-endpoint', 'tidb-instance': '1001', 'tidb-creation': 'c1' },
};

export const anEndpoint: VpcEndpoint = {
  id: 'ep-aaaa0001',
  name: 'tidb-orders',
  regionId: 'ap-southeast-1',
  vpcId: 'vpc-a',
  serviceName: aService.serviceName,
  domain: `ep-aaaa0001.${aService.serviceDnsName}`,
  status: 'Active',
  connectionStatus: 'Connected',
  businessStatus: 'Normal',
  tags: {},
};

export const aConnection: EndpointConnection = {
  id: 'pec-1',
  instanceId: '1001',
  endpointId: 'ep-aaaa0001',
  privateDomainName: anEndpoint.domain,
  state: 'ACTIVE',
  serviceState: 'ACTIVE',
  host: 'ep-aaaa0001.private.tidbcloud.test',
  port: 4000,
};

export const aCreation: Creation = {
  id: 'c1',
  instanceId: '1001',
  instanceName: 'orders',
  regionId: 'alicloud-ap-southeast-1',
  startedAtMs: 0,
  spec: aSpec,
  clientToken: 'token-1',
  acceptance: 'api',
};

export const tidbError = (code: AppError['code'], details: Partial<AppError['details']> = {}): AppError =>
  new AppError(code, { source: 'TiDB Cloud', ...details });

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
    dryRunCreateEndpoint: (_, signal) =>
      this.script.perform('dryRunCreateEndpoint', () => undefined, signal),
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
  register({ instanceId, endpointId, privateDomainName }: Omit<NewConnection, 'regionId'>): EndpointConnection {
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
      domain: `${id}.${aService.serviceDnsName}`,
      token,
      createdAtMs: this.clock.now(),
    };
    this.endpoints.push(endpoint);
    return this.seen(endpoint);
  }

  private seen(endpoint: FakeWorld['endpoints'][number]): VpcEndpoint {
    const { token: _token, createdAtMs, ...rest } = endpoint;
    const active = this.clock.now() - createdAtMs >= this.endpointTakesMs;
    const connected = this.connections.some(({ endpointId }) => endpointId === endpoint.id);
    return {
      ...rest,
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

  private async *pages<T>(operation: string, items: () => readonly T[], signal?: AbortSignal): AsyncGenerator<T> {
    yield* await this.script.perform(operation, () => [...items()], signal);
  }
}

function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) {
    throw tidbError('notFound', { subject: what });
  }
  return value;
}
