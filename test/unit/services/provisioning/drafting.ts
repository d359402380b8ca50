import type { SecurityGroupRule, VSwitch } from '../../../../src/core/model';
import { CreationDraft } from '../../../../src/services/provisioning/draft';
import type { Draft } from '../../../../src/services/provisioning/draftState';
import { anInstance, aService } from '../../fakes';
import { stage, type Stage } from '../stage';
import type { FakeWorld } from '../world';

export const id = anInstance.id;
export const second = { ...anInstance, id: '1002', name: 'billing' };
export const secondService = {
  ...aService,
  instanceId: second.id,
  serviceName: aService.serviceName.replace('aaaa1111', 'bbbb2222'),
};

const openRule: SecurityGroupRule = {
  protocol: 'TCP',
  portRange: '4000/4000',
  sourceCidr: '10.0.0.0/8',
  policy: 'Accept',
  priority: 1,
};
const vSwitch = (vpcId: string, zone: string, name: string, over: Partial<VSwitch> = {}): VSwitch => ({
  id: `vsw-${vpcId}-${name}`,
  name,
  vpcId,
  zoneId: `ap-southeast-1${zone}`,
  cidrBlock: '10.0.1.0/24',
  availableIpCount: 100,
  status: 'Available',
  ...over,
});
export const vpc = (name: string, isDefault = false, status = 'Available') => ({
  id: `vpc-${name}`,
  name,
  cidrBlocks: ['10.0.0.0/16'],
  status,
  isDefault,
});
const group = (vpcId: string, name: string, serviceManaged = false) => ({
  id: `sg-${name}`,
  name,
  vpcId,
  type: 'normal' as const,
  serviceManaged,
});

function furnish(world: FakeWorld): void {
  world.instances.set(second.id, second);
  world.services.set(second.id, secondService);
  world.vpcs.push(vpc('default', true), vpc('pending', false, 'Pending'), vpc('a'), vpc('b'));
  world.vSwitches.push(
    vSwitch('vpc-a', 'a', 'small', { availableIpCount: 3 }),
    vSwitch('vpc-a', 'a', 'large', { availableIpCount: 200 }),
    vSwitch('vpc-a', 'b', 'full', { availableIpCount: 0 }),
    vSwitch('vpc-a', 'b', 'pending', { status: 'Pending' }),
    vSwitch('vpc-a', 'c', 'elsewhere'),
    vSwitch('vpc-b', 'b', 'only'),
  );
  world.securityGroups.push(
    group('vpc-a', 'managed', true),
    group('vpc-a', 'closed'),
    group('vpc-a', 'open'),
    group('vpc-b', 'b'),
  );
  world.rules.set('sg-managed', [openRule]);
  world.rules.set('sg-open', [openRule]);
}

/** A draft in front of two instances and the networks to choose from. */
export async function drafting(
  signedIn: Parameters<typeof stage>[0] = {},
): Promise<{ readonly s: Stage; readonly draft: CreationDraft }> {
  const s = stage(signedIn);
  furnish(s.world);
  await s.inventory.refreshInstances();
  return { s, draft: new CreationDraft(s.accounts, s.inventory, s.clock, s.log) };
}

export const zonesOf = ({ zones }: Draft): Record<string, string> => Object.fromEntries(zones);
