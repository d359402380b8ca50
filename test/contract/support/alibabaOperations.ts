/**
 * What each operation of Alibaba Cloud takes, written from the documents of its products and from nothing of the
 * sandbox's, so that the tests can send what is unknown, missing or of another type.
 */
export type Type = 'text' | 'number' | 'flag' | 'list' | { readonly each: Fields };
export interface Fields {
  /** `*` after a type stands for required. */
  readonly [name: string]: Type | 'text*' | 'list*';
}

export interface OperationTable {
  readonly product: 'privatelink' | 'vpc' | 'ecs' | 'sts';
  readonly action: string;
  readonly fields: Fields;
  /** Required lists of objects, whose first item has these fields. */
  readonly requiredObjects?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Codes that this operation has instead of the product's usual ones. */
  readonly missing?: Readonly<Record<string, string>>;
  readonly wrong?: Readonly<Record<string, string>>;
  readonly form?: true;
}

const TAGS: Type = { each: { Key: 'text', Value: 'text' } };
const OWNER: Fields = {
  OwnerId: 'number',
  OwnerAccount: 'text',
  ResourceOwnerId: 'number',
  ResourceOwnerAccount: 'text',
};
const ENDPOINT: Fields = { RegionId: 'text*', EndpointId: 'text*' };
const CHANGE: Fields = { ...ENDPOINT, ClientToken: 'text', DryRun: 'flag' };
const PAGES: Fields = { MaxResults: 'number', NextToken: 'text' };
const NUMBERED: Fields = { PageNumber: 'number', PageSize: 'number' };
const SESSION: Fields = {
  RoleArn: 'text*',
  RoleSessionName: 'text*',
  DurationSeconds: 'number',
  Policy: 'text',
};
const SESSION_CODES = { Policy: 'InvalidParameter.PolicySize' };

