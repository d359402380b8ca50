import { setTimeout as pause } from 'node:timers/promises';
import { createAlibabaCloudApi, staticCredentials } from '../../src/cloud/alibaba';
import { createTidbCloudApi } from '../../src/cloud/tidbCloud';
import type { Creation } from '../../src/core/creation';
import type { VpcEndpointSpec } from '../../src/core/model';
import type { Clock, Log } from '../../src/core/ports';
import type { DurationKind } from '../../src/core/schedule';
import { secretKeys, stateKeys } from '../../src/ids';
import { startSandbox, type Sandbox, type WorldSnapshot } from '../../src/sandbox';
import { Accounts } from '../../src/services/accounts';
import { Inventory } from '../../src/services/inventory';
import { Durations } from '../../src/services/provisioning/durations';
import { CreationRunner, type CreationProgress } from '../../src/services/provisioning/runner';
import { endpointTags } from '../../src/services/provisioning/tags';
import { FakeJournal, FakeSecrets, FakeState, Script } from '../unit/fakes';
import { median, type Row } from './row';
import { seeded } from './seeded';
import * as terraform from './terraform';

const creations = 200;
/** At the same time, in one sandbox; each of them by a person of its own. */
const parallel = 100;
/** How much faster than in reality time passes, for the clouds and for us; what this machine takes is not faster. */
const timeScale = 8;
/** Of one batch. */
const limitMs = 120_000;
const region = 'ap-southeast-1';

const quiet = (): void => undefined;

/** One creation, from the wish until its connection is Active. Times are in milliseconds at real speed. */
interface Run {
  /** From the cloud's change until a view is told. */
  readonly delays: Readonly<Record<DurationKind, number>>;
  /** How long the clouds took, from the answer to the create call. */
  readonly durations: Readonly<Record<'endpoint' | 'connection', number>>;
}

interface Calls {
  readonly alibabaCloud: number;
  readonly readsOfEndpoint: number;
  readonly tidbCloud: number;
  /** While the service is Creating. */
  readonly tidbCloudService: number;
  readonly readsOfConnection: number;
}

/** How soon a creation shows what happens in the clouds, and what it asks of them for that. */
export async function measure(): Promise<readonly Row[]> {
  const random = seeded(1);
  const runs: Run[] = [];
  const calls: Calls[] = [];
  while (runs.length < creations) {
    const batch = await together(Math.min(parallel, creations - runs.length), random);
    runs.push(...batch.runs);
    calls.push(batch.calls);
  }
  return [...delayRows(runs), ...callRows(runs, calls)];
}

function delayRows(runs: readonly Run[]): readonly Row[] {
  const rows = (kind: DurationKind, peers?: readonly number[]): readonly Row[] => {
    const ours = runs.map(({ delays }) => delays[kind]);
    const row = (what: string, limit: number, of: (values: readonly number[]) => number): Row => ({
      what: `${kind} Active until shown, ${what} of ${runs.length}`,
      ours: round(of(ours) / 1_000),
      ...(peers !== undefined && { peer: round(of(peers) / 1_000), peerName: 'Terraform’s schedule' }),
      ...{ limit, unit: 's' },
    });
    return [row('median', 2.5, median), row('worst', 6, (values) => Math.max(...values))];
  };
  return [
    ...rows('service'),
    ...rows(
      'endpoint',
      runs.map(({ durations }) => terraform.watchEndpoint(durations.endpoint).delayMs),
    ),
    ...rows(
      'connection',
      runs.map(({ durations }) => terraform.watchConnection(durations.connection).delayMs),
    ),
  ];
}

