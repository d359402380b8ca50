import type { SecurityGroup } from '../../core/model';
import type { Choice, CreationState, ZoneChoice } from '../../protocol/creation';
import type { Draft } from '../../services/provisioning/draftState';
import { isUsable, mostSecurityGroups } from '../../services/provisioning/preselect';

type Endpoint = CreationState['endpoint'];

/** The VPCs, security groups and zones to choose from, with why some of them cannot be used. */
export function networkChoices(
  draft: Draft,
): Pick<
  Endpoint,
  'vpcs' | 'vpcId' | 'securityGroups' | 'securityGroupIds' | 'moreSecurityGroups' | 'portCheck' | 'zones'
> &
  Pick<Endpoint, 'zonesOfBoth' | 'existing'> {
  return {
    vpcs: draft.vpcs.map((vpc) => ({
      id: vpc.id,
      label: vpc.name === '' ? vpc.id : vpc.name,
      detail: [vpc.cidrBlocks.join(', '), vpc.isDefault && 'default'].filter(Boolean).join(' · '),
      ...(vpc.status !== 'Available' && { unusable: vpc.status }),
    })),
    ...(draft.vpcId !== undefined && { vpcId: draft.vpcId }),
    securityGroups: draft.securityGroups.map((group) => groupChoice(group)),
    securityGroupIds: draft.securityGroupIds,
    moreSecurityGroups: moreGroups(draft),
    ...portCheck(draft),
    zones: zoneChoices(draft),
    ...zonesOfBoth(draft),
    existing: draft.existing.map(({ id, name, status, connectionStatus }) => ({
      id,
      text: `${name === '' ? id : `${name} (${id})`}: ${status}, ${connectionStatus}`,
    })),
  };
}

const groupName = ({ id, name }: SecurityGroup): string => (name === '' ? id : name);

const groupChoice = (group: SecurityGroup, unusable?: string): Choice => ({
  id: group.id,
  label: groupName(group),
  detail: group.type === 'enterprise' ? `${group.id} · enterprise` : group.id,
  ...(unusable !== undefined && { unusable }),
});

/** PrivateLink takes up to ten groups, all normal or all enterprise. */
function moreGroups({ securityGroups, securityGroupIds }: Draft): readonly Choice[] {
  const first = securityGroups.find(({ id }) => id === securityGroupIds[0]);
  if (first === undefined || securityGroupIds.length >= mostSecurityGroups) {
    return [];
  }
  return securityGroups
    .filter(({ id }) => !securityGroupIds.includes(id))
    .map((group) =>
      groupChoice(
        group,
        group.type === first.type ? undefined : `cannot be combined: ${groupName(first)} is ${first.type}`,
      ),
    );
}

function portCheck({ port, service, securityGroups, securityGroupIds }: Draft): Pick<Endpoint, 'portCheck'> {
  if (port === undefined || service === undefined) {
    return {};
  }
  const groups = securityGroupIds.flatMap((id) => securityGroups.find((group) => group.id === id) ?? []);
  const [first] = groups;
  const names = groups.map(groupName);
  const whole =
    names.length === 1 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
  const [lets, doNot, let_] =
    names.length === 1
      ? [`${whole} lets`, `${whole} does not let`, `${whole} lets`]
      : [`${whole} let`, `${whole} do not let`, `${whole} let`];
  const reach = `reach TCP ${service.port}`;
  switch (port.check) {
    case 'open':
      return { portCheck: { outcome: 'open', text: `${lets} the VPC ${reach}.` } };
    case 'unknown':
      return {
        portCheck: {
          outcome: 'unknown',
          text: `Whether ${lets} the VPC ${reach} could not be told from the rules.`,
        },
      };
    case 'closed':
    case 'partly': {
      const text =
        port.check === 'closed'
          ? `${doNot} the VPC ${reach}: connections would time out.`
          : `${let_} only a part of the VPC ${reach}.`;
      const hopeless = ' A rule that refuses it goes before any that could be added here.';
      return {
        portCheck: {
          outcome: 'closed',
          text: port.missing.length === 0 ? text + hopeless : text,
          ...(port.missing.length > 0 &&
            first !== undefined && {
              rules: port.missing.map(
                ({ protocol, portRange, sourceCidr }) =>
                  `${groupName(first)}: let in ${protocol} ${portRange} from ${sourceCidr}`,
              ),
            }),
        },
      };
    }
  }
}

function zonesOfBoth({ verification, vpcId, vSwitches, activity }: Draft): Pick<Endpoint, 'zonesOfBoth'> {
  return verification.outcome === 'verified' && vpcId !== undefined && activity !== 'network'
    ? {
        zonesOfBoth: {
          service: verification.service.zones.toSorted(),
          vpc: [...new Set(vSwitches.map(({ zoneId }) => zoneId))].sort(),
        },
      }
    : {};
}

function zoneChoices(draft: Draft): readonly ZoneChoice[] {
  if (draft.verification.outcome !== 'verified' || draft.vpcId === undefined) {
    return [];
  }
  const { zones } = draft.verification.service;
  const all = [...new Set([...zones, ...draft.vSwitches.map(({ zoneId }) => zoneId)])].sort();
  return all.map((zoneId) => {
    const vSwitches = draft.vSwitches.filter((vSwitch) => vSwitch.zoneId === zoneId);
    const unusable = !zones.includes(zoneId)
      ? 'TiDB Cloud does not offer the service in this zone'
      : vSwitches.length === 0
        ? 'the VPC has no vSwitch in this zone'
        : vSwitches.every((vSwitch) => !isUsable(vSwitch))
          ? 'no vSwitch here has a free address'
          : undefined;
    const vSwitchId = draft.zones.get(zoneId);
    return {
      zoneId,
      vSwitches: vSwitches.map((vSwitch) => ({
        id: vSwitch.id,
        label: vSwitch.name === '' ? vSwitch.id : vSwitch.name,
        detail: `${vSwitch.cidrBlock} · ${vSwitch.availableIpCount} free`,
        ...(!isUsable(vSwitch) && {
          unusable: vSwitch.status === 'Available' ? 'no free address' : vSwitch.status,
        }),
      })),
      ...(vSwitchId !== undefined && { vSwitchId }),
      ...(unusable !== undefined && { unusable }),
    };
  });
}
