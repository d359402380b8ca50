import type { Permission, SecurityGroup } from '../world/model';
import type { World } from '../world/world';
import { refuse } from './apiError';
import { FLAG, OWNER, REGION, REQUIRED_TEXT, TAG_FILTER, TEXT } from './commonParameters';
import { ecsRegion } from './ecsRegions';
import { operation } from './operation';
import { pageByToken } from './paging';

const BAD_TOKEN = 'InValidParameter.NextToken';
const LARGEST_ID_LIST = 100;
const PAGE_NUMBERS = {
  PageNumber: { kind: 'integer', min: 1 },
  PageSize: { kind: 'integer', min: 1, max: 100 },
} as const;

/** ECS 2014-05-26: reading security groups. */
export const securityGroupOperations = [
  operation({
    product: 'ecs',
    action: 'DescribeSecurityGroups',
    parameters: {
      RegionId: REGION,
      VpcId: TEXT,
      SecurityGroupId: TEXT,
      SecurityGroupIds: TEXT,
      SecurityGroupName: TEXT,
      SecurityGroupType: {
        kind: 'text',
        values: ['normal', 'enterprise'],
        code: 'InvalidParameter.SecurityGroupType',
      },
      NetworkType: { kind: 'text', values: ['vpc', 'classic'] },
      ServiceManaged: FLAG,
      ResourceGroupId: TEXT,
      IsQueryEcsCount: FLAG,
      DryRun: FLAG,
      Tag: TAG_FILTER,
      MaxResults: { kind: 'integer', min: 1, max: 100 },
      NextToken: TEXT,
      ...PAGE_NUMBERS,
      ...OWNER,
    },
    run: (values, { world, validated }) => {
      const { MaxResults, NextToken, PageNumber, PageSize, ...filters } = values;
      const numbered = PageNumber !== undefined || PageSize !== undefined;
      if (numbered && (MaxResults !== undefined || NextToken !== undefined)) {
        refuse(
          'NotSupported.PageNumberAndPageSize',
          'PageNumber and PageSize do not go with MaxResults and NextToken.',
        );
      }
      const region = ecsRegion(filters.RegionId);
      const ids = filters.SecurityGroupIds === undefined ? undefined : idList(filters.SecurityGroupIds);
      validated();
      const groups = world.state.securityGroups.filter(
        (group) =>
          group.region === region.id &&
          (filters.VpcId === undefined || group.vpcId === filters.VpcId) &&
          (filters.SecurityGroupId === undefined || group.securityGroupId === filters.SecurityGroupId) &&
          (!ids || ids.includes(group.securityGroupId)) &&
          (filters.SecurityGroupName === undefined || group.name === filters.SecurityGroupName) &&
          (filters.SecurityGroupType === undefined || group.type === filters.SecurityGroupType) &&
          (filters.ServiceManaged === undefined || group.serviceManaged === filters.ServiceManaged) &&
          filters.NetworkType !== 'classic' &&
          filters.Tag.length === 0,
      );
      if (numbered) {
        const start = ((PageNumber ?? 1) - 1) * (PageSize ?? 10);
        return {
          RegionId: region.id,
          TotalCount: groups.length,
          PageNumber: PageNumber ?? 1,
          PageSize: PageSize ?? 10,
          SecurityGroups: { SecurityGroup: groups.slice(start, start + (PageSize ?? 10)).map(groupBody) },
        };
      }
      const page = pageByToken(groups, MaxResults ?? 10, NextToken, filters, BAD_TOKEN);
      return {
        RegionId: region.id,
        NextToken: page.nextToken,
        SecurityGroups: { SecurityGroup: page.items.map(groupBody) },
      };
    },
  }),
  operation({
    product: 'ecs',
    action: 'DescribeSecurityGroupAttribute',
    parameters: {
      RegionId: REGION,
      SecurityGroupId: REQUIRED_TEXT,
      Direction: { kind: 'text', values: ['ingress', 'egress', 'all'] },
      NicType: { kind: 'text', values: ['intranet', 'internet'], code: 'InvalidNicType.ValueNotSupported' },
      Attribute: TEXT,
      MaxResults: { kind: 'integer', min: 10, max: 1000 },
      NextToken: TEXT,
      ...OWNER,
    },
    run: ({ MaxResults, NextToken, ...values }, { world }) => {
      const group = securityGroupOrRefuse(world, values.RegionId, values.SecurityGroupId);
      const permissions = group.permissions.filter(
        ({ direction }) =>
          values.Direction === undefined || values.Direction === 'all' || values.Direction === direction,
      );
      const page = pageByToken(permissions, MaxResults ?? 500, NextToken, values, BAD_TOKEN);
      return {
        RegionId: group.region,
        SecurityGroupId: group.securityGroupId,
        SecurityGroupName: group.name,
        VpcId: group.vpcId,
        Description: group.description,
        InnerAccessPolicy: group.type === 'enterprise' ? 'Drop' : 'Accept',
        NextToken: page.nextToken,
        Permissions: { Permission: page.items.map(permissionBody) },
      };
    },
  }),
];

export function securityGroupOrRefuse(world: World, regionId: string, id: string): SecurityGroup {
  const region = ecsRegion(regionId);
  if (!/^sg-[0-9a-z]+$/.test(id)) {
    refuse('InvalidSecurityGroupId.Malformed', 'The specified parameter SecurityGroupId is not valid.');
  }
  const found = world.state.securityGroups.find(
    (group) => group.securityGroupId === id && group.region === region.id,
  );
  return (
    found ?? refuse('InvalidSecurityGroupId.NotFound', 'The specified SecurityGroupId does not exist.', 404)
  );
}

/** SecurityGroupIds is one string that holds a JSON array. */
function idList(text: string): string[] {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    list = undefined;
  }
  if (!Array.isArray(list) || list.length > LARGEST_ID_LIST || !list.every((id) => typeof id === 'string')) {
    refuse('InvalidParameter.SecurityGroupIds', 'SecurityGroupIds is a JSON array of at most 100 ids.');
  }
  return list;
}

function groupBody(group: SecurityGroup): object {
  return {
    SecurityGroupId: group.securityGroupId,
    SecurityGroupName: group.name,
    SecurityGroupType: group.type,
    VpcId: group.vpcId,
    Description: group.description,
    ServiceManaged: group.serviceManaged,
    RuleCount: group.permissions.length,
    GroupToGroupRuleCount: group.permissions.filter(({ sourceGroupId }) => sourceGroupId !== '').length,
    Tags: { Tag: [] },
    CreationTime: group.createTime,
    ResourceGroupId: '',
  };
}

function permissionBody(permission: Permission): object {
  return {
    SecurityGroupRuleId: permission.ruleId,
    Direction: permission.direction,
    IpProtocol: permission.ipProtocol,
    PortRange: permission.portRange,
    PortRangeListId: '',
    SourceCidrIp: permission.sourceCidr,
    Ipv6SourceCidrIp: '',
    SourceGroupId: permission.sourceGroupId,
    SourceGroupOwnerAccount: '',
    SourcePrefixListId: '',
    SourcePortRange: '-1/-1',
    DestCidrIp: '',
    Ipv6DestCidrIp: '',
    Policy: permission.policy,
    Priority: String(permission.priority),
    NicType: 'intranet',
    Description: permission.description,
    CreateTime: permission.createTime,
  };
}
