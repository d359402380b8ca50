import { stableAlibabaId, stableNumericId } from './ids';
import type { WorldState } from './model';

const SANDBOX_SINCE = '2026-01-15T08:00:00Z';

/** Gives every active service on Alibaba Cloud so many endpoints that are Active on both clouds, each in another VPC. */
export function addEndpoints(world: WorldState, each: number): void {
  for (const { tidbId, region, serviceId, serviceDomain, state, zones } of world.services) {
    if (state !== 'ACTIVE' || !serviceDomain.endsWith('.privatelink.aliyuncs.com')) {
      continue;
    }
    const vpcs = world.vpcs.filter((vpc) => vpc.region === region);
    for (let number = 1; number <= each; number += 1) {
      const name = `${tidbId}/${number}`;
      const endpointId = stableAlibabaId('ep', region, name);
      const domain = `${endpointId}.${serviceDomain}`;
      const vpcId = vpcs[(number - 1) % vpcs.length]?.vpcId ?? stableAlibabaId('vpc', region, `of/${number}`);
      world.endpoints.push({
        ...{ endpointId, region, vpcId, serviceId, domain },
        createTime: SANDBOX_SINCE,
        name: `endpoint-${number}`,
        description: '',
        status: 'Active',
        connectionStatus: 'Connected',
        businessStatus: 'Normal',
        protectedBy: '',
        zones: zones.slice(0, 1).map((zoneId) => ({
          zoneId,
          vSwitchId: stableAlibabaId('vsw', region, name),
          eniId: stableAlibabaId('eni', region, name),
          eniIp: '10.0.0.5',
          status: 'Connected',
        })),
        securityGroups: [],
        tags: [],
      });
      world.connections.push({
        connectionId: `pec-${stableNumericId(name)}`,
        ...{ tidbId, endpointId },
        privateDomainName: domain,
        state: 'ACTIVE',
        message: '',
      });
    }
  }
}
