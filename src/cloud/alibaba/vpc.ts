import type { AlibabaCloudApi } from '../../core/ports';
import type { AlibabaCaller } from './caller';
import { byNumber } from './lists';
import * as map from './map';
import { centralRegion, rates } from './operation';

const describe = { product: 'vpc', token: 'none', rate: rates.read } as const;
const operations = {
  vpcs: { ...describe, name: 'DescribeVpcs', answer: map.vpcPage },
  vSwitches: { ...describe, name: 'DescribeVSwitches', answer: map.vSwitchPage },
  regions: { ...describe, name: 'DescribeRegions', answer: map.regions },
  zones: { ...describe, name: 'DescribeZones', answer: map.zones },
} as const;

/** VPC 2016-04-28. */
export const vpcApi = (
  caller: AlibabaCaller,
): Pick<AlibabaCloudApi, 'listVpcs' | 'listVSwitches' | 'listVpcRegions' | 'listVpcZones'> => ({
  listVpcs: (regionId, signal) =>
    byNumber(operations.vpcs, signal, async (paging) => {
      const parameters = { RegionId: regionId, ...paging };
      const page = await caller.call(operations.vpcs, regionId, parameters, signal);
      return { items: page.Vpcs, total: page.TotalCount };
    }),

  listVSwitches: (regionId, vpcId, signal) =>
    byNumber(operations.vSwitches, signal, async (paging) => {
      const parameters = { RegionId: regionId, VpcId: vpcId, ...paging };
      const page = await caller.call(operations.vSwitches, regionId, parameters, signal);
      return { items: page.VSwitches, total: page.TotalCount };
    }),

  listVpcRegions: (signal) => caller.call(operations.regions, centralRegion, {}, signal),

  listVpcZones: (regionId, signal) => caller.call(operations.zones, regionId, { RegionId: regionId }, signal),
});
