import { stableAlibabaId, stableNumericId, stableRoleId } from './ids';
import type {
  CloudProvider,
  Instance,
  InstanceState,
  PrivateLinkService,
  SecurityGroup,
  ServicePlan,
  ServiceState,
  WorldState,
} from './model';
import { alibabaRegion } from './geography';
import { addEndpoints } from './seedEndpoints';
import { DEFAULT_NETWORKS, manyNetworks } from './seedNetworks';

const SERVICE_PORT = 4000;
export const SMALLEST_RCU = 2000;
export const DEFAULT_MAX_RCU = 8000;
const SANDBOX_SINCE = '2026-01-15T08:00:00Z';

/** An instance as it is before anybody does anything. Ids follow from the name and are the same at every start. */
export interface SeedInstance {
  readonly displayName: string;
  readonly cloudProvider: CloudProvider;
  /** The provider's region id, for example `ap-southeast-1`. */
  readonly region: string;
  readonly servicePlan: ServicePlan;
  readonly state: InstanceState;
  readonly projectId: string;
  /** Left out where an instance has no private link service. */
  readonly privateLinkService?: ServiceState;
  /** Whether endpoints connect by themselves, without being posted to TiDB Cloud. */
  readonly autoAccept?: boolean;
}

export interface SeedVpc {
  readonly name: string;
  readonly cidr: string;
  readonly isDefault?: boolean;
  readonly status?: 'Pending' | 'Available';
  readonly vSwitches: readonly {
    readonly name: string;
    readonly zoneId: string;
    readonly cidr: string;
    readonly freeAddresses?: number;
  }[];
  readonly securityGroups: readonly {
    readonly name: string;
    readonly type?: 'normal' | 'enterprise';
    readonly serviceManaged?: boolean;
    /** Ingress TCP rules. */
    readonly allow?: readonly { readonly portRange: string; readonly sourceCidr: string }[];
  }[];
}

export interface SeedNetwork {
  readonly region: string;
  readonly vpcs: readonly SeedVpc[];
}

export interface SeedRole {
  readonly name: string;
  /** 3600 (RAM's default) to 43200. */
  readonly maxSessionSeconds: number;
}

export interface SandboxSeed {
  readonly instances?: readonly SeedInstance[];
  readonly networks?: readonly SeedNetwork[];
  /** Adds more than 50 VPCs and more than 100 security groups to the first region, so that lists have pages. */
  readonly many?: boolean;
  /** RAM roles that the sandbox's keys may assume; default `sandbox-role` and `sandbox-deploy-role`. */
  readonly roles?: readonly SeedRole[];
  /** False: PrivateLink has to be activated for the account first. */
  readonly privateLinkOpen?: boolean;
  /** How many endpoints, Active on both clouds, every instance with an active service has; default none. */
  readonly endpointsEach?: number;
}

/** So many instances, over four regions and three projects, named `many-00001` and on: for what has to hold for many. */
export const manyInstances = (count: number, name = 'many'): readonly SeedInstance[] =>
  Array.from({ length: count }, (_, index) =>
    seedInstance(
      `${name}-${String(index + 1).padStart(5, '0')}`,
      MANY_REGIONS[index % MANY_REGIONS.length] ?? 'ap-southeast-1',
      `13728130894540003${String(index % 3).padStart(2, '0')}`,
      { privateLinkService: 'ACTIVE' },
    ),
  );

const MANY_REGIONS = ['ap-southeast-1', 'eu-central-1', 'ap-northeast-1', 'cn-hangzhou'];

export const STORE_PROJECT = '1372813089454000101';
export const ANALYTICS_PROJECT = '1372813089454000202';

export const DEFAULT_INSTANCES: readonly SeedInstance[] = [
  seedInstance('orders-prod', 'ap-southeast-1', STORE_PROJECT, { privateLinkService: 'ACTIVE' }),
  seedInstance('analytics-eu', 'eu-central-1', ANALYTICS_PROJECT, { privateLinkService: 'ACTIVE' }),
  seedInstance('fresh-staging', 'ap-southeast-1', STORE_PROJECT, { privateLinkService: 'CREATING' }),
  seedInstance('archive-paused', 'ap-southeast-1', ANALYTICS_PROJECT, {
    state: 'PAUSED',
    privateLinkService: 'ACTIVE',
  }),
  seedInstance('legacy-aws', 'us-east-1', STORE_PROJECT, {
    cloudProvider: 'aws',
    privateLinkService: 'ACTIVE',
  }),
  seedInstance('playground', 'ap-southeast-1', ANALYTICS_PROJECT, { servicePlan: 'Starter' }),
];

const DEFAULT_ROLES: readonly SeedRole[] = [
  { name: 'sandbox-role', maxSessionSeconds: 3600 },
  { name: 'sandbox-deploy-role', maxSessionSeconds: 43_200 },
];

/** An active Alibaba Cloud Premium instance, save for what `rest` says. */
export function seedInstance(
  displayName: string,
  region: string,
  projectId: string,
  rest: Partial<SeedInstance> = {},
): SeedInstance {
  return {
    displayName,
    region,
    projectId,
    cloudProvider: 'alicloud',
    servicePlan: 'Premium',
    state: 'ACTIVE',
    ...rest,
  };
}

/** Of an organization in TiDB Cloud and an account of Alibaba Cloud, by a customer's name. */
export const customerIds = (customer: string): Pick<WorldState, 'organizationId' | 'accountId'> => ({
  organizationId: stableNumericId(`organization/${customer}`),
  accountId: stableNumericId(`account/${customer}`).slice(0, 16),
});

