import type { Permission, SecurityGroup } from '../world/model';
import { freshAlibabaId } from '../world/ids';
import { cidrIsExact } from '../world/addresses';
import { refuse } from './apiError';
import { CLIENT_TOKEN, OWNER, REGION, REQUIRED_TEXT, TEXT } from './commonParameters';
import { operation } from './operation';
import { securityGroupOrRefuse } from './securityGroups';

const PROTOCOLS = ['TCP', 'UDP', 'ICMP', 'ICMPV6', 'GRE', 'ALL'];

const PERMISSION_FIELDS = {
  IpProtocol: REQUIRED_TEXT,
  PortRange: TEXT,
  PortRangeListId: TEXT,
  SourceCidrIp: TEXT,
  Ipv6SourceCidrIp: TEXT,
  SourceGroupId: TEXT,
  SourcePrefixListId: TEXT,
  DestCidrIp: TEXT,
  SourcePortRange: TEXT,
  NicType: { kind: 'text', values: ['intranet', 'internet'], code: 'InvalidNicType.ValueNotSupported' },
  Policy: { kind: 'text', pattern: /^(accept|drop)$/i, code: 'InvalidPolicy.Malformed' },
  Priority: { kind: 'integer', min: 1, max: 100, code: 'InvalidPriority.ValueNotSupported' },
  Description: { kind: 'text', maxLength: 512, code: 'InvalidSecurityGroupDiscription.Malformed' },
} as const;

/** What a rule was asked for by before there was Permissions.N. */
const DEPRECATED = {
  IpProtocol: TEXT,
  PortRange: TEXT,
  SourceCidrIp: TEXT,
  SourceGroupId: TEXT,
  Policy: TEXT,
  Priority: TEXT,
  NicType: TEXT,
  Description: TEXT,
} as const;

interface AskedPermission {
  IpProtocol: string | undefined;
  PortRange: string | undefined;
  SourceCidrIp: string | undefined;
  Ipv6SourceCidrIp: string | undefined;
  SourceGroupId: string | undefined;
  SourcePrefixListId: string | undefined;
  Policy: string | undefined;
  Priority: number | undefined;
  Description: string | undefined;
}

/** ECS 2014-05-26, AuthorizeSecurityGroup in its present form (Permissions.N). A rule that is there already is success. */
export const authorizeSecurityGroup = operation({
  product: 'ecs',
  action: 'AuthorizeSecurityGroup',
  parameters: {
    RegionId: REGION,
    SecurityGroupId: REQUIRED_TEXT,
    ClientToken: CLIENT_TOKEN,
    Permissions: { kind: 'objects', max: 100, required: true, fields: PERMISSION_FIELDS },
    ...DEPRECATED,
    ...OWNER,
  },
  run: (values, { world, clock, quotas }) => {
    if (values.IpProtocol ?? values.PortRange ?? values.SourceCidrIp ?? values.SourceGroupId) {
      refuse('InvalidParam.Permissions', 'Permissions does not go with the parameters that it replaces.');
    }
    const group = securityGroupOrRefuse(world, values.RegionId, values.SecurityGroupId);
    if (group.serviceManaged) {
      const message = 'The security group is managed by a cloud service.';
      refuse('InvalidOperation.ResourceManagedByCloudProduct', message, 403);
    }
    const createTime = new Date(clock.now()).toISOString();
    const added = values.Permissions.map((asked) => permission(group, asked, createTime));
    if (new Set(added.map(rule)).size < added.length) {
      refuse('InvalidParam.DuplicatePermissions', 'There are duplicate permissions in the request.');
    }
    const present = new Set(group.permissions.map(rule));
    const missing = added.filter((candidate) => !present.has(rule(candidate)));
    if (group.permissions.length + missing.length > quotas.rulesPerSecurityGroup) {
      refuse(
        'AuthorizationLimitExceed',
        'The limit of authorization records in the security group is reached.',
        403,
      );
    }
    for (const { sourceGroupId } of missing) {
      const source = world.state.securityGroups.find((other) => other.securityGroupId === sourceGroupId);
      if (sourceGroupId !== '' && !source) {
        refuse('InvalidSourceGroupId.NotFound', 'The specified SourceGroupId does not exist.', 404);
      }
      if (source && source.vpcId !== group.vpcId) {
        refuse('InvalidSourceGroupId.Mismatch', 'The source group is in another VPC.', 403);
      }
    }
    group.permissions.push(...missing);
    world.changed();
    return {};
  },
});

/** What makes two rules the same. */
function rule(permission: Permission): string {
  const { ipProtocol, portRange, sourceCidr, sourceGroupId, policy, priority } = permission;
  return [ipProtocol, portRange, sourceCidr, sourceGroupId, policy, priority].join(' ');
}

function permission(group: SecurityGroup, asked: AskedPermission, createTime: string): Permission {
  const ipProtocol = (asked.IpProtocol ?? '').toUpperCase();
  if (!PROTOCOLS.includes(ipProtocol)) {
    refuse('InvalidIpProtocol.ValueNotSupported', 'The specified IpProtocol is not supported.');
  }
  if (group.type === 'enterprise' && (asked.Policy !== undefined || asked.SourceGroupId !== undefined)) {
    const message = 'Policy and SourceGroupId do not apply to an enterprise security group.';
    refuse('InvalidGroupParameter.OperationDenied', message);
  }
  const {
    SourceCidrIp: cidr,
    SourceGroupId: sourceGroup,
    Ipv6SourceCidrIp: ipv6,
    SourcePrefixListId: list,
  } = asked;
  if (cidr === undefined && sourceGroup === undefined && ipv6 === undefined && list === undefined) {
    refuse('MissingParameter.Source', 'One of the source parameters is mandatory.');
  }
  if (cidr !== undefined && !cidrIsExact(cidr)) {
    refuse('InvalidSourceCidrIp.Malformed', 'The specified SourceCidrIp is not valid.');
  }
  if (ipv6 !== undefined) {
    refuse('InvalidParam.Ipv6SourceCidrIp', 'The networks of this sandbox have no IPv6 addresses.');
  }
  if (list !== undefined) {
    refuse('InvalidPrefixListId.NotFound', 'The specified prefix list does not exist.', 404);
  }
  return {
    ruleId: freshAlibabaId('sgr', group.region),
    direction: 'ingress',
    ipProtocol,
    portRange: portRange(ipProtocol, asked.PortRange),
    sourceCidr: cidr ?? '',
    sourceGroupId: sourceGroup ?? '',
    policy: asked.Policy?.toLowerCase() === 'drop' ? 'Drop' : 'Accept',
    priority: asked.Priority ?? 1,
    description: asked.Description ?? '',
    createTime,
  };
}

function portRange(ipProtocol: string, text = ''): string {
  if (ipProtocol !== 'TCP' && ipProtocol !== 'UDP') {
    return text === '-1/-1'
      ? text
      : refuse('InvalidPortRange.Malformed', 'The range of this protocol is -1/-1.');
  }
  const match = /^(\d{1,5})\/(\d{1,5})$/.exec(text);
  const [from, to] = [Number(match?.[1]), Number(match?.[2])];
  if (!match || from < 1 || to > 65535 || from > to) {
    refuse('InvalidPortRange.Malformed', 'The specified parameter PortRange is not valid.');
  }
  return text;
}
