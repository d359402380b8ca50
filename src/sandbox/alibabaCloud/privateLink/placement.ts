import { freshAlibabaId } from '../../world/ids';
import type { EndpointZone, PrivateLinkService, SecurityGroup, Vpc, VSwitch } from '../../world/model';
import type { World } from '../../world/world';
import { assignableAddresses, isAssignable } from '../../world/addresses';
import { refuse } from '../apiError';

export interface WantedZone {
  ZoneId: string;
  VSwitchId: string;
  ip: string | undefined;
}

export function vpcOrRefuse(world: World, region: string, vpcId: string): Vpc {
  const found = world.state.vpcs.find((vpc) => vpc.vpcId === vpcId && vpc.region === region);
  if (!found) {
    refuse('VpcNotFound', 'The specified VPC does not exist.');
  }
  if (found.status !== 'Available') {
    refuse('IncorrectStatus.Vpc', 'The status of the VPC does not allow this operation.');
  }
  return found;
}

/** Security groups for an endpoint: in its VPC, not managed by a product, and all of one type. */
export function securityGroupsOrRefuse(world: World, vpc: Vpc, ids: readonly string[]): SecurityGroup[] {
  const groups = ids.map(
    (id) =>
      world.state.securityGroups.find((group) => group.securityGroupId === id && group.vpcId === vpc.vpcId) ??
      refuse('SecurityGroupNotFound', 'The specified security group does not exist in the VPC.'),
  );
  if (groups.some(({ serviceManaged }) => serviceManaged)) {
    refuse('SecurityGroupTypeNotSupport', 'A managed security group can not be used.');
  }
  if (new Set(groups.map(({ type }) => type)).size > 1) {
    refuse('SecurityGroupTypeOnlySingleTypeSupporteded', 'Security groups of one type only can be used.');
  }
  return groups;
}

/** Where one zone of an endpoint will be. Nothing is taken yet. */
export interface Placement {
  readonly vSwitch: VSwitch;
  readonly address: string;
}

export function placeOrRefuse(
  world: World,
  service: PrivateLinkService,
  vpc: Vpc,
  wanted: readonly WantedZone[],
): Placement[] {
  if (new Set(wanted.map(({ ZoneId }) => ZoneId)).size < wanted.length) {
    refuse('EndpointZoneDuplicated', 'A zone is given more than once.');
  }
  return wanted.map((zone) => {
    if (!service.zones.includes(zone.ZoneId)) {
      refuse('EndpointServiceNotSupportedZone', 'The endpoint service is not available in the zone.');
    }
    const vSwitch = world.state.vSwitches.find(
      ({ vSwitchId, vpcId, zoneId }) =>
        vSwitchId === zone.VSwitchId && vpcId === vpc.vpcId && zoneId === zone.ZoneId,
    );
    if (!vSwitch) {
      refuse('VSwitchNotFound', 'The specified vSwitch does not exist in the VPC and zone.');
    }
    if (vSwitch.status !== 'Available') {
      refuse('VSwitchStatusNotAllowed', 'The status of the vSwitch does not allow this operation.');
    }
    return { vSwitch, address: addressOrRefuse(world, vSwitch, zone.ip) };
  });
}

function addressOrRefuse(world: World, vSwitch: VSwitch, wanted: string | undefined): string {
  const taken = new Set(
    world.state.endpoints
      .flatMap(({ zones }) => zones)
      .filter(({ vSwitchId }) => vSwitchId === vSwitch.vSwitchId)
      .map(({ eniIp }) => eniIp),
  );
  if (vSwitch.freeAddresses < 1) {
    refuse('ResourceNotEnough.VSwitchIp', 'The vSwitch has no free IP address.');
  }
  if (wanted !== undefined) {
    if (!isAssignable(vSwitch.cidr, wanted) || taken.has(wanted)) {
      refuse('EniIpUnavailable', 'The specified IP address is not available in the vSwitch.');
    }
    return wanted;
  }
  for (const address of assignableAddresses(vSwitch.cidr)) {
    if (!taken.has(address)) {
      return address;
    }
  }
  return refuse('ResourceNotEnough.VSwitchIp', 'The vSwitch has no free IP address.');
}

/** Takes the address and makes the network interface; the zone is Creating from now on. */
export function occupy(region: string, { vSwitch, address }: Placement): EndpointZone {
  vSwitch.freeAddresses -= 1;
  return {
    zoneId: vSwitch.zoneId,
    vSwitchId: vSwitch.vSwitchId,
    eniId: freshAlibabaId('eni', region),
    eniIp: address,
    status: 'Creating',
  };
}