/** Each is to be less than what Terraform's providers call for the same creations: create, look, and read once made. */
function callRows(runs: readonly Run[], calls: readonly Calls[]): readonly Row[] {
  const ours = (of: (each: Calls) => number): number => sum(calls.map(of)) / runs.length;
  const theirs = (of: (each: Run) => number): number => sum(runs.map(of)) / runs.length;
  const endpoint = theirs(({ durations }) => terraform.watchEndpoint(durations.endpoint).looks);
  const connection = theirs(({ durations }) => terraform.watchConnection(durations.connection).looks);
  const row = (what: string, count: number, peer: number): Row => ({
    what: `${what}, for each creation`,
    ...{ ours: round(count), peer: round(peer), peerName: 'Terraform’s schedule' },
    ...{ limit: round(peer), unit: 'calls' },
  });
  const readsOfEndpoint = endpoint + terraform.afterEndpoint.readsOfEndpoint;
  return [
    row(
      'reads of the endpoint',
      ours((each) => each.readsOfEndpoint),
      readsOfEndpoint,
    ),
    row(
      'all calls to Alibaba Cloud',
      ours((each) => each.alibabaCloud),
      1 + readsOfEndpoint + terraform.afterEndpoint.others,
    ),
    row(
      'reads of the connection',
      ours((each) => each.readsOfConnection),
      connection,
    ),
    row(
      'all calls to TiDB Cloud',
      ours((each) => each.tidbCloud),
      1 + connection,
    ),
    {
      what: 'and to TiDB Cloud while the service is Creating, which Terraform does not wait for',
      ours: round(ours((each) => each.tidbCloudService)),
      unit: 'calls',
    },
  ];
}

/** Creations of as many people that begin together, as their services do. */
async function together(count: number, random: () => number): Promise<{ runs: Run[]; calls: Calls }> {
  const times = new Map<string, number>();
  const sandbox = await startSandbox({
    timeScale,
    // They share the sandbox's one key, and a minute of theirs is a part of a real one.
    requestsPerMinute: Infinity,
    quotas: { readsPerMinute: Infinity, writesPerMinute: Infinity },
    timesUsual: (what, id) => {
      const key = `${what}/${id}`;
      const known = times.get(key) ?? 2 / 3 + (random() * 2) / 3;
      times.set(key, known);
      return known;
    },
  });
  const watch = new Watch(sandbox);
  const machines = Array.from({ length: count }, () => new Machine(sandbox, watch));
  try {
    const instanceIds = sandbox.control.addInstances(count, { privateLinkService: 'CREATING' });
    const begin = machines.map((machine, i) => [machine, must(instanceIds[i])] as const);
    await Promise.all(begin.map(([machine, instanceId]) => machine.open(instanceId)));
    const before = callsOf(sandbox);
    await Promise.all(begin.map(([machine, instanceId]) => machine.create(instanceId)));
    await watch.all(count);
    return { runs: watch.runs(instanceIds), calls: difference(callsOf(sandbox), before) };
  } finally {
    watch.stop();
    machines.forEach((machine) => machine.dispose());
    await sandbox.stop();
  }
}

/** The real parts of one person, on a clock as fast as the sandbox's. What they keep stays in memory. */
class Machine {
  private readonly clock: Clock;
  private readonly inventory: Inventory;
  private readonly runner: CreationRunner;

  constructor(
    private readonly sandbox: Sandbox,
    watch: Watch,
  ) {
    const error = (message: string, cause?: unknown): void => watch.fail(new Error(message, { cause }));
    const log: Log = { debug: quiet, info: quiet, warn: quiet, error };
    const [startedAtMs, startedAt] = [Date.now(), performance.now()];
    const clock: Clock = {
      now: () => startedAtMs + (performance.now() - startedAt) * timeScale,
      sleep: (ms, signal) => pause(Math.min(ms / timeScale, 2 ** 31 - 1), undefined, { signal }),
    };
    // A signature is good for a quarter of an hour of the wall clock.
    const signing: Clock = { ...clock, now: Date.now };
    const client = { userAgent: 'tidb-private-endpoint/bench', log };
    const { endpoints } = sandbox.alibabaCloud;
    const keys = { kind: 'keys', ...sandbox.alibabaCloud };
    const tidbCloud = createTidbCloudApi({ ...client, ...sandbox.tidbCloud, clock });
    const credentials = staticCredentials(sandbox.alibabaCloud);
    const alibabaCloud = createAlibabaCloudApi({ ...client, credentials, endpoints, clock: signing });
    const secrets = new FakeSecrets();
    secrets.kept.set(secretKeys.tidbCloud, JSON.stringify(sandbox.tidbCloud));
    secrets.kept.set(secretKeys.alibabaCloud, JSON.stringify(keys));
    const accounts = new Accounts({
      ...{ secrets, secretKeys, state: new FakeState(), stateKeys, environment: {} },
      ...{ log, learnSecret: quiet, isWorkspaceTrusted: () => true },
      createTidbCloudApi: () => Promise.resolve(tidbCloud),
      createAlibabaCloudApi: () => Promise.resolve(alibabaCloud),
      listAlibabaCloudProfiles: () => Promise.resolve([]),
    });
    this.clock = clock;
    this.inventory = new Inventory(accounts, log);
    const journal = new FakeJournal(new Script()).window();
    // Their first creation: what is usual is what the guide says.
    const durations = new Durations({ get: quiet, set: () => Promise.resolve() }, 'durations');
    this.runner = new CreationRunner({
      ...{ journal, accounts, inventory: this.inventory, durations, clock, log, random: Math.random },
    });
    this.runner.onDidChange((progress) => watch.shown(progress));
  }

