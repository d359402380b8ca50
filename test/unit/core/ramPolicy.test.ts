import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ramPolicyFor, type RamPolicy, type RamPolicyScope } from '../../../src/core/ramPolicy';

const file = path.join(__dirname, '..', '..', '..', 'media', 'ram-policy.json');
const shipped = JSON.parse(readFileSync(file, 'utf8')) as RamPolicy;

const actionsOf = (policy: RamPolicy): readonly string[] => policy.Statement.flatMap(({ Action }) => Action);
const resourcesOf = (policy: RamPolicy): readonly string[] =>
  policy.Statement.flatMap(({ Resource }) => Resource);
const policyFor = (scope: RamPolicyScope, where = {}): RamPolicy => ramPolicyFor(shipped, scope, where);

describe('the RAM policy', () => {
  it('allows, whole, what is shipped and nothing else', () => {
    assert.deepEqual(actionsOf(policyFor('full')), actionsOf(shipped));
    assert.ok(actionsOf(shipped).every((action) => !action.includes('*')));
    assert.ok(policyFor('full').Statement.every(({ Effect }) => Effect === 'Allow'));
  });

  it('without removing, deletes and takes away nothing', () => {
    const left = actionsOf(policyFor('withoutRemoving'));
    const missing = actionsOf(shipped).filter((action) => !left.includes(action));
    assert.deepEqual(missing.sort(), [
      'privatelink:DeleteVpcEndpoint',
      'privatelink:DetachSecurityGroupFromVpcEndpoint',
      'privatelink:RemoveZoneFromVpcEndpoint',
      'privatelink:UntagResources',
    ]);
  });

  it('for reading, is the first statement and no other', () => {
    const policy = policyFor('readOnly');
    assert.deepEqual(policy.Statement, [shipped.Statement[0]]);
  });

  it('has the region and account filled in, or any where they are not known', () => {
    const known = resourcesOf(policyFor('full', { regionId: 'ap-southeast-1', accountId: '123' }));
    assert.ok(known.includes('acs:privatelink:ap-southeast-1:123:vpcendpoint/*'));
    assert.ok(known.includes('acs:ecs:ap-southeast-1:123:securitygroup/*'));
    assert.ok(resourcesOf(policyFor('full')).includes('acs:privatelink:*:*:vpcendpoint/*'));
    for (const resource of [...known, ...resourcesOf(policyFor('full'))]) {
      assert.doesNotMatch(resource, /[<>]/);
    }
  });

  it('keeps the condition on the service-linked role', () => {
    const statement = policyFor('full').Statement.find(({ Action }) =>
      Action.includes('ram:CreateServiceLinkedRole'),
    );
    assert.deepEqual(statement?.Condition, {
      StringEquals: { 'ram:ServiceName': 'privatelink.aliyuncs.com' },
    });
  });
});
