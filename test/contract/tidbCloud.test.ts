import assert from 'node:assert/strict';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { at, listAt, textAt } from './support/at';
import { tidbCaller, type TidbCall } from './support/tidbCloudCaller';

describe('The sandbox of TiDB Cloud: reading', () => {
  let sandbox: Sandbox;
  let call: TidbCall;

  before(async () => {
    const sql = {
      port: 14000,
      caCertificatePem: '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n',
    };
    sandbox = await startSandbox({ requestsPerMinute: 1000, timeScale: 0.001, sql });
    call = tidbCaller(sandbox);
  });
  after(() => sandbox.stop());

  function idOf(name: string): string {
    const found = sandbox.control.getState().instances.find(({ displayName }) => displayName === name);
    assert.ok(found);
    return found.tidbId;
  }

  async function body(path: string): Promise<unknown> {
    const answer = await call('GET', path);
    assert.equal(answer.status, 200, `${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  async function refusal(method: string, path: string): Promise<[number, unknown]> {
    const answer = await call(method, path);
    assert.deepEqual(Object.keys(answer.body as object), ['code', 'message', 'details']);
    return [answer.status, at(answer.body, 'code')];
  }

  it('lists the instances, by plan, region, name and id', async () => {
    const all = await body('/tidbs');
    assert.equal(at(all, 'totalSize'), 6);
    assert.equal(at(all, 'nextPageToken'), undefined);
    const orders = listAt(all, 'tidbs').find((tidb) => at(tidb, 'displayName') === 'orders-prod');
    assert.equal(at(orders, 'regionId'), 'alicloud-ap-southeast-1');
    assert.equal(typeof at(orders, 'minRcu'), 'string');
    assert.equal(typeof at(orders, 'endpoints', 0, 'port'), 'number');
    const names = async (query: string): Promise<unknown[]> =>
      listAt(await body(`/tidbs?${query}`), 'tidbs').map((tidb) => at(tidb, 'displayName'));
    assert.deepEqual(await names('servicePlan=Starter'), ['playground']);
    assert.deepEqual(await names('regionIds=aws-us-east-1&regionIds=alicloud-eu-central-1'), [
      'analytics-eu',
      'legacy-aws',
    ]);
    assert.deepEqual(await names('name=paused'), ['archive-paused']);
    assert.deepEqual(await names(`tidbIds=${idOf('orders-prod')}`), ['orders-prod']);
    assert.deepEqual(await refusal('GET', '/tidbs?servicePlan=Gold'), [400, 3]);
    assert.deepEqual(await refusal('GET', '/tidbs?plan=Premium'), [400, 3]);
  });

  it('pages', async () => {
    sandbox.control.addInstances(120);
    const names: unknown[] = [];
    let token = '';
    let pages = 0;
    do {
      const page = await body(`/tidbs?pageSize=50&servicePlan=Premium${token && `&pageToken=${token}`}`);
      names.push(...listAt(page, 'tidbs').map((tidb) => at(tidb, 'displayName')));
      token = (at(page, 'nextPageToken') as string | undefined) ?? '';
      pages += 1;
    } while (token !== '');
    assert.equal(pages, 3);
    assert.equal(new Set(names).size, 125);
    assert.equal(listAt(await body('/tidbs?pageSize=500'), 'tidbs').length, 100);
    assert.equal(listAt(await body('/tidbs'), 'tidbs').length, 10);
    const past = await body('/tidbs?skip=1000');
    assert.deepEqual([listAt(past, 'tidbs'), at(past, 'totalSize')], [[], 126]);
    const first = await body('/tidbs?pageSize=50');
    const moved = `/tidbs?pageSize=50&name=x&pageToken=${textAt(first, 'nextPageToken')}`;
    assert.deepEqual(await refusal('GET', moved), [400, 3]);
    assert.deepEqual(await refusal('GET', '/tidbs?pageSize=-1'), [400, 3]);
  });

  it('tells an instance, its cloud, its regions and its certificate', async () => {
    const id = idOf('orders-prod');
    assert.equal(at(await body(`/tidbs/${id}`), 'name'), `tidbs/${id}`);
    assert.equal(at(await body(`/tidbs/${id}/cloudProviderInfo`), 'cloudProvider'), 'alicloud');
    const regions = await body('/regions?cloudProvider=alicloud&servicePlan=Premium');
    assert.ok(
      listAt(regions, 'regions').some((region) => at(region, 'regionId') === 'alicloud-eu-central-1'),
    );
    const certificate = await fetch(textAt(await body(`/tidbs/${id}/caCertificateUrl`), 'uri'));
    assert.equal(certificate.status, 200);
    assert.match(await certificate.text(), /^-----BEGIN CERTIFICATE-----/);
  });

  it('tells the private link service of each kind of instance', async () => {
    const service = (name: string): Promise<unknown> => body(`/tidbs/${idOf(name)}/privateLinkService`);
    const active = await service('orders-prod');
    assert.equal(at(active, 'state'), 'ACTIVE');
    assert.match(
      textAt(active, 'serviceName'),
      /^com\.aliyuncs\.privatelink\.ap-southeast-1\.epsrv-[0-9a-z]{20}$/,
    );
    assert.equal(at(active, 'availableZones'), undefined);
    assert.equal(at(active, 'servicePort'), 4000);
    const creating = await service('fresh-staging');
    assert.deepEqual([at(creating, 'state'), at(creating, 'serviceName')], ['CREATING', undefined]);
    assert.match(textAt(await service('legacy-aws'), 'availableZones', 0), /^use1/);
    assert.deepEqual(await refusal('GET', `/tidbs/${idOf('playground')}/privateLinkService`), [400, 9]);
  });

  it('refuses what is not there', async () => {
    assert.deepEqual(await refusal('GET', '/tidbs/1'), [404, 5]);
    assert.deepEqual(await refusal('GET', '/clusters'), [404, 5]);
    assert.deepEqual(await refusal('PUT', '/tidbs'), [501, 12]);
    assert.deepEqual(await refusal('GET', `/tidbs/${idOf('orders-prod')}?view=FULL`), [400, 3]);
  });

  it('answers injected trouble', async () => {
    const { control } = sandbox;
    control.fail({
      operation: 'GetTidb',
      fault: { kind: 'error', status: 403, code: 7, message: 'access denied' },
    });
    assert.deepEqual(await refusal('GET', `/tidbs/${idOf('orders-prod')}`), [403, 7]);
    control.fail({ operation: 'tidb:GetTidb', times: 2, fault: { kind: 'reset' } });
    await assert.rejects(call('GET', `/tidbs/${idOf('orders-prod')}`));
    await assert.rejects(call('GET', `/tidbs/${idOf('orders-prod')}`));
    control.fail({
      operation: 'GetTidb',
      fault: { kind: 'answer', status: 200, body: { tidbs: 'nonsense' } },
    });
    assert.deepEqual(await body(`/tidbs/${idOf('orders-prod')}`), { tidbs: 'nonsense' });
    control.fail({ operation: 'GetTidb', fault: { kind: 'delay', ms: 30 } });
    const start = performance.now();
    await body(`/tidbs/${idOf('orders-prod')}`);
    assert.ok(performance.now() - start >= 29);
  });
}).timeout(35_000);
