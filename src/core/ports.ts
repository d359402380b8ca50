import type { Disposable } from './emitter';
import type { ErrorCode, ErrorDetails } from './errors';
import type { Creation, Decision, Observed } from './creation';
import type {
  AttachedSecurityGroup,
  CallerIdentity,
  EndpointConnection,
  EndpointService,
  EndpointZone,
  HostingAccount,
  Instance,
  NewIngressRule,
  NewInstance,
  Place,
  PrivateLinkService,
  PublicConnectionSetting,
  Region,
  SecurityGroup,
  SecurityGroupRule,
  Vpc,
  VpcEndpoint,
  VpcEndpointSpec,
  VSwitch,
} from './model';
import type { DomainProbe, NameAnswer, Tried } from './probe';

/** What the services need from the world. Every method that fails throws an `AppError`; an abort throws its reason. */

/** TiDB Cloud Premium API, v1beta2. Lists page to the end as they are read. */
export interface TidbCloudApi {
  listInstances(signal?: AbortSignal): AsyncIterable<Instance>;
  /** The same, a page at a time as they arrive. */
  listInstancePages(signal?: AbortSignal): AsyncIterable<readonly Instance[]>;
  getInstance(instanceId: string, signal?: AbortSignal): Promise<Instance>;
  /** Sent once: there is no idempotency key, and an instance costs money from its first minute. */
  createInstance(request: NewInstance, signal?: AbortSignal): Promise<Instance>;
  renameInstance(instanceId: string, name: string, signal?: AbortSignal): Promise<Instance>;
  /** Asynchronous. All data of the instance is lost. */
  deleteInstance(instanceId: string, signal?: AbortSignal): Promise<void>;
  /** Asynchronous: a PAUSED instance goes through RESUMING to ACTIVE. */
  resumeInstance(instanceId: string, signal?: AbortSignal): Promise<void>;
  /** 8 to 64 bytes. */
  resetRootPassword(instanceId: string, password: string, signal?: AbortSignal): Promise<void>;
  getHostingAccount(instanceId: string, signal?: AbortSignal): Promise<HostingAccount>;
  getPublicConnectionSetting(instanceId: string, signal?: AbortSignal): Promise<PublicConnectionSetting>;
  /** Only what `change` names. Asynchronous: the answer may not show it yet. */
  updatePublicConnectionSetting(
    instanceId: string,
    change: Partial<Pick<PublicConnectionSetting, 'enabled' | 'ipAccessList'>>,
    signal?: AbortSignal,
  ): Promise<PublicConnectionSetting>;
  listRegions(signal?: AbortSignal): AsyncIterable<Region>;
  getPrivateLinkService(instanceId: string, signal?: AbortSignal): Promise<PrivateLinkService>;
  listConnections(instanceId: string, signal?: AbortSignal): AsyncIterable<EndpointConnection>;
  /**
   * Not in the published API: where it is not offered this throws an AppError `unsupported`, and the person accepts in
   * TiDB Cloud's console. There is no idempotency key: after an uncertain call, list and match on the endpoint id.
   */
  createConnection(request: NewConnection, signal?: AbortSignal): Promise<EndpointConnection>;
  /**
   * Undefined when there is no such connection. Not in the published API: `unsupported` where it is not offered; the
   * list tells the same.
   */
  getConnection(
    instanceId: string,
    connectionId: string,
    signal?: AbortSignal,
  ): Promise<EndpointConnection | undefined>;
  /**
   * Asynchronous; one that is gone already counts as success. Not in the published API: `unsupported` where it is not
   * offered, and the person deletes it in TiDB Cloud's console.
   */
  deleteConnection(instanceId: string, connectionId: string, signal?: AbortSignal): Promise<void>;
  /** The PEM text of the instance's certificate authority. */
  getCaCertificate(instanceId: string, signal?: AbortSignal): Promise<string>;
}

export interface NewConnection {
  readonly instanceId: string;
  /** TiDB Cloud region id (`alicloud-…`). */
  readonly regionId: string;
  readonly endpointId: string;
  readonly privateDomainName: string;
}

