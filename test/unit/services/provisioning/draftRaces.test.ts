import assert from 'node:assert/strict';
import type { CreationDraft } from '../../../../src/services/provisioning/draft';
import { settle, tidbError } from '../../fakes';
import type { Stage } from '../stage';
import { drafting, id, second, vpc, zonesOf, type Surroundings } from './drafting';

describe('CreationDraft: answers that come too late', () => {
  let s: Stage;
  let draft: CreationDraft;
  let around: Surroundings;

  beforeEach(async () => {
    ({ s, draft, around } = await drafting());
  });

  it('of another instance’s service do not count', async () => {
    const release = s.script.hold('getPrivateLinkService', 'after');
    const early = draft.chooseInstance(id);
    await settle();
    await draft.chooseInstance(second.id);
    const shown = draft.state;
    release();
    await early;
    assert.equal(draft.state.service?.instanceId, second.id);
    assert.deepEqual(draft.state, shown);
  });

  it('of who is signed in do not bring back another instance', async () => {
    let release = (): void => undefined;
    const list = s.accounts.list.bind(s.accounts);
    s.accounts.list = () => new Promise((resolve) => (release = () => resolve([])));
    const early = draft.chooseInstance(id);
    s.accounts.list = list;
    await draft.chooseInstance(second.id);
    release();
    await early;
    assert.equal(draft.state.instanceId, second.id);
    assert.equal(draft.state.mode, 'automatic');
  });

  it('of another instance’s VPCs do not count', async () => {
    const release = s.script.hold('listVpcs', 'after');
    const early = draft.chooseInstance(id);
    await settle();
    s.world.vpcs.splice(0, 4, vpc('b'));
    await draft.chooseInstance(second.id);
    release();
    await early;
    assert.deepEqual(
      draft.state.vpcs.map((v) => v.id),
      ['vpc-b'],
    );
    assert.equal(draft.state.vpcId, 'vpc-b');
  });

  it('of a VPC of another instance do not count', async () => {
    const release = s.script.hold('listVSwitches vpc-a', 'after');
    const early = draft.chooseInstance(id);
    await settle();
    s.world.vpcs.length = 0;
    await draft.chooseInstance(second.id);
    release();
    await early;
    assert.equal(draft.state.instanceId, second.id);
    assert.deepEqual([...draft.state.vSwitches, ...draft.state.securityGroups], []);
    assert.equal(draft.state.securityGroupIds.length, 0);
  });

  for (const held of [
    'listVSwitches vpc-a',
    'listSecurityGroups vpc-a',
    'listIngressRules sg-closed',
    'listIngressRules sg-open',
  ]) {
    it(`of VPC A (${held}) do not win over VPC B`, async () => {
      await draft.chooseInstance(id);
      const release = s.script.hold(held, 'after');
      const early = draft.network.chooseVpc('vpc-a');
      await settle();
      await draft.network.chooseVpc('vpc-b');
      const shown = draft.state;
      release();
      await early;
      assert.deepEqual(draft.state, shown);
      assert.equal(draft.state.vpcId, 'vpc-b');
      assert.equal(draft.state.securityGroupIds[0], 'sg-b');
      assert.deepEqual(zonesOf(draft.state), { 'ap-southeast-1b': 'vsw-vpc-b-only' });
    });
  }

  it('of VPC A’s groups do not fill VPC B, which has none', async () => {
    await draft.chooseInstance(id);
    s.world.securityGroups.pop();
    const release = s.script.hold('listIngressRules sg-open', 'after');
    const early = draft.network.chooseVpc('vpc-a');
    await settle();
    await draft.network.chooseVpc('vpc-b');
    release();
    await early;
    assert.equal(draft.state.securityGroupIds.length, 0);
    assert.equal(draft.state.port, undefined);
  });

  it('of VPC A that fail do not show in VPC B', async () => {
    await draft.chooseInstance(id);
    const release = s.script.hold('listVSwitches vpc-a', 'after');
    s.script.fail('listVSwitches vpc-a', tidbError('throttled'), 'after');
    const early = draft.network.chooseVpc('vpc-a');
    await settle();
    await draft.network.chooseVpc('vpc-b');
    release();
    await early;
    assert.equal(draft.state.networkError, undefined);
  });

  it('of one security group do not show at another', async () => {
    await draft.chooseInstance(id);
    const release = s.script.hold('listIngressRules sg-open', 'after');
    const early = draft.network.chooseSecurityGroup(0, 'sg-open');
    await settle();
    await draft.network.chooseSecurityGroup(0, 'sg-closed');
    release();
    await early;
    assert.equal(draft.state.securityGroupIds[0], 'sg-closed');
    assert.equal(draft.state.port?.check, 'closed');
  });

  it('of the search for an open group do not undo the person’s own choice', async () => {
    await draft.chooseInstance(id);
    const release = s.script.hold('listIngressRules sg-closed', 'after');
    const searching = draft.network.chooseVpc('vpc-a');
    await settle();
    await draft.network.chooseSecurityGroup(0, 'sg-closed');
    release();
    await searching;
    assert.equal(draft.state.securityGroupIds[0], 'sg-closed');
    assert.equal(draft.state.port?.check, 'closed');
  });

  it('of a name that was typed over do not count', async () => {
    await draft.chooseInstance(id);
    const own = draft.state.serviceName;
    const release = s.script.hold('findEndpointService', 'after');
    const early = draft.verify();
    await settle();
    const typing = draft.typeServiceName(`${own}x`);
    release();
    await early;
    assert.deepEqual(draft.state.verification, { outcome: 'none' });
    await s.clock.pass(1_000);
    await typing;
    assert.deepEqual(draft.state.verification, { outcome: 'refused', reason: 'notListed' });
  });

  it('of a name that was typed, changed and typed again count once, the last time', async () => {
    await draft.chooseInstance(id);
    const own = draft.state.serviceName;
    let release = (): void => undefined;
    s.script.next('findEndpointService', 'after', async () => {
      await new Promise<void>((resolve) => (release = resolve));
      throw tidbError('timeout');
    });
    const early = draft.verify();
    await settle();
    const between = draft.typeServiceName(`${own}x`);
    const late = draft.typeServiceName(own);
    await s.clock.pass(1_000);
    await Promise.all([between, late]);
    release();
    await early;
    assert.equal(draft.state.verification.outcome, 'verified');
  });

  it('of a rule that was added do not count for another VPC', async () => {
    await draft.chooseInstance(id);
    await draft.network.chooseSecurityGroup(0, 'sg-closed');
    const release = s.script.hold('addIngressRule sg-closed', 'after');
    const adding = draft.network.addRules();
    await settle();
    await draft.network.chooseVpc('vpc-b');
    const shown = draft.state;
    release();
    await adding;
    assert.deepEqual(draft.state, shown);
    assert.equal(draft.state.activity, undefined);
  });

  it('of the activation do not reach another instance', async () => {
    around.privateLinkOpen = false;
    await draft.chooseInstance(id);
    const release = s.script.hold('openPrivateLink', 'after');
    const activating = draft.activatePrivateLink();
    await settle();
    await draft.chooseInstance(second.id);
    const shown = draft.state;
    release();
    await activating;
    assert.deepEqual(draft.state, shown);
  });
});
