import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import type { Credentials, CredentialsProvider } from '../../../../src/cloud/alibaba';
import { createAlibabaCloudApi, staticCredentials } from '../../../../src/cloud/alibaba';
import type { AlibabaCloudApi } from '../../../../src/core/ports';
import type { Received, TestServer } from '../support';
import { all, appErrorOf, FakeClock, json, RecordingLog, serve, wholeText } from '../support';

const region = 'ap-southeast-1';
const secret = 'very-secret-access-key';
const keys = { accessKeyId: 'LTAItest', accessKeySecret: secret };
const rawEndpoint = {
  EndpointId: 'ep-1',
  EndpointName: 'tidb-orders',
  EndpointDomain: 'ep-1.epsrv-1.ap-southeast-1.privatelink.aliyuncs.com',
  VpcId: 'vpc-1',
  ServiceName: 'com.aliyuncs.privatelink.ap-southeast-1.epsrv-1',
  EndpointStatus: 'Creating',
  ConnectionStatus: 'Disconnected',
  EndpointBusinessStatus: 'Normal',
};
const spec = {
  regionId: region,
  vpcId: 'vpc-1',
  serviceName: rawEndpoint.ServiceName,
  name: 'tidb-orders',
  securityGroupIds: ['sg-1', 'sg-2'],
  zones: [
    { zoneId: 'ap-southeast-1a', vSwitchId: 'vsw-a' },
    { zoneId: 'ap-southeast-1b', vSwitchId: 'vsw-b' },
  ],
  tags: { 'created-by': 'x', 'tidb-instance': '10' },
};

