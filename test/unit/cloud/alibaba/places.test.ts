import assert from 'node:assert/strict';
import type { Place } from '../../../../src/core/model';
import { appErrorOf } from '../support';
import { region, Stage } from './stage';

describe('Regions, zones and ingress rules on Alibaba Cloud', () => {
  let stage: Stage;

  beforeEach(async () => {
    stage = await Stage.open();
  });
  afterEach(() => stage.close());

  const places = [
    { id: 'ap-southeast-1', name: 'Singapore' },
    { id: 'cn-hangzhou-b', name: '' },
  ];

  for (const [product, version, list] of [
    ['PrivateLink', '2020-04-15', () => stage.api.listPrivateLinkRegions()],
    ['VPC', '2016-04-28', () => stage.api.listVpcRegions()],
    ['ECS', '2014-05-26', () => stage.api.listEcsRegions()],
  ] as const satisfies (readonly [string, string, () => Promise<readonly Place[]>])[]) {
    it(`lists the regions of ${product}`, async () => {
      const Region = [{ RegionId: places[0]?.id, LocalName: 'Singapore' }, { RegionId: places[1]?.id }];
      stage.answering([200, { Regions: { Region } }]);
      assert.deepEqual(await list(), places);
      assert.deepEqual(stage.asked, ['DescribeRegions']);
      assert.equal(stage.header('x-acs-version'), version);
      assert.deepEqual(stage.query(), {});
    });
  }

  for (const [product, version, list] of [
    ['PrivateLink', '2020-04-15', () => stage.api.listPrivateLinkZones(region)],
    ['VPC', '2016-04-28', () => stage.api.listVpcZones(region)],
    ['ECS', '2014-05-26', () => stage.api.listEcsZones(region)],
  ] as const satisfies (readonly [string, string, () => Promise<readonly Place[]>])[]) {
    it(`lists the zones of ${product}`, async () => {
      const Zone = [{ ZoneId: places[0]?.id, LocalName: 'Singapore' }, { ZoneId: places[1]?.id }];
      stage.answering([200, { Zones: { Zone } }]);
      assert.deepEqual(await list(), places);
      assert.deepEqual(stage.asked, ['DescribeZones']);
      assert.equal(stage.header('x-acs-version'), version);
      assert.deepEqual(stage.query(), { RegionId: region });
    });
  }

  it('says which field of a list is wrong', async () => {
    stage.answering([200, { Zones: { Zone: [{ LocalName: 'no id' }] } }]);
    const error = await appErrorOf(stage.api.listVpcZones(region));
    assert.equal(error.code, 'badAnswer');
    assert.match(error.details.reason ?? '', /Zones\.Zone\.0\.ZoneId/);
  });

  const rule = {
    protocol: 'TCP',
    portRange: '4000/4000',
    sourceCidr: '10.0.0.0/16',
    description: 'TiDB from app-vpc',
  } as const;

  it('adds an ingress rule in the present form, without a policy, which enterprise groups refuse', async () => {
    stage.answering(
      [500, { Code: 'InternalError', Message: 'm' }],
      [403, { Code: 'OperationConflict', Message: 'm' }],
      [200, {}],
    );
    await appErrorOf(stage.api.addIngressRule(region, 'sg-1', rule, 'token-1'));
    await stage.api.addIngressRule(region, 'sg-1', rule, 'token-1');
    assert.deepEqual(stage.query(), {
      RegionId: region,
      SecurityGroupId: 'sg-1',
      ClientToken: 'token-1',
      'Permissions.1.IpProtocol': 'TCP',
      'Permissions.1.PortRange': '4000/4000',
      'Permissions.1.SourceCidrIp': '10.0.0.0/16',
      'Permissions.1.NicType': 'intranet',
      'Permissions.1.Description': 'TiDB from app-vpc',
    });
    assert.deepEqual(stage.query(1), stage.query(0));
    assert.deepEqual(stage.query(2), stage.query(0));
    assert.deepEqual(new Set(stage.asked), new Set(['AuthorizeSecurityGroup']));
  });

  it('says that the group has no room for another rule', async () => {
    stage.answering([403, { Code: 'AuthorizationLimitExceed', Message: 'm' }]);
    const error = await appErrorOf(stage.api.addIngressRule(region, 'sg-1', rule, 'token-1'));
    assert.equal(error.code, 'quota');
  });
});
