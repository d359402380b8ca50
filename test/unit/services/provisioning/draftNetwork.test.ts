import assert from 'node:assert/strict';
import type { CreationDraft } from '../../../../src/services/provisioning/draft';
import { anEndpoint, aService, aSpec, settle, tidbError } from '../../fakes';
import type { Stage } from '../stage';
import { drafting, group, id, openRule, second, vpc, zonesOf, type Drafting } from './drafting';

const alibabaError = (code: Parameters<typeof tidbError>[0]): Error =>
  tidbError(code, { source: 'Alibaba Cloud' });

describe('CreationDraft: the network', () => {
  let s: Stage;
  let draft: CreationDraft;
  let around: Drafting['around'];
  let another: Drafting['another'];

  beforeEach(async () => {
    ({ s, draft, around, another } = await drafting());
  });

  describe('remembers the last choice', () => {
    const chooseElsewhere = async (): Promise<void> => {
      await draft.chooseInstance(id);
      await draft.network.chooseVSwitch('ap-southeast-1a', 'vsw-vpc-a-small');
      await draft.network.chooseSecurityGroup(0, 'sg-closed');
    };

    it('for the next panel, for any instance in the region', async () => {
      await draft.chooseInstance(id);
      await draft.network.chooseVpc('vpc-b');
      const next = another();
      await next.chooseInstance(second.id);
      assert.equal(next.state.vpcId, 'vpc-b');
    });

    it('down to the vSwitch and the security group', async () => {
      await chooseElsewhere();
      const next = another();
      await next.chooseInstance(id);
      assert.deepEqual(zonesOf(next.state), { 'ap-southeast-1a': 'vsw-vpc-a-small' });
      assert.deepEqual(next.state.securityGroupIds, ['sg-closed']);
      assert.equal(next.state.port?.check, 'closed');
    });

    it('as ids only', async () => {
      await chooseElsewhere();
      assert.deepEqual(
        [...s.state.kept],
        [
          [
            'last/42/ap-southeast-1',
            {
              vpcId: 'vpc-a',
              securityGroupIds: ['sg-closed'],
              zones: { 'ap-southeast-1a': 'vsw-vpc-a-small' },
            },
          ],
        ],
      );
    });

    it('not for another account', async () => {
      await draft.chooseInstance(id);
      await draft.network.chooseVpc('vpc-b');
      s.world.alibabaCloud.getCallerIdentity = () =>
        Promise.resolve({ accountId: '43', arn: 'acs:ram::43:root', type: 'Account' });
      const next = another();
      await next.chooseInstance(id);
      assert.equal(next.state.vpcId, 'vpc-a');
    });

    it('as far as it is still there', async () => {
      await chooseElsewhere();
      s.world.vSwitches.splice(0, 1);
      s.world.securityGroups.splice(1, 1);
      const partly = another();
      await partly.chooseInstance(id);
      assert.deepEqual(zonesOf(partly.state), { 'ap-southeast-1a': 'vsw-vpc-a-large' });
      assert.deepEqual(partly.state.securityGroupIds, ['sg-open']);
      s.world.vpcs.splice(2, 1);
      const gone = another();
      await gone.chooseInstance(id);
      assert.equal(gone.state.vpcId, 'vpc-b');
    });

    it('not when it has an unknown form, or the account cannot be told', async () => {
      s.state.kept.set('last/42/ap-southeast-1', { vpcId: 7 });
      await draft.chooseInstance(id);
      assert.equal(draft.state.vpcId, 'vpc-a');
      s.script.fail('getCallerIdentity', alibabaError('notAllowed'));
      const next = another();
      await next.chooseInstance(id);
      assert.ok(next.spec('c9'), 'nothing else is lost');
      await next.network.chooseVpc('vpc-b');
      assert.deepEqual(s.state.kept.get('last/42/ap-southeast-1'), { vpcId: 7 });
    });
  });

  describe('proposes the VPC that this machine is in', () => {
    it('where nothing was chosen before', async () => {
      around.machineVpcId = 'vpc-b';
      await draft.chooseInstance(id);
      assert.equal(draft.state.vpcId, 'vpc-b');
    });

    it('but not over the last choice, and then does not ask', async () => {
      await draft.chooseInstance(id);
      await draft.network.chooseVpc('vpc-a');
      around.machineVpcId = 'vpc-b';
      around.machineAsked = 0;
      const next = another();
      await next.chooseInstance(id);
      assert.equal(next.state.vpcId, 'vpc-a');
      assert.equal(around.machineAsked, 0);
    });

    it('only when it is one of the region’s, and available', async () => {
      around.machineVpcId = 'vpc-pending';
      await draft.chooseInstance(id);
      assert.equal(draft.state.vpcId, 'vpc-a');
      around.machineVpcId = 'vpc-elsewhere';
      await draft.chooseInstance(id);
      assert.equal(draft.state.vpcId, 'vpc-a');
    });
  });

  describe('several security groups', () => {
    beforeEach(async () => {
      s.world.securityGroups.push(group('vpc-a', 'third'), group('vpc-a', 'big', { type: 'enterprise' }));
      await draft.chooseInstance(id);
      await draft.network.chooseSecurityGroup(0, 'sg-closed');
    });

    it('count together', async () => {
      assert.equal(draft.state.port?.check, 'closed');
      await draft.network.chooseSecurityGroup(1, 'sg-open');
      assert.deepEqual(draft.state.securityGroupIds, ['sg-closed', 'sg-open']);
      assert.equal(draft.state.port.check, 'open');
      assert.deepEqual(draft.spec('c9')?.securityGroupIds, ['sg-closed', 'sg-open']);
      await draft.network.chooseSecurityGroup(1, '');
      assert.deepEqual(draft.state.securityGroupIds, ['sg-closed']);
      assert.equal(draft.state.port.check, 'closed');
    });

    it('are each there once, and all of one type', async () => {
      await draft.network.chooseSecurityGroup(1, 'sg-closed');
      assert.deepEqual(draft.state.securityGroupIds, ['sg-closed']);
      await draft.network.chooseSecurityGroup(1, 'sg-big');
      assert.deepEqual(draft.state.securityGroupIds, ['sg-closed']);
      await draft.network.chooseSecurityGroup(1, 'sg-third');
      await draft.network.chooseSecurityGroup(0, 'sg-big');
      assert.deepEqual(draft.state.securityGroupIds, ['sg-big'], 'the others cannot stay beside it');
    });

    it('are ten at most', async () => {
      for (let i = 0; i < 12; i++) {
        s.world.securityGroups.push(group('vpc-a', `many-${i}`));
      }
      await draft.network.chooseVpc('vpc-a');
      for (let i = 0; i < 12; i++) {
        await draft.network.chooseSecurityGroup(draft.state.securityGroupIds.length, `sg-many-${i}`);
      }
      assert.equal(draft.state.securityGroupIds.length, 10);
    });

    it('may be none, and then nothing can be created', async () => {
      await draft.network.chooseSecurityGroup(0, '');
      assert.deepEqual(draft.state.securityGroupIds, []);
      assert.ok(!('port' in draft.state));
      assert.equal(draft.spec('c9'), undefined);
    });
  });

  describe('the rule that lets the VPC in', () => {
    beforeEach(async () => {
      s.world.vpcs.splice(0, 4, {
        ...vpc('a'),
        cidrBlocks: ['10.0.0.0/16', '10.7.0.0/16', '192.168.0.0/24'],
      });
      s.world.rules.clear();
      s.world.rules.set('sg-closed', [{ ...openRule, sourceCidr: '192.168.0.0/16' }]);
      await draft.chooseInstance(id);
      await draft.network.chooseSecurityGroup(0, 'sg-closed');
    });

    const cidrs = (): string[] => (draft.state.port?.missing ?? []).map(({ sourceCidr }) => sourceCidr);

    it('is one for each block that is shut out, and is added to the first group', async () => {
      assert.equal(draft.state.port?.check, 'partly');
      assert.deepEqual(cidrs(), ['10.0.0.0/16', '10.7.0.0/16']);
      const [rule] = draft.state.port.missing;
      assert.equal(rule?.protocol, 'TCP');
      assert.equal(rule.portRange, '4000/4000');
      await draft.network.chooseSecurityGroup(1, 'sg-open');
      await draft.network.addRules();
      assert.equal(draft.state.port.check, 'open');
      assert.deepEqual(cidrs(), []);
      assert.equal(s.world.rules.get('sg-closed')?.length, 3);
      assert.equal(s.world.rules.get('sg-open'), undefined);
      assert.equal(draft.state.activity, undefined);
    });

    it('is sent again with the same client token after an answer was lost, and with another the next time', async () => {
      s.script.fail('addIngressRule sg-closed', alibabaError('timeout'), 'after');
      await draft.network.addRules();
      assert.ok(draft.state.networkError);
      assert.equal(draft.state.activity, undefined);
      await draft.network.addRules();
      assert.equal(draft.state.networkError, undefined);
      const [first, again, other] = around.ruleTokens;
      assert.equal(around.ruleTokens.length, 3);
      assert.equal(first, again);
      assert.notEqual(first, other);
      assert.equal(draft.state.port?.check, 'open');
    });

    it('is not proposed where a refusal goes before it', async () => {
      s.world.rules.set('sg-closed', [{ ...openRule, policy: 'Drop', sourceCidr: '0.0.0.0/0' }]);
      await draft.network.chooseSecurityGroup(0, 'sg-closed');
      assert.deepEqual(draft.state.port, { check: 'closed', missing: [] });
      await draft.network.addRules();
      assert.deepEqual(around.ruleTokens, []);
    });
  });

  describe('endpoints that the VPC has already', () => {
    const there = (over: Partial<typeof anEndpoint>): void =>
      void s.world.endpoints.push({ ...anEndpoint, token: 'theirs', createdAtMs: 0, ...over });

    it('are shown when they are of this service, and not on their way out', async () => {
      there({ id: 'ep-here0001' });
      there({ id: 'ep-here0002', status: 'Deleting' });
      there({ id: 'ep-other001', serviceName: `${aService.serviceName}x` });
      there({ id: 'ep-other002', vpcId: 'vpc-b' });
      await draft.chooseInstance(id);
      assert.deepEqual(
        draft.state.existing.map((endpoint) => endpoint.id),
        ['ep-here0001'],
      );
      assert.ok(draft.spec('c9'), 'another one can be wanted on purpose');
      await draft.network.chooseVpc('vpc-b');
      assert.deepEqual(
        draft.state.existing.map((endpoint) => endpoint.id),
        ['ep-other002'],
      );
    });

    it('keep nobody from creating one when they cannot be listed', async () => {
      // The first list is the inventory's.
      s.script.next('listEndpoints', 'before', () => undefined);
      s.script.fail('listEndpoints', alibabaError('notAllowed'));
      await draft.chooseInstance(id);
      assert.equal(s.script.count('listEndpoints'), 2);
      assert.deepEqual(draft.state.existing, []);
      assert.equal(draft.state.networkError, undefined);
      assert.ok(draft.spec('c9'));
    });
  });

  describe('PrivateLink', () => {
    it('that is not activated stops the creation, until it is', async () => {
      around.privateLinkOpen = false;
      await draft.chooseInstance(id);
      assert.equal(draft.state.privateLink, 'closed');
      assert.equal(draft.spec('c9'), undefined);
      s.script.next('openPrivateLink', 'after', () => void (around.privateLinkOpen = false));
      const activating = draft.activatePrivateLink();
      await settle();
      assert.equal(draft.state.privateLink, 'opening');
      s.script.fail('isPrivateLinkOpen', alibabaError('unreachable'));
      await s.clock.pass(7_000);
      assert.equal(draft.state.privateLink, 'opening');
      around.privateLinkOpen = true;
      await s.clock.pass(3_000);
      await activating;
      assert.equal(draft.state.privateLink, 'open');
      assert.ok(draft.spec('c9'));
      assert.equal(s.script.count('openPrivateLink'), 1);
    });

    it('that cannot be activated says why', async () => {
      around.privateLinkOpen = false;
      await draft.chooseInstance(id);
      const refused = alibabaError('notAllowed');
      s.script.fail('openPrivateLink', refused);
      await draft.activatePrivateLink();
      assert.equal(draft.state.privateLink, 'closed');
      assert.equal(draft.state.networkError, refused);
    });

    it('whose state may not be asked is left to the dry run', async () => {
      s.script.fail('isPrivateLinkOpen', alibabaError('notAllowed'));
      await draft.chooseInstance(id);
      assert.equal(draft.state.privateLink, 'unknown');
      assert.ok(draft.spec('c9'));
      s.script.fail('dryRunCreateEndpoint', alibabaError('notOpen'));
      assert.equal(await draft.dryRun(aSpec), false);
      assert.equal(draft.state.privateLink, 'closed');
      assert.equal(draft.state.networkError, undefined);
      assert.equal(draft.state.activity, undefined);
    });

    it('is not activated twice, nor where it is', async () => {
      await draft.chooseInstance(id);
      await draft.activatePrivateLink();
      assert.equal(s.script.count('openPrivateLink'), 0);
    });
  });

  describe('the service name as it is typed', () => {
    beforeEach(() => draft.chooseInstance(id));

    it('is looked up once the person pauses, and not for each key', async () => {
      const own = draft.state.serviceName;
      const looks = s.script.count('findEndpointService');
      const typing = ['x', 'xy'].map((end) => draft.typeServiceName(own + end));
      typing.push(draft.typeServiceName(` ${own} `));
      await s.clock.pass(300);
      assert.equal(s.script.count('findEndpointService'), looks);
      assert.deepEqual(zonesOf(draft.state), {});
      assert.equal(draft.spec('c9'), undefined);
      await s.clock.pass(200);
      await Promise.all(typing);
      assert.equal(s.script.count('findEndpointService'), looks + 1);
      assert.equal(draft.state.verification.outcome, 'verified');
      assert.ok(draft.spec('c9'), 'its zones are chosen again');
    });

    for (const [typed, problem] of [
      ['nonsense', /looks like com\.aliyuncs\.privatelink\.ap-southeast-1\.epsrv-/],
      [
        'com.aliyuncs.privatelink.us-west-1.epsrv-aaaa1111',
        /is in us-west-1, the instance is in ap-southeast-1/,
      ],
    ] as const) {
      it(`is refused at once, without asking: ${typed}`, async () => {
        const looks = s.script.count('findEndpointService');
        await draft.typeServiceName(typed);
        const { verification } = draft.state;
        assert.ok(verification.outcome === 'refused' && verification.reason === 'problem');
        assert.match(verification.problem, problem);
        await draft.verify();
        assert.equal(s.script.count('findEndpointService'), looks);
        assert.equal(draft.state.verification.outcome, 'refused');
      });
    }

    it('is refused when it is another instance’s, however real', async () => {
      const other = `${aService.serviceName}x`;
      const { endpointService } = s.world;
      assert.ok(endpointService);
      s.world.endpointService = { ...endpointService, serviceName: other };
      const typing = draft.typeServiceName(other);
      await s.clock.pass(1_000);
      await typing;
      assert.deepEqual(draft.state.verification, { outcome: 'refused', reason: 'otherService' });
      assert.equal(draft.spec('c9'), undefined);
    });

    it('may be empty for a while', async () => {
      await draft.typeServiceName('');
      assert.deepEqual(draft.state.verification, { outcome: 'none' });
      assert.deepEqual(s.clock.waits, []);
    });
  });

  describe('tags', () => {
    beforeEach(() => draft.chooseInstance(id));

    it('go with the endpoint beside the extension’s own', () => {
      draft.addTag();
      draft.addTag();
      const [first, other] = draft.state.tags;
      assert.ok(first && other);
      draft.typeTag(first.id, { key: 'team' });
      draft.typeTag(first.id, { value: 'payments' });
      assert.deepEqual(draft.spec('c9')?.tags, {
        team: 'payments',
        'created-by': 'tidb-private-endpoint',
        'tidb-instance': id,
        'tidb-creation': 'c9',
      });
      draft.typeTag(other.id, { key: 'team' });
      assert.equal(draft.spec('c9'), undefined, 'the same key twice');
      draft.removeTag(other.id);
      assert.ok(draft.spec('c9'));
    });

    it('that the cloud would refuse stop the creation, and there are 17 at most', () => {
      for (let i = 0; i < 20; i++) {
        draft.addTag();
      }
      assert.equal(draft.state.tags.length, 17);
      const [first] = draft.state.tags;
      assert.ok(first && draft.spec('c9'), 'empty rows are no tags');
      draft.typeTag(first.id, { key: 'acs:x' });
      assert.equal(draft.spec('c9'), undefined);
    });
  });

  it('counts since when the service is being created', async () => {
    s.world.services.set(id, { ...aService, state: 'CREATING', serviceName: '' });
    const choosing = draft.chooseInstance(id);
    await s.clock.pass(0);
    const since = draft.state.serviceCreatingSinceMs;
    assert.equal(since, s.clock.now());
    await s.clock.pass(35_000);
    assert.equal(draft.state.serviceCreatingSinceMs, since);
    s.world.services.set(id, aService);
    await s.clock.pass(10_000);
    await choosing;
    assert.ok(!('serviceCreatingSinceMs' in draft.state));
  });
});