describe('Alibaba Cloud client', () => {
  let server: TestServer;
  let handler: (request: Received, response: ServerResponse) => void;
  let api: AlibabaCloudApi;
  let clock: FakeClock;
  let log: RecordingLog;

  const connect = (credentials: CredentialsProvider = staticCredentials(keys)): void => {
    const { origin } = server;
    api = createAlibabaCloudApi({
      credentials,
      endpoints: { privatelink: origin, vpc: origin, ecs: origin, sts: origin },
      userAgent: 'tidb-private-endpoint/0.0.0-test',
      clock,
      log,
    });
  };
  const answering = (
    ...answers: [status: number, body: object, headers?: Record<string, string>][]
  ): void => {
    let at = 0;
    handler = (_request, response) => {
      const [status, body, headers] = answers[Math.min(at++, answers.length - 1)] ?? assert.fail();
      json(response, status, { RequestId: `R-${at}`, ...body }, headers);
    };
  };
  const sent = (at = 0): Record<string, string> =>
    Object.fromEntries(server.received[at]?.url.searchParams ?? []);
  const header = (name: string, at = 0): string => String(server.received[at]?.headers[name]);

  beforeEach(async () => {
    clock = new FakeClock();
    log = new RecordingLog();
    server = await serve((request, response) => handler(request, response));
    connect();
  });

  afterEach(async () => {
    await server.close();
    const said = log.lines.join('\n');
    assert.ok(!said.includes(secret) && !/Signature=|security-token/i.test(said), said);
  });

  it('signs each request with its own nonce and the clock’s time', async () => {
    answering(
      [503, { Code: 'ServiceUnavailable' }],
      [200, { AccountId: '12', Arn: 'a', IdentityType: 'RAMUser' }],
    );
    assert.deepEqual(await api.getCallerIdentity(), { accountId: '12', arn: 'a', type: 'RAMUser' });
    assert.equal(server.received[0]?.method, 'POST');
    assert.equal(server.received[0].body, '');
    assert.equal(header('x-acs-action'), 'GetCallerIdentity');
    assert.equal(header('x-acs-version'), '2015-04-01');
    assert.equal(header('x-acs-date'), '2026-01-02T03:04:05Z');
    assert.notEqual(header('x-acs-signature-nonce', 0), header('x-acs-signature-nonce', 1));
    assert.equal(header('content-type'), 'undefined');
    assert.equal(header('user-agent'), 'tidb-private-endpoint/0.0.0-test');
    assert.ok(log.lines.some((line) => /GetCallerIdentity: HTTP 503 \(request R-1\) in \d+ ms/.test(line)));
  });

  it('sends the token of temporary credentials', async () => {
    connect(staticCredentials({ ...keys, securityToken: 'sts-token-1' }));
    answering([200, { AccountId: '12' }]);
    assert.equal((await api.getCallerIdentity()).type, 'Unknown');
    assert.equal(header('x-acs-security-token'), 'sts-token-1');
    assert.equal(header('x-acs-accesskey-id'), keys.accessKeyId);
  });

  it('creates with flattened parameters and the client token, the same over a retry', async () => {
    answering(
      [400, { Code: 'IdempotenceProcessing', Message: 'still at it' }],
      [400, { Code: 'Throttling.User', Message: 'slow' }, { 'x-acs-retry-after': '4321' }],
      [200, rawEndpoint],
    );
    const created = await api.createEndpoint(spec, 'token-1');
    assert.deepEqual(sent(), {
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
    assert.deepEqual(sent(1), sent(0));
    assert.deepEqual(sent(2), sent(0));
    assert.equal(clock.slept[1], 4321);
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
    handler = (_request, response) => {
      if (first) {
        first = false;
        response.destroy();
      } else {
        json(response, 200, rawEndpoint);
      }
    };
    assert.equal((await api.createEndpoint(spec, 'token-1')).id, 'ep-1');
    assert.deepEqual(sent(1), sent(0));
  });

  it('takes DryRunOperation for success, with a token of its own each time', async () => {
    answering([400, { Code: 'DryRunOperation', Message: 'Request validation has been passed' }]);
    await api.dryRunCreateEndpoint(spec);
    await api.dryRunCreateEndpoint(spec);
    assert.equal(sent().DryRun, 'true');
    assert.notEqual(sent(0).ClientToken, sent(1).ClientToken);
    answering([400, { Code: 'EndpointServiceNotSupportedZone', Message: 'zone' }]);
    assert.equal((await appErrorOf(api.dryRunCreateEndpoint(spec))).code, 'invalidInput');
  });

  it('knows whether PrivateLink is open, and opens it', async () => {
    answering([200, { Success: true }]);
    assert.equal(await api.isPrivateLinkOpen(region), true);
    answering([400, { Code: 'NeedOpenProduct', Message: 'open it' }]);
    assert.equal(await api.isPrivateLinkOpen(region), false);
    answering([403, { Code: 'NoPermission', Message: 'no' }]);
    assert.equal((await appErrorOf(api.isPrivateLinkOpen(region))).code, 'notAllowed');
    answering([400, { Code: 'OrderOpend', Message: 'is open' }]);
    await api.openPrivateLink();
    answering([200, { OrderId: '1' }]);
    await api.openPrivateLink();
    assert.deepEqual(sent(4), {});
  });

  it('finds one service by its whole name, over pages; TotalCount is text there', async () => {
    const service = {
      ServiceName: spec.serviceName,
      Zones: ['ap-southeast-1a'],
      AutoAcceptEnabled: true,
      Payer: 'Endpoint',
    };
    answering(
      [
        200,
        { Services: [{ ...service, ServiceName: `${spec.serviceName}x` }], NextToken: 'n', TotalCount: '2' },
      ],
      [200, { Services: [service], NextToken: '', TotalCount: '2' }],
    );
    assert.deepEqual(await api.findEndpointService(region, spec.serviceName), {
      serviceId: '',
      serviceName: spec.serviceName,
      serviceDomain: '',
      zones: ['ap-southeast-1a'],
      autoAccept: true,
      payer: 'Endpoint',
    });
    assert.deepEqual(sent(1), {
      RegionId: region,
      ServiceName: spec.serviceName,
      MaxResults: '50',
      NextToken: 'n',
    });
    answering([200, { Services: [] }]);
    assert.equal(await api.findEndpointService(region, spec.serviceName), undefined);
  });

  it('pages VPCs by number to TotalCount', async () => {
    handler = (request, response) => {
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
    const vpcs = await all(api.listVpcs(region));
    assert.equal(vpcs.length, 107);
    assert.equal(server.received.length, 3);
    assert.deepEqual(vpcs[0], {
      id: 'vpc-1-0',
      name: '',
      cidrBlocks: ['10.0.0.0/8', '192.168.0.0/16'],
      status: 'Available',
      isDefault: true,
    });
  });

  it('ends a list by number that shrinks meanwhile', async () => {
    answering([200, { VSwitches: { VSwitch: [] }, TotalCount: 999 }]);
    assert.deepEqual(await all(api.listVSwitches(region, 'vpc-1')), []);
    assert.equal(server.received.length, 1);
    assert.deepEqual(sent(), { RegionId: region, VpcId: 'vpc-1', PageNumber: '1', PageSize: '50' });
  });

  it('pages security groups and rules by token', async () => {
    answering(
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
    const groups = await all(api.listSecurityGroups(region, 'vpc-1'));
    assert.deepEqual(
      groups.map(({ id, type, serviceManaged }) => [id, type, serviceManaged]),
      [
        ['sg-1', 'normal', true],
        ['sg-2', 'enterprise', false],
      ],
    );
    assert.deepEqual(sent(1), { RegionId: region, VpcId: 'vpc-1', MaxResults: '100', NextToken: 'a' });
    answering([
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
    assert.deepEqual(await all(api.listIngressRules(region, 'sg-1')), [
      { protocol: 'TCP', portRange: '4000/4000', sourceCidr: '10.0.0.0/8', policy: 'Accept', priority: 5 },
      { protocol: 'ICMPv6', portRange: '-1/-1', sourceCidr: '::/0', policy: 'Drop', priority: 1 },
      { protocol: 'ALL', portRange: '-1/-1', sourceCidr: '', policy: 'Drop', priority: 1 },
    ]);
    assert.deepEqual(sent(2), {
      RegionId: region,
      SecurityGroupId: 'sg-1',
      Direction: 'ingress',
      NicType: 'intranet',
      MaxResults: '500',
    });
  });

  it('refuses a token that comes back', async () => {
    answering([200, { Endpoints: [rawEndpoint], NextToken: 'again' }]);
    const error = await appErrorOf(all(api.listEndpoints(region, {})));
    assert.equal(error.code, 'badAnswer');
    assert.equal(server.received.length, 2);
  });

  it('lists endpoints with their tags', async () => {
    answering([
      200,
      {
        Endpoints: [{ ...rawEndpoint, EndpointStatus: 'Upgrading', Tags: [{ Key: 'a', Value: 'b' }] }],
        TotalCount: 1,
      },
    ]);
    const [found] = await all(api.listEndpoints(region, { serviceName: 's', vpcId: 'v' }));
    assert.equal(found?.status, 'Unknown');
    assert.deepEqual(found.tags, { a: 'b' });
    assert.deepEqual(sent(), {
      RegionId: region,
      EndpointType: 'Interface',
      ServiceName: 's',
      VpcId: 'v',
      MaxResults: '50',
    });
  });

  it('has no endpoint where there is none', async () => {
    answering([400, { Code: 'EndpointNotFound', Message: 'gone' }]);
    assert.equal(await api.getEndpoint(region, 'ep-1'), undefined);
    answering([400, { Code: 'RegionNotFound', Message: 'where' }]);
    assert.equal((await appErrorOf(api.getEndpoint(region, 'ep-1'))).code, 'invalidInput');
  });

  it('renews credentials once when they have expired', async () => {
    const handedOut: Credentials[] = [
      { ...keys, securityToken: 'old-token' },
      { ...keys, securityToken: 'new-token' },
      { ...keys, securityToken: 'never' },
    ];
    let renewed = 0;
    connect({
      get: () => Promise.resolve(handedOut[renewed] ?? assert.fail()),
      renew: () => {
        renewed += 1;
        return true;
      },
    });
    handler = (request, response) =>
      request.headers['x-acs-security-token'] === 'new-token'
        ? json(response, 200, { AccountId: '12' })
        : json(response, 400, {
            Code: 'InvalidSecurityToken.Expired',
            Message: 'Specified SecurityToken is expired.',
          });
    await api.getCallerIdentity();
    handler = (_request, response) =>
      json(response, 400, { Code: 'InvalidSecurityToken.Expired', Message: 'old-token' });
    const error = await appErrorOf(api.getCallerIdentity());
    assert.equal(error.code, 'credentialsExpired');
    assert.equal(renewed, 2);
    assert.equal(server.received.length, 4);
  });

  it('does not ask again with keys that cannot be renewed', async () => {
    answering([400, { Code: 'InvalidSecurityToken.Expired', Message: 'x' }]);
    await appErrorOf(api.getCallerIdentity());
    assert.equal(server.received.length, 1);
  });

  it('does not repeat the cloud’s answer or a secret in an error', async () => {
    answering([404, { Code: 'InvalidAccessKeyId.NotFound', Message: `key ${secret}` }]);
    assert.ok(!wholeText(await appErrorOf(api.getCallerIdentity())).includes(secret));
    answering([200, { Vpcs: { Vpc: [{ VpcId: 7, VpcName: secret }] }, TotalCount: 1 }]);
    const wrong = await appErrorOf(all(api.listVpcs(region)));
    assert.match(wrong.details.reason ?? '', /Vpcs\.Vpc\.0\.VpcId/);
    assert.equal(wrong.details.requestId, 'R-1');
    assert.ok(!wholeText(wrong).includes(secret));
    handler = (_request, response) => response.writeHead(200).end(`<html>${secret}`);
    assert.ok(!wholeText(await appErrorOf(api.getCallerIdentity())).includes(secret));
  });

  it('stops with the signal’s reason', async () => {
    const controller = new AbortController();
    handler = () => controller.abort(new Error('closed'));
    await assert.rejects(all(api.listVpcs(region, controller.signal)), /^Error: closed$/);
  });

  it('does not send to what is no region', async () => {
    assert.equal((await appErrorOf(api.isPrivateLinkOpen('x.evil.example/'))).code, 'invalidInput');
    assert.equal(server.received.length, 0);
  });
});
