import assert from 'node:assert/strict';
import type { Sandbox } from '../../../src/sandbox';

export const REGION = 'ap-southeast-1';

/** What a person would choose for an endpoint to a service: `app-vpc`, its open security group, and zone a. */
export function wishFor(sandbox: Sandbox, serviceName: string): Record<string, unknown> {
  const { vpcs, vSwitches, securityGroups } = sandbox.control.getState();
  const vpc = vpcs.find(({ name }) => name === 'app-vpc');
  const vSwitch = vSwitches.find(({ name }) => name === 'app-a');
  const group = securityGroups.find(({ name }) => name === 'app-clients');
  assert.ok(vpc && vSwitch && group);
  return {
    RegionId: REGION,
    ServiceName: serviceName,
    VpcId: vpc.vpcId,
    SecurityGroupId: [group.securityGroupId],
    Zone: [{ ZoneId: vSwitch.zoneId, VSwitchId: vSwitch.vSwitchId }],
  };
}

/** The same for the service of `orders-prod`. */
export function usualWish(sandbox: Sandbox): Record<string, unknown> {
  const { instances, services } = sandbox.control.getState();
  const instance = instances.find(({ displayName }) => displayName === 'orders-prod');
  const service = services.find(({ tidbId }) => tidbId === instance?.tidbId);
  assert.ok(service);
  return wishFor(sandbox, service.serviceName);
}
