import assert from 'node:assert/strict';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { at, listAt, poll, textAt } from './support/at';
import { officialCaller, refusalOf } from './support/officialCaller';
import { tidbCaller, type TidbCall } from './support/tidbCloudCaller';

const REGION = 'ap-southeast-1';

describe('An endpoint, from both clouds', () => {
  let sandbox: Sandbox;
  let call: TidbCall;
  let tidbId: string;

  beforeEach(async () => {
    sandbox = await startSandbox({ timeScale: 600, requestsPerMinute: 10_000 });
    call = tidbCaller(sandbox);
    tidbId = sandbox.control.getState().instances[0]?.tidbId ?? '';
  });
  afterEach(() => sandbox.stop());

  async function createEndpoint(): Promise<{ endpointId: string; domain: string }> {
    const state = sandbox.control.getState();
    const vpc = state.vpcs.find(({ name }) => name === 'app-vpc');
    const vSwitch = state.vSwitches.find(({ name }) => name === 'app-a');
    const group = state.securityGroups.find(({ name }) => name === 'app-clients');
    const made = await officialCaller(sandbox)('privatelink', 'CreateVpcEndpoint', {
      RegionId: REGION,
      ServiceName: state.services[0]?.serviceName,
      VpcId: vpc?.vpcId,
      SecurityGroupId: [group?.securityGroupId],
      Zone: [{ ZoneId: vSwitch?.zoneId, VSwitchId: vSwitch?.vSwitchId }],
    });
    const endpointId = textAt(made, 'EndpointId');
    await sandbox.control.waitFor(({ endpoints }) => endpoints.some(({ status }) => status === 'Active'));
    return { endpointId, domain: textAt(made, 'EndpointDomain') };
  }

  async function connections(): Promise<unknown[]> {
    const answer = await call('GET', `/tidbs/${tidbId}/privateEndpointConnections?pageSize=100`);
    return listAt(answer.body, 'privateEndpointConnections');
  }

  function post(change: object = {}): ReturnType<TidbCall> {
    const endpoint = sandbox.control.getState().endpoints[0];
    return call('POST', `/tidbs/${tidbId}/privateEndpointConnections`, {
      regionId: `alicloud-${REGION}`,
      endpointId: endpoint?.endpointId,
      privateDomainName: endpoint?.domain,
      ...change,
    });
  }

  it('goes from DISCOVERED over PENDING to ACTIVE, while Alibaba Cloud connects', async () => {
    assert.deepEqual(await connections(), []);
    const { endpointId, domain } = await createEndpoint();
    const [discovered] = await connections();
    assert.equal(at(discovered, 'endpointState'), 'DISCOVERED');
    assert.equal(at(discovered, 'endpointId'), endpointId);
    assert.equal(at(discovered, 'privateEndpointConnectionId'), undefined);

    const made = await post();
    assert.equal(made.status, 200);
    assert.equal(at(made.body, 'endpointState'), 'PENDING');
    assert.equal(at(made.body, 'privateDomainName'), domain);
    assert.equal(at(made.body, 'host'), undefined);

    const link = ({ endpoints }: { endpoints: { connectionStatus: string }[] }): string | undefined =>
      endpoints[0]?.connectionStatus;
    await sandbox.control.waitFor((state) => link(state) === 'Connecting');
    const connected = await sandbox.control.waitFor((state) => link(state) === 'Connected');
    assert.equal(connected.connections[0]?.state, 'PENDING');
    assert.equal(connected.endpoints[0]?.zones[0]?.status, 'Connected');

    const [ready] = await poll(connections, ([first]) => at(first, 'endpointState') === 'ACTIVE');
    const host = `private-${endpointId.slice(3, 15)}.${REGION}.premium.tidbcloud.localhost`;
    assert.deepEqual([at(ready, 'host'), at(ready, 'port')], [host, '4000']);
    const tidb = await call('GET', `/tidbs/${tidbId}`);
    assert.deepEqual(
      listAt(tidb.body, 'endpoints').map((endpoint) => [at(endpoint, 'host'), at(endpoint, 'port')])[1],
      [host, 4000],
    );

    const path = `/tidbs/${tidbId}/privateEndpointConnections/${textAt(ready, 'privateEndpointConnectionId')}`;
    assert.equal(at((await call('GET', path)).body, 'endpointId'), endpointId);
    sandbox.control.pauseClock();
    assert.deepEqual((await call('DELETE', path)).body, {});
    assert.equal(at((await connections())[0], 'endpointState'), 'DELETING');
    const refusal = await refusalOf(
      officialCaller(sandbox)('privatelink', 'RemoveZoneFromVpcEndpoint', {
        RegionId: REGION,
        EndpointId: endpointId,
        ZoneId: `${REGION}a`,
      }),
    );
    assert.equal(refusal.code, 'EndpointConnectionOperationDenied');
    sandbox.control.resumeClock();
    await sandbox.control.waitFor(
      (state) => state.connections.length === 0 && link(state) === 'Disconnected',
    );
    assert.equal((await call('GET', path)).status, 404);
    assert.equal(at((await connections())[0], 'endpointState'), 'DISCOVERED');
  });

  it('refuses to register what is wrong, twice, or too early', async () => {
    await createEndpoint();
    const cases: [number, number, object][] = [
      [400, 3, { regionId: 'alicloud-eu-central-1' }],
      [400, 3, { regionId: undefined }],
      [400, 3, { endpointId: 'ep-none' }],
      [400, 3, { privateDomainName: 'ep-other.privatelink.aliyuncs.com' }],
      [400, 3, { privateDomainName: 42 }],
      [400, 3, { privateDomain: 'ep-other.privatelink.aliyuncs.com' }],
    ];
    for (const [status, code, change] of cases) {
      const answer = await post(change);
      assert.deepEqual([answer.status, at(answer.body, 'code')], [status, code], JSON.stringify(change));
    }
    sandbox.control.pauseClock();
    sandbox.control.setEndpoint(sandbox.control.getState().endpoints[0]?.endpointId ?? '', {
      status: 'Creating',
    });
    assert.equal(at((await post()).body, 'code'), 9);
    sandbox.control.resumeClock();
    await sandbox.control.waitFor(({ endpoints }) => endpoints[0]?.status === 'Active');
    assert.equal((await post()).status, 200);
    const again = await post();
    assert.deepEqual([again.status, at(again.body, 'code')], [409, 6]);
  });

  it('connects by itself where the service accepts everybody, and stays DISCOVERED until it is registered', async () => {
    sandbox.control.setService(tidbId, { autoAccept: true });
    await createEndpoint();
    await sandbox.control.waitFor(({ endpoints }) => endpoints[0]?.connectionStatus === 'Connected');
    assert.equal(at((await connections())[0], 'endpointState'), 'DISCOVERED');
    await post();
    await sandbox.control.waitFor(({ connections: [first] }) => first?.state === 'ACTIVE');
  });

  it('fails when the endpoint goes away, and when told to', async () => {
    const { endpointId } = await createEndpoint();
    await post();
    sandbox.control.setConnection(endpointId, { state: 'FAILED', message: 'quota exceeded' });
    assert.equal(at((await connections())[0], 'message'), 'quota exceeded');
    sandbox.control.setConnection(endpointId, { state: 'ACTIVE', message: '' });
    sandbox.control.setEndpoint(endpointId, { status: 'Deleting' });
    await sandbox.control.waitFor(({ endpoints }) => endpoints.length === 0);
    const [broken] = await connections();
    assert.equal(at(broken, 'endpointState'), 'FAILED');
    const path = `/tidbs/${tidbId}/privateEndpointConnections/${textAt(broken, 'privateEndpointConnectionId')}`;
    assert.equal((await call('DELETE', path)).status, 200);
    await sandbox.control.waitFor((state) => state.connections.length === 0);
  });

  it('finishes a service that is being created', async () => {
    await sandbox.control.waitFor(({ services }) => services.every(({ state }) => state === 'ACTIVE'));
  });

  describe('by hand, where the API does not offer it', () => {
    async function submit(
      url: string,
      fields: Record<string, string>,
      origin = new URL(url).origin,
    ): Promise<Response> {
      return fetch(url, {
        method: 'POST',
        headers: { origin, 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(fields).toString(),
      });
    }

    beforeEach(() => sandbox.control.setAcceptMode('console'));

    it('answers POST, GET of one and DELETE as unimplemented, and still lists', async () => {
      await createEndpoint();
      const one = `/tidbs/${tidbId}/privateEndpointConnections/x`;
      for (const answer of [await post(), await call('GET', one), await call('DELETE', one)]) {
        assert.deepEqual([answer.status, at(answer.body, 'code')], [501, 12]);
      }
      assert.equal(at((await connections())[0], 'endpointState'), 'DISCOVERED');
    });

    it('creates the endpoint and accepts it on the two pages', async () => {
      const alibaba = `${sandbox.alibabaCloud.consoleUrl}/endpoint/${REGION}`;
      const state = sandbox.control.getState();
      const vpc = state.vpcs.find(({ name }) => name === 'app-vpc')?.vpcId ?? '';
      const chosen = await (await fetch(`${alibaba}?vpc=${vpc}`)).text();
      assert.match(chosen, /plays Alibaba Cloud&#39;s VPC endpoint console/);
      const vSwitchId = state.vSwitches.find(({ name }) => name === 'app-a')?.vSwitchId ?? '';
      assert.ok(chosen.includes(vSwitchId));
      const wish = {
        vpc,
        serviceName: state.services[0]?.serviceName ?? '',
        endpointName: 'by-hand',
        securityGroup: state.securityGroups.find(({ name }) => name === 'app-clients')?.securityGroupId ?? '',
        'zone.ap-southeast-1a': vSwitchId,
        'zone.ap-southeast-1b': '',
      };
      const wrong = await submit(alibaba, { ...wish, serviceName: '<b>x</b>' });
      assert.equal(wrong.status, 400);
      const wrongText = await wrong.text();
      assert.match(wrongText, /EndpointServiceNotFound/);
      assert.ok(wrongText.includes('&lt;b&gt;x&lt;/b&gt;') && !wrongText.includes('<b>x</b>'));
      assert.equal((await submit(alibaba, wish)).status, 200);
      await sandbox.control.waitFor(({ endpoints }) => endpoints[0]?.status === 'Active');
      const endpoint = sandbox.control.getState().endpoints[0];
      assert.ok(endpoint);
      const listed = await (await fetch(alibaba)).text();
      assert.ok(listed.includes(endpoint.endpointId) && listed.includes(endpoint.domain));

      const networking = `${sandbox.tidbCloud.consoleUrl}/instances/${tidbId}/networking`;
      const page = await (await fetch(networking)).text();
      assert.match(page, /plays TiDB Cloud&#39;s networking page/);
      assert.match(page, /DISCOVERED/);
      const fields = { endpointId: ` ${endpoint.endpointId} `, domainName: endpoint.domain };
      assert.equal((await submit(networking, { ...fields, domainName: 'wrong' })).status, 400);
      assert.equal((await submit(networking, fields, 'http://evil.example')).status, 403);
      assert.equal((await submit(networking, fields)).status, 200);
      await sandbox.control.waitFor(({ connections: [first] }) => first?.state === 'ACTIVE');

      const connectionId = sandbox.control.getState().connections[0]?.connectionId ?? '';
      await submit(`${networking}/delete`, { connectionId });
      await sandbox.control.waitFor((now) => now.connections.length === 0);
      await submit(`${alibaba}/delete`, { endpointId: endpoint.endpointId });
      await sandbox.control.waitFor((now) => now.endpoints.length === 0);
    });

    it('leads from the start of each console to its pages', async () => {
      const { tidbCloud, alibabaCloud } = sandbox;
      for (const [url, link] of [
        [tidbCloud.consoleUrl, `/console/instances/${tidbId}/networking`],
        [alibabaCloud.consoleUrl, `/console/endpoint/${REGION}`],
        [`${alibabaCloud.consoleUrl}/endpoint`, `/console/endpoint/${REGION}`],
      ] as const) {
        const response = await fetch(url);
        assert.equal(response.status, 200);
        assert.ok((await response.text()).includes(`href="${link}"`), url);
      }
      assert.equal((await fetch(`${alibabaCloud.consoleUrl}/endpoint/nowhere-1`)).status, 404);
      assert.equal((await fetch(`${tidbCloud.consoleUrl}/instances/1/networking`)).status, 404);
    });

    it('serves its pages under the names of this machine only', async () => {
      const { port } = new URL(sandbox.tidbCloud.consoleUrl);
      const { request } = await import('node:http');
      const status = await new Promise((resolve, reject) => {
        request({ host: '127.0.0.1', port, path: '/console', headers: { host: 'rebound.example' } })
          .on('response', (response) => {
            response.resume();
            resolve(response.statusCode);
          })
          .on('error', reject)
          .end();
      });
      assert.equal(status, 403);
    });
  });

  it('stops at once, with calls still open and timers still due', async () => {
    const other = await startSandbox({ timeScale: 1 });
    other.control.fail({ operation: 'ListTidbs', fault: { kind: 'delay', ms: 60_000 } });
    const open = tidbCaller(other)('GET', '/tidbs').catch(() => 'cut');
    const started = performance.now();
    await poll(
      () => Promise.resolve(other.control.calls('ListTidbs')),
      (count) => count === 1,
    );
    await other.stop();
    await open;
    assert.ok(performance.now() - started < 5000);
    await assert.rejects(fetch(`${other.tidbCloud.baseUrl}/tidbs`));
  });
}).timeout(35_000);
