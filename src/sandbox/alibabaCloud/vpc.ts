import { ALIBABA_REGIONS, alibabaRegion, type AlibabaRegion } from '../world/geography';
import type { Vpc, VSwitch } from '../world/model';
import type { World } from '../world/world';
import { refuse } from './apiError';
import { FLAG, OWNER, REGION, TEXT } from './commonParameters';
import { operation } from './operation';
import { pageByNumber } from './paging';

const LARGEST_ID_LIST = 20;
const PAGE_NUMBER = { kind: 'integer', min: 1 } as const;
const PAGE_SIZE = { kind: 'integer', min: 1, max: 50 } as const;
const DEFAULT_PAGE = 10;
const LANGUAGE = { kind: 'text', values: ['zh-cn', 'en-us', 'ja'] } as const;

const TAG_TEXT = { kind: 'text', maxLength: 128, pattern: /^(?!aliyun|acs:|.*https?:\/\/)/i } as const;
const TAG_FILTER = {
  kind: 'objects',
  max: 20,
  fields: {
    Key: { ...TAG_TEXT, required: true, code: 'InvalidTagKey', missing: 'InvalidTagKey' },
    Value: { ...TAG_TEXT, code: 'InvalidTagValue' },
  },
} as const;
const RESOURCE_GROUP = { kind: 'text', pattern: /^rg-[0-9a-z]+$/, code: 'InvalidResourceGroupId' } as const;
const OUR_RESOURCE_GROUP = 'rg-sandbox';

/** VPC 2016-04-28: what a person picks a network from. */
export const vpcOperations = [
  operation({
    product: 'vpc',
    action: 'DescribeVpcs',
    parameters: {
      RegionId: REGION,
      VpcId: TEXT,
      VpcName: TEXT,
      IsDefault: FLAG,
      ResourceGroupId: RESOURCE_GROUP,
      VpcOwnerId: { kind: 'integer' },
      EnableIpv6: FLAG,
      DhcpOptionsSetId: TEXT,
      Tag: TAG_FILTER,
      DryRun: FLAG,
      PageNumber: PAGE_NUMBER,
      PageSize: PAGE_SIZE,
      ...OWNER,
    },
    run: (values, { world, validated }) => {
      checkFilters(world, values);
      const region = regionOrRefuse(values.RegionId);
      const ids = values.VpcId?.split(',');
      if (ids && ids.length > LARGEST_ID_LIST) {
        refuse('InvalidVpcIdNumber.NotSupported', 'The number of VPC ids exceeds the limit.');
      }
      validated();
      const vpcs = world.state.vpcs.filter(
        (vpc) =>
          vpc.region === region.id &&
          (!ids || ids.includes(vpc.vpcId)) &&
          (values.VpcName === undefined || vpc.name === values.VpcName) &&
          (values.IsDefault === undefined || vpc.isDefault === values.IsDefault) &&
          ownerFits(world, values.VpcOwnerId) &&
          values.EnableIpv6 !== true &&
          values.DhcpOptionsSetId === undefined &&
          values.Tag.length === 0,
      );
      return {
        ...numberedPage(vpcs.length, values),
        Vpcs: {
          Vpc: pageByNumber(vpcs, values.PageNumber, values.PageSize).map((vpc) => vpcBody(world, vpc)),
        },
      };
    },
  }),
  operation({
    product: 'vpc',
    action: 'DescribeVSwitches',
    parameters: {
      RegionId: TEXT,
      VpcId: TEXT,
      VSwitchId: TEXT,
      VSwitchName: { kind: 'text', minLength: 1, maxLength: 128 },
      ZoneId: TEXT,
      IsDefault: FLAG,
      RouteTableId: TEXT,
      ResourceGroupId: RESOURCE_GROUP,
      EnableIpv6: FLAG,
      VSwitchOwnerId: { kind: 'integer' },
      Tag: TAG_FILTER,
      DryRun: FLAG,
      PageNumber: PAGE_NUMBER,
      PageSize: PAGE_SIZE,
      ...OWNER,
    },
    run: (values, { world, validated }) => {
      if (values.RegionId === undefined && values.VpcId === undefined) {
        refuse('MissingRegionId', 'RegionId or VpcId is mandatory for this action.');
      }
      checkFilters(world, values);
      const region = values.RegionId === undefined ? undefined : regionOrRefuse(values.RegionId);
      if (values.VpcId !== undefined && !findVpc(world, values.VpcId, region?.id)) {
        refuse('Forbidden.VpcNotFound', 'Specified VPC can not be found.');
      }
      const ids = values.VSwitchId?.split(',');
      if (ids && ids.length > LARGEST_ID_LIST) {
        refuse('InvalidVSwitchIdNumber.NotSupported', 'The number of vSwitch ids exceeds the limit.', 404);
      }
      validated();
      const vSwitches = world.state.vSwitches.filter((vSwitch) => {
        const vpc = findVpc(world, vSwitch.vpcId, region?.id);
        return (
          vpc !== undefined &&
          (values.VpcId === undefined || vSwitch.vpcId === values.VpcId) &&
          (!ids || ids.includes(vSwitch.vSwitchId)) &&
          (values.ZoneId === undefined || vSwitch.zoneId === values.ZoneId) &&
          (values.VSwitchName === undefined || vSwitch.name === values.VSwitchName) &&
          (values.IsDefault === undefined || vpc.isDefault === values.IsDefault) &&
          ownerFits(world, values.VSwitchOwnerId) &&
          values.EnableIpv6 !== true &&
          (values.RouteTableId === undefined || routeTableOf(vSwitch) === values.RouteTableId) &&
          values.Tag.length === 0
        );
      });
      return {
        ...numberedPage(vSwitches.length, values),
        VSwitches: {
          VSwitch: pageByNumber(vSwitches, values.PageNumber, values.PageSize).map((vSwitch) =>
            vSwitchBody(world, vSwitch),
          ),
        },
      };
    },
  }),
  operation({
    product: 'vpc',
    action: 'DescribeZones',
    parameters: { RegionId: REGION, AcceptLanguage: LANGUAGE, ZoneType: TEXT, ...OWNER },
    run: (values) => {
      const region = regionOrRefuse(values.RegionId);
      return {
        Zones: {
          Zone: region.zones.map((id) => ({ ZoneId: id, LocalName: id, ZoneType: 'AvailabilityZone' })),
        },
      };
    },
  }),
  operation({
    product: 'vpc',
    action: 'DescribeRegions',
    parameters: { AcceptLanguage: LANGUAGE, ProductType: TEXT, ...OWNER },
    run: () => ({
      Regions: {
        Region: ALIBABA_REGIONS.map(({ id, localName }) => ({
          RegionId: id,
          LocalName: localName,
          RegionEndpoint: id === 'cn-hangzhou' ? 'vpc.aliyuncs.com' : `vpc.${id}.aliyuncs.com`,
        })),
      },
    }),
  }),
];

