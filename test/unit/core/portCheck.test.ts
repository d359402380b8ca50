import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { SecurityGroupRule } from '../../../src/core/model';
import { checkPort, type PortCheck } from '../../../src/core/portCheck';

const rule = (over: Partial<SecurityGroupRule> = {}): SecurityGroupRule => ({
  protocol: 'TCP',
  portRange: '4000/4000',
  sourceCidr: '10.0.0.0/8',
  policy: 'Accept',
  priority: 1,
  ...over,
});
const drop = (over: Partial<SecurityGroupRule> = {}): SecurityGroupRule => rule({ policy: 'Drop', ...over });
const vpc = ['10.0.0.0/16'];

describe('checkPort', () => {
  for (const [what, rules, expected] of [
    ['no rule at all', [], 'closed'],
    ['a rule for the whole VPC', [rule()], 'open'],
    ['every protocol', [rule({ protocol: 'ALL', portRange: '-1/-1' })], 'open'],
    ['every port', [rule({ portRange: '-1/-1' })], 'open'],
    ['every port, written out', [rule({ portRange: '1/65535' })], 'open'],
    ['anyone', [rule({ sourceCidr: '0.0.0.0/0' })], 'open'],
    ['a range that ends at the port', [rule({ portRange: '3000/4000' })], 'open'],
    ['a range that ends before the port', [rule({ portRange: '3000/3999' })], 'closed'],
    ['a range that begins after the port', [rule({ portRange: '4001/5000' })], 'closed'],
    ['UDP only', [rule({ protocol: 'UDP' })], 'closed'],
    ['another network', [rule({ sourceCidr: '192.168.0.0/16' })], 'closed'],
    ['one vSwitch of the VPC', [rule({ sourceCidr: '10.0.1.0/24' })], 'partly'],
    ['one address', [rule({ sourceCidr: '10.0.1.7' })], 'partly'],
    [
      'both halves of the VPC',
      [rule({ sourceCidr: '10.0.0.0/17' }), rule({ sourceCidr: '10.0.128.0/17' })],
      'open',
    ],
    ['Drop at equal priority', [rule(), drop()], 'closed'],
    ['Drop at equal priority, listed first', [drop(), rule()], 'closed'],
    ['Accept before Drop', [drop({ priority: 2 }), rule({ priority: 1 })], 'open'],
    ['Drop before Accept', [rule({ priority: 100 }), drop({ priority: 99 })], 'closed'],
    ['priorities compared as numbers', [rule({ priority: 9 }), drop({ priority: 10 })], 'open'],
    ['a hole', [drop({ sourceCidr: '10.0.1.0/24' }), rule({ priority: 2 })], 'partly'],
    ['a hole that comes too late', [rule(), drop({ sourceCidr: '10.0.1.0/24', priority: 2 })], 'open'],
    [
      'a part that an earlier rule takes away again',
      [drop({ sourceCidr: '10.0.1.0/24' }), rule({ sourceCidr: '10.0.1.0/24', priority: 2 })],
      'closed',
    ],
    ['a group as source', [rule({ sourceCidr: '' })], 'unknown'],
    ['a group that is refused, and nothing else', [drop({ sourceCidr: '' })], 'closed'],
    ['a group after the VPC was let in', [rule(), drop({ sourceCidr: '', priority: 2 })], 'open'],
    ['a group before the VPC is let in', [rule({ sourceCidr: '' }), rule({ priority: 2 })], 'open'],
    [
      'a group refused before the VPC is let in',
      [drop({ sourceCidr: '' }), rule({ priority: 2 })],
      'unknown',
    ],
    ['a list of ports', [rule({ portRange: '' })], 'unknown'],
    ['a list of ports after the VPC was let in', [rule(), drop({ portRange: '', priority: 2 })], 'open'],
    [
      'IPv6 sources, which no client in an IPv4 block has',
      [drop({ sourceCidr: '::/0' }), rule({ priority: 2 })],
      'open',
    ],
    ['IPv6 sources alone', [rule({ sourceCidr: '2408::/16' })], 'closed'],
    ['a block that is none', [rule({ sourceCidr: '10.0.0.0/33' })], 'unknown'],
  ] as const) {
    it(`${what}: ${expected}`, () => assert.equal(checkPort(rules, 4000, vpc), expected));
  }

  it('asks for every block of the VPC', () => {
    const blocks = ['10.0.0.0/16', '172.16.0.0/16'];
    assert.equal(checkPort([rule()], 4000, blocks), 'partly');
    assert.equal(checkPort([rule(), rule({ sourceCidr: '172.16.0.0/12' })], 4000, blocks), 'open');
    assert.equal(checkPort([], 4000, blocks), 'closed');
    assert.equal(checkPort([rule()], 4000, ['10.0.0.0/16', 'not a block']), 'unknown');
    assert.equal(checkPort([rule()], 4000, []), 'unknown');
  });

  it('reads a block whose address has host bits, and the highest addresses', () => {
    assert.equal(checkPort([rule({ sourceCidr: '10.0.77.1/16' })], 4000, vpc), 'open');
    assert.equal(checkPort([rule({ sourceCidr: '255.255.0.0/16' })], 4000, ['255.255.255.0/24']), 'open');
    assert.equal(checkPort([rule({ sourceCidr: '0.0.0.0/0' })], 4000, ['0.0.0.0/0']), 'open');
  });

  it('agrees with asking for each address alone', () => {
    const client = '10.0.0.0/28';
    const source = fc.oneof(
      fc
        .tuple(fc.integer({ min: 0, max: 15 }), fc.integer({ min: 26, max: 32 }))
        .map(([last, bits]) => `10.0.0.${last}/${bits}`),
      fc.constantFrom('0.0.0.0/0', '192.168.0.0/16', '10.0.0.16/28'),
    );
    const rules = fc.array(
      fc.record({
        protocol: fc.constantFrom('TCP', 'ALL', 'UDP'),
        portRange: fc.constantFrom('4000/4000', '-1/-1', '1/3999'),
        sourceCidr: source,
        policy: fc.constantFrom('Accept' as const, 'Drop' as const),
        priority: fc.integer({ min: 1, max: 3 }),
      }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(rules, (some) => {
        const alone = Array.from({ length: 16 }, (_, last) => letsIn(some, last));
        const expected: PortCheck = alone.every(Boolean) ? 'open' : alone.some(Boolean) ? 'partly' : 'closed';
        assert.equal(checkPort(some, 4000, [client]), expected);
      }),
      { numRuns: 500 },
    );
  });
});

/** The contract's rules, for one client 10.0.0.x: smaller priority first, Drop beats Accept, the first match decides. */
function letsIn(rules: readonly SecurityGroupRule[], last: number): boolean {
  const matching = rules.filter(({ protocol, portRange, sourceCidr }) => {
    const [address = '', bits = '32'] = sourceCidr.split('/');
    const number = (text: string): number =>
      text.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
    const size = 2 ** (32 - Number(bits));
    const same = Math.floor(number(address) / size) === Math.floor(number(`10.0.0.${last}`) / size);
    return protocol !== 'UDP' && portRange !== '1/3999' && same;
  });
  const first = Math.min(...matching.map(({ priority }) => priority));
  const deciding = matching.filter(({ priority }) => priority === first);
  return deciding.length > 0 && deciding.every(({ policy }) => policy === 'Accept');
}
