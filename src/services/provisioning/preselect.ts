import type { EndpointService, Vpc, VSwitch } from '../../core/model';

/** The only or best candidate among what a VPC offers. Pure. */

export const isUsable = (vSwitch: VSwitch): boolean =>
  vSwitch.status === 'Available' && vSwitch.availableIpCount > 0;

/** The first available VPC that somebody made on purpose, else the default one. */
export function bestVpc(vpcs: readonly Vpc[]): Vpc | undefined {
  const usable = vpcs.filter(({ status }) => status === 'Available');
  return usable.find(({ isDefault }) => !isDefault) ?? usable[0];
}

/** In each zone that the service has, the vSwitch with the most free addresses: zone id → vSwitch id. */
export function bestVSwitches(
  service: EndpointService,
  vSwitches: readonly VSwitch[],
): ReadonlyMap<string, string> {
  const best = new Map<string, VSwitch>();
  for (const vSwitch of vSwitches.filter(isUsable)) {
    const before = best.get(vSwitch.zoneId);
    const offered = service.zones.includes(vSwitch.zoneId);
    if (offered && vSwitch.availableIpCount > (before?.availableIpCount ?? 0)) {
      best.set(vSwitch.zoneId, vSwitch);
    }
  }
  return new Map([...best].map(([zoneId, { id }]) => [zoneId, id]));
}
