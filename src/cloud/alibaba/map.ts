import * as v from 'valibot';
import {
  endpointZoneStatuses,
  vpcConnectionStatuses,
  vpcEndpointStatuses,
  type AttachedSecurityGroup,
  type CallerIdentity,
  type EndpointService,
  type EndpointZone,
  type Place,
  type SecurityGroup,
  type SecurityGroupRule,
  type Vpc,
  type VpcEndpoint,
  type VSwitch,
} from '../../core/model';
import { listOf, oneOf, text } from '../decode';

/** Raw answers of PrivateLink, VPC, ECS and STS, and how they become the field's words. */

const id = v.pipe(v.string(), v.nonEmpty());
const flag = v.nullish(v.boolean(), false);

/** VPC and ECS wrap their lists once more: `{"Vpcs":{"Vpc":[…]}}`. */
const wrapped = <S extends v.GenericSchema>(name: string, item: S) =>
  v.pipe(
    v.object({ [name]: v.array(item) }),
    v.transform((outer) => outer[name] ?? []),
  );

export const nothing = v.looseObject({});

export const callerIdentity = v.pipe(
  v.object({
    AccountId: id,
    Arn: text,
    IdentityType: oneOf(['Account', 'RAMUser', 'AssumedRoleUser'], 'Unknown'),
  }),
  v.transform((raw): CallerIdentity => ({ accountId: raw.AccountId, arn: raw.Arn, type: raw.IdentityType })),
);

export const productOpen = v.object({ Success: flag });

/** `DescribeRegions` and `DescribeZones` have one form in all products. */
export const regions = v.pipe(
  v.object({ Regions: wrapped('Region', v.object({ RegionId: id, LocalName: text })) }),
  v.transform(({ Regions }): readonly Place[] =>
    Regions.map(({ RegionId, LocalName }) => ({ id: RegionId, name: LocalName })),
  ),
);

export const zones = v.pipe(
  v.object({ Zones: wrapped('Zone', v.object({ ZoneId: id, LocalName: text })) }),
  v.transform(({ Zones }): readonly Place[] =>
    Zones.map(({ ZoneId, LocalName }) => ({ id: ZoneId, name: LocalName })),
  ),
);

const endpointService = v.pipe(
  v.object({
    ServiceId: text,
    ServiceName: id,
    ServiceDomain: text,
    Zones: listOf(v.string()),
    AutoAcceptEnabled: flag,
    Payer: text,
  }),
  v.transform((raw): EndpointService => ({
    serviceId: raw.ServiceId,
    serviceName: raw.ServiceName,
    serviceDomain: raw.ServiceDomain,
    zones: raw.Zones,
    autoAccept: raw.AutoAcceptEnabled,
    payer: raw.Payer,
  })),
);

export const endpointServicePage = v.object({ Services: listOf(endpointService), NextToken: text });

const vpc = v.pipe(
  v.object({
    VpcId: id,
    VpcName: text,
    CidrBlock: text,
    SecondaryCidrBlocks: v.nullish(wrapped('SecondaryCidrBlock', v.string())),
    Status: text,
    IsDefault: flag,
  }),
  v.transform((raw): Vpc => ({
    id: raw.VpcId,
    name: raw.VpcName,
    cidrBlocks: [raw.CidrBlock, ...(raw.SecondaryCidrBlocks ?? [])].filter((block) => block !== ''),
    status: raw.Status,
    isDefault: raw.IsDefault,
  })),
);

export const vpcPage = v.object({ Vpcs: wrapped('Vpc', vpc), TotalCount: v.number() });

const vSwitch = v.pipe(
  v.object({
    VSwitchId: id,
    VSwitchName: text,
    VpcId: text,
    ZoneId: id,
    CidrBlock: text,
    AvailableIpAddressCount: v.nullish(v.number(), 0),
    Status: text,
  }),
  v.transform((raw): VSwitch => ({
    id: raw.VSwitchId,
    name: raw.VSwitchName,
    vpcId: raw.VpcId,
    zoneId: raw.ZoneId,
    cidrBlock: raw.CidrBlock,
    availableIpCount: raw.AvailableIpAddressCount,
    status: raw.Status,
  })),
);

