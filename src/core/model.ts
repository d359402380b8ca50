/**
 * The field's words as types. Values are what the clouds report, mapped and validated in `cloud/`; a value a cloud adds
 * later becomes `UNKNOWN` there instead of failing here.
 * Sources: TiDB Cloud v1beta2 specification; Alibaba Cloud PrivateLink 2020-04-15, VPC 2016-04-28, ECS 2014-05-26.
 */

export type CloudProvider = 'alicloud' | 'aws' | 'gcp' | 'azure' | 'unknown';

/** A TiDB Cloud instance. */
export interface Instance {
  readonly id: string;
  readonly name: string;
  /** TiDB Cloud region id, for example `alicloud-ap-southeast-1`. */
  readonly regionId: string;
  readonly regionName: string;
  readonly cloudProvider: CloudProvider;
  /** `Premium`, `Starter`, … as TiDB Cloud prints it. */
  readonly servicePlan: string;
  /** `ACTIVE`, `CREATING`, `PAUSED`, … as TiDB Cloud prints it. */
  readonly state: string;
  readonly projectId?: string;
  readonly organizationId?: string;
  readonly version?: string;
  /** Where the instance can be reached, as TiDB Cloud lists it; may lag behind the list of connections. */
  readonly endpoints: readonly InstanceEndpoint[];
}

/** One way to reach an instance (`TidbEndpoint`). */
export interface InstanceEndpoint {
  readonly host: string;
  readonly port: number;
  readonly type: 'PUBLIC' | 'PRIVATE_ENDPOINT' | 'VPC_PEERING' | 'UNKNOWN';
  /** TiDB Cloud's own view, no proof that it can be reached from here. Absent where TiDB Cloud says nothing. */
  readonly reachability?: {
    readonly reachable: boolean;
    readonly serviceActive?: boolean;
    readonly endpointActive?: boolean;
    readonly dnsReachable?: boolean;
    /** Known: `DNS_NOT_REACHABLE`, `DNS_PROBE_FAILED`. */
    readonly message?: string;
  };
}

/** What an instance is created from (CreateTidb). */
export interface NewInstance {
  /** 4 to 64 letters, digits and hyphens. */
  readonly name: string;
  /** TiDB Cloud region id. */
  readonly regionId: string;
  readonly servicePlan: string;
  /** 8 to 64 bytes. */
  readonly rootPassword?: string;
}

/** A region in which TiDB Cloud offers instances. */
export interface Region {
  /** `alicloud-ap-southeast-1` */
  readonly id: string;
  readonly name: string;
  readonly cloudProvider: CloudProvider;
  /** `Premium`, … as TiDB Cloud prints them. */
  readonly servicePlans: readonly string[];
}

/** The cloud account in which TiDB Cloud runs an instance (CloudProviderInfo). */
export interface HostingAccount {
  readonly cloudProvider: CloudProvider;
  readonly accountId: string;
  readonly externalId?: string;
}

/** Whether and from where an instance can be reached over the internet. */
export interface PublicConnectionSetting {
  /** Undefined where TiDB Cloud does not say. */
  readonly enabled?: boolean;
  readonly ipAccessList: readonly { readonly cidr: string; readonly description: string }[];
  readonly egressIps: readonly string[];
}

export const privateLinkServiceStates = ['CREATING', 'ACTIVE', 'DELETING'] as const;
export type PrivateLinkServiceState = (typeof privateLinkServiceStates)[number] | 'UNKNOWN';

/** TiDB Cloud's side of the private link: the endpoint service of one instance. */
export interface PrivateLinkService {
  readonly instanceId: string;
  /** Endpoint Service Name, for example `com.aliyuncs.privatelink.ap-southeast-1.epsrv-…`; empty while CREATING. */
  readonly serviceName: string;
  readonly serviceDnsName: string;
  /** Documented for AWS only; for Alibaba Cloud a hint at most. */
  readonly availableZones: readonly string[];
  readonly port: number;
  readonly state: PrivateLinkServiceState;
}

export const endpointConnectionStates = ['DISCOVERED', 'PENDING', 'ACTIVE', 'DELETING', 'FAILED'] as const;
/**
 * PENDING: posted, acceptance not finished. DISCOVERED: seen on the service but not posted. FAILED: delete and create
 * again.
 */
export type EndpointConnectionState = (typeof endpointConnectionStates)[number] | 'UNKNOWN';

/** A private endpoint connection as TiDB Cloud lists it. */
export interface EndpointConnection {
  /** Empty for a DISCOVERED one. */
  readonly id: string;
  readonly instanceId: string;
  /** Alibaba Cloud endpoint resource id, `ep-…`. */
  readonly endpointId: string;
  readonly privateDomainName?: string;
  readonly state: EndpointConnectionState;
  /** TiDB Cloud's reason text. */
  readonly message?: string;
  readonly serviceState: PrivateLinkServiceState;
  /** The name to connect to, once there is one. */
  readonly host?: string;
  readonly port?: number;
}

