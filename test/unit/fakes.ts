import { AppError, cancellation } from '../../src/core/errors';
import type { Creation } from '../../src/core/creation';
import type { Disposable } from '../../src/core/emitter';
import type {
  EndpointConnection,
  EndpointZone,
  Instance,
  PrivateLinkService,
  VpcEndpoint,
  VpcEndpointSpec,
} from '../../src/core/model';
import type {
  Clock,
  CreationJournal,
  JournalRecord,
  Lease,
  Log,
  SecretStore,
  StateStore,
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

/** A loop that never waits would hang the tests instead of failing one. */
const tooManyCalls = 5_000;

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
    if (this.calls.push(operation) > tooManyCalls) {
      return new Promise(() => undefined);
    }
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

/** The journal of several windows. A window that died keeps its leases until `expire`. */
export class FakeJournal {
  readonly records = new Map<string, Creation>();
  readonly shown = new Map<string, JournalRecord['shown']>();
  private readonly holders = new Map<string, FakeWindow>();
  private readonly windows = new Set<FakeWindow>();
  constructor(private readonly script: Script) {}

  window(): FakeWindow {
    const window = new FakeWindow(this, this.script);
    this.windows.add(window);
    return window;
  }

  /** As when another window wrote it. */
  put(record: JournalRecord, by?: FakeWindow): void {
    this.records.set(record.creation.id, record.creation);
    this.shown.set(record.creation.id, record.shown);
    for (const window of this.windows) {
      if (window !== by) {
        window.tell(record.creation.id);
      }
    }
  }

  take(id: string, window: FakeWindow): boolean {
    const isFree = !this.holders.has(id);
    if (isFree) {
      this.holders.set(id, window);
    }
    return isFree;
  }

  free(id: string, window: FakeWindow): void {
    if (this.holders.get(id) === window) {
      this.holders.delete(id);
    }
  }

  /** The leases of that window run out; it learns of it when it is alive. */
  expire(window: FakeWindow): void {
    for (const [id, holder] of this.holders) {
      if (holder === window) {
        this.holders.delete(id);
      }
    }
    window.lose();
  }
}

export class FakeWindow implements CreationJournal {
  private readonly listeners = new Set<(id: string) => void>();
  private readonly leases = new Set<AbortController>();
  constructor(
    private readonly journal: FakeJournal,
    private readonly script: Script,
  ) {}

  list(): Promise<readonly JournalRecord[]> {
    return this.script.perform('journal.list', () =>
      [...this.journal.records].map(([id, creation]) => {
        const shown = this.journal.shown.get(id);
        return { creation, ...(shown !== undefined && { shown }) };
      }),
    );
  }
  write(record: JournalRecord): Promise<void> {
    return this.script.perform('journal.write', () => this.journal.put(record, this));
  }
  forget(id: string): Promise<void> {
    return this.script.perform('journal.forget', () => {
      this.journal.records.delete(id);
      this.journal.shown.delete(id);
    });
  }
  onDidChange(listener: (id: string) => void): Disposable {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  }
  lease(id: string): Promise<Lease | undefined> {
    return this.script.perform('journal.lease', () => {
      if (!this.journal.take(id, this)) {
        return undefined;
      }
      const lost = new AbortController();
      this.leases.add(lost);
      return {
        lost: lost.signal,
        release: () => {
          this.leases.delete(lost);
          if (!lost.signal.aborted) {
            this.journal.free(id, this);
          }
          return Promise.resolve();
        },
      };
    });
  }
  tell(id: string): void {
    for (const listener of this.listeners) {
      listener(id);
    }
  }
  lose(): void {
    for (const lost of this.leases) {
      lost.abort(cancellation());
    }
    this.leases.clear();
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
  endpoints: [],
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

export const aZone: EndpointZone = {
  zoneId: 'ap-southeast-1a',
  vSwitchId: 'vsw-a',
  networkInterfaceId: 'eni-a',
  ip: '10.0.0.5',
  domain: 'ep-aaaa0001-ap-southeast-1a.test',
  status: 'Connected',
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

/** A copy of a thing without some of what it has. */
export function without<T extends object, K extends keyof T>(whole: T, ...keys: readonly K[]): Omit<T, K> {
  const rest = { ...whole };
  for (const key of keys) {
    Reflect.deleteProperty(rest, key);
  }
  return rest;
}
