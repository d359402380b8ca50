import type { SecurityGroup, SecurityGroupRule, VSwitch } from '../../../../src/core/model';
import { LastChoices } from '../../../../src/services/provisioning/choices';
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

export const openRule: SecurityGroupRule = {
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
export const group = (vpcId: string, name: string, over: Partial<SecurityGroup> = {}): SecurityGroup => ({
  id: `sg-${name}`,
  name,
  vpcId,
  type: 'normal',
  serviceManaged: false,
  ...over,
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
    group('vpc-a', 'managed', { serviceManaged: true }),
    group('vpc-a', 'closed'),
    group('vpc-a', 'open'),
    group('vpc-b', 'b'),
  );
  world.rules.set('sg-managed', [openRule]);
  world.rules.set('sg-open', [openRule]);
}

/** What the fakes of both clouds do not keep. */
export interface Surroundings {
  privateLinkOpen: boolean;
  /** The VPC of this machine. */
  machineVpcId: string | undefined;
  /** How often this machine was asked for it. */
  machineAsked: number;
  /** Client tokens of the rules that were added or tried, in order. */
  readonly ruleTokens: string[];
}

export interface Drafting {
  readonly s: Stage;
  readonly draft: CreationDraft;
  readonly around: Surroundings;
  /** Another draft on the same clouds and the same memory, as in another panel. */
  readonly another: () => CreationDraft;
}

/** A draft in front of two instances and the networks to choose from. */
export async function drafting(signedIn: Parameters<typeof stage>[0] = {}): Promise<Drafting> {
  const s = stage(signedIn);
  const around: Surroundings = {
    privateLinkOpen: true,
    machineVpcId: undefined,
    machineAsked: 0,
    ruleTokens: [],
  };
  furnish(s.world);
  surround(s.world, around);
  await s.inventory.refreshInstances();
  let ids = 0;
  const another = (): CreationDraft =>
    new CreationDraft({
      ...{ accounts: s.accounts, inventory: s.inventory, clock: s.clock, log: s.log },
      lastChoices: new LastChoices(s.state, (accountId, regionId) => `last/${accountId}/${regionId}`),
      machine: {
        vpcId: () => {
          around.machineAsked++;
          return Promise.resolve(around.machineVpcId);
        },
      },
      newId: () => `id-${++ids}`,
    });
  return { s, around, another, draft: another() };
}

function surround({ alibabaCloud, script }: FakeWorld, around: Surroundings): void {
  alibabaCloud.isPrivateLinkOpen = (_, signal) =>
    script.perform('isPrivateLinkOpen', () => around.privateLinkOpen, signal);
  alibabaCloud.openPrivateLink = (signal) =>
    script.perform('openPrivateLink', () => void (around.privateLinkOpen = true), signal);
  const add = alibabaCloud.addIngressRule.bind(alibabaCloud);
  alibabaCloud.addIngressRule = (regionId, groupId, rule, token, signal) => {
    around.ruleTokens.push(token);
    return add(regionId, groupId, rule, token, signal);
  };
}

export const zonesOf = ({ zones }: Draft): Record<string, string> => Object.fromEntries(zones);