export const ALIBABA_OPERATIONS: readonly OperationTable[] = [
  { product: 'sts', action: 'GetCallerIdentity', fields: {} },
  { product: 'sts', action: 'AssumeRole', fields: { ...SESSION, ExternalId: 'text' }, wrong: SESSION_CODES },
  {
    product: 'sts',
    action: 'AssumeRoleWithOIDC',
    fields: { ...SESSION, OIDCProviderArn: 'text*', OIDCToken: 'text*' },
    wrong: SESSION_CODES,
  },
  {
    product: 'vpc',
    action: 'DescribeVpcs',
    fields: {
      RegionId: 'text*',
      VpcId: 'text',
      VpcName: 'text',
      ResourceGroupId: 'text',
      VpcOwnerId: 'number',
      EnableIpv6: 'flag',
      DhcpOptionsSetId: 'text',
      Tag: TAGS,
      DryRun: 'flag',
      IsDefault: 'flag',
      ...NUMBERED,
      ...OWNER,
    },
    wrong: { ResourceGroupId: 'InvalidResourceGroupId' },
  },
  {
    product: 'vpc',
    action: 'DescribeVSwitches',
    fields: {
      RegionId: 'text*',
      VpcId: 'text',
      ZoneId: 'text',
      VSwitchId: 'text',
      VSwitchName: 'text',
      IsDefault: 'flag',
      RouteTableId: 'text',
      ResourceGroupId: 'text',
      EnableIpv6: 'flag',
      VSwitchOwnerId: 'number',
      Tag: TAGS,
      DryRun: 'flag',
      ...NUMBERED,
      ...OWNER,
    },
    wrong: { ResourceGroupId: 'InvalidResourceGroupId' },
  },
  {
    product: 'vpc',
    action: 'DescribeZones',
    fields: { RegionId: 'text*', AcceptLanguage: 'text', ZoneType: 'text', ...OWNER },
  },
  {
    product: 'vpc',
    action: 'DescribeRegions',
    fields: { AcceptLanguage: 'text', ProductType: 'text', ...OWNER },
  },
  {
    product: 'ecs',
    action: 'DescribeRegions',
    fields: { AcceptLanguage: 'text', InstanceChargeType: 'text', ResourceType: 'text', ...OWNER },
    wrong: {
      AcceptLanguage: 'InvalidAcceptLanguage.NotFound',
      InstanceChargeType: 'Invalid.InstanceChargeType',
      ResourceType: 'InvalidResourceType.NotFound',
    },
  },
  { product: 'ecs', action: 'DescribeZones', fields: { RegionId: 'text*', ...OWNER } },
  {
    product: 'ecs',
    action: 'DescribeSecurityGroups',
    fields: {
      RegionId: 'text*',
      VpcId: 'text',
      SecurityGroupId: 'text',
      SecurityGroupIds: 'text',
      SecurityGroupName: 'text',
      SecurityGroupType: 'text',
      NetworkType: 'text',
      ServiceManaged: 'flag',
      ResourceGroupId: 'text',
      Tag: TAGS,
      IsQueryEcsCount: 'flag',
      DryRun: 'flag',
      ...PAGES,
      ...NUMBERED,
      ...OWNER,
    },
  },
  {
    product: 'ecs',
    action: 'DescribeSecurityGroupAttribute',
    fields: {
      RegionId: 'text*',
      SecurityGroupId: 'text*',
      Direction: 'text',
      NicType: 'text',
      Attribute: 'text',
      ...PAGES,
      ...OWNER,
    },
    wrong: { NicType: 'InvalidNicType.ValueNotSupported' },
  },
  {
    product: 'ecs',
    action: 'AuthorizeSecurityGroup',
    fields: {
      RegionId: 'text*',
      SecurityGroupId: 'text*',
      ClientToken: 'text',
      Permissions: {
        each: {
          IpProtocol: 'text',
          PortRange: 'text',
          SourceCidrIp: 'text',
          Ipv6SourceCidrIp: 'text',
          SourceGroupId: 'text',
          SourcePrefixListId: 'text',
          DestCidrIp: 'text',
          SourcePortRange: 'text',
          NicType: 'text',
          PortRangeListId: 'text',
          Policy: 'text',
          Priority: 'number',
          Description: 'text',
        },
      },
      ...OWNER,
    },
    requiredObjects: {
      Permissions: { IpProtocol: 'TCP', PortRange: '4000/4000', SourceCidrIp: '10.0.0.0/16' },
    },
    wrong: { 'Permissions.Priority': 'InvalidPriority.ValueNotSupported' },
  },
  { product: 'privatelink', action: 'CheckProductOpen', fields: {} },
  { product: 'privatelink', action: 'OpenPrivateLinkService', fields: { OwnerId: 'number' } },
  {
    product: 'privatelink',
    action: 'DescribeRegions',
    fields: { RegionId: 'text', ServiceResourceType: 'text' },
  },
  {
    product: 'privatelink',
    action: 'DescribeZones',
    fields: { RegionId: 'text*', ServiceResourceType: 'text', CrossRegion: 'flag', CrossRegionSide: 'text' },
  },
  {
    product: 'privatelink',
    action: 'ListVpcEndpointServicesByEndUser',
    fields: {
      RegionId: 'text*',
      ServiceName: 'text',
      ServiceId: 'text',
      ServiceType: 'text',
      ServiceRegionId: 'text',
      ResourceGroupId: 'text',
      Tag: TAGS,
      ...PAGES,
    },
  },
  {
    product: 'privatelink',
    action: 'CreateVpcEndpoint',
    fields: {
      RegionId: 'text*',
      VpcId: 'text*',
      ServiceName: 'text',
      ServiceId: 'text',
      SecurityGroupId: 'list',
      Zone: { each: { ZoneId: 'text', VSwitchId: 'text', ip: 'text', Ipv6Address: 'text' } },
      EndpointName: 'text',
      EndpointDescription: 'text',
      EndpointType: 'text',
      ClientToken: 'text',
      DryRun: 'flag',
      ZonePrivateIpAddressCount: 'number',
      AddressIpVersion: 'text',
      Tag: TAGS,
      ResourceGroupId: 'text',
      PolicyDocument: 'text',
      ProtectedEnabled: 'flag',
      ServiceRegionId: 'text',
      CrossRegionBandwidth: 'number',
      ZoneAffinityEnabled: 'flag',
    },
  },
  { product: 'privatelink', action: 'GetVpcEndpointAttribute', fields: ENDPOINT },
  {
    product: 'privatelink',
    action: 'ListVpcEndpoints',
    fields: {
      RegionId: 'text*',
      EndpointId: 'text',
      EndpointName: 'text',
      EndpointStatus: 'text',
      EndpointType: 'text',
      ConnectionStatus: 'text',
      ServiceName: 'text',
      ServiceRegionId: 'text',
      VpcId: 'text',
      AddressIpVersion: 'text',
      ResourceGroupId: 'text',
      Tag: TAGS,
      ...PAGES,
    },
  },
  { product: 'privatelink', action: 'ListVpcEndpointZones', fields: { ...ENDPOINT, ...PAGES } },
  { product: 'privatelink', action: 'ListVpcEndpointSecurityGroups', fields: { ...ENDPOINT, ...PAGES } },
  {
    product: 'privatelink',
    action: 'AttachSecurityGroupToVpcEndpoint',
    fields: { ...CHANGE, SecurityGroupId: 'text*' },
  },
  {
    product: 'privatelink',
    action: 'DetachSecurityGroupFromVpcEndpoint',
    fields: { ...CHANGE, SecurityGroupId: 'text*' },
  },
  {
    product: 'privatelink',
    action: 'AddZoneToVpcEndpoint',
    fields: { ...CHANGE, ZoneId: 'text*', VSwitchId: 'text*', ip: 'text', Ipv6Address: 'text' },
  },
  { product: 'privatelink', action: 'RemoveZoneFromVpcEndpoint', fields: { ...CHANGE, ZoneId: 'text*' } },
  {
    product: 'privatelink',
    action: 'UpdateVpcEndpointAttribute',
    fields: {
      ...CHANGE,
      EndpointName: 'text',
      EndpointDescription: 'text',
      AddressIpVersion: 'text',
      CrossRegionBandwidth: 'number',
      PolicyDocument: 'text',
      ResetPolicy: 'flag',
      ZoneAffinityEnabled: 'flag',
    },
  },
  { product: 'privatelink', action: 'DeleteVpcEndpoint', fields: CHANGE },
  {
    product: 'privatelink',
    action: 'TagResources',
    form: true,
    fields: {
      RegionId: 'text*',
      ResourceType: 'text*',
      ResourceId: 'list*',
      Tag: TAGS,
      ClientToken: 'text',
      DryRun: 'flag',
    },
    requiredObjects: { Tag: { Key: 'created-by' } },
    missing: { Tag: 'MissingTagKeyParam' },
  },
  {
    product: 'privatelink',
    action: 'UntagResources',
    form: true,
    fields: {
      RegionId: 'text*',
      ResourceType: 'text*',
      ResourceId: 'list*',
      TagKey: 'list',
      All: 'flag',
      ClientToken: 'text',
      DryRun: 'flag',
    },
  },
  {
    product: 'privatelink',
    action: 'ListTagResources',
    fields: { RegionId: 'text*', ResourceType: 'text*', ResourceId: 'list', Tag: TAGS, NextToken: 'text' },
  },
];