  /** Whoever creates has opened a view, which has read this. */
  open(instanceId: string): Promise<void> {
    return this.inventory.refreshDetails(instanceId);
  }

  async create(instanceId: string): Promise<void> {
    await this.runner.start(creationFor(this.sandbox, instanceId, this.clock.now()));
  }

  dispose(): void {
    this.runner.dispose();
  }
}

function creationFor(sandbox: Sandbox, instanceId: string, startedAtMs: number): Creation {
  const { services, vpcs, vSwitches, securityGroups } = sandbox.control.getState();
  const service = must(services.find(({ tidbId }) => tidbId === instanceId));
  const vSwitch = must(
    vSwitches.find(({ zoneId, freeAddresses }) => service.zones.includes(zoneId) && freeAddresses > parallel),
  );
  const vpc = must(vpcs.find(({ vpcId }) => vpcId === vSwitch.vpcId));
  const group = must(securityGroups.find(({ vpcId }) => vpcId === vpc.vpcId));
  const spec: VpcEndpointSpec = {
    ...{ regionId: region, vpcId: vpc.vpcId, serviceName: service.serviceName, name: `tidb-${instanceId}` },
    securityGroupIds: [group.securityGroupId],
    zones: [{ zoneId: vSwitch.zoneId, vSwitchId: vSwitch.vSwitchId }],
    tags: endpointTags(instanceId, `creation-${instanceId}`),
  };
  return {
    ...{ id: `creation-${instanceId}`, instanceId, instanceName: instanceId, regionId: `alicloud-${region}` },
    ...{ startedAtMs, spec, clientToken: `token-${instanceId}`, acceptance: 'api' },
  };
}

type Moment = 'serviceActive' | 'endpointMade' | 'endpointActive' | 'connectionMade' | 'connectionActive';

/** When things happened in the clouds, and when they were shown. */
class Watch {
  private readonly happened = new Map<string, number>();
  private readonly seen = new Map<string, number>();
  private readonly decisions = new Map<string, CreationProgress['decision']>();
  private readonly stopListening: () => void;
  private onShown: () => void = quiet;
  private problem: unknown;

  constructor(sandbox: Sandbox) {
    this.stopListening = sandbox.control.onChange((state) => this.look(state));
  }

  shown({ creation: { instanceId }, seen, decision }: CreationProgress): void {
    this.decisions.set(instanceId, decision);
    const first = (moment: Moment, isSeen: boolean): void => {
      if (isSeen) {
        note(this.seen, instanceId, moment);
      }
    };
    first('serviceActive', typeof seen?.service === 'object' && seen.service.state === 'ACTIVE');
    first('endpointActive', typeof seen?.endpoint === 'object' && seen.endpoint.status === 'Active');
    first('connectionActive', typeof seen?.connection === 'object' && seen.connection.state === 'ACTIVE');
    this.onShown();
  }

  /** What is measured when something fails is not what it takes when nothing does. */
  fail(problem: unknown): void {
    this.problem ??= problem;
    this.onShown();
  }

