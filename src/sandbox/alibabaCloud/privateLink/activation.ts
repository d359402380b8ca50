import { ALIBABA_REGIONS } from '../../world/geography';
import { refuse } from '../apiError';
import { FLAG, REGION, TEXT } from '../commonParameters';
import { operation } from '../operation';
import { regionOrRefuse, requireOpenProduct } from './common';

const RESOURCE_TYPE = { kind: 'text', values: ['slb', 'alb', 'nlb', 'gwlb'] } as const;

/** Whether PrivateLink is there to be used, and where. */
export const activationOperations = [
  operation({
    product: 'privatelink',
    action: 'CheckProductOpen',
    parameters: {},
    run: (_values, { world }) => {
      requireOpenProduct(world);
      return { Success: true };
    },
  }),
  operation({
    product: 'privatelink',
    action: 'OpenPrivateLinkService',
    parameters: { OwnerId: { kind: 'integer' } },
    run: (_values, { world }) => {
      if (world.state.privateLinkOpen) {
        refuse('OrderOpend', 'The product has been activated already.');
      }
      world.state.privateLinkOpen = true;
      world.changed();
      return { OrderId: '20000000001' };
    },
  }),
  operation({
    product: 'privatelink',
    action: 'DescribeRegions',
    parameters: { RegionId: TEXT, ServiceResourceType: RESOURCE_TYPE },
    run: () => ({
      Regions: {
        Region: ALIBABA_REGIONS.map(({ id, localName }) => ({
          RegionId: id,
          LocalName: localName,
          RegionEndpoint: `privatelink.${id}.aliyuncs.com`,
          ServiceResourceTypes: { ServiceResourceType: RESOURCE_TYPE.values },
        })),
      },
    }),
  }),
  operation({
    product: 'privatelink',
    action: 'DescribeZones',
    parameters: {
      RegionId: REGION,
      ServiceResourceType: RESOURCE_TYPE,
      CrossRegion: FLAG,
      CrossRegionSide: { kind: 'text', values: ['Endpoint', 'EndpointService'] },
    },
    run: (values) => ({
      Zones: { Zone: regionOrRefuse(values.RegionId).zones.map((id) => ({ ZoneId: id, LocalName: id })) },
    }),
  }),
];
