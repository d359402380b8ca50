import { addressKind } from '../../core/addresses';
import { collect } from '../../core/collect';
import type { PortFacts } from '../../core/diagnosis/facts';
import type { SecurityGroupRule, VpcEndpoint } from '../../core/model';
import type { AlibabaCloudApi } from '../../core/ports';
import { portState } from '../provisioning/portRule';
import { blocksOf } from '../vpcBlocks';

interface Rules {
  readonly groupIds: readonly string[];
  /** Those of all groups: they count together. */
  readonly rules: readonly SecurityGroupRule[];
  readonly cidrBlocks: readonly string[];
}

/** The rules of an endpoint's security groups and, where asked for, the blocks of its VPC. */
export async function allRules(
  api: AlibabaCloudApi,
  regionId: string,
  endpoint: VpcEndpoint,
  { withVpc, signal }: { readonly withVpc: boolean; readonly signal: AbortSignal },
): Promise<Rules> {
  const [groups, cidrBlocks] = await Promise.all([
    collect(api.listEndpointSecurityGroups(regionId, endpoint.id, signal)),
    withVpc ? blocksOf(api, regionId, endpoint.vpcId, signal) : [],
  ]);
  const groupIds = groups.filter(({ status }) => status !== 'Detaching').map(({ id }) => id);
  const rules = await Promise.all(
    groupIds.map((groupId) => collect(api.listIngressRules(regionId, groupId, signal))),
  );
  return { groupIds, rules: rules.flat(), cidrBlocks };
}

/** @param here this machine's addresses, where it is in the VPC: the rules are then checked for these alone */
export function portFacts(
  { groupIds, rules, cidrBlocks }: Rules,
  port: number,
  here: readonly string[] | undefined,
): PortFacts {
  const own = here
    ?.filter((address) => !address.includes(':') && addressKind(address) === 'private')
    .map((address) => `${address}/32`);
  const sources = own ?? cidrBlocks;
  const { check, missing } = portState(rules, port, sources);
  return { check, groupIds, sources, from: own === undefined ? 'vpc' : 'here', missing };
}