/** The operations of PrivateLink, VPC, ECS and STS that a private endpoint needs. Regions are Alibaba Cloud's. */
export interface AlibabaCloudApi {
  getCallerIdentity(signal?: AbortSignal): Promise<CallerIdentity>;
  /** False where PrivateLink was never opened on the account. */
  isPrivateLinkOpen(regionId: string, signal?: AbortSignal): Promise<boolean>;
  /** Pay-as-you-go: ask the person first. Already open counts as success. */
  openPrivateLink(signal?: AbortSignal): Promise<void>;
  /** Regions and zones in which PrivateLink exists at all; where one service is, `findEndpointService` tells. */
  listPrivateLinkRegions(signal?: AbortSignal): Promise<readonly Place[]>;
  listPrivateLinkZones(regionId: string, signal?: AbortSignal): Promise<readonly Place[]>;
  /** Undefined when the service is not in this region or has not allowed this account. */
  findEndpointService(
    regionId: string,
    serviceName: string,
    signal?: AbortSignal,
  ): Promise<EndpointService | undefined>;
  listVpcs(regionId: string, signal?: AbortSignal): AsyncIterable<Vpc>;
  listVpcRegions(signal?: AbortSignal): Promise<readonly Place[]>;
  listVpcZones(regionId: string, signal?: AbortSignal): Promise<readonly Place[]>;
  listVSwitches(regionId: string, vpcId: string, signal?: AbortSignal): AsyncIterable<VSwitch>;
  listSecurityGroups(regionId: string, vpcId: string, signal?: AbortSignal): AsyncIterable<SecurityGroup>;
  listIngressRules(
    regionId: string,
    securityGroupId: string,
    signal?: AbortSignal,
  ): AsyncIterable<SecurityGroupRule>;
  /**
   * Adds an ingress rule; one that is there already counts as success. The same client token adds it once, however often
   * it is sent.
   */
  addIngressRule(
    regionId: string,
    securityGroupId: string,
    rule: NewIngressRule,
    clientToken: string,
    signal?: AbortSignal,
  ): Promise<void>;
  listEcsRegions(signal?: AbortSignal): Promise<readonly Place[]>;
  listEcsZones(regionId: string, signal?: AbortSignal): Promise<readonly Place[]>;
  /** Checks parameters, permissions and quotas without creating anything; resolves when a create would be accepted. */
  dryRunCreateEndpoint(spec: VpcEndpointSpec, signal?: AbortSignal): Promise<void>;
  /** The same client token and spec give the same endpoint, however often they are sent. */
  createEndpoint(spec: VpcEndpointSpec, clientToken: string, signal?: AbortSignal): Promise<VpcEndpoint>;
  /** Undefined when there is no such endpoint. Carries no tags: PrivateLink lists them only in ListVpcEndpoints. */
  getEndpoint(regionId: string, endpointId: string, signal?: AbortSignal): Promise<VpcEndpoint | undefined>;
  listEndpoints(
    regionId: string,
    filter: { readonly serviceName?: string; readonly vpcId?: string },
    signal?: AbortSignal,
  ): AsyncIterable<VpcEndpoint>;
  listEndpointZones(regionId: string, endpointId: string, signal?: AbortSignal): AsyncIterable<EndpointZone>;
  listEndpointSecurityGroups(
    regionId: string,
    endpointId: string,
    signal?: AbortSignal,
  ): AsyncIterable<AttachedSecurityGroup>;
  /*
   * What changes an endpoint is asynchronous: it goes from Active through Pending back to Active, and takes the next
   * change only then. What is as wanted already counts as success.
   */
  renameEndpoint(regionId: string, endpointId: string, name: string, signal?: AbortSignal): Promise<void>;
  attachSecurityGroup(
    regionId: string,
    endpointId: string,
    securityGroupId: string,
    signal?: AbortSignal,
  ): Promise<void>;
  detachSecurityGroup(
    regionId: string,
    endpointId: string,
    securityGroupId: string,
    signal?: AbortSignal,
  ): Promise<void>;
  /** The same client token adds the zone once, however often it is sent. */
  addEndpointZone(
    regionId: string,
    endpointId: string,
    zone: VpcEndpointSpec['zones'][number],
    clientToken: string,
    signal?: AbortSignal,
  ): Promise<void>;
  removeEndpointZone(
    regionId: string,
    endpointId: string,
    zoneId: string,
    signal?: AbortSignal,
  ): Promise<void>;
  /** Its zones are removed first; with zones left this throws `conflict` (EndpointDependenceViolation). */
  deleteEndpoint(regionId: string, endpointId: string, signal?: AbortSignal): Promise<void>;
  tagEndpoint(
    regionId: string,
    endpointId: string,
    tags: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<void>;
  untagEndpoint(
    regionId: string,
    endpointId: string,
    keys: readonly string[],
    signal?: AbortSignal,
  ): Promise<void>;
  listEndpointTags(
    regionId: string,
    endpointId: string,
    signal?: AbortSignal,
  ): Promise<Readonly<Record<string, string>>>;
}

/** Where and as whom to open SQL. TLS with a verified certificate and host name is not optional. */
export interface SqlTarget {
  /** The private domain; also the name the certificate must carry. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database?: string;
  /** PEM, trusted in addition to the system's roots. */
  readonly caCertificatePem?: string;
  /** Left out: from this machine. */
  readonly route?: SqlRoute;
}

/** How the private domain is reached. */
export type SqlRoute =
  | { readonly kind: 'direct' }
  | {
      /** Through the person's own `ssh` program; the domain is resolved on the far side. */
      readonly kind: 'bastion';
      /** What `ssh` takes: a host of its configuration, `user@host`, or `ssh://user@host:port`. */
      readonly destination: string;
      /** Nobody is asked anything: where an answer would be needed, opening ends as if it was cancelled. */
      readonly unattended?: true;
    };

export interface SqlColumn {
  readonly name: string;
  /** MySQL's type name, for example `BIGINT`. */
  readonly type: string;
}

/** The text the server sent, exact; binary values as `0x…`; null is SQL NULL. */
export type SqlValue = string | null;

export interface SqlResult {
  /** Empty for a statement without rows. */
  readonly columns: readonly SqlColumn[];
  readonly rows: readonly (readonly SqlValue[])[];
  /** True when the server had more rows than `maxRows`. */
  readonly truncated: boolean;
  /** Undefined for a statement with rows. */
  readonly affectedRows?: number;
  readonly warningCount: number;
  readonly elapsedMs: number;
}

export interface SqlRunOptions {
  readonly maxRows: number;
  /** 0: no limit. */
  readonly timeoutMs: number;
  /** Aborting stops the statement on the server (KILL QUERY); the session stays usable. */
  readonly signal?: AbortSignal;
}

/** A value as it is shown: one that is too long is cut, and says how long it is (in UTF-16 units). */
export type SqlCell = SqlValue | { readonly cut: string; readonly length: number };

/** Positions of rows in the order of their arrival. */
export type RowOrder = Uint32Array;

export interface Arrangement {
  /** NULL comes first; numbers and decimals go by their exact value, text by its code points, dates by time. */
  readonly sort?: { readonly column: number; readonly descending: boolean };
  /** Rows in which some value contains this text, without regard to case; empty: all. */
  readonly filter?: string;
}

/** The rows of one result set as they arrive, kept outside the heap until they are disposed of. */
export interface StoredRows extends Disposable {
  readonly columns: readonly SqlColumn[];
  /** How many have arrived. */
  readonly count: number;
  /** No more will come. */
  readonly ended: boolean;
  /** The server had more rows than were wanted. */
  readonly truncated: boolean;
  /** After rows have arrived (at most every few milliseconds) and once when they have ended. */
  onDidChange(listener: () => void): Disposable;
  /** Rows `from` up to, not including, `to`; values longer than `cutAt` are cut. */
  read(
    from: number,
    to: number,
    options?: { readonly order?: RowOrder; readonly cutAt?: number },
  ): Promise<readonly (readonly SqlCell[])[]>;
  /** What has arrived, filtered and sorted. Long work lets others go first and ends when aborted. */
  arrange(arrangement: Arrangement, signal?: AbortSignal): Promise<RowOrder>;
  /** Writes what has arrived to a file, in the order of arrival. Returns the number of rows. */
  export(options: Omit<SqlExportOptions, 'timeoutMs'>): Promise<number>;
}

/** One of the answers that a statement gave; a procedure may give several. */
export type SqlAnswer =
  | { readonly kind: 'rows'; readonly rows: StoredRows; readonly warningCount: number }
  | {
      readonly kind: 'done';
      readonly affectedRows: number;
      /** The server's own line, for example `Rows matched: 2  Changed: 1  Warnings: 0`; may be empty. */
      readonly info: string;
      readonly warningCount: number;
    };

export interface SqlStreamed {
  readonly answers: readonly SqlAnswer[];
  readonly elapsedMs: number;
}

export interface SqlStreamOptions extends SqlRunOptions {
  /** Called when a result set begins, before its first row. Who takes it disposes of it, also when the run fails. */
  readonly onRows: (rows: StoredRows) => void;
}

export const exportFormats = ['csv', 'jsonLines'] as const;
export type ExportFormat = (typeof exportFormats)[number];

export interface SqlExportOptions {
  readonly format: ExportFormat;
  /** A file of this machine; written whole or not left behind at all. */
  readonly path: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (rows: number) => void;
}

/** One connection to the database. One statement at a time; a second one meanwhile is refused with `conflict`. */
export interface SqlSession {
  readonly serverVersion: string;
  /** The database that is in use, as far as the server tells; undefined for none. */
  readonly database: string | undefined;
  /** True until the connection is closed or lost. */
  readonly open: boolean;
  /** Runs one statement whose answer is small, and returns its first result set. */
  run(statement: string, options: SqlRunOptions): Promise<SqlResult>;
  /** Runs one statement and keeps its rows as they come. */
  stream(statement: string, options: SqlStreamOptions): Promise<SqlStreamed>;
  /** Runs one statement and writes its first result set to a file as it comes. Returns the number of rows. */
  export(statement: string, options: SqlExportOptions): Promise<number>;
  /**
   * Whether the server still answers; a session whose server does not answer in time is lost. While a statement runs it
   * counts as alive, and nothing is sent.
   */
  alive(withinMs: number): Promise<boolean>;
  close(): Promise<void>;
}

export interface SqlConnector {
  open(target: SqlTarget, signal?: AbortSignal): Promise<SqlSession>;
}

export interface ProbeTarget extends Pick<SqlTarget, 'host' | 'port' | 'route'> {
  /** PEM, trusted in addition to the system's roots; needed only when TLS is reached. */
  readonly caCertificatePem?: string | Promise<string | undefined>;
}

export interface ProbeOptions {
  /** For each stage. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Called as soon as a stage is over. */
  readonly onStage?: (soFar: DomainProbe) => void;
}

/** Finds out how far the way to a database is open, with one short connection and without logging in. */
export interface SqlProbe {
  /** Stage by stage up to the first one that fails. What fails is in the answer; only an abort is thrown. */
  probeDomain(target: ProbeTarget, options: ProbeOptions): Promise<DomainProbe>;
  /** A name's addresses alone. */
  lookUp(host: string, options: ProbeOptions): Promise<Tried<NameAnswer>>;
}

/** What `ssh` asks on the way to a bastion: a passphrase or password, or whether to trust a host's key. */
export interface SshQuestion {
  readonly destination: string;
  /** A notice wants no answer: it is shown until `ssh` goes on, for example while a key waits to be touched. */
  readonly kind: 'secret' | 'confirm' | 'notice';
  /** In ssh's own words. */
  readonly text: string;
  /** The last answer was not accepted. */
  readonly again?: true;
}

/**
 * Asks the person; undefined when they cancel, or when the signal is aborted. A confirmation is answered with `yes` or
 * `no`.
 */
export type AskSsh = (question: SshQuestion, signal: AbortSignal) => Promise<string | undefined>;

/** A statement that was run; never its results, and no password or key that was written in it. */
export interface SqlHistoryEntry {
  readonly id: string;
  readonly statement: string;
  readonly instanceId: string;
  readonly endpointId: string;
  /** The instance and endpoint in a person's words. */
  readonly connection: string;
  readonly atMs: number;
  readonly ended: 'done' | 'failed' | 'cancelled';
  readonly elapsedMs: number;
  /** Something was left out of the statement. */
  readonly masked?: true;
}

/** The history, which several windows change. */
export interface SqlHistoryStore {
  read(): Promise<readonly SqlHistoryEntry[]>;
  /** The change is made to what the store holds at that time; windows take turns. */
  change(change: (entries: readonly SqlHistoryEntry[]) => readonly SqlHistoryEntry[]): Promise<void>;
}

/** Secrets, kept by the editor's SecretStorage. */
export interface SecretStore {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string): Promise<void>;
  delete(key: string): Promise<void>;
  /** Called with the key when a secret changes, in this window or another. */
  onDidChange(listener: (key: string) => void): Disposable;
}