export interface CallerIdentity {
  readonly accountId: string;
  readonly arn: string;
  readonly type: 'Account' | 'RAMUser' | 'AssumedRoleUser' | 'Unknown';
}

/** An endpoint service as Alibaba Cloud lists it to the endpoint's owner (ListVpcEndpointServicesByEndUser). */
export interface EndpointService {
  readonly serviceId: string;
  readonly serviceName: string;
  readonly serviceDomain: string;
  /** The only zones in which an endpoint for this service can be placed. */
  readonly zones: readonly string[];
  readonly autoAccept: boolean;
  readonly payer: string;
}

export interface Vpc {
  readonly id: string;
  /** May be empty. */
  readonly name: string;
  readonly cidrBlocks: readonly string[];
  readonly status: string;
  readonly isDefault: boolean;
}

export interface VSwitch {
  readonly id: string;
  readonly name: string;
  readonly vpcId: string;
  readonly zoneId: string;
  readonly cidrBlock: string;
  readonly availableIpCount: number;
  readonly status: string;
}

export interface SecurityGroup {
  readonly id: string;
  readonly name: string;
  readonly vpcId: string;
  readonly type: 'normal' | 'enterprise';
  /** Managed by a cloud product; cannot be used by hand. */
  readonly serviceManaged: boolean;
}

/** One ingress rule of a security group (DescribeSecurityGroupAttribute). */
export interface SecurityGroupRule {
  /** Upper case: TCP, UDP, ICMP, ICMPv6, GRE, ALL. */
  readonly protocol: string;
  /** `from/to`; `-1/-1` is every port. */
  readonly portRange: string;
  /** Empty when the source is a group or a prefix list. */
  readonly sourceCidr: string;
  readonly policy: 'Accept' | 'Drop';
  /** 1 is looked at first. */
  readonly priority: number;
}

export const vpcEndpointStatuses = ['Creating', 'Active', 'Pending', 'Deleting'] as const;
export type VpcEndpointStatus = (typeof vpcEndpointStatuses)[number] | 'Unknown';
export const vpcConnectionStatuses = [
  'Disconnected',
  'Connecting',
  'Connected',
  'Pending',
  'Disconnecting',
  'Deleting',
  'ServiceDeleted',
] as const;
export type VpcConnectionStatus = (typeof vpcConnectionStatuses)[number] | 'Unknown';

/** An interface endpoint in the person's VPC. */
export interface VpcEndpoint {
  readonly id: string;
  readonly name: string;
  readonly regionId: string;
  readonly vpcId: string;
  readonly serviceName: string;
  /** `<endpoint id>.<service domain>`; already there in the create answer. */
  readonly domain: string;
  readonly status: VpcEndpointStatus;
  readonly connectionStatus: VpcConnectionStatus;
  /** `Normal` or `FinancialLocked`. */
  readonly businessStatus: string;
  readonly tags: Readonly<Record<string, string>>;
}

export const endpointZoneStatuses = [
  'Creating',
  'Wait',
  'Connected',
  'Connecting',
  'Disconnecting',
  'Disconnected',
  'Deleting',
] as const;
export type EndpointZoneStatus = (typeof endpointZoneStatuses)[number] | 'Unknown';

/** An endpoint's network interface in one zone (ListVpcEndpointZones). */
export interface EndpointZone {
  readonly zoneId: string;
  readonly vSwitchId: string;
  readonly networkInterfaceId: string;
  /** Empty while Creating. */
  readonly ip: string;
  readonly domain: string;
  readonly status: EndpointZoneStatus;
}

/** A security group as one endpoint has it (ListVpcEndpointSecurityGroups). */
export interface AttachedSecurityGroup {
  readonly id: string;
  readonly status: 'Attaching' | 'Attached' | 'Detaching' | 'Unknown';
}

/** A region or zone of an Alibaba Cloud product. */
export interface Place {
  readonly id: string;
  /** In the product's words; may be empty. */
  readonly name: string;
}

/** An ingress rule to add to a security group (AuthorizeSecurityGroup). It accepts. */
export interface NewIngressRule {
  readonly protocol: 'TCP';
  /** `from/to` */
  readonly portRange: string;
  readonly sourceCidr: string;
  /** 1 to 512 characters. */
  readonly description: string;
}

/** What an interface endpoint is created from. */
export interface VpcEndpointSpec {
  readonly regionId: string;
  readonly vpcId: string;
  readonly serviceName: string;
  readonly name: string;
  readonly securityGroupIds: readonly string[];
  readonly zones: readonly { readonly zoneId: string; readonly vSwitchId: string }[];
  readonly tags: Readonly<Record<string, string>>;
}

/** `alicloud-ap-southeast-1` → `ap-southeast-1`; undefined for a region of another cloud. */
export function alibabaRegionOf(tidbRegionId: string): string | undefined {
  return tidbRegionId.startsWith('alicloud-') ? tidbRegionId.slice('alicloud-'.length) : undefined;
}

export function isPremium(instance: Instance): boolean {
  return instance.servicePlan === 'Premium' || instance.servicePlan === 'Premium_Reserved';
}
