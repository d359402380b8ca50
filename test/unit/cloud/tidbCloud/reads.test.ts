import assert from 'node:assert/strict';
import type { TidbCloudApi } from '../../../../src/core/ports';
import { all, appErrorOf, json, wholeText } from '../support';
import { connection, newConnection, Stage, tidb } from './stage';

describe('TiDB Cloud reads', () => {
  let stage: Stage;
  let api: TidbCloudApi;

  beforeEach(async () => {
    stage = await Stage.open();
    api = stage.client();
  });

  afterEach(() => stage.close());

  it('maps an instance', async () => {
    assert.deepEqual(await api.getInstance('10'), {
      id: '10',
      name: 'orders',
      regionId: 'alicloud-ap-southeast-1',
      regionName: 'Singapore',
      cloudProvider: 'alicloud',
      servicePlan: 'Premium',
      state: 'ACTIVE',
      projectId: '77',
      version: 'v8.5.2',
      endpoints: [],
    });
    const { url, headers } = stage.server.received[0] ?? assert.fail();
    assert.equal(url.pathname, '/v1beta2/tidbs/10');
    assert.equal(headers['user-agent'], 'tidb-private-endpoint/0.0.0-test');
  });

  it('takes a field that is left out for unset, and a new provider for unknown', async () => {
    stage.handler = (_request, response) =>
      json(response, 200, { tidbId: '1', regionId: 'gcp-x', labels: null });
    assert.equal((await api.getInstance('1')).cloudProvider, 'gcp');
    stage.handler = (_request, response) => json(response, 200, { tidbId: '1', cloudProvider: 'moon' });
    assert.equal((await api.getInstance('1')).cloudProvider, 'unknown');
  });

  it('maps the addresses of an instance, new types and what is absent among them', async () => {
    const detail = { serviceActive: true, endpointActive: true, dnsReachable: false };
    stage.handler = (_request, response) =>
      json(response, 200, {
        ...tidb,
        state: 'HIBERNATING',
        endpoints: [
          { host: 'public.example', port: 4000, connectionType: 'PUBLIC', egressIps: ['203.0.113.7'] },
          {
            host: 'private.example',
            port: 4001,
            connectionType: 'PRIVATE_ENDPOINT',
            connectionReachability: {
              reachable: true,
              detail: { ...detail, message: 'DNS_NOT_REACHABLE' },
            },
          },
          { host: 'p.example', port: 4000, connectionType: 'PRIVATE_ENDPOINT', connectionReachability: {} },
          { host: 'wormhole.example', port: 4000, connectionType: 'WORMHOLE' },
          { connectionType: 'PRIVATE_ENDPOINT', connectionReachability: { detail } },
          { host: 'no-port.example', connectionType: 'PUBLIC' },
        ],
      });
    const { state, endpoints } = await api.getInstance('10');
    assert.equal(state, 'HIBERNATING');
    assert.deepEqual(endpoints, [
      { host: 'public.example', port: 4000, type: 'PUBLIC' },
      {
        host: 'private.example',
        port: 4001,
        type: 'PRIVATE_ENDPOINT',
        reachability: { reachable: true, ...detail, message: 'DNS_NOT_REACHABLE' },
      },
      { host: 'p.example', port: 4000, type: 'PRIVATE_ENDPOINT', reachability: { reachable: false } },
      { host: 'wormhole.example', port: 4000, type: 'UNKNOWN' },
    ]);
  });

  it('lists the regions of every cloud', async () => {
    stage.handler = (request, response) => {
      const next = request.url.searchParams.get('pageToken') === null ? 'p2' : '';
      json(response, 200, {
        regions: [
          next === ''
            ? { regionId: 'mars-1', cloudProvider: 'marscloud', servicePlans: ['Colony'] }
            : {
                name: 'regions/alicloud-ap-southeast-1',
                regionId: 'alicloud-ap-southeast-1',
                cloudProvider: 'alicloud',
                displayName: 'Singapore',
                servicePlans: ['Premium', 'Premium_Reserved'],
              },
        ],
        totalSize: 2,
        nextPageToken: next,
      });
    };
    assert.deepEqual(await all(api.listRegions()), [
      {
        id: 'alicloud-ap-southeast-1',
        name: 'Singapore',
        cloudProvider: 'alicloud',
        servicePlans: ['Premium', 'Premium_Reserved'],
      },
      { id: 'mars-1', name: '', cloudProvider: 'unknown', servicePlans: ['Colony'] },
    ]);
    assert.deepEqual(stage.sent('GET'), [
      '/v1beta2/regions?pageSize=100',
      '/v1beta2/regions?pageSize=100&pageToken=p2',
    ]);
  });

  it('maps the account in which an instance runs', async () => {
    const raw = { tidbId: '10', cloudProvider: 'alicloud', tidbCloudAccountId: '5123', nodeRole: 'r' };
    stage.handler = (_request, response) => json(response, 200, raw);
    assert.deepEqual(await api.getHostingAccount('10'), { cloudProvider: 'alicloud', accountId: '5123' });
    stage.handler = (_request, response) =>
      json(response, 200, { ...raw, tidbCloudAccountExternalId: 'x-1' });
    assert.equal((await api.getHostingAccount('10')).externalId, 'x-1');
    assert.equal(stage.sent('GET')[0], '/v1beta2/tidbs/10/cloudProviderInfo');
  });

  it('maps a service with all it says, and one in a state that is not known yet', async () => {
    stage.handler = (_request, response) =>
      json(response, 200, {
        name: 'tidbs/10/privateLinkService',
        serviceName: 'com.aliyuncs.privatelink.ap-southeast-1.epsrv-1',
        serviceDnsName: 'epsrv-1.ap-southeast-1.privatelink.aliyuncs.com',
        availableZones: ['a'],
        servicePort: 4100,
        state: 'RESTING',
      });
    assert.deepEqual(await api.getPrivateLinkService('10'), {
      instanceId: '10',
      serviceName: 'com.aliyuncs.privatelink.ap-southeast-1.epsrv-1',
      serviceDnsName: 'epsrv-1.ap-southeast-1.privatelink.aliyuncs.com',
      availableZones: ['a'],
      port: 4100,
      state: 'UNKNOWN',
    });
  });

  it('does not take an empty body for an answer', async () => {
    stage.handler = (_request, response) => response.writeHead(200).end();
    const reads: Promise<unknown>[] = [
      api.getInstance('10'),
      api.getPrivateLinkService('10'),
      api.getHostingAccount('10'),
      api.getPublicConnectionSetting('10'),
      all(api.listRegions()),
      all(api.listConnections('10')),
    ];
    for (const error of await Promise.all(reads.map(appErrorOf))) {
      assert.equal(error.code, 'badAnswer');
    }
  });

  it('names the field that is wrong, not its value', async () => {
    stage.handler = (_request, response) =>
      json(response, 200, { tidbs: [tidb, { tidbId: 5, displayName: 'S3CRET' }] });
    const error = await appErrorOf(all(api.listInstances()));
    assert.equal(error.code, 'badAnswer');
    assert.match(error.details.reason ?? '', /tidbs\.1\.tidbId/);
    assert.ok(!wholeText(error).includes('S3CRET'));
  });

  it('pages to the end, with the largest page and the same parameters', async () => {
    stage.handler = (request, response) => {
      const at = Number(request.url.searchParams.get('pageToken') ?? 0);
      assert.equal(request.url.searchParams.get('pageSize'), '100');
      json(response, 200, {
        tidbs: [{ ...tidb, tidbId: String(at) }],
        ...(at < 3 ? { nextPageToken: String(at + 1) } : {}),
      });
    };
    assert.deepEqual(
      (await all(api.listInstances())).map(({ id }) => id),
      ['0', '1', '2', '3'],
    );
  });

  it('reads no further page than it is asked for', async () => {
    stage.handler = (_request, response) => json(response, 200, { tidbs: [tidb], nextPageToken: 'more' });
    for await (const instance of api.listInstances()) {
      assert.equal(instance.id, '10');
      break;
    }
    assert.equal(stage.digest.accepted, 1);
  });

  it('refuses a token that comes back', async () => {
    stage.handler = (_request, response) => json(response, 200, { tidbs: [], nextPageToken: 'again' });
    const error = await appErrorOf(all(api.listInstances()));
    assert.equal(error.code, 'badAnswer');
    assert.equal(stage.digest.accepted, 2);
  });

  it('maps connections: port text, unknown states, what is absent', async () => {
    stage.handler = (_request, response) =>
      json(response, 200, {
        privateEndpointConnections: [
          connection,
          { endpointId: 'ep-2', endpointState: 'DISCOVERED', port: '70000' },
          { endpointId: 'ep-3', endpointState: 'REJECTED', message: 'no', port: 4000 },
        ],
      });
    const [first, second, third] = await all(api.listConnections('10'));
    assert.equal(first?.port, 4000);
    assert.equal(first.host, connection.host);
    assert.deepEqual(second, {
      id: '',
      instanceId: '10',
      endpointId: 'ep-2',
      state: 'DISCOVERED',
      serviceState: 'UNKNOWN',
    });
    assert.equal(third?.state, 'UNKNOWN');
    assert.equal(third.port, 4000);
    assert.equal(third.message, 'no');
  });

  it('maps a service that is being created', async () => {
    stage.handler = (_request, response) => json(response, 200, { name: 'x', state: 'CREATING' });
    assert.deepEqual(await api.getPrivateLinkService('10'), {
      instanceId: '10',
      serviceName: '',
      serviceDnsName: '',
      availableZones: [],
      port: 4000,
      state: 'CREATING',
    });
  });

  it('does not put an id into the path that would lead elsewhere', async () => {
    for (const id of ['..', '.', '', 'a/b', '10?x', '10:resumeTidb', 'a%2fb', 'ü']) {
      const calls: Promise<unknown>[] = [
        api.getInstance(id),
        api.renameInstance(id, 'name'),
        api.deleteInstance(id),
        api.resumeInstance(id),
        api.resetRootPassword(id, 'long enough'),
        api.getHostingAccount(id),
        api.getPublicConnectionSetting(id),
        api.updatePublicConnectionSetting(id, { enabled: true }),
        api.getPrivateLinkService(id),
        all(api.listConnections(id)),
        api.createConnection({ ...newConnection, instanceId: id }),
        api.getConnection(id, 'pec-1'),
        api.getConnection('10', id),
        api.deleteConnection(id, 'pec-1'),
        api.deleteConnection('10', id),
        api.getCaCertificate(id),
      ];
      for (const error of await Promise.all(calls.map(appErrorOf))) {
        assert.equal(error.code, 'invalidInput');
      }
    }
    assert.equal(stage.requests, 0);
  });
});