/** Small plain data that outlives the window. Never secrets. */
export interface StateStore {
  get(key: string): unknown;
  set(key: string, value: unknown): Promise<void>;
}

/** The network that this machine is in. */
export interface MachineNetwork {
  /** The VPC, when this machine is an ECS instance; undefined when it is not, or does not tell. Never fails. */
  vpcId(): Promise<string | undefined>;
}

/** The machine on which the extension runs. */
export interface ThisMachine extends MachineNetwork {
  /** Its own addresses, without loopback. */
  addresses(): readonly string[];
  /** What the editor is connected to, for example `ssh-remote` or `wsl`; undefined for the person's own machine. */
  readonly remoteName?: string;
  /** Operating system, editor and extension with their versions. */
  readonly versions: readonly string[];
}

/** Certificates of instances' authorities as files that other programs read. */
export interface CaFiles {
  /** Always the same path for an instance; written when it is not there or holds another certificate. */
  write(instanceId: string, pem: string): Promise<string>;
}

/** Goes through redaction before it is written. */
export interface Log {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  /** The full chain of causes is written. */
  error(message: string, error?: unknown): void;
}

export interface Clock {
  now(): number;
  /** Rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/**
 * Creations. One record each, written whole; a write that was answered survives a crash. Every window of the editor sees
 * the same ones; only the one that holds a record's lease works on it and writes it.
 */
export interface CreationJournal {
  list(): Promise<readonly JournalRecord[]>;
  write(record: JournalRecord): Promise<void>;
  /** Removes a record; one that is not there counts as removed. */
  forget(creationId: string): Promise<void>;
  /** Called with the id of a record that another window wrote. */
  onDidChange(listener: (creationId: string) => void): Disposable;
  /** Undefined while another window holds it. A window that died loses its leases within seconds. */
  lease(creationId: string): Promise<Lease | undefined>;
}

export interface JournalRecord {
  readonly creation: Creation;
  /** What the window that works on it last saw and decided, for those that only show it. */
  readonly shown?: {
    readonly seen?: Observed;
    readonly decision?: Decision;
    /** Without its cause. */
    readonly error?: { readonly code: ErrorCode; readonly details: ErrorDetails };
  };
}

export interface Lease {
  /** Aborted when the lease was lost, for example because the machine slept for longer than it lasts. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

export interface SandboxChoice {
  /** `console`: connections are accepted by hand in TiDB Cloud's console, as a real account does today. */
  readonly acceptMode: 'api' | 'console';
}

/** Both clouds and a database on this machine, to practise with. */
export interface SandboxClouds {
  readonly tidbCloud: {
    readonly baseUrl: string;
    readonly publicKey: string;
    readonly privateKey: string;
  };
  readonly alibabaCloud: {
    readonly endpoints: Readonly<Record<string, string>>;
    readonly accessKeyId: string;
    readonly accessKeySecret: string;
  };
  /** Of the database user `root`. */
  readonly databasePassword: string;
  stop(): Promise<void>;
}
