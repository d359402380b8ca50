/**
 * What the two sandbox clouds keep: plain data, so that it can be copied, compared and written to a file.
 * Enum values are the wire's own (TiDB Cloud v1beta2; PrivateLink 2020-04-15; VPC 2016-04-28; ECS 2014-05-26).
 */
export type CloudProvider = 'aws' | 'gcp' | 'azure' | 'alicloud';

export type ServicePlan =
  'Starter' | 'Essential' | 'Premium' | 'BYOC' | 'Dedicated' | 'Premium_Reserved' | 'Essential_V2';

export type InstanceState =
  | 'CREATING'
  | 'DELETING'
  | 'ACTIVE'
  | 'RESTORING'
  | 'MAINTENANCE'
  | 'DELETED'
  | 'INACTIVE'
  | 'UPGRADING'
  | 'IMPORTING'
  | 'MODIFYING'
  | 'PAUSING'
  | 'PAUSED'
  | 'RESUMING';

/** From where an instance can be reached over the internet. */
export interface PublicConnection {
  readonly enabled: boolean;
  readonly ipAccessList: readonly { readonly cidrNotation: string; readonly description: string }[];
}

export interface Instance {
  readonly tidbId: string;
  readonly cloudProvider: CloudProvider;
  /** TiDB Cloud's region id, for example `alicloud-ap-southeast-1`. */
  readonly regionId: string;
  readonly servicePlan: ServicePlan;
  readonly projectId: string;
  /** RFC 3339. */
  readonly createTime: string;
  updateTime: string;
  displayName: string;
  /** Request capacity units. */
  minRcu: number;
  maxRcu: number;
  reservedCapacityTemplateId: string;
  tags: readonly string[];
  /** Whether root has a password; the password itself is not kept. */
  hasPassword: boolean;
  publicConnection: PublicConnection;
  /** What was asked for and is being put into effect. */
  wantedPublicConnection: PublicConnection | null;
  state: InstanceState;
}

export type ServiceState = 'CREATING' | 'ACTIVE' | 'DELETING';

/** An instance's private link service: TiDB Cloud's own resource, which Alibaba Cloud shows as an endpoint service. */
export interface PrivateLinkService {
  readonly tidbId: string;
  /** The provider's region id, for example `ap-southeast-1`. */
  readonly region: string;
  readonly serviceId: string;
  readonly serviceName: string;
  readonly serviceDomain: string;
  readonly port: number;
  zones: string[];
  autoAccept: boolean;
  state: ServiceState;
}

export type EndpointStatus = 'Creating' | 'Active' | 'Pending' | 'Deleting';

export type ConnectionStatus =
  'Pending' | 'Connecting' | 'Connected' | 'Disconnecting' | 'Disconnected' | 'Deleting' | 'ServiceDeleted';

export type ZoneStatus =
  'Creating' | 'Wait' | 'Connected' | 'Connecting' | 'Disconnecting' | 'Disconnected' | 'Deleting';

export type SecurityGroupStatus = 'Attaching' | 'Attached' | 'Detaching';

export interface EndpointZone {
  readonly zoneId: string;
  readonly vSwitchId: string;
  readonly eniId: string;
  readonly eniIp: string;
  status: ZoneStatus;
}

export interface Tag {
  readonly key: string;
  readonly value: string;
}

/** An interface endpoint in a VPC. */
export interface Endpoint {
  readonly endpointId: string;
  readonly region: string;
  readonly vpcId: string;
  readonly serviceId: string;
  readonly domain: string;
  readonly createTime: string;
  name: string;
  description: string;
  status: EndpointStatus;
  connectionStatus: ConnectionStatus;
  businessStatus: 'Normal' | 'FinancialLocked';
  /** The principal that alone may change it, for an endpoint under managed protection; empty for others. */
  readonly protectedBy: string;
  zones: EndpointZone[];
  securityGroups: { readonly securityGroupId: string; status: SecurityGroupStatus }[];
  tags: Tag[];
}

export type ConnectionState = 'PENDING' | 'ACTIVE' | 'DELETING' | 'FAILED';

/** A private endpoint connection that was posted to TiDB Cloud. DISCOVERED ones are derived, never stored. */
export interface Connection {
  readonly connectionId: string;
  readonly tidbId: string;
  readonly endpointId: string;
  readonly privateDomainName: string;
  state: ConnectionState;
  message: string;
}

export interface Vpc {
  readonly vpcId: string;
  readonly region: string;
  readonly name: string;
  readonly cidr: string;
  readonly isDefault: boolean;
  readonly createTime: string;
  status: 'Pending' | 'Available';
}

export interface VSwitch {
  readonly vSwitchId: string;
  readonly vpcId: string;
  readonly zoneId: string;
  readonly name: string;
  readonly cidr: string;
  freeAddresses: number;
  status: 'Pending' | 'Available';
}

export interface Permission {
  readonly ruleId: string;
  readonly direction: 'ingress' | 'egress';
  /** Upper case, for example TCP or ALL. */
  readonly ipProtocol: string;
  readonly portRange: string;
  readonly sourceCidr: string;
  readonly sourceGroupId: string;
  readonly policy: 'Accept' | 'Drop';
  readonly priority: number;
  readonly description: string;
  readonly createTime: string;
}

export interface SecurityGroup {
  readonly securityGroupId: string;
  readonly region: string;
  readonly vpcId: string;
  readonly name: string;
  readonly description: string;
  readonly type: 'normal' | 'enterprise';
  readonly serviceManaged: boolean;
  readonly createTime: string;
  permissions: Permission[];
}

/** A RAM role that can be assumed. */
export interface Role {
  readonly roleId: string;
  readonly name: string;
  readonly maxSessionSeconds: number;
}

/** Keys that STS gave out. They open nothing but the sandbox. */
export interface TemporaryKey {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken: string;
  readonly roleId: string;
  readonly roleName: string;
  readonly sessionName: string;
  /** On the sandbox's clock: milliseconds of the clouds' time since the world began. */
  expiresAt: number;
}

/** `console`: TiDB Cloud's API does not offer creating and deleting connections, as a real account finds it today. */
export type AcceptMode = 'api' | 'console';

export interface WorldState {
  readonly organizationId: string;
  readonly accountId: string;
  acceptMode: AcceptMode;
  /** Whether PrivateLink has been activated for the Alibaba Cloud account. */
  privateLinkOpen: boolean;
  instances: Instance[];
  services: PrivateLinkService[];
  /** Services that went with their instances, for endpoints that are still there. */
  deletedServices: PrivateLinkService[];
  connections: Connection[];
  endpoints: Endpoint[];
  vpcs: Vpc[];
  vSwitches: VSwitch[];
  securityGroups: SecurityGroup[];
  roles: Role[];
  temporaryKeys: TemporaryKey[];
}
