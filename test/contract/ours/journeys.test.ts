import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { createAlibabaCloudApi, staticCredentials } from '../../../src/cloud/alibaba';
import { createTidbCloudApi } from '../../../src/cloud/tidbCloud';
import type { EndpointConnection, Instance, VpcEndpoint, VpcEndpointSpec } from '../../../src/core/model';
import type { AlibabaCloudApi, Clock, TidbCloudApi } from '../../../src/core/ports';
import type { Sandbox, SandboxOptions } from '../../../src/sandbox';
import { startSandbox } from '../../../src/sandbox';
import { untrusted } from '../../unit/cloud/certificates';
import { all, appErrorOf, RecordingLog } from '../../unit/cloud/support';

const clock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => pause(ms, undefined, { signal }),
};
const region = 'ap-southeast-1';

/** Asks until it holds; the sandbox's own time runs fast. */
async function until<T>(ask: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  const end = Date.now() + 10_000;
  for (;;) {
    const value = await ask();
    if (holds(value)) {
      return value;
    }
    assert.ok(Date.now() < end, `still ${JSON.stringify(value)}`);
    await pause(20);
  }
}

describe('Clients over the sandbox clouds', function () {
  this.timeout(20_000);

  let sandbox: Sandbox;
  let tidbCloud: TidbCloudApi;
  let alibaba: AlibabaCloudApi;
  let log: RecordingLog;

  const open = async (options: SandboxOptions = {}): Promise<void> => {
    sandbox = await startSandbox({
      timeScale: 300,
      requestsPerMinute: 100_000,
      sql: { port: 4000, caCertificatePem: untrusted.cert },
      ...options,
    });
    log = new RecordingLog();
    const common = { userAgent: 'tidb-private-endpoint/0.0.0-test', clock, log };
    tidbCloud = createTidbCloudApi({ ...sandbox.tidbCloud, ...common });
    alibaba = createAlibabaCloudApi({
      credentials: staticCredentials(sandbox.alibabaCloud),
      endpoints: sandbox.alibabaCloud.endpoints,
      ...common,
    });
  };

  afterEach(async () => {
    await sandbox.stop();
    const said = log.lines.join('\n');
    for (const secret of [sandbox.tidbCloud.privateKey, sandbox.alibabaCloud.accessKeySecret]) {
      assert.ok(!said.includes(secret));
    }
  });

  const instanceNamed = async (name: string): Promise<Instance> =>
    (await all(tidbCloud.listInstances())).find((instance) => instance.name === name) ?? assert.fail();

  /** What a person would pick for the instance: the first VPC with a vSwitch in each zone of the service. */
  const specFor = async (instance: Instance): Promise<VpcEndpointSpec> => {
    const { serviceName, state, port } = await tidbCloud.getPrivateLinkService(instance.id);
    assert.deepEqual([state, port], ['ACTIVE', 4000]);
    assert.equal(await alibaba.isPrivateLinkOpen(region), true);
    const service = (await alibaba.findEndpointService(region, serviceName)) ?? assert.fail();
    const vpc = (await all(alibaba.listVpcs(region))).find(({ name }) => name === 'app-vpc') ?? assert.fail();
    const vSwitches = await all(alibaba.listVSwitches(region, vpc.id));
    const groups = await all(alibaba.listSecurityGroups(region, vpc.id));
    const group = groups.find(({ name }) => name === 'app-clients') ?? assert.fail();
    assert.deepEqual(await all(alibaba.listIngressRules(region, group.id)), [
      { protocol: 'TCP', portRange: '4000/4000', sourceCidr: '10.0.0.0/16', policy: 'Accept', priority: 1 },
    ]);
    return {
      regionId: region,
      vpcId: vpc.id,
      serviceName,
      name: 'tidb-orders-prod',
      securityGroupIds: [group.id],
      zones: service.zones.map((zoneId) => ({
        zoneId,
        vSwitchId: vSwitches.find((one) => one.zoneId === zoneId)?.id ?? assert.fail(),
      })),
      tags: { 'created-by': 'tidb-private-endpoint', 'tidb-instance': instance.id },
    };
  };

  const activeEndpoint = async (spec: VpcEndpointSpec, token: string): Promise<VpcEndpoint> => {
    const { id } = await alibaba.createEndpoint(spec, token);
    const endpoint = await until(
      () => alibaba.getEndpoint(region, id),
      (found) => found?.status === 'Active',
    );
    return endpoint ?? assert.fail();
  };

  const connectionOf = async (
    instance: Instance,
    endpointId: string,
  ): Promise<EndpointConnection | undefined> =>
    (await all(tidbCloud.listConnections(instance.id))).find((one) => one.endpointId === endpointId);

  it('go the whole way to an Active connection where TiDB Cloud offers the call', async () => {
    await open();
    assert.deepEqual(await alibaba.getCallerIdentity(), {
      accountId: sandbox.alibabaCloud.accountId,
      arn: (await alibaba.getCallerIdentity()).arn,
      type: 'RAMUser',
    });
    const instance = await instanceNamed('orders-prod');
    const spec = await specFor(instance);
    await alibaba.dryRunCreateEndpoint(spec);
    assert.deepEqual(await all(alibaba.listEndpoints(region, { serviceName: spec.serviceName })), []);

    const endpoint = await activeEndpoint(spec, 'token-0001');
    assert.equal((await alibaba.createEndpoint(spec, 'token-0001')).id, endpoint.id);
    assert.ok(endpoint.domain.startsWith(`${endpoint.id}.`));
    assert.equal(endpoint.connectionStatus, 'Disconnected');
    const [listed] = await all(alibaba.listEndpoints(region, { vpcId: spec.vpcId }));
    assert.deepEqual(listed?.tags, spec.tags);

    const request = {
      instanceId: instance.id,
      regionId: instance.regionId,
      endpointId: endpoint.id,
      privateDomainName: endpoint.domain,
    };
    assert.equal((await tidbCloud.createConnection(request)).state, 'PENDING');
    const again = await tidbCloud.createConnection(request);
    assert.equal(again.endpointId, endpoint.id);
    const connection = await until(
      () => connectionOf(instance, endpoint.id),
      (found) => found?.state === 'ACTIVE',
    );
    assert.ok(connection?.host);
    assert.equal(connection.port, 4000);
    assert.equal((await alibaba.getEndpoint(region, endpoint.id))?.connectionStatus, 'Connected');
    assert.match(await tidbCloud.getCaCertificate(instance.id), /^-----BEGIN CERTIFICATE-----/);
  });

  it('survive a lost answer to either create', async () => {
    await open();
    const instance = await instanceNamed('orders-prod');
    const spec = await specFor(instance);
    sandbox.control.fail({ operation: 'CreateVpcEndpoint', when: 'after', fault: { kind: 'reset' } });
    const endpoint = await activeEndpoint(spec, 'token-0002');
    assert.equal((await all(alibaba.listEndpoints(region, {}))).length, 1);
    assert.equal(sandbox.control.calls('CreateVpcEndpoint'), 2);
    sandbox.control.fail({
      operation: 'CreatePrivateEndpointConnection',
      when: 'after',
      fault: { kind: 'truncated' },
    });
    const connection = await tidbCloud.createConnection({
      instanceId: instance.id,
      regionId: instance.regionId,
      endpointId: endpoint.id,
      privateDomainName: endpoint.domain,
    });
    assert.equal(connection.endpointId, endpoint.id);
    assert.equal((await all(tidbCloud.listConnections(instance.id))).length, 1);
  });

  it('hear from the console mode that the call is not offered, and see the connection that a person makes', async () => {
    await open({ acceptMode: 'console' });
    const instance = await instanceNamed('orders-prod');
    const endpoint = await activeEndpoint(await specFor(instance), 'token-0003');
    const request = {
      instanceId: instance.id,
      regionId: instance.regionId,
      endpointId: endpoint.id,
      privateDomainName: endpoint.domain,
    };
    assert.equal((await appErrorOf(tidbCloud.createConnection(request))).code, 'unsupported');
    assert.equal((await connectionOf(instance, endpoint.id))?.state, 'DISCOVERED');
  });

  it('map what the strict clouds refuse', async () => {
    await open({ seed: { privateLinkOpen: false } });
    assert.equal(await alibaba.isPrivateLinkOpen(region), false);
    const instance = await instanceNamed('orders-prod');
    await alibaba.openPrivateLink();
    await alibaba.openPrivateLink();
    const spec = await specFor(instance);
    const other = { ...spec, name: 'another-name' };
    await alibaba.createEndpoint(spec, 'token-0004');
    assert.equal(
      (await appErrorOf(alibaba.createEndpoint(other, 'token-0004'))).details.serviceCode,
      'IdempotenceSignatureMismatch',
    );
    const codes = [
      [{ ...spec, vpcId: 'vpc-nowhere' }, 'notFound'],
      [{ ...spec, zones: [{ ...spec.zones[0], zoneId: 'ap-southeast-1c' }] }, 'invalidInput'],
      [{ ...spec, serviceName: `${spec.serviceName}x` }, 'notFound'],
    ] as [VpcEndpointSpec, string][];
    for (const [wrong, code] of codes) {
      assert.equal((await appErrorOf(alibaba.dryRunCreateEndpoint(wrong))).code, code);
    }
    assert.equal(await alibaba.getEndpoint(region, 'ep-t4n00000000000000000'), undefined);
    assert.equal((await appErrorOf(tidbCloud.getInstance('404'))).code, 'notFound');
    const nowhere = {
      instanceId: '404',
      regionId: instance.regionId,
      endpointId: 'ep-1',
      privateDomainName: 'x',
    };
    assert.equal((await appErrorOf(tidbCloud.createConnection(nowhere))).code, 'notFound');
  });

  it('refuse wrong keys with one clear error each', async () => {
    await open();
    const common = { userAgent: 'tidb-private-endpoint/0.0.0-test', clock, log };
    const wrongSecret = createAlibabaCloudApi({
      credentials: staticCredentials({ ...sandbox.alibabaCloud, accessKeySecret: 'wrong' }),
      endpoints: sandbox.alibabaCloud.endpoints,
      ...common,
    });
    assert.equal((await appErrorOf(wrongSecret.getCallerIdentity())).code, 'credentialsRejected');
    const wrongKey = createTidbCloudApi({ ...sandbox.tidbCloud, privateKey: 'wrong', ...common });
    assert.equal((await appErrorOf(all(wrongKey.listInstances()))).code, 'credentialsRejected');
    const temporary = createAlibabaCloudApi({
      credentials: staticCredentials(sandbox.alibabaCloud.temporary),
      endpoints: sandbox.alibabaCloud.endpoints,
      ...common,
    });
    assert.equal((await temporary.getCallerIdentity()).accountId, sandbox.alibabaCloud.accountId);
  });

  for (const digestAlgorithm of ['MD5', 'SHA-256'] as const) {
    it(`page long lists, call concurrently and outlive nonces (${digestAlgorithm})`, async () => {
      await open({ seed: { many: true }, digestAlgorithm });
      sandbox.control.addInstances(250);
      assert.equal((await all(tidbCloud.listInstances())).length, 256);
      const vpcs = await all(alibaba.listVpcs(region));
      assert.equal(new Set(vpcs.map(({ id }) => id)).size, 64);
      const crowded = vpcs.find(({ name }) => name === 'crowded-vpc') ?? assert.fail();
      assert.equal((await all(alibaba.listSecurityGroups(region, crowded.id))).length, 120);
      assert.equal((await all(alibaba.listVSwitches(region, crowded.id))).length, 60);
      const { id } = await instanceNamed('orders-prod');
      await Promise.all(Array.from({ length: 20 }, () => tidbCloud.getInstance(id)));
      sandbox.control.expireDigestNonces();
      await Promise.all(Array.from({ length: 20 }, () => tidbCloud.getInstance(id)));
    });
  }
});
