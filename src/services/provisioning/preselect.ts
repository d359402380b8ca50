import type { EndpointService, SecurityGroup, Vpc, VSwitch } from '../../core/model';

/** The only or best candidate among what a VPC offers. Pure. */

export const isUsable = (vSwitch: VSwitch): boolean =>
  vSwitch.status === 'Available' && vSwitch.availableIpCount > 0;

/** The first of the wanted VPCs that is there and available; else the first made on purpose, else the default one. */
export function bestVpc(vpcs: readonly Vpc[], ...wanted: readonly (string | undefined)[]): Vpc | undefined {
  const usable = vpcs.filter(({ status }) => status === 'Available');
  for (const wantedId of wanted) {
    const found = usable.find(({ id }) => id === wantedId);
    if (found !== undefined) {
      return found;
    }
  }
  return usable.find(({ isDefault }) => !isDefault) ?? usable[0];
}

/**
 * In each zone that the service has, the vSwitch with the most free addresses: zone id → vSwitch id. What was chosen
 * last, as far as it can still be used, goes before.
 */
export function bestVSwitches(
  service: EndpointService,
  vSwitches: readonly VSwitch[],
  last: Readonly<Record<string, string>> = {},
): ReadonlyMap<string, string> {
  const offered = vSwitches.filter((vSwitch) => isUsable(vSwitch) && service.zones.includes(vSwitch.zoneId));
  const again = offered.filter(({ id, zoneId }) => last[zoneId] === id);
  if (again.length > 0) {
    return new Map(again.map(({ id, zoneId }) => [zoneId, id]));
  }
  const best = new Map<string, VSwitch>();
  for (const vSwitch of offered) {
    if (vSwitch.availableIpCount > (best.get(vSwitch.zoneId)?.availableIpCount ?? 0)) {
      best.set(vSwitch.zoneId, vSwitch);
    }
  }
  return new Map([...best].map(([zoneId, { id }]) => [zoneId, id]));
}

/** PrivateLink 2020-04-15, CreateVpcEndpoint. */
export const mostSecurityGroups = 10;

/**
 * Those of the groups that one endpoint can have together, in the order given: each once, all of the first one's type
 * (normal or enterprise), no more than ten.
 */
export function together(groups: readonly SecurityGroup[], ids: readonly string[]): readonly string[] {
  const found = [...new Set(ids)].flatMap((wanted) => groups.find(({ id }) => id === wanted) ?? []);
  return found
    .filter(({ type }) => type === found[0]?.type)
    .slice(0, mostSecurityGroups)
    .map(({ id }) => id);
}
