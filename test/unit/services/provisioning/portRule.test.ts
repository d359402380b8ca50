import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { SecurityGroupRule } from '../../../../src/core/model';
import { checkPort } from '../../../../src/core/portCheck';
import { portState } from '../../../../src/services/provisioning/portRule';

const rule = (over: Partial<SecurityGroupRule>): SecurityGroupRule => ({
  ...{ protocol: 'TCP', portRange: '4000/4000', sourceCidr: '0.0.0.0/0', policy: 'Accept', priority: 1 },
  ...over,
});
const cidrs = ['10.0.0.0/16', '172.16.0.0/24'];

describe('what would open the port', () => {
  it('is nothing where it is open, or could not be told', () => {
    assert.deepEqual(portState([rule({})], 4000, cidrs), { check: 'open', missing: [] });
    assert.deepEqual(portState([rule({ sourceCidr: '' })], 4000, cidrs), { check: 'unknown', missing: [] });
  });

  it('is nothing wider than the blocks that are shut out', () => {
    const { check, missing } = portState([rule({ sourceCidr: '10.0.0.0/8' })], 4000, cidrs);
    assert.equal(check, 'partly');
    assert.deepEqual(
      missing.map(({ protocol, portRange, sourceCidr }) => [protocol, portRange, sourceCidr]),
      [['TCP', '4000/4000', '172.16.0.0/24']],
    );
  });

  it('is nothing where a refusal of the first priority stands, but something where a later one does', () => {
    assert.deepEqual(portState([rule({ policy: 'Drop' })], 4000, cidrs).missing, []);
    assert.equal(portState([rule({ policy: 'Drop', priority: 2 })], 4000, cidrs).missing.length, 2);
  });

  it('opens it whenever it is proposed', () => {
    const anyRule = fc.record({
      protocol: fc.constantFrom('TCP', 'UDP', 'ALL'),
      portRange: fc.constantFrom('4000/4000', '1/3999', '-1/-1', '4000/4001'),
      sourceCidr: fc.constantFrom('0.0.0.0/0', '10.0.0.0/8', '10.0.128.0/17', '172.16.0.7/32'),
      policy: fc.constantFrom('Accept' as const, 'Drop' as const),
      priority: fc.integer({ min: 1, max: 3 }),
    });
    let proposed = 0;
    fc.assert(
      fc.property(fc.array(anyRule, { maxLength: 5 }), (rules) => {
        const { missing } = portState(rules, 4000, cidrs);
        proposed += missing.length;
        const added = missing.map(({ sourceCidr }) => rule({ sourceCidr }));
        return missing.length === 0 || checkPort([...rules, ...added], 4000, cidrs) === 'open';
      }),
    );
    assert.ok(proposed > 0);
  });
});
