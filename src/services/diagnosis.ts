import { collect } from '../core/collect';
import { causeOf } from '../core/diagnosis/cause';
import type { DiagnosisFacts, Fact, PortFacts } from '../core/diagnosis/facts';
import { isDone, valueOf } from '../core/diagnosis/facts';
import { AppError, isCancellation } from '../core/errors';
import type { PrivateEndpoint } from '../core/health';
import { alibabaRegionOf, type Instance, type NewIngressRule } from '../core/model';
import type { Clock, Log, SqlConnector, SqlProbe, ThisMachine } from '../core/ports';
import type { DomainProbe, Tried } from '../core/probe';
import type { Accounts } from './accounts';
import type { AskCredentials, Connections, Credentials } from './connections';
import { allRules, portFacts } from './diagnosis/ports';
import type { Inventory } from './inventory';

export interface DiagnosesOptions {
  readonly accounts: Accounts;
  readonly inventory: Inventory;
  readonly connections: Pick<Connections, 'routeTo' | 'authorities' | 'passwords'>;
  readonly connector: () => Promise<SqlConnector>;
  readonly probe: () => Promise<SqlProbe>;
  readonly machine: ThisMachine;
  readonly isSandbox: () => boolean;
  readonly clock: Clock;
  readonly learnSecret: (secret: string) => void;
  readonly newId: () => string;
  readonly log: Log;
}

/** What is diagnosed, and how its password is asked for. */
export interface DiagnosisSubject {
  readonly instance: Instance;
  readonly endpoint: PrivateEndpoint;
  readonly ask: AskCredentials;
}

export interface DiagnosisRequest {
  readonly instance: Instance;
  readonly endpoint: PrivateEndpoint;
  readonly signal: AbortSignal;
  /** Given by the person just now; left out: those that are kept. */
  readonly credentials?: Credentials;
  readonly onChange: (facts: DiagnosisFacts) => void;
}

const stageLimitMs = 5_000;
const cloudLimitMs = 15_000;
/** A bastion may have to ask the person something. */
const tunnelLimitMs = 60_000;

/** Finds out why a private endpoint cannot be reached, or that it can. */
export class Diagnoses {
  constructor(private readonly options: DiagnosesOptions) {}

  /** Both sides at once; `onChange` gets the facts as they come. Ends, cancelled or not, with all that is known. */
  async run(request: DiagnosisRequest): Promise<DiagnosisFacts> {
    return new Run(this.options, request).run();
  }

  /** Adds the rules that the diagnosis found missing to the first of the endpoint's security groups. */
  async addRules(facts: DiagnosisFacts, rules: readonly NewIngressRule[]): Promise<void> {
    const groupId = valueOf(facts.ports)?.groupIds[0];
    if (groupId === undefined) {
      return;
    }
    const { instanceId, endpointId } = facts;
    const api = await this.options.accounts.alibabaCloudFor(instanceId, { endpointId });
    for (const rule of rules) {
      await api.addIngressRule(facts.regionId, groupId, rule, this.options.newId());
    }
  }
}

class Run {
  private facts: DiagnosisFacts;

  constructor(
    private readonly options: DiagnosesOptions,
    private readonly request: DiagnosisRequest,
  ) {
    const { instance, endpoint } = request;
    const { connection } = endpoint;
    const isThere = connection?.host !== undefined && connection.port !== undefined;
    this.facts = {
      instanceId: instance.id,
      instanceName: instance.name,
      endpointId: endpoint.endpointId,
      regionId: alibabaRegionOf(instance.regionId) ?? instance.regionId,
      startedAtMs: options.clock.now(),
      finished: false,
      cancelled: false,
      sandbox: options.isSandbox(),
      ...(options.machine.remoteName !== undefined && { remoteName: options.machine.remoteName }),
      route: { kind: 'direct' },
      ...(isThere && { host: connection.host, port: connection.port }),
      user: request.credentials?.user ?? options.connections.passwords.userOf(instance.id),
      probe: {},
      probing: isThere,
    };
  }

  async run(): Promise<DiagnosisFacts> {
    const { signal } = this.request;
    this.note({});
    const lists = this.lists();
    const parts = await Promise.allSettled([
      this.machine(),
      this.tidbCloud(),
      lists.then(() => this.alibabaCloud()),
      this.way(lists),
    ]);
    const failures = parts.flatMap((part) => (part.status === 'rejected' ? [part.reason as Error] : []));
    const real = failures.find((error) => !signal.aborted && !isCancellation(error));
    this.note({ finished: true, probing: false, cancelled: failures.length > 0 });
    if (real !== undefined) {
      throw real;
    }
    return this.facts;
  }