export const vSwitchPage = v.object({ VSwitches: wrapped('VSwitch', vSwitch), TotalCount: v.number() });

const securityGroup = v.pipe(
  v.object({
    SecurityGroupId: id,
    SecurityGroupName: text,
    VpcId: text,
    SecurityGroupType: text,
    ServiceManaged: flag,
  }),
  v.transform((raw): SecurityGroup => ({
    id: raw.SecurityGroupId,
    name: raw.SecurityGroupName,
    vpcId: raw.VpcId,
    type: raw.SecurityGroupType === 'enterprise' ? 'enterprise' : 'normal',
    serviceManaged: raw.ServiceManaged,
  })),
);

export const securityGroupPage = v.object({
  SecurityGroups: wrapped('SecurityGroup', securityGroup),
  NextToken: text,
});

const rule = v.pipe(
  v.object({
    IpProtocol: text,
    PortRange: text,
    SourceCidrIp: text,
    Ipv6SourceCidrIp: text,
    Policy: text,
    Priority: v.nullish(v.pipe(v.union([v.string(), v.number()]), v.transform(Number), v.integer()), 1),
  }),
  v.transform((raw): SecurityGroupRule => ({
    protocol: raw.IpProtocol.toUpperCase().replace('ICMPV6', 'ICMPv6'),
    portRange: raw.PortRange,
    sourceCidr: raw.SourceCidrIp === '' ? raw.Ipv6SourceCidrIp : raw.SourceCidrIp,
    // What is not plainly an Accept lets nothing in.
    policy: raw.Policy.toLowerCase() === 'accept' ? 'Accept' : 'Drop',
    priority: raw.Priority,
  })),
);

export const rulePage = v.object({ Permissions: wrapped('Permission', rule), NextToken: text });

/** What the create, get and list answers have in common. */
export const endpoint = v.object({
  EndpointId: id,
  EndpointName: text,
  EndpointDomain: text,
  VpcId: text,
  ServiceName: text,
  EndpointStatus: oneOf(vpcEndpointStatuses, 'Unknown'),
  ConnectionStatus: oneOf(vpcConnectionStatuses, 'Unknown'),
  EndpointBusinessStatus: text,
  Tags: listOf(v.object({ Key: text, Value: text })),
});

export const endpointPage = v.object({ Endpoints: listOf(endpoint), NextToken: text });

export function toEndpoint(raw: v.InferOutput<typeof endpoint>, regionId: string): VpcEndpoint {
  return {
    id: raw.EndpointId,
    name: raw.EndpointName,
    regionId,
    vpcId: raw.VpcId,
    serviceName: raw.ServiceName,
    domain: raw.EndpointDomain,
    status: raw.EndpointStatus,
    connectionStatus: raw.ConnectionStatus,
    businessStatus: raw.EndpointBusinessStatus,
    tags: Object.fromEntries(raw.Tags.map(({ Key, Value }) => [Key, Value])),
  };
}

const endpointZone = v.pipe(
  v.object({
    ZoneId: id,
    VSwitchId: text,
    EniId: text,
    EniIp: text,
    ZoneDomain: text,
    ZoneStatus: oneOf(endpointZoneStatuses, 'Unknown'),
  }),
  v.transform((raw): EndpointZone => ({
    zoneId: raw.ZoneId,
    vSwitchId: raw.VSwitchId,
    networkInterfaceId: raw.EniId,
    ip: raw.EniIp,
    domain: raw.ZoneDomain,
    status: raw.ZoneStatus,
  })),
);

export const endpointZonePage = v.object({ Zones: listOf(endpointZone), NextToken: text });

const attachedSecurityGroup = v.pipe(
  v.object({
    SecurityGroupId: id,
    SecurityGroupStatus: oneOf(['Attaching', 'Attached', 'Detaching'], 'Unknown'),
  }),
  v.transform((raw): AttachedSecurityGroup => ({
    id: raw.SecurityGroupId,
    status: raw.SecurityGroupStatus,
  })),
);

export const attachedSecurityGroupPage = v.object({
  SecurityGroups: listOf(attachedSecurityGroup),
  NextToken: text,
});

export const tagPage = v.object({
  TagResources: listOf(v.object({ TagKey: id, TagValue: text })),
  NextToken: text,
});
