import assert from 'node:assert/strict';
import type { Credentials } from '../../../../src/cloud/alibaba';
import { staticCredentials } from '../../../../src/cloud/alibaba';
import { all, appErrorOf, json, wholeText } from '../support';
import { keys, rawEndpoint, region, secret, spec, Stage } from './stage';

describe('Alibaba Cloud client', () => {
  let stage: Stage;

  beforeEach(async () => {
    stage = await Stage.open();
  });
  afterEach(() => stage.close());

  it('signs each request with its own nonce and the clock’s time', async () => {
    stage.answering(
      [503, { Code: 'ServiceUnavailable' }],
      [200, { AccountId: '12', Arn: 'a', IdentityType: 'RAMUser' }],
    );
    assert.deepEqual(await stage.api.getCallerIdentity(), { accountId: '12', arn: 'a', type: 'RAMUser' });
    assert.equal(stage.received[0]?.method, 'POST');
    assert.equal(stage.received[0].body, '');
    assert.equal(stage.header('x-acs-action'), 'GetCallerIdentity');
    assert.equal(stage.header('x-acs-version'), '2015-04-01');
    assert.equal(stage.header('x-acs-date'), '2026-01-02T03:04:05Z');
    assert.notEqual(stage.header('x-acs-signature-nonce', 0), stage.header('x-acs-signature-nonce', 1));
    assert.equal(stage.header('content-type'), 'undefined');
    assert.equal(stage.header('user-agent'), 'tidb-private-endpoint/0.0.0-test');
    assert.ok(
      stage.log.lines.some((line) => /GetCallerIdentity: HTTP 503 \(request R-1\) in \d+ ms/.test(line)),
    );
  });

  it('sends the token of temporary credentials', async () => {
    stage.connect(staticCredentials({ ...keys, securityToken: 'sts-token-1' }));
    stage.answering([200, { AccountId: '12' }]);
    assert.equal((await stage.api.getCallerIdentity()).type, 'Unknown');
    assert.equal(stage.header('x-acs-security-token'), 'sts-token-1');
    assert.equal(stage.header('x-acs-accesskey-id'), keys.accessKeyId);
  });

  it('creates with flattened parameters and the client token, the same over a retry', async () => {
    stage.answering(
      [400, { Code: 'IdempotenceProcessing', Message: 'still at it' }],
      [400, { Code: 'Throttling.User', Message: 'slow' }, { 'x-acs-retry-after': '4321' }],
      [200, rawEndpoint],
    );
    const created = await stage.api.createEndpoint(spec, 'token-1');
    assert.deepEqual(stage.query(), {
      ClientToken: 'token-1',
      EndpointName: 'tidb-orders',
      EndpointType: 'Interface',
      RegionId: region,
      'SecurityGroupId.1': 'sg-1',
      'SecurityGroupId.2': 'sg-2',
      ServiceName: rawEndpoint.ServiceName,
      'Tag.1.Key': 'created-by',
      'Tag.1.Value': 'x',
      'Tag.2.Key': 'tidb-instance',
      'Tag.2.Value': '10',
      VpcId: 'vpc-1',
      'Zone.1.VSwitchId': 'vsw-a',
      'Zone.1.ZoneId': 'ap-southeast-1a',
      'Zone.2.VSwitchId': 'vsw-b',
      'Zone.2.ZoneId': 'ap-southeast-1b',
    });
    assert.deepEqual(stage.query(1), stage.query(0));
    assert.deepEqual(stage.query(2), stage.query(0));
    assert.equal(stage.clock.slept[1], 4321);
    assert.deepEqual(created, {
      id: 'ep-1',
      name: 'tidb-orders',
      regionId: region,
      vpcId: 'vpc-1',
      serviceName: rawEndpoint.ServiceName,
      domain: rawEndpoint.EndpointDomain,
      status: 'Creating',
      connectionStatus: 'Disconnected',
      businessStatus: 'Normal',
      tags: spec.tags,
    });
  });

  it('repeats a create whose answer was lost', async () => {
    let first = true;
    stage.respond = (_request, response) => {
      if (first) {
        first = false;
        response.destroy();
      } else {
        json(response, 200, rawEndpoint);
      }
    };
    assert.equal((await stage.api.createEndpoint(spec, 'token-1')).id, 'ep-1');
    assert.deepEqual(stage.query(1), stage.query(0));
  });

  it('takes DryRunOperation for success, with a token of its own each time', async () => {
    stage.answering([400, { Code: 'DryRunOperation', Message: 'Request validation has been passed' }]);
    await stage.api.dryRunCreateEndpoint(spec);
    await stage.api.dryRunCreateEndpoint(spec);
    assert.equal(stage.query().DryRun, 'true');
    assert.notEqual(stage.query(0).ClientToken, stage.query(1).ClientToken);
    stage.answering([400, { Code: 'EndpointServiceNotSupportedZone', Message: 'zone' }]);
    assert.equal((await appErrorOf(stage.api.dryRunCreateEndpoint(spec))).code, 'invalidInput');
  });

  it('knows whether PrivateLink is open, and opens it', async () => {
    stage.answering([200, { Success: true }]);
    assert.equal(await stage.api.isPrivateLinkOpen(region), true);
    stage.answering([400, { Code: 'NeedOpenProduct', Message: 'open it' }]);
    assert.equal(await stage.api.isPrivateLinkOpen(region), false);
    stage.answering([403, { Code: 'NoPermission', Message: 'no' }]);
    assert.equal((await appErrorOf(stage.api.isPrivateLinkOpen(region))).code, 'notAllowed');
    stage.answering([400, { Code: 'OrderOpend', Message: 'is open' }]);
    await stage.api.openPrivateLink();
    stage.answering([200, { OrderId: '1' }]);
    await stage.api.openPrivateLink();
    assert.deepEqual(stage.query(4), {});
  });

  it('finds one service by its whole name, over pages; TotalCount is text there', async () => {
    const service = {
      ServiceName: spec.serviceName,
      Zones: ['ap-southeast-1a'],
      AutoAcceptEnabled: true,
      Payer: 'Endpoint',
    };
    stage.answering(
      [
        200,
        { Services: [{ ...service, ServiceName: `${spec.serviceName}x` }], NextToken: 'n', TotalCount: '2' },
      ],
      [200, { Services: [service], NextToken: '', TotalCount: '2' }],
    );
    assert.deepEqual(await stage.api.findEndpointService(region, spec.serviceName), {
      serviceId: '',
      serviceName: spec.serviceName,
      serviceDomain: '',
      zones: ['ap-southeast-1a'],
      autoAccept: true,
      payer: 'Endpoint',
    });
    assert.deepEqual(stage.query(1), {
      RegionId: region,
      ServiceName: spec.serviceName,
      MaxResults: '50',
      NextToken: 'n',
    });
    stage.answering([200, { Services: [] }]);
    assert.equal(await stage.api.findEndpointService(region, spec.serviceName), undefined);
  });

  it('pages VPCs by number to TotalCount', async () => {
    stage.respond = (request, response) => {
      const page = Number(request.url.searchParams.get('PageNumber'));
      assert.equal(request.url.searchParams.get('PageSize'), '50');
      const count = page < 3 ? 50 : 7;
      const vpcs = Array.from({ length: count }, (_, i) => ({
        VpcId: `vpc-${page}-${i}`,
        CidrBlock: '10.0.0.0/8',
        SecondaryCidrBlocks: { SecondaryCidrBlock: ['192.168.0.0/16'] },
        Status: 'Available',
        IsDefault: i === 0,
      }));
      json(response, 200, { Vpcs: { Vpc: vpcs }, PageNumber: page, PageSize: 50, TotalCount: 107 });
    };
    const vpcs = await all(stage.api.listVpcs(region));
    assert.equal(vpcs.length, 107);
    assert.equal(stage.received.length, 3);
    assert.deepEqual(vpcs[0], {
      id: 'vpc-1-0',
      name: '',
      cidrBlocks: ['10.0.0.0/8', '192.168.0.0/16'],
      status: 'Available',
      isDefault: true,
    });
  });

  it('ends a list by number that shrinks meanwhile', async () => {
    stage.answering([200, { VSwitches: { VSwitch: [] }, TotalCount: 999 }]);
    assert.deepEqual(await all(stage.api.listVSwitches(region, 'vpc-1')), []);
    assert.equal(stage.received.length, 1);
    assert.deepEqual(stage.query(), { RegionId: region, VpcId: 'vpc-1', PageNumber: '1', PageSize: '50' });
  });

  it('pages security groups and rules by token', async () => {
    stage.answering(
      [
        200,
        {
          SecurityGroups: { SecurityGroup: [{ SecurityGroupId: 'sg-1', ServiceManaged: true }] },
          NextToken: 'a',
        },
      ],
      [
        200,
        { SecurityGroups: { SecurityGroup: [{ SecurityGroupId: 'sg-2', SecurityGroupType: 'enterprise' }] } },
      ],
    );
    const groups = await all(stage.api.listSecurityGroups(region, 'vpc-1'));
    assert.deepEqual(
      groups.map(({ id, type, serviceManaged }) => [id, type, serviceManaged]),
      [
        ['sg-1', 'normal', true],
        ['sg-2', 'enterprise', false],
      ],
    );
    assert.deepEqual(stage.query(1), { RegionId: region, VpcId: 'vpc-1', MaxResults: '100', NextToken: 'a' });
    stage.answering([
      200,
      {
        Permissions: {
          Permission: [
            {
              IpProtocol: 'tcp',
              PortRange: '4000/4000',
              SourceCidrIp: '10.0.0.0/8',
              Policy: 'Accept',
              Priority: '5',
            },
            {
              IpProtocol: 'ICMPv6',
              PortRange: '-1/-1',
              Ipv6SourceCidrIp: '::/0',
              Policy: 'Drop',
              Priority: 1,
            },
            { IpProtocol: 'ALL', PortRange: '-1/-1', SourceGroupId: 'sg-9', Policy: 'Maybe' },
          ],
        },
      },
    ]);
    assert.deepEqual(await all(stage.api.listIngressRules(region, 'sg-1')), [
      { protocol: 'TCP', portRange: '4000/4000', sourceCidr: '10.0.0.0/8', policy: 'Accept', priority: 5 },
      { protocol: 'ICMPv6', portRange: '-1/-1', sourceCidr: '::/0', policy: 'Drop', priority: 1 },
      { protocol: 'ALL', portRange: '-1/-1', sourceCidr: '', policy: 'Drop', priority: 1 },
    ]);
    assert.deepEqual(stage.query(2), {
      RegionId: region,
      SecurityGroupId: 'sg-1',
      Direction: 'ingress',
      NicType: 'intranet',
      MaxResults: '500',
    });
  });

  it('refuses a token that comes back', async () => {
    stage.answering([200, { Endpoints: [rawEndpoint], NextToken: 'again' }]);
    const error = await appErrorOf(all(stage.api.listEndpoints(region, {})));
    assert.equal(error.code, 'badAnswer');
    assert.equal(stage.received.length, 2);
  });

  it('lists endpoints with their tags', async () => {
    stage.answering([
      200,
      {
        Endpoints: [{ ...rawEndpoint, EndpointStatus: 'Upgrading', Tags: [{ Key: 'a', Value: 'b' }] }],
        TotalCount: 1,
      },
    ]);
    const [found] = await all(stage.api.listEndpoints(region, { serviceName: 's', vpcId: 'v' }));
    assert.equal(found?.status, 'Unknown');
    assert.deepEqual(found.tags, { a: 'b' });
    assert.deepEqual(stage.query(), {
      RegionId: region,
      EndpointType: 'Interface',
      ServiceName: 's',
      VpcId: 'v',
      MaxResults: '50',
    });
  });

  it('has no endpoint where there is none', async () => {
    stage.answering([400, { Code: 'EndpointNotFound', Message: 'gone' }]);
    assert.equal(await stage.api.getEndpoint(region, 'ep-1'), undefined);
    stage.answering([400, { Code: 'RegionNotFound', Message: 'where' }]);
    assert.equal((await appErrorOf(stage.api.getEndpoint(region, 'ep-1'))).code, 'invalidInput');
  });

  it('renews credentials once when they have expired', async () => {
    const handedOut: Credentials[] = [
      { ...keys, securityToken: 'old-token' },
      { ...keys, securityToken: 'new-token' },
      { ...keys, securityToken: 'never' },
    ];
    let renewed = 0;
    stage.connect({
      get: () => Promise.resolve(handedOut[renewed] ?? assert.fail()),
      renew: () => {
        renewed += 1;
        return true;
      },
    });
    stage.respond = (request, response) =>
      request.headers['x-acs-security-token'] === 'new-token'
        ? json(response, 200, { AccountId: '12' })
        : json(response, 400, {
            Code: 'InvalidSecurityToken.Expired',
            Message: 'Specified SecurityToken is expired.',
          });
    await stage.api.getCallerIdentity();
    stage.respond = (_request, response) =>
      json(response, 400, { Code: 'InvalidSecurityToken.Expired', Message: 'old-token' });
    const error = await appErrorOf(stage.api.getCallerIdentity());
    assert.equal(error.code, 'credentialsExpired');
    assert.equal(renewed, 2);
    assert.equal(stage.received.length, 4);
  });

  it('asks its source again when the key was refused: it may have been rotated there', async () => {
    let current: Credentials = { ...keys, accessKeyId: 'old-id' };
    stage.connect({
      get: () => Promise.resolve(current),
      renew: () => {
        current = { ...keys, accessKeyId: 'new-id' };
        return true;
      },
    });
    stage.respond = (request, response) =>
      request.headers.authorization?.includes('Credential=new-id') === true
        ? json(response, 200, { AccountId: '12' })
        : json(response, 404, { Code: 'InvalidAccessKeyId.NotFound', Message: 'not found' });
    assert.equal((await stage.api.getCallerIdentity()).accountId, '12');
    assert.equal(stage.received.length, 2);
  });

  it('does not ask again with keys that cannot be renewed', async () => {
    stage.answering([400, { Code: 'InvalidSecurityToken.Expired', Message: 'x' }]);
    await appErrorOf(stage.api.getCallerIdentity());
    assert.equal(stage.received.length, 1);
  });

  it('does not repeat the cloud’s answer or a secret in an error', async () => {
    stage.answering([404, { Code: 'InvalidAccessKeyId.NotFound', Message: `key ${secret}` }]);
    assert.ok(!wholeText(await appErrorOf(stage.api.getCallerIdentity())).includes(secret));
    stage.answering([200, { Vpcs: { Vpc: [{ VpcId: 7, VpcName: secret }] }, TotalCount: 1 }]);
    const wrong = await appErrorOf(all(stage.api.listVpcs(region)));
    assert.match(wrong.details.reason ?? '', /Vpcs\.Vpc\.0\.VpcId/);
    assert.equal(wrong.details.requestId, 'R-1');
    assert.ok(!wholeText(wrong).includes(secret));
    stage.respond = (_request, response) => response.writeHead(200).end(`<html>${secret}`);
    assert.ok(!wholeText(await appErrorOf(stage.api.getCallerIdentity())).includes(secret));
  });

  it('stops with the signal’s reason', async () => {
    const controller = new AbortController();
    stage.respond = () => controller.abort(new Error('closed'));
    await assert.rejects(all(stage.api.listVpcs(region, controller.signal)), /^Error: closed$/);
  });

  it('asks for no further page once it is stopped or nobody reads on', async () => {
    stage.answering([200, { Endpoints: [rawEndpoint], NextToken: 'n' }]);
    const controller = new AbortController();
    const stopped = async (): Promise<void> => {
      for await (const { id } of stage.api.listEndpoints(region, {}, controller.signal)) {
        assert.equal(id, 'ep-1');
        controller.abort(new Error('closed'));
      }
    };
    await assert.rejects(stopped(), /^Error: closed$/);
    assert.equal(stage.received.length, 1);
    for await (const { id } of stage.api.listEndpoints(region, {})) {
      assert.equal(id, 'ep-1');
      break;
    }
    assert.equal(stage.received.length, 2);
  });

  it('stops a pause between two attempts', async () => {
    const controller = new AbortController();
    stage.answering([503, { Code: 'ServiceUnavailable', Message: 'm' }]);
    stage.clock.sleep = (_ms, signal) => {
      controller.abort(new Error('closed'));
      signal?.throwIfAborted();
      return Promise.resolve();
    };
    await assert.rejects(stage.api.getCallerIdentity(controller.signal), /^Error: closed$/);
    assert.equal(stage.received.length, 1);
  });

  it('takes a page of a proxy for a bad answer, and carries what the gateway calls the request', async () => {
    for (const [status, code] of [
      [200, 'badAnswer'],
      [302, 'badAnswer'],
      [403, 'badAnswer'],
      [502, 'cloudFault'],
    ] as const) {
      stage.respond = (_request, response) =>
        response.writeHead(status, { 'x-acs-request-id': 'R-gate' }).end('<html>sign in</html>');
      const error = await appErrorOf(stage.api.getCallerIdentity());
      assert.deepEqual([error.code, error.details.requestId], [code, 'R-gate']);
      assert.ok(!wholeText(error).includes('html'));
    }
  });

  it('does not send to what is no region', async () => {
    assert.equal((await appErrorOf(stage.api.isPrivateLinkOpen('x.evil.example/'))).code, 'invalidInput');
    assert.equal(stage.received.length, 0);
  });
});