  /** The way from here, up to a statement. */
  private async way(lists: Promise<void>): Promise<void> {
    const { endpoint, signal } = this.request;
    const { connections } = this.options;
    if (this.facts.host === undefined) {
      // It may have come since the lists were read last.
      await lists;
      const { host, port } = valueOf(this.facts.connection) ?? {};
      this.note(host === undefined || port === undefined ? {} : { host, port, probing: true });
    }
    const { host, port } = this.facts;
    if (host === undefined || port === undefined) {
      return;
    }
    const route = await connections.routeTo(endpoint);
    this.note({ route });
    const stageMs = route.kind === 'bastion' ? tunnelLimitMs : stageLimitMs;
    const probe = await this.options.probe();
    const authority = this.authority();
    const look = (ca: Promise<string | undefined>): Promise<DomainProbe> =>
      probe.probeDomain(
        { host, port, route, caCertificatePem: ca },
        { timeoutMs: stageMs, signal, onStage: (soFar) => this.note({ probe: soFar }) },
      );
    const own = endpoint.endpoint?.domain || endpoint.connection?.privateDomainName;
    const domain = route.kind === 'bastion' ? undefined : own;
    const [found] = await Promise.all([
      look(authority.then((kept) => kept?.pem)),
      domain === undefined || domain === host
        ? Promise.resolve()
        : probe
            .lookUp(domain, { timeoutMs: stageMs, signal })
            .then((endpointDns) => this.note({ endpointDns })),
    ]);
    const mended = await this.renewed(found, (await authority)?.pem);
    const last = mended === undefined ? found : await look(Promise.resolve(mended));
    this.note({ probe: last, probing: false });
    await this.login(last, mended ?? (await authority)?.pem);
  }

  /** The instance's CA certificate: the kept one, else downloaded. */
  private async authority(): Promise<{ readonly pem: string } | undefined> {
    const { authorities } = this.options.connections;
    const { id } = this.request.instance;
    const kept = authorities.known(id);
    const caCertificate = await this.attempt(async (signal) => ({
      pem: kept ?? (await authorities.download(id, signal)),
    }));
    this.note({ caCertificate: { ...caCertificate, value: { kept: kept !== undefined } } });
    return caCertificate.value;
  }

  /** Another authority than the one that did not fit, if there is one. */
  private async renewed(found: DomainProbe, pem: string | undefined): Promise<string | undefined> {
    const { error } = found.tls ?? {};
    const kept = valueOf(this.facts.caCertificate)?.kept === true;
    if (!kept || !AppError.is(error) || error.code !== 'sqlCertificateUntrusted') {
      return undefined;
    }
    const fresh = await this.attempt((signal) =>
      this.options.connections.authorities.download(this.request.instance.id, signal),
    );
    return fresh.value === pem ? undefined : fresh.value;
  }

  /** Exactly one login, with the password that was given or is kept. */
  private async login(found: DomainProbe, caCertificatePem: string | undefined): Promise<void> {
    const { instance, signal, credentials: given } = this.request;
    const { passwords } = this.options.connections;
    const { host, port, route } = this.facts;
    if (
      found.tls === undefined ||
      found.tls.error !== undefined ||
      host === undefined ||
      port === undefined
    ) {
      return;
    }
    const credentials = given ?? (await passwords.known(instance.id));
    if (credentials === undefined) {
      this.note({ login: { skipped: 'noPassword' }, query: { skipped: 'noPassword' } });
      return;
    }
    this.options.learnSecret(credentials.password);
    const connector = await this.options.connector();
    const opened = await this.attempt(
      (within) =>
        connector.open(
          { host, port, route, ...credentials, ...(caCertificatePem !== undefined && { caCertificatePem }) },
          within,
        ),
      route.kind === 'bastion' ? tunnelLimitMs : cloudLimitMs,
    );
    const { value: session, ...times } = opened;
    this.note({ login: { ...times, ...(session && { value: { serverVersion: session.serverVersion } }) } });
    if (session === undefined) {
      if (causeOf(this.facts) === 'wrongPassword') {
        // One that is wrong is not tried again by anybody: accounts get locked.
        await passwords.refuse(instance.id, credentials);
      }
      return;
    }
    try {
      if (given !== undefined) {
        await passwords.accept(instance.id, given);
      }
      const query = await this.attempt(async () => {
        const { rows } = await session.run('SELECT VERSION(), CURRENT_USER()', {
          maxRows: 1,
          timeoutMs: stageLimitMs,
          signal,
        });
        const [version, user] = rows[0] ?? [];
        return { version: version ?? '', user: user ?? '' };
      });
      this.note({ query });
    } finally {
      await session.close();
    }
  }