export function worldFromSeed(seed: SandboxSeed): WorldState {
  const world: WorldState = {
    organizationId: '1372813089209061633',
    accountId: '1234567890123456',
    acceptMode: 'api',
    privateLinkOpen: seed.privateLinkOpen ?? true,
    instances: [],
    services: [],
    connections: [],
    deletedServices: [],
    endpoints: [],
    vpcs: [],
    vSwitches: [],
    securityGroups: [],
    roles: (seed.roles ?? DEFAULT_ROLES).map(({ name, maxSessionSeconds }) => ({
      roleId: stableRoleId(name),
      name,
      maxSessionSeconds,
    })),
    temporaryKeys: [],
  };
  (seed.instances ?? DEFAULT_INSTANCES).forEach((instance) => addInstance(world, instance));
  (seed.networks ?? DEFAULT_NETWORKS).forEach((network) => addNetwork(world, network));
  if (seed.many) {
    manyNetworks().forEach((network) => addNetwork(world, network));
  }
  addEndpoints(world, seed.endpointsEach ?? 0);
  return world;
}

/**
 * Adds an instance and, where the seed names one, its private link service.
 * @param own what is not as for an instance that was there from the start
 */
export function addInstance(
  world: Pick<WorldState, 'instances' | 'services'>,
  seed: SeedInstance,
  own: Partial<Instance> = {},
): Instance {
  const instance: Instance = {
    tidbId: stableNumericId(`tidb/${seed.displayName}`),
    cloudProvider: seed.cloudProvider,
    regionId: `${seed.cloudProvider}-${seed.region}`,
    servicePlan: seed.servicePlan,
    projectId: seed.projectId,
    createTime: SANDBOX_SINCE,
    updateTime: SANDBOX_SINCE,
    displayName: seed.displayName,
    minRcu: SMALLEST_RCU,
    maxRcu: DEFAULT_MAX_RCU,
    reservedCapacityTemplateId: '',
    tags: [],
    hasPassword: true,
    publicConnection: { enabled: true, ipAccessList: [{ cidrNotation: '0.0.0.0/0', description: '' }] },
    wantedPublicConnection: null,
    state: seed.state,
    ...own,
  };
  world.instances.push(instance);
  if (seed.privateLinkService) {
    const idName = own.tidbId ?? seed.displayName;
    world.services.push(service(instance.tidbId, idName, seed, seed.privateLinkService));
  }
  return instance;
}

function service(
  tidbId: string,
  idName: string,
  seed: SeedInstance,
  state: ServiceState,
): PrivateLinkService {
  const common = {
    tidbId,
    region: seed.region,
    port: SERVICE_PORT,
    autoAccept: seed.autoAccept ?? false,
    state,
  };
  if (seed.cloudProvider !== 'alicloud') {
    const serviceId = `vpce-svc-${tidbId}`;
    const serviceName = `com.amazonaws.vpce.${seed.region}.${serviceId}`;
    const serviceDomain = `${serviceId}.${seed.region}.vpce.amazonaws.com`;
    return { ...common, serviceId, serviceName, serviceDomain, zones: ['use1-az1', 'use1-az2'] };
  }
  const serviceId = stableAlibabaId('epsrv', seed.region, idName);
  return {
    ...common,
    serviceId,
    serviceName: `com.aliyuncs.privatelink.${seed.region}.${serviceId}`,
    serviceDomain: `${serviceId}.${seed.region}.privatelink.aliyuncs.com`,
    zones: (alibabaRegion(seed.region)?.zones ?? []).slice(0, 2),
  };
}

function addNetwork(world: WorldState, network: SeedNetwork): void {
  for (const vpc of network.vpcs) {
    const vpcId = stableAlibabaId('vpc', network.region, vpc.name);
    world.vpcs.push({
      vpcId,
      region: network.region,
      name: vpc.name,
      cidr: vpc.cidr,
      isDefault: vpc.isDefault ?? false,
      createTime: SANDBOX_SINCE,
      status: vpc.status ?? 'Available',
    });
    for (const vSwitch of vpc.vSwitches) {
      world.vSwitches.push({
        vSwitchId: stableAlibabaId('vsw', network.region, `${vpc.name}/${vSwitch.name}`),
        vpcId,
        zoneId: vSwitch.zoneId,
        name: vSwitch.name,
        cidr: vSwitch.cidr,
        freeAddresses: vSwitch.freeAddresses ?? 252,
        status: 'Available',
      });
    }
    vpc.securityGroups.forEach((group) =>
      world.securityGroups.push(securityGroup(network.region, vpcId, vpc, group)),
    );
  }
}

function securityGroup(
  region: string,
  vpcId: string,
  vpc: SeedVpc,
  group: SeedVpc['securityGroups'][number],
): SecurityGroup {
  const name = `${vpc.name}/${group.name}`;
  return {
    securityGroupId: stableAlibabaId('sg', region, name),
    region,
    vpcId,
    name: group.name,
    description: '',
    type: group.type ?? 'normal',
    serviceManaged: group.serviceManaged ?? false,
    createTime: SANDBOX_SINCE,
    permissions: (group.allow ?? []).map((rule, index) => ({
      ruleId: stableAlibabaId('sgr', region, `${name}/${index}`),
      direction: 'ingress',
      ipProtocol: 'TCP',
      portRange: rule.portRange,
      sourceCidr: rule.sourceCidr,
      sourceGroupId: '',
      policy: 'Accept',
      priority: 1,
      description: '',
      createTime: SANDBOX_SINCE,
    })),
  };
}
