import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { startSandbox, type Quotas, type Sandbox } from '../../src/sandbox';
import { textAt } from './support/at';
import { REGION, usualWish } from './support/chosen';
import { officialCaller, refusalOf, type OfficialCall } from './support/officialCaller';

describe('What an Alibaba Cloud account may do and have', () => {
  let sandbox: Sandbox;
  let call: OfficialCall;

  afterEach(() => sandbox.stop());

  async function start(quotas: Partial<Quotas> = {}): Promise<void> {
    sandbox = await startSandbox({ timeScale: 3000, quotas });
    call = officialCaller(sandbox);
  }

  async function allow(times: number, action: string, input: object): Promise<void> {
    for (let count = 0; count < times; count += 1) {
      await call('privatelink', action, input);
    }
  }

  async function throttled(action: string, input: object): Promise<number> {
    const refusal = await refusalOf(call('privatelink', action, input));
    assert.deepEqual([refusal.code, refusal.name], ['Throttling.User', 'ThrottlingError']);
    return refusal.retryAfter ?? 0;
  }

  it('is throttled per operation and region, and told when to come again', async () => {
    await start({ readsPerMinute: 3 });
    await allow(3, 'ListVpcEndpoints', { RegionId: REGION });
    const wait = await throttled('ListVpcEndpoints', { RegionId: REGION });
    assert.ok(wait > 0 && wait <= 60_000, `${wait} ms`);
    await allow(1, 'ListVpcEndpoints', { RegionId: 'eu-central-1' });
    await allow(1, 'DescribeZones', { RegionId: REGION });
    assert.equal(sandbox.control.calls('ListVpcEndpoints'), 5, 'a throttled call is a call');
  });

  it('is throttled as an account, whichever of its keys it uses', async () => {
    await start({ readsPerMinute: 2 });
    const other = officialCaller(sandbox, sandbox.alibabaCloud.temporary);
    await call('privatelink', 'CheckProductOpen');
    await other('privatelink', 'CheckProductOpen');
    assert.equal((await refusalOf(call('privatelink', 'CheckProductOpen'))).code, 'Throttling.User');
  });

  it('is throttled by the second where the limit is by the second, and goes on after the wait', async () => {
    await start({ tagReadsPerSecond: 2 });
    const tags = { RegionId: REGION, ResourceType: 'vpcendpoint', ResourceId: ['ep-none'] };
    const began = Date.now();
    await allow(2, 'ListTagResources', tags);
    const wait = await throttled('ListTagResources', tags);
    assert.ok(wait > 0 && wait <= 1000, `${wait} ms`);
    assert.ok(Date.now() - began < 1000, 'all three calls were in one second');
    await new Promise((resolve) => setTimeout(resolve, wait));
    await allow(1, 'ListTagResources', tags);
  });

  it('has the published limits when nothing else is said', async () => {
    await start();
    sandbox.control.setPrivateLinkOpen(true);
    for (let count = 0; count < 5; count += 1) {
      assert.equal((await refusalOf(call('privatelink', 'OpenPrivateLinkService'))).code, 'OrderOpend');
    }
    const wish = { ...usualWish(sandbox), DryRun: true };
    const codes = new Set<string>();
    for (let count = 0; count < 200; count += 1) {
      codes.add((await refusalOf(call('privatelink', 'CreateVpcEndpoint', wish))).code);
    }
    assert.deepEqual([...codes], ['DryRunOperation']);
    await throttled('CreateVpcEndpoint', wish);
  });

  it('has the limits of writes, tags and activation apart', async () => {
    await start({ writesPerMinute: 1, tagWritesPerMinute: 1, activationsPerSecond: 1 });
    const target = { RegionId: REGION, EndpointId: 'ep-none' };
    const tag = {
      RegionId: REGION,
      ResourceType: 'vpcendpoint',
      ResourceId: ['ep-none'],
      Tag: [{ Key: 'a' }],
    };
    const cases: [string, object, string][] = [
      ['DeleteVpcEndpoint', target, 'EndpointNotFound'],
      ['TagResources', tag, 'InvalidResourceId.NotFound'],
      ['OpenPrivateLinkService', {}, 'OrderOpend'],
    ];
    for (const [action, input, code] of cases) {
      assert.equal((await refusalOf(call('privatelink', action, input))).code, code);
      await throttled(action, input);
    }
  });

  async function active(): Promise<string> {
    const made = await call('privatelink', 'CreateVpcEndpoint', usualWish(sandbox));
    await sandbox.control.waitFor(({ endpoints }) => endpoints.every(({ status }) => status === 'Active'));
    return textAt(made, 'EndpointId');
  }

  it('has so many endpoints in a VPC', async () => {
    await start({ endpointsPerVpc: 2 });
    await active();
    await active();
    const third = await refusalOf(call('privatelink', 'CreateVpcEndpoint', usualWish(sandbox)));
    assert.equal(third.code, 'QuotaExceeded.totalEpPerVpc');
  });

  it('has one endpoint for a service in a VPC where that is all there may be, and the same for its token', async () => {
    await start({ endpointsPerServiceAndVpc: 1 });
    const wish = { ...usualWish(sandbox), ClientToken: randomUUID() };
    const made = await call('privatelink', 'CreateVpcEndpoint', wish);
    assert.deepEqual(
      textAt(await call('privatelink', 'CreateVpcEndpoint', wish), 'EndpointId'),
      textAt(made, 'EndpointId'),
    );
    const other = await refusalOf(call('privatelink', 'CreateVpcEndpoint', usualWish(sandbox)));
    assert.equal(other.code, 'EndpointExist');
  });

  it('has so many zones, security groups, tags and rules', async () => {
    await start({
      zonesPerEndpoint: 1,
      securityGroupsPerEndpoint: 1,
      tagsPerEndpoint: 1,
      rulesPerSecurityGroup: 2,
    });
    const wish = usualWish(sandbox);
    const { vSwitches, securityGroups } = sandbox.control.getState();
    const secondZone = {
      ZoneId: 'ap-southeast-1b',
      VSwitchId: vSwitches.find(({ name }) => name === 'app-b')?.vSwitchId,
    };
    const web = securityGroups.find(({ name }) => name === 'app-web')?.securityGroupId;
    const tags = [{ Key: 'a' }, { Key: 'b' }];
    const cases: [string, object][] = [
      ['QuotaExceeded.epZonePerEndpoint', { Zone: [...(wish['Zone'] as object[]), secondZone] }],
      ['QuotaMisMatched', { SecurityGroupId: [...(wish['SecurityGroupId'] as string[]), web] }],
      ['QuotaExceed.TagsPerResource', { Tag: tags }],
    ];
    for (const [code, change] of cases) {
      const refusal = await refusalOf(call('privatelink', 'CreateVpcEndpoint', { ...wish, ...change }));
      assert.equal(refusal.code, code);
    }
    const target = { RegionId: REGION, EndpointId: await active() };
    const changes: [string, string, object][] = [
      ['QuotaMisMatched', 'AddZoneToVpcEndpoint', secondZone],
      ['QuotaMisMatched', 'AttachSecurityGroupToVpcEndpoint', { SecurityGroupId: web }],
    ];
    for (const [code, action, change] of changes) {
      assert.equal(
        (await refusalOf(call('privatelink', action, { ...target, ...change }))).code,
        code,
        action,
      );
    }
    const resource = { RegionId: REGION, ResourceType: 'vpcendpoint', ResourceId: [target.EndpointId] };
    const tooMany = await refusalOf(call('privatelink', 'TagResources', { ...resource, Tag: tags }));
    assert.equal(tooMany.code, 'QuotaExceed.TagsPerResource');
    const rules = ['10.0.0.0/24', '10.0.1.0/24'].map((SourceCidrIp) => ({
      IpProtocol: 'TCP',
      PortRange: '4000/4000',
      SourceCidrIp,
    }));
    const full = call('ecs', 'AuthorizeSecurityGroup', {
      RegionId: REGION,
      SecurityGroupId: web,
      Permissions: rules,
    });
    assert.deepEqual(
      [(await refusalOf(full)).code, (await refusalOf(full)).statusCode],
      ['AuthorizationLimitExceed', 403],
    );
  });

  it('has pages no larger than each operation allows', async () => {
    await start();
    const ep = { RegionId: REGION, EndpointId: await active() };
    const group = sandbox.control.getState().securityGroups[0]?.securityGroupId;
    const sg = { RegionId: REGION, SecurityGroupId: group };
    const cases: ['privatelink' | 'vpc' | 'ecs', string, object, string, number, number][] = [
      ['privatelink', 'ListVpcEndpoints', { RegionId: REGION }, 'MaxResults', 1, 1000],
      ['privatelink', 'ListVpcEndpointZones', ep, 'MaxResults', 1, 1000],
      ['privatelink', 'ListVpcEndpointServicesByEndUser', { RegionId: REGION }, 'MaxResults', 1, 1000],
      ['privatelink', 'ListVpcEndpointSecurityGroups', ep, 'MaxResults', 1, 50],
      ['vpc', 'DescribeVpcs', { RegionId: REGION }, 'PageSize', 1, 50],
      ['vpc', 'DescribeVSwitches', { RegionId: REGION }, 'PageSize', 1, 50],
      ['ecs', 'DescribeSecurityGroups', { RegionId: REGION }, 'MaxResults', 1, 100],
      ['ecs', 'DescribeSecurityGroupAttribute', sg, 'MaxResults', 10, 1000],
    ];
    for (const [product, action, input, name, least, most] of cases) {
      await call(product, action, { ...input, [name]: least });
      await call(product, action, { ...input, [name]: most });
      for (const wrong of [least - 1, most + 1]) {
        const refusal = await refusalOf(call(product, action, { ...input, [name]: wrong }));
        assert.equal(refusal.code, `InvalidParameter.${name}`, `${action} ${wrong}`);
      }
    }
  });
}).timeout(35_000);
