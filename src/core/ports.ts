import type { Disposable } from './emitter';
import type { Creation } from './creation';
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
} from './model';

/** What the services need from the world. Every method that fails throws an `AppError`; an abort throws its reason. */

/** TiDB Cloud Premium API, v1beta2. Lists page to the end as they are read. */
export interface TidbCloudApi {
  listInstances(signal?: AbortSignal): AsyncIterable<Instance>;
  getInstance(instanceId: string, signal?: AbortSignal): Promise<Instance>;
  getPrivateLinkService(instanceId: string, signal?: AbortSignal): Promise<PrivateLinkService>;
  listConnections(instanceId: string, signal?: AbortSignal): AsyncIterable<EndpointConnection>;
  /**
   * Not in the published API: where it is not offered this throws an AppError `unsupported`, and the person accepts in
   * TiDB Cloud's console. There is no idempotency key: after an uncertain call, list and match on the endpoint id.
   */
  createConnection(request: NewConnection, signal?: AbortSignal): Promise<EndpointConnection>;
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
  /** Undefined when the service is not in this region or has not allowed this account. */
  findEndpointService(
    regionId: string,
    serviceName: string,
    signal?: AbortSignal,
  ): Promise<EndpointService | undefined>;
  listVpcs(regionId: string, signal?: AbortSignal): AsyncIterable<Vpc>;
  listVSwitches(regionId: string, vpcId: string, signal?: AbortSignal): AsyncIterable<VSwitch>;
  listSecurityGroups(regionId: string, vpcId: string, signal?: AbortSignal): AsyncIterable<SecurityGroup>;
  listIngressRules(
    regionId: string,
    securityGroupId: string,
    signal?: AbortSignal,
  ): AsyncIterable<SecurityGroupRule>;
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
}

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

export interface SqlSession {
  readonly serverVersion: string;
  /** True until the connection is closed or lost. */
  readonly open: boolean;
  /** Runs one statement. */
  run(statement: string, options: SqlRunOptions): Promise<SqlResult>;
  close(): Promise<void>;
}

export interface SqlConnector {
  open(target: SqlTarget, signal?: AbortSignal): Promise<SqlSession>;
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

/** Creations in progress. One record each, written whole; a write that was answered survives a crash. */
export interface CreationJournal {
  list(): Promise<readonly Creation[]>;
  write(creation: Creation): Promise<void>;
}
