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
  return together(cidrs.map((cidr) => checkCidr(rules, port, cidr)));
}

function together(answers: readonly PortCheck[]): PortCheck {
  const [first = 'unknown'] = answers;
  if (answers.every((answer) => answer === first)) {
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
    .filter(({ protocol, sourceCidr }) => (protocol === 'TCP' || protocol === 'ALL') && !isIpv6(sourceCidr))
    .map(({ priority, policy, portRange, sourceCidr }): Rule => ({
      priority,
      policy,
      covers: coversPort(portRange, port),
      source: parseCidr(sourceCidr),
    }))
    .filter(({ covers }) => covers !== false)
    .sort((a, b) => a.priority - b.priority || rank(a) - rank(b));
  return decide(inOrder, client);
}

interface Rule {
  readonly priority: number;
  readonly policy: SecurityGroupRule['policy'];
  /** Undefined for a list of ports: what is in it cannot be seen from here. */
  readonly covers: boolean | undefined;
  /** Undefined for a group or prefix list as source: who is in it cannot be seen from here. */
  readonly source: Block | undefined;
}

function decide(inOrder: readonly Rule[], client: Block): PortCheck {
  for (const [i, { policy, covers, source }] of inOrder.entries()) {
    const answer = policy === 'Accept' ? 'open' : 'closed';
    if (covers === undefined || source === undefined) {
      return decide(inOrder.slice(i + 1), client) === answer ? answer : 'unknown';
    }
    if (contains(source, client)) {
      return answer;
    }
    if (contains(client, source)) {
      const rest = inOrder.slice(i);
      const [lower, upper] = halves(client);
      return together([decide(rest, lower), decide(rest, upper)]);
    }
  }
  return 'closed';
}

const rank = (rule: Rule): number => (rule.policy === 'Drop' ? 0 : 1);

/** Whether a rule's range has the port in it. Undefined when the rule names no range but a list of ports. */
export function coversPort(range: string, port: number): boolean | undefined {
  const match = /^(-?\d+)\/(-?\d+)$/.exec(range);
  if (match === null) {
    return undefined;
  }
  const [from, to] = [Number(match[1]), Number(match[2])];
  return (from === -1 && to === -1) || (from <= port && port <= to);
}

const isIpv6 = (cidr: string): boolean => cidr.includes(':');

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

function halves({ base, bits }: Block): readonly [Block, Block] {
  return [
    { base, bits: bits + 1 },
    { base: base + 2 ** (31 - bits), bits: bits + 1 },
  ];
}