/** Filters by an owner or a resource group that is not ours are refused, not answered with an empty list. */
function checkFilters(
  { state }: World,
  asked: {
    OwnerId: number | undefined;
    OwnerAccount: string | undefined;
    ResourceGroupId: string | undefined;
  },
): void {
  if (asked.OwnerId !== undefined && String(asked.OwnerId) !== state.accountId) {
    refuse('IllegalParam.OwnerId', 'OwnerId is not the id of the account.');
  }
  if (asked.OwnerAccount !== undefined) {
    refuse('IellgalParameter.OwnerAccount', 'OwnerAccount is not the name of the account.');
  }
  if (asked.ResourceGroupId !== undefined && asked.ResourceGroupId !== OUR_RESOURCE_GROUP) {
    refuse('InvalidResourceGroupId.NotFound', 'The specified resource group does not exist.');
  }
}

function regionOrRefuse(id: string): AlibabaRegion {
  return (
    alibabaRegion(id) ?? refuse('InvalidRegionId.NotFound', 'The specified RegionId does not exist.', 404)
  );
}

function findVpc(world: World, vpcId: string, region: string | undefined): Vpc | undefined {
  return world.state.vpcs.find(
    (vpc) => vpc.vpcId === vpcId && (region === undefined || vpc.region === region),
  );
}

function ownerFits({ state }: World, ownerId: number | undefined): boolean {
  return ownerId === undefined || String(ownerId) === state.accountId;
}

function routeTableOf({ vpcId }: VSwitch): string {
  return `vtb-${vpcId.slice('vpc-'.length)}`;
}

function numberedPage(
  total: number,
  asked: { PageNumber: number | undefined; PageSize: number | undefined },
): object {
  return { TotalCount: total, PageNumber: asked.PageNumber ?? 1, PageSize: asked.PageSize ?? DEFAULT_PAGE };
}

function vpcBody(world: World, vpc: Vpc): object {
  const vSwitches = world.state.vSwitches.filter(({ vpcId }) => vpcId === vpc.vpcId);
  return {
    VpcId: vpc.vpcId,
    VpcName: vpc.name,
    RegionId: vpc.region,
    Status: vpc.status,
    CidrBlock: vpc.cidr,
    SecondaryCidrBlocks: { SecondaryCidrBlock: [] },
    IsDefault: vpc.isDefault,
    OwnerId: Number(world.state.accountId),
    Description: '',
    VSwitchIds: { VSwitchId: vSwitches.map(({ vSwitchId }) => vSwitchId) },
    DnsHostnameStatus: 'DISABLED',
    EnabledIpv6: false,
    Tags: { Tag: [] },
    ResourceGroupId: OUR_RESOURCE_GROUP,
    CreationTime: vpc.createTime,
  };
}

function vSwitchBody(world: World, vSwitch: VSwitch): object {
  return {
    VSwitchId: vSwitch.vSwitchId,
    VSwitchName: vSwitch.name,
    VpcId: vSwitch.vpcId,
    ZoneId: vSwitch.zoneId,
    CidrBlock: vSwitch.cidr,
    Ipv6CidrBlock: '',
    AvailableIpAddressCount: vSwitch.freeAddresses,
    Status: vSwitch.status,
    IsDefault: findVpc(world, vSwitch.vpcId, undefined)?.isDefault ?? false,
    ShareType: '',
    NetworkAclId: '',
    RouteTable: { RouteTableId: routeTableOf(vSwitch), RouteTableType: 'System' },
    Tags: { Tag: [] },
    OwnerId: Number(world.state.accountId),
    ResourceGroupId: OUR_RESOURCE_GROUP,
    Description: '',
    CreationTime: findVpc(world, vSwitch.vpcId, undefined)?.createTime ?? '',
  };
}
