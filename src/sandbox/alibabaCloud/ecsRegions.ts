import { ALIBABA_REGIONS, alibabaRegion, type AlibabaRegion } from '../world/geography';
import { refuse } from './apiError';
import { FLAG, OWNER, REGION } from './commonParameters';
import { operation } from './operation';

const LANGUAGE = {
  kind: 'text',
  values: ['zh-CN', 'en-US', 'ja', 'zh-cn', 'en-us'],
  code: 'InvalidAcceptLanguage.NotFound',
  status: 404,
} as const;
const CHARGE_TYPE = {
  kind: 'text',
  values: ['PrePaid', 'PostPaid', 'SpotWithPriceLimit', 'SpotAsPriceGo'],
  code: 'Invalid.InstanceChargeType',
  status: 403,
} as const;

/** ECS 2014-05-26: where it is. */
export const ecsRegionOperations = [
  operation({
    product: 'ecs',
    action: 'DescribeRegions',
    parameters: {
      AcceptLanguage: LANGUAGE,
      InstanceChargeType: CHARGE_TYPE,
      ResourceType: {
        kind: 'text',
        values: ['instance', 'disk', 'reservedinstance'],
        code: 'InvalidResourceType.NotFound',
        status: 404,
      },
      ...OWNER,
    },
    run: () => ({
      Regions: {
        Region: ALIBABA_REGIONS.map(({ id, localName }) => ({
          RegionId: id,
          LocalName: localName,
          RegionEndpoint: id === 'cn-hangzhou' ? 'ecs-cn-hangzhou.aliyuncs.com' : `ecs.${id}.aliyuncs.com`,
          Status: 'available',
        })),
      },
    }),
  }),
  operation({
    product: 'ecs',
    action: 'DescribeZones',
    parameters: {
      RegionId: REGION,
      AcceptLanguage: LANGUAGE,
      InstanceChargeType: CHARGE_TYPE,
      SpotStrategy: { kind: 'text', values: ['NoSpot', 'SpotWithPriceLimit', 'SpotAsPriceGo'] },
      Verbose: FLAG,
      ...OWNER,
    },
    run: (values) => ({
      Zones: {
        Zone: ecsRegion(values.RegionId).zones.map((id) => ({
          ZoneId: id,
          LocalName: id,
          ZoneType: 'AvailabilityZone',
          AvailableResourceCreation: {
            ResourceTypes: ['VSwitch', 'IoOptimized', 'Instance', 'Disk', 'DedicatedHost'],
          },
        })),
      },
    }),
  }),
];

export function ecsRegion(id: string): AlibabaRegion {
  return (
    alibabaRegion(id) ?? refuse('InvalidRegionId.NotFound', 'The specified RegionId does not exist.', 404)
  );
}
