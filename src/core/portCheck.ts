import type { SecurityGroupRule } from './model';

/**
 * Does a security group let TCP in on a port from the whole of a VPC? Order of rules: the smaller priority number is
 * looked at first, Drop beats Accept at equal priority, the first match decides, no match is a refusal (VPC security
 * groups, ECS 2014-05-26).
 */
export type PortCheck = 'open' | 'closed' | 'partly' | 'unknown';

export function checkPort(
  rules: readonly SecurityGroupRule[],
  port: number,
  cidrs: readonly string[],
): PortCheck {
  const answers = cidrs.map((cidr) => checkCidr(rules, port, cidr));
  if (answers.length === 0) {
    return 'unknown';
  }
  const [first] = answers;
  if (first !== undefined && answers.every((answer) => answer === first)) {
    return first;
  }
  return answers.includes('unknown') ? 'unknown' : 'partly';
}

function checkCidr(rules: readonly SecurityGroupRule[], port: number, cidr: string): PortCheck {
  const client = parseCidr(cidr);
  if (client === undefined) {
    return 'unknown';
  }
  const inOrder = rules
    .filter(
      (rule) => (rule.protocol === 'TCP' || rule.protocol === 'ALL') && coversPort(rule.portRange, port),
    )
    .sort((a, b) => a.priority - b.priority || rank(a) - rank(b));
  // Rules met before the deciding one that cover only some of the clients, or nobody can tell which.
  const before: { effect: 'partly' | 'unknown'; policy: SecurityGroupRule['policy'] }[] = [];
  const decide = (policy: SecurityGroupRule['policy']): PortCheck => {
    const against = before.filter((rule) => rule.policy !== policy);
    if (against.length === 0) {
      return policy === 'Accept' ? 'open' : 'closed';
    }
    return against.some((rule) => rule.effect === 'unknown') ? 'unknown' : 'partly';
  };
  for (const rule of inOrder) {
    const source = parseCidr(rule.sourceCidr);
    if (source === undefined) {
      // A group or prefix list as source: who is in it cannot be seen from here.
      before.push({ effect: 'unknown', policy: rule.policy });
    } else if (contains(source, client)) {
      return decide(rule.policy);
    } else if (contains(client, source)) {
      before.push({ effect: 'partly', policy: rule.policy });
    }
  }
  return decide('Drop');
}

const rank = (rule: SecurityGroupRule): number => (rule.policy === 'Drop' ? 0 : 1);

function coversPort(range: string, port: number): boolean {
  const [from, to] = range.split('/').map(Number);
  if (from === undefined || to === undefined || Number.isNaN(from) || Number.isNaN(to)) {
    return false;
  }
  return (from === -1 && to === -1) || (from <= port && port <= to);
}

interface Block {
  readonly base: number;
  readonly bits: number;
}

function parseCidr(text: string): Block | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/(\d{1,2}))?$/.exec(text);
  if (match === null) {
    return undefined;
  }
  const octets = match.slice(1, 5).map(Number);
  const bits = match[5] === undefined ? 32 : Number(match[5]);
  if (bits > 32 || octets.some((octet) => octet > 255)) {
    return undefined;
  }
  return {
    base: mask(
      octets.reduce((sum, octet) => sum * 256 + octet, 0),
      bits,
    ),
    bits,
  };
}

const mask = (address: number, bits: number): number =>
  Math.floor(address / 2 ** (32 - bits)) * 2 ** (32 - bits);

const contains = (outer: Block, inner: Block): boolean =>
  outer.bits <= inner.bits && mask(inner.base, outer.bits) === outer.base;