  /** Resolves once that many connections have been shown to be Active. */
  async all(count: number): Promise<void> {
    const isActive = (key: string): boolean => key.endsWith('/connectionActive');
    await new Promise<void>((resolve, reject) => {
      const limit = setTimeout(() => {
        const waiting = [...this.decisions].filter(([id]) => !this.seen.has(`${id}/connectionActive`));
        reject(new Error(`Some creations have not come to an end: ${JSON.stringify(waiting)}`));
      }, limitMs);
      this.onShown = () => {
        if (this.problem !== undefined || [...this.seen.keys()].filter(isActive).length >= count) {
          clearTimeout(limit);
          resolve();
        }
      };
      this.onShown();
    });
    if (this.problem !== undefined) {
      throw new Error('A creation did not go as it should', { cause: this.problem });
    }
  }

  runs(instanceIds: readonly string[]): Run[] {
    return instanceIds.map((id) => {
      const at = (times: ReadonlyMap<string, number>, moment: Moment): number =>
        must(times.get(`${id}/${moment}`)) * timeScale;
      const delay = (moment: Moment): number => at(this.seen, moment) - at(this.happened, moment);
      return {
        delays: {
          service: delay('serviceActive'),
          endpoint: delay('endpointActive'),
          connection: delay('connectionActive'),
        },
        durations: {
          endpoint: at(this.happened, 'endpointActive') - at(this.happened, 'endpointMade'),
          connection: at(this.happened, 'connectionActive') - at(this.happened, 'connectionMade'),
        },
      };
    });
  }

  stop(): void {
    this.stopListening();
  }

  private look({ services, endpoints, connections }: WorldSnapshot): void {
    const instanceOf = new Map(services.map(({ serviceId, tidbId }) => [serviceId, tidbId]));
    for (const { tidbId, state } of services) {
      if (state === 'ACTIVE') {
        note(this.happened, tidbId, 'serviceActive');
      }
    }
    for (const { serviceId, status } of endpoints) {
      const instanceId = instanceOf.get(serviceId) ?? '';
      note(this.happened, instanceId, 'endpointMade');
      if (status === 'Active') {
        note(this.happened, instanceId, 'endpointActive');
      }
    }
    for (const { tidbId, state } of connections) {
      note(this.happened, tidbId, 'connectionMade');
      if (state === 'ACTIVE') {
        note(this.happened, tidbId, 'connectionActive');
      }
    }
  }
}

function note(times: Map<string, number>, instanceId: string, moment: Moment): void {
  const key = `${instanceId}/${moment}`;
  if (!times.has(key)) {
    times.set(key, performance.now());
  }
}

const endpointReads = ['GetVpcEndpointAttribute', 'ListVpcEndpoints'];
const connectionReads = ['tidb:ListPrivateEndpointConnections', 'tidb:GetPrivateEndpointConnection'];
const serviceRead = 'tidb:GetPrivateLinkService';
const createConnection = 'tidb:CreatePrivateEndpointConnection';

function callsOf({ control }: Sandbox): Calls {
  const count = (operations: readonly string[]): number => sum(operations.map((name) => control.calls(name)));
  const readsOfConnection = count(connectionReads);
  const tidbCloudService = count([serviceRead]);
  const tidbCloud = readsOfConnection + count([createConnection]);
  return {
    ...{ tidbCloud, readsOfConnection, tidbCloudService },
    alibabaCloud: control.calls('*') - tidbCloud - tidbCloudService,
    readsOfEndpoint: count(endpointReads),
  };
}

const difference = (now: Calls, before: Calls): Calls => ({
  alibabaCloud: now.alibabaCloud - before.alibabaCloud,
  readsOfEndpoint: now.readsOfEndpoint - before.readsOfEndpoint,
  tidbCloud: now.tidbCloud - before.tidbCloud,
  tidbCloudService: now.tidbCloudService - before.tidbCloudService,
  readsOfConnection: now.readsOfConnection - before.readsOfConnection,
});

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const round = (value: number): number => Math.round(value * 100) / 100;

function must<T>(value: T | undefined): T {
  if (value === undefined) {
    throw new Error('The sandbox does not have what the bench needs');
  }
  return value;
}
