import type { NewIngressRule, SecurityGroupRule } from '../../core/model';
import { checkPort } from '../../core/portCheck';
import type { PortState } from './draftState';

/** ECS 2014-05-26, AuthorizeSecurityGroup: what a rule gets that names no priority; 1 is looked at first. */
const defaultPriority = 1;

/**
 * Whether the rules let the whole VPC reach the port, and which would be missing for that: one for each of the VPC's
 * blocks that is shut out, and nothing wider. Rules that would not help, because a refusal goes before them, are not
 * proposed. Pure.
 */
export function portState(
  rules: readonly SecurityGroupRule[],
  port: number,
  cidrBlocks: readonly string[],
): PortState {
  const check = checkPort(rules, port, cidrBlocks);
  if (check !== 'closed' && check !== 'partly') {
    return { check, missing: [] };
  }
  const missing = cidrBlocks
    .filter((cidr) => ['closed', 'partly'].includes(checkPort(rules, port, [cidr])))
    .map((sourceCidr): NewIngressRule => ({
      protocol: 'TCP',
      portRange: `${port}/${port}`,
      sourceCidr,
      description: 'TiDB Cloud private endpoint',
    }));
  const added = missing.map(({ protocol, portRange, sourceCidr }): SecurityGroupRule => ({
    ...{ protocol, portRange, sourceCidr },
    ...{ policy: 'Accept', priority: defaultPriority },
  }));
  return { check, missing: checkPort([...rules, ...added], port, cidrBlocks) === 'open' ? missing : [] };
}
