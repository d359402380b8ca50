import type { AlibabaCloudApi } from '../../core/ports';
import type { AlibabaCaller } from './caller';
import { byToken } from './lists';
import * as map from './map';
import { centralRegion, rates } from './operation';

const describe = { product: 'ecs', token: 'none', rate: rates.read } as const;
const operations = {
  securityGroups: { ...describe, name: 'DescribeSecurityGroups', answer: map.securityGroupPage },
  rules: { ...describe, name: 'DescribeSecurityGroupAttribute', answer: map.rulePage },
  authorize: {
    product: 'ecs',
    name: 'AuthorizeSecurityGroup',
    token: 'given',
    rate: rates.write,
    answer: map.nothing,
  },
  regions: { ...describe, name: 'DescribeRegions', answer: map.regions },
  zones: { ...describe, name: 'DescribeZones', answer: map.zones },
} as const;

/** The largest pages. */
const pageSizes = { securityGroups: 100, rules: 500 } as const;
/** Rules of security groups in a VPC are of this network. */
const NicType = 'intranet';

/** ECS 2014-05-26. */
export const ecsApi = (
  caller: AlibabaCaller,
): Pick<
  AlibabaCloudApi,
  'listSecurityGroups' | 'listIngressRules' | 'addIngressRule' | 'listEcsRegions' | 'listEcsZones'
> => ({
  listSecurityGroups: (regionId, vpcId, signal) => {
    const filter = { RegionId: regionId, VpcId: vpcId, MaxResults: pageSizes.securityGroups };
    return byToken(operations.securityGroups, signal, async (NextToken) => {
      const page = await caller.call(operations.securityGroups, regionId, { ...filter, NextToken }, signal);
      return { items: page.SecurityGroups, next: page.NextToken };
    });
  },

  listIngressRules: (regionId, securityGroupId, signal) => {
    const filter = {
      RegionId: regionId,
      SecurityGroupId: securityGroupId,
      Direction: 'ingress',
      NicType,
      MaxResults: pageSizes.rules,
    };
    return byToken(operations.rules, signal, async (NextToken) => {
      const page = await caller.call(operations.rules, regionId, { ...filter, NextToken }, signal);
      return { items: page.Permissions, next: page.NextToken };
    });
  },

  addIngressRule: async (regionId, securityGroupId, rule, clientToken, signal) => {
    // No Policy: it accepts without one, and enterprise groups refuse it.
    const permission = {
      IpProtocol: rule.protocol,
      PortRange: rule.portRange,
      SourceCidrIp: rule.sourceCidr,
      NicType,
      Description: rule.description,
    };
    const parameters = { RegionId: regionId, SecurityGroupId: securityGroupId, Permissions: [permission] };
    await caller.create(operations.authorize, regionId, parameters, clientToken, signal);
  },

  listEcsRegions: (signal) => caller.call(operations.regions, centralRegion, {}, signal),

  listEcsZones: (regionId, signal) => caller.call(operations.zones, regionId, { RegionId: regionId }, signal),
});
