import assert from 'node:assert/strict';
import type { CreationDraft } from '../../../../src/services/provisioning/draft';
import type { Draft } from '../../../../src/services/provisioning/draftState';
import { anEndpoint, anInstance, aService, settle, tidbError } from '../../fakes';
import { aliKeys, secretKeys, type Stage } from '../stage';
import type { FakeWorld } from '../world';
import { drafting, id, second, secondService, zonesOf } from './drafting';

describe('CreationDraft', () => {
  let s: Stage;
  let draft: CreationDraft;

  const begin = async (signedIn?: Parameters<typeof drafting>[0]): Promise<void> => {
    ({ s, draft } = await drafting(signedIn));
  };

  beforeEach(() => begin());

  describe('choosing an instance', () => {
    it('preselects what an endpoint can be made from, down to a specification', async () => {
      await draft.chooseInstance(id);
      const { state } = draft;
      assert.equal(state.mode, 'automatic');
      assert.equal(state.name, 'tidb-orders');
      assert.equal(state.serviceName, aService.serviceName);
      assert.equal(state.verification.outcome, 'verified');
      assert.equal(state.vpcs.length, 4);
      assert.equal(state.vpcId, 'vpc-a', 'the first that is Available and not the default one');
      assert.deepEqual(
        state.securityGroups.map((g) => g.id),
        ['sg-closed', 'sg-open'],
        'not the one that a product manages',
      );
      assert.equal(state.securityGroupIds[0], 'sg-open', 'the first that lets the VPC in');
      assert.equal(state.port?.check, 'open');
      assert.deepEqual(zonesOf(state), { 'ap-southeast-1a': 'vsw-vpc-a-large' });
      assert.equal(state.privateLink, 'open');
      assert.deepEqual(state.existing, []);
      assert.equal(state.activity, undefined);
      assert.deepEqual(draft.spec('c9'), {
        regionId: 'ap-southeast-1',
        vpcId: 'vpc-a',
        serviceName: aService.serviceName,
        name: 'tidb-orders',
        securityGroupIds: ['sg-open'],
        zones: [{ zoneId: 'ap-southeast-1a', vSwitchId: 'vsw-vpc-a-large' }],
        tags: { 'created-by': 'tidb-private-endpoint', 'tidb-instance': id, 'tidb-creation': 'c9' },
      });
    });

    it('takes the default VPC when it is the only usable one', async () => {
      s.world.vpcs.splice(2);
      await draft.chooseInstance(id);
      assert.equal(draft.state.vpcId, 'vpc-default');
    });

    it('offers nothing where there is nothing', async () => {
      s.world.vpcs.length = 0;
      await draft.chooseInstance(id);
      assert.equal(draft.state.vpcId, undefined);
      assert.equal(draft.state.activity, undefined);
      assert.equal(draft.spec('c9'), undefined);
    });

    it('takes the first group when none lets the VPC in, and says so', async () => {
      s.world.rules.clear();
      await draft.chooseInstance(id);
      assert.equal(draft.state.securityGroupIds[0], 'sg-closed');
      assert.equal(draft.state.port?.check, 'closed');
      assert.ok(draft.spec('c9'), 'it is the person’s choice');
    });

    it('has no zones where the service and the VPC have none in common', async () => {
      s.world.endpointService = { ...found(s.world), zones: ['ap-southeast-1z'] };
      await draft.chooseInstance(id);
      assert.deepEqual(zonesOf(draft.state), {});
      assert.equal(draft.spec('c9'), undefined);
    });

    it('is refused where Alibaba Cloud does not list the service', async () => {
      s.world.endpointService = undefined;
      await draft.chooseInstance(id);
      assert.deepEqual(draft.state.verification, { outcome: 'refused', reason: 'notListed' });
      assert.equal(draft.spec('c9'), undefined);
    });

    it('shows why the service cannot be read, and recovers', async () => {
      const down = tidbError('unreachable');
      s.script.fail('getPrivateLinkService', down);
      await draft.chooseInstance(id);
      assert.equal(draft.state.serviceError, down);
      assert.equal(s.script.count('listVpcs'), 0);
      await draft.chooseInstance(id);
      assert.equal(draft.state.serviceError, undefined);
      assert.ok(draft.spec('c9'));
    });

    it('shows why the networks cannot be read, and recovers', async () => {
      const refused = tidbError('notAllowed', { source: 'Alibaba Cloud' });
      s.script.fail('listVpcs', refused);
      await draft.chooseInstance(id);
      assert.equal(draft.state.networkError, refused);
      assert.equal(draft.state.activity, undefined);
      assert.equal(draft.state.verification.outcome, 'verified');
      await draft.chooseInstance(id);
      assert.equal(draft.state.networkError, undefined);
      assert.ok(draft.spec('c9'));
    });

    it('does not ask Alibaba Cloud about an instance that runs elsewhere', async () => {
      s.world.instances.set(id, { ...anInstance, regionId: 'aws-us-east-1', cloudProvider: 'aws' });
      await s.inventory.refreshInstances();
      await draft.chooseInstance(id);
      assert.equal(s.script.count('listVpcs'), 0);
      assert.equal(draft.spec('c9'), undefined);
    });
  });

  describe('a service that is still being created', () => {
    beforeEach(() => {
      s.world.services.set(id, { ...aService, state: 'CREATING', serviceName: '' });
    });

    it('is looked at until it is ACTIVE', async () => {
      const choosing = draft.chooseInstance(id);
      await s.clock.pass(60_000);
      assert.equal(draft.state.service?.state, 'CREATING');
      assert.equal(s.script.count('listVpcs'), 0);
      const looks = s.script.count('getPrivateLinkService');
      assert.ok(looks <= 18, `${looks} looks in a minute`);
      assert.equal(s.script.count('listConnections'), 1, 'more than the service was asked for');
      s.world.services.set(id, aService);
      await s.clock.pass(4_000);
      await choosing;
      assert.equal(draft.state.serviceName, aService.serviceName);
      assert.ok(draft.spec('c9'));
    });

    it('is left alone when another instance is chosen or the panel is closed', async () => {
      const choosing = draft.chooseInstance(id);
      await s.clock.pass(0);
      await draft.chooseInstance(second.id);
      await choosing;
      s.script.calls.length = 0;
      s.world.services.set(second.id, { ...secondService, state: 'CREATING' });
      const again = draft.chooseInstance(second.id);
      await s.clock.pass(0);
      assert.equal(s.script.count('getPrivateLinkService'), 1);
      draft.dispose();
      await again;
      await s.clock.pass(60_000);
      assert.equal(s.script.count('getPrivateLinkService'), 1);
      assert.deepEqual(s.clock.waits, []);
    });
  });

  describe('choosing', () => {
    beforeEach(() => draft.chooseInstance(id));

    it('another VPC starts over with what depends on it', async () => {
      await draft.network.chooseVpc('vpc-b');
      assert.equal(draft.state.securityGroupIds[0], 'sg-b');
      assert.equal(draft.state.port?.check, 'closed');
      assert.deepEqual(zonesOf(draft.state), { 'ap-southeast-1b': 'vsw-vpc-b-only' });
      assert.equal(draft.spec('c9')?.vpcId, 'vpc-b');
    });

    it('vSwitches, zone by zone', async () => {
      await draft.network.chooseVSwitch('ap-southeast-1a', 'vsw-vpc-a-small');
      assert.deepEqual(zonesOf(draft.state), { 'ap-southeast-1a': 'vsw-vpc-a-small' });
      await draft.network.chooseVSwitch('ap-southeast-1b', 'vsw-vpc-a-full');
      assert.equal(draft.spec('c9')?.zones.length, 2);
      await draft.network.chooseVSwitch('ap-southeast-1a', '');
      await draft.network.chooseVSwitch('ap-southeast-1b', '');
      assert.equal(draft.spec('c9'), undefined);
    });

    it('a security group whose rules cannot be read, then one whose can', async () => {
      const refused = tidbError('notAllowed', { source: 'Alibaba Cloud' });
      s.script.fail('listIngressRules sg-closed', refused);
      await draft.network.chooseSecurityGroup(0, 'sg-closed');
      assert.equal(draft.state.networkError, refused);
      assert.equal(Object.hasOwn(draft.state, 'port'), false);
      await draft.network.chooseSecurityGroup(0, 'sg-open');
      assert.equal(draft.state.networkError, undefined);
      assert.equal(draft.state.port?.check, 'open');
    });

    it('a name that the cloud would refuse stops the creation', () => {
      draft.typeName('1');
      assert.equal(draft.spec('c9'), undefined);
      draft.typeName('orders-endpoint');
      assert.equal(draft.spec('c9')?.name, 'orders-endpoint');
    });

    it('a failure to verify is told, and verifying again helps', async () => {
      const down = tidbError('timeout', { source: 'Alibaba Cloud' });
      s.script.fail('findEndpointService', down);
      await draft.verify();
      assert.deepEqual(draft.state.verification, { outcome: 'refused', reason: 'failed', error: down });
      await draft.verify();
      assert.equal(draft.state.verification.outcome, 'verified');
    });
  });

  describe('the dry run', () => {
    it('accepts, or tells why not', async () => {
      await draft.chooseInstance(id);
      const spec = draft.spec('c9');
      assert.ok(spec);
      assert.equal(await draft.dryRun(spec), true);
      const quota = tidbError('quota', { source: 'Alibaba Cloud' });
      s.script.fail('dryRunCreateEndpoint', quota);
      assert.equal(await draft.dryRun(spec), false);
      assert.equal(draft.state.networkError, quota);
      assert.equal(draft.state.activity, undefined);
      assert.equal(await draft.dryRun(spec), true);
      assert.equal(draft.state.networkError, undefined);
      assert.equal(s.script.count('createEndpoint'), 0);
    });
  });

  describe('by hand', () => {
    const typed = (endpointId: string, domain: string) => {
      draft.typeEndpointId(endpointId);
      draft.typeDomainName(domain);
      return draft.typedEndpoint();
    };

    it('is the way without Alibaba Cloud credentials: TiDB Cloud alone is asked', async () => {
      await begin({ ali: false });
      await draft.chooseInstance(id);
      assert.equal(draft.state.mode, 'byHand');
      assert.equal(draft.state.serviceName, aService.serviceName);
      assert.equal(draft.spec('c9'), undefined);
      await draft.chooseMode('automatic');
      assert.equal(draft.state.mode, 'byHand');
      assert.ok(!s.script.calls.some((call) => /Vpc|EndpointService/.test(call)), s.script.calls.join());
    });

    it('becomes automatic once signed in', async () => {
      await begin({ ali: false });
      await draft.chooseInstance(id);
      await s.secrets.set(secretKeys.alibabaCloud, JSON.stringify(aliKeys));
      await s.inventory.refreshInstances();
      await draft.chooseInstance(id);
      assert.equal(draft.state.mode, 'automatic');
      assert.ok(draft.spec('c9'));
    });

    it('can be chosen, and left again', async () => {
      await draft.chooseInstance(id);
      await draft.chooseMode('byHand');
      assert.equal(draft.state.mode, 'byHand');
      assert.equal(draft.spec('c9'), undefined);
      await draft.chooseInstance(second.id);
      assert.equal(draft.state.mode, 'byHand', 'also for the next instance');
      await draft.chooseInstance(id);
      await draft.chooseMode('automatic');
      assert.ok(draft.spec('c9'));
    });

    it('takes two values that fit each other and the service', async () => {
      await draft.chooseInstance(id);
      assert.equal(draft.typedEndpoint(), undefined);
      assert.deepEqual(typed(` ${anEndpoint.id}\n`, ` ${anEndpoint.domain}. `), {
        endpointId: anEndpoint.id,
        endpointDomain: anEndpoint.domain,
      });
      assert.equal(typed(anEndpoint.id, ''), undefined);
      assert.equal(typed('', anEndpoint.domain), undefined);
      assert.equal(typed('ep-bbbb0002', anEndpoint.domain), undefined);
      assert.equal(typed(anEndpoint.id, `${anEndpoint.id}.epsrv-other.x`), undefined);
      assert.equal(typed('vpc-123456', `vpc-123456.${aService.serviceDnsName}`), undefined);
    });

    it('takes nothing before the service is known', () => {
      assert.equal(typed(anEndpoint.id, anEndpoint.domain), undefined);
    });
  });

  it('tells of every change, and of none after it was disposed', async () => {
    const seen: Draft[] = [];
    draft.onDidChange((state) => seen.push(state));
    await draft.chooseInstance(id);
    assert.equal(seen.at(-1), draft.state);
    assert.ok(seen.some(({ activity }) => activity === 'networks'));
    assert.ok(seen.some(({ activity }) => activity === 'network'));
    const release = s.script.hold('listVSwitches vpc-b', 'after');
    const late = draft.network.chooseVpc('vpc-b');
    await settle();
    draft.dispose();
    const { length } = seen;
    release();
    await late;
    assert.equal(seen.length, length);
  });
});

function found({ endpointService }: FakeWorld): NonNullable<FakeWorld['endpointService']> {
  assert.ok(endpointService);
  return endpointService;
}