  private async machine(): Promise<void> {
    const { machine } = this.options;
    const found = await this.attempt(async () => ({
      // The sandbox's VPCs are not where this machine is.
      vpcId: this.facts.sandbox ? undefined : await machine.vpcId(),
      addresses: machine.addresses(),
    }));
    this.note({ machine: found });
  }

  private async tidbCloud(): Promise<void> {
    const { accounts } = this.options;
    const instance = await this.attempt(async (signal) =>
      (await accounts.tidbCloudFor(this.request.instance.id)).getInstance(this.request.instance.id, signal),
    );
    this.note({ instance });
  }

  /** The lists of both clouds, which every view then shows, too; whoever reads them now reads them once. */
  private async lists(): Promise<void> {
    const { inventory } = this.options;
    const { instance, endpoint } = this.request;
    const listed = await this.attempt(async () => {
      await inventory.refreshDetails(instance.id);
      const { value, error } = inventory.details(instance.id);
      if (error !== undefined) {
        throw error as Error;
      }
      if (value === undefined) {
        throw new AppError('notFound', { source: 'TiDB Cloud', subject: instance.name });
      }
      return value;
    });
    const { value, ...rest } = listed;
    const seen = value?.endpoints.find(({ endpointId }) => endpointId === endpoint.endpointId);
    const alibabaCloud = await this.alibabaFact(listed, seen?.endpoint);
    this.note({
      service: { ...rest, ...(value && { value: value.service }) },
      connection: { ...rest, value: seen?.connection },
      endpoint: alibabaCloud,
    });
  }

  private async alibabaFact(
    { value, ...rest }: Tried<{ readonly alibabaCloudError?: unknown }>,
    endpoint: PrivateEndpoint['endpoint'],
  ): Promise<Fact<PrivateEndpoint['endpoint']>> {
    if (!(await this.options.accounts.isSignedIn('Alibaba Cloud'))) {
      return { skipped: 'notSignedIn' };
    }
    const error = rest.error ?? value?.alibabaCloudError;
    return { ...rest, value: endpoint, ...(error !== undefined && { error }) };
  }

  private async alibabaCloud(): Promise<void> {
    const { endpoint: fact, regionId } = this.facts;
    const endpoint = valueOf(fact);
    if (!isDone(fact) || endpoint === undefined) {
      const skipped = fact !== undefined && 'skipped' in fact ? fact : ({ skipped: 'needsEarlier' } as const);
      this.note({ zones: skipped, ports: skipped });
      return;
    }
    const api = await this.options.accounts.alibabaCloudFor(this.request.instance.id);
    await Promise.all([
      this.attempt((signal) => collect(api.listEndpointZones(regionId, endpoint.id, signal))).then((zones) =>
        this.note({ zones }),
      ),
      this.attempt(async (signal): Promise<PortFacts> => {
        const vpcId = this.facts.sandbox ? undefined : await this.options.machine.vpcId();
        const isInside = vpcId === endpoint.vpcId && this.facts.route.kind === 'direct';
        const rules = await allRules(api, regionId, endpoint, { withVpc: !isInside, signal });
        const port = this.facts.port ?? valueOf(this.facts.service)?.port ?? 4000;
        return portFacts(rules, port, isInside ? this.options.machine.addresses() : undefined);
      }).then((ports) => this.note({ ports })),
    ]);
  }

  /** In bounded time. What fails is in the answer; only the person's cancelling is thrown. */
  private async attempt<T>(
    work: (signal: AbortSignal) => Promise<T>,
    limitMs = cloudLimitMs,
  ): Promise<Tried<T>> {
    const { clock } = this.options;
    const { signal } = this.request;
    signal.throwIfAborted();
    const startedAtMs = clock.now();
    const over = new AbortController();
    const within = AbortSignal.any([signal, over.signal]);
    const late = new AbortController();
    const tooLate = clock.sleep(limitMs, AbortSignal.any([signal, late.signal])).then(() => {
      throw new AppError('timeout', { source: 'Extension', reason: 'the step took too long' });
    });
    try {
      const value = await Promise.race([work(within), tooLate]);
      return { startedAtMs, elapsedMs: clock.now() - startedAtMs, value };
    } catch (error) {
      signal.throwIfAborted();
      return { startedAtMs, elapsedMs: clock.now() - startedAtMs, error };
    } finally {
      late.abort();
      over.abort();
      tooLate.catch(() => undefined);
    }
  }

  private note(more: Partial<DiagnosisFacts>): void {
    this.facts = { ...this.facts, ...more };
    this.request.onChange(this.facts);
  }
}
