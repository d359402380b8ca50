import assert from 'node:assert/strict';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { at, listAt, textAt } from './support/at';
import { REGION, usualWish, wishFor } from './support/chosen';
import { officialCaller, refusalOf, type OfficialCall } from './support/officialCaller';
import { tidbCaller, type TidbCall } from './support/tidbCloudCaller';

const NEW = { displayName: 'made-by-test', regionId: `alicloud-${REGION}`, servicePlan: 'Premium' };

describe('The life of an instance', () => {
  let sandbox: Sandbox;
  let tidb: TidbCall;
  let alibaba: OfficialCall;

  beforeEach(async () => {
    sandbox = await startSandbox({ timeScale: 3000, requestsPerMinute: 10_000 });
    tidb = tidbCaller(sandbox);
    alibaba = officialCaller(sandbox);
  });
  afterEach(() => sandbox.stop());

  function idOf(name: string): string {
    const found = sandbox.control.getState().instances.find(({ displayName }) => displayName === name);
    assert.ok(found, name);
    return found.tidbId;
  }

  async function ok(method: string, path: string, body?: object): Promise<unknown> {
    const answer = await tidb(method, path, body);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return answer.body;
  }

  async function refused(method: string, path: string, body?: object): Promise<[number, unknown]> {
    const answer = await tidb(method, path, body);
    return [answer.status, at(answer.body, 'code')];
  }

  it('begins as CREATING and becomes ACTIVE, and its private link service after it', async () => {
    sandbox.control.pauseClock();
    const made = await ok('POST', '/tidbs', { ...NEW, rootPassword: 'secret enough', maxRcu: '16000' });
    const id = textAt(made, 'tidbId');
    assert.equal(at(made, 'state'), 'CREATING');
    assert.equal(at(made, 'maxRcu'), '16000');
    assert.equal(at(made, 'rootPassword'), undefined);
    assert.deepEqual(at(made, 'endpoints'), []);
    assert.equal(at(await ok('GET', `/tidbs/${id}/privateLinkService`), 'state'), 'CREATING');
    const order: string[] = [];
    sandbox.control.resumeClock();
    await sandbox.control.waitFor(({ instances, services }) => {
      const states = [
        instances.find(({ tidbId }) => tidbId === id)?.state,
        services.find(({ tidbId }) => tidbId === id)?.state,
      ].join(' ');
      if (order.at(-1) !== states) {
        order.push(states);
      }
      return states === 'ACTIVE ACTIVE';
    });
    assert.deepEqual(order, ['CREATING CREATING', 'ACTIVE CREATING', 'ACTIVE ACTIVE']);
    const service = await ok('GET', `/tidbs/${id}/privateLinkService`);
    const listed = await alibaba('privatelink', 'ListVpcEndpointServicesByEndUser', {
      RegionId: REGION,
      ServiceName: textAt(service, 'serviceName'),
    });
    assert.equal(at(listed, 'TotalCount'), '1');
  });

  it('is only checked where it is only to be validated', async () => {
    const before = sandbox.control.getState().instances.length;
    assert.equal(at(await ok('POST', '/tidbs?validateOnly=true', NEW), 'displayName'), NEW.displayName);
    assert.equal(sandbox.control.getState().instances.length, before);
    const id = idOf('orders-prod');
    assert.equal(at(await ok('DELETE', `/tidbs/${id}?validateOnly=true`), 'state'), 'ACTIVE');
    assert.equal(at(await ok('GET', `/tidbs/${id}`), 'state'), 'ACTIVE');
  });

  it('is refused with a bad name, region, plan, capacity or password', async () => {
    const cases: object[] = [
      { displayName: 'abc' },
      { displayName: '-begins' },
      { displayName: 'x'.repeat(65) },
      { regionId: 'ap-southeast-1' },
      { regionId: 'alicloud-nowhere-1' },
      { servicePlan: 'Dedicated' },
      { servicePlan: 'Gold' },
      { minRcu: '8000', maxRcu: '4000' },
      { rootPassword: 'short' },
      { highAvailabilityType: 'GLOBAL' },
    ];
    for (const change of cases) {
      assert.deepEqual(
        await refused('POST', '/tidbs', { ...NEW, ...change }),
        [400, 3],
        JSON.stringify(change),
      );
    }
  });

  it('takes another name at once, and another capacity in a while', async () => {
    const id = idOf('orders-prod');
    sandbox.control.pauseClock();
    assert.equal(at(await ok('PATCH', `/tidbs/${id}`, { displayName: 'renamed' }), 'state'), 'ACTIVE');
    assert.equal(at(await ok('PATCH', `/tidbs/${id}`, { maxRcu: 12_000 }), 'state'), 'MODIFYING');
    assert.deepEqual(await refused('PATCH', `/tidbs/${id}`, { maxRcu: '9000' }), [400, 9]);
    sandbox.control.resumeClock();
    await sandbox.control.waitFor(({ instances: [first] }) => first?.state === 'ACTIVE');
    const after = await ok('GET', `/tidbs/${id}`);
    assert.deepEqual([at(after, 'displayName'), at(after, 'maxRcu')], ['renamed', '12000']);
    assert.deepEqual(await refused('PATCH', `/tidbs/${id}`, { regionId: 'alicloud-eu-central-1' }), [400, 3]);
    assert.deepEqual(await refused('PATCH', '/tidbs/1', { displayName: 'nobody' }), [404, 5]);
  });

  it('resumes when it is paused, and only then', async () => {
    const id = idOf('archive-paused');
    sandbox.control.pauseClock();
    assert.deepEqual(await ok('POST', `/tidbs/${id}:resumeTidb`, {}), {});
    assert.equal(at(await ok('GET', `/tidbs/${id}`), 'state'), 'RESUMING');
    assert.deepEqual(await refused('POST', `/tidbs/${id}:resumeTidb`, {}), [400, 9]);
    sandbox.control.resumeClock();
    await sandbox.control.waitFor(
      ({ instances }) => instances.find(({ tidbId }) => tidbId === id)?.state === 'ACTIVE',
    );
    assert.deepEqual(await refused('GET', `/tidbs/${id}:resumeTidb`), [501, 12]);
    assert.deepEqual(await refused('POST', `/tidbs/${id}:explode`, {}), [404, 5]);
  });

  it('takes root passwords of 8 to 64 bytes, or encrypted ones', async () => {
    const path = `/tidbs/${idOf('orders-prod')}:resetRootPassword`;
    const good = ['12345678', 'é'.repeat(32), 'x'.repeat(64), `rsa_oaep_sha256:${'QUJD'.repeat(80)}`];
    const bad = ['1234567', 'é'.repeat(33), 'x'.repeat(65), 'two\nlines', 'rsa_oaep_sha256:not base64!'];
    for (const rootPassword of good) {
      assert.deepEqual(await ok('POST', path, { rootPassword }), {}, rootPassword);
    }
    for (const rootPassword of bad) {
      const answer = await tidb('POST', path, { rootPassword });
      assert.deepEqual([answer.status, at(answer.body, 'code')], [400, 3], rootPassword);
      assert.ok(!JSON.stringify(answer.body).includes(rootPassword), 'the password is in no answer');
    }
    assert.deepEqual(
      await refused('POST', `/tidbs/${idOf('archive-paused')}:resetRootPassword`, {
        rootPassword: '12345678',
      }),
      [400, 9],
    );
  });

  it('lets its public connection be switched and limited, in a while', async () => {
    const path = `/tidbs/${idOf('orders-prod')}/publicConnectionSetting`;
    const before = await ok('GET', path);
    assert.equal(at(before, 'enabled'), true);
    sandbox.control.pauseClock();
    const list = [{ cidrNotation: '192.0.2.0/24', description: 'office' }];
    const asked = await ok('PATCH', path, { enabled: false, ipAccessList: list });
    assert.deepEqual([at(asked, 'enabled'), at(asked, 'ipAccessList')], [false, list]);
    assert.deepEqual(await ok('GET', path), before);
    sandbox.control.resumeClock();
    await sandbox.control.waitFor(({ instances: [first] }) => first?.wantedPublicConnection === null);
    assert.deepEqual(await ok('GET', path), asked);
    assert.deepEqual(at(await ok('GET', `/tidbs/${idOf('orders-prod')}`), 'endpoints'), []);
    const cleared = await ok('PATCH', path, { clearIpAccessList: true });
    assert.deepEqual([at(cleared, 'enabled'), at(cleared, 'ipAccessList')], [false, []]);
    for (const wrong of [
      { ipAccessList: [{ cidrNotation: '192.0.2.1/24' }] },
      { ipAccessList: [{ cidrNotation: '192.0.2.1' }] },
      { ipAccessList: [{ description: 'no block' }] },
      { ipAccessList: list, clearIpAccessList: true },
    ]) {
      assert.deepEqual(await refused('PATCH', path, wrong), [400, 3], JSON.stringify(wrong));
    }
  });

  it('says whether its private endpoints can be reached', async () => {
    const id = idOf('orders-prod');
    const made = await alibaba('privatelink', 'CreateVpcEndpoint', usualWish(sandbox));
    const endpointId = textAt(made, 'EndpointId');
    await sandbox.control.waitFor(({ endpoints: [first] }) => first?.status === 'Active');
    await ok('POST', `/tidbs/${id}/privateEndpointConnections`, {
      regionId: NEW.regionId,
      endpointId,
      privateDomainName: textAt(made, 'EndpointDomain'),
    });
    await sandbox.control.waitFor(({ connections: [first] }) => first?.state === 'ACTIVE');
    const reach = async (): Promise<unknown> =>
      at(listAt(await ok('GET', `/tidbs/${id}`), 'endpoints')[1], 'connectionReachability');
    assert.deepEqual(await reach(), {
      reachable: true,
      detail: { serviceActive: true, endpointActive: true, dnsReachable: true },
    });
    sandbox.control.setEndpoint(endpointId, { businessStatus: 'FinancialLocked' });
    assert.equal(at(await reach(), 'reachable'), false);
    const target = { RegionId: REGION, EndpointId: endpointId, EndpointName: 'another' };
    const locked = await refusalOf(alibaba('privatelink', 'UpdateVpcEndpointAttribute', target));
    assert.equal(locked.code, 'EndpointLocked');
  });

  it('takes its service and connections with it when it is deleted, and leaves the endpoint without a service', async () => {
    const id = idOf('orders-prod');
    const wish = usualWish(sandbox);
    const made = await alibaba('privatelink', 'CreateVpcEndpoint', wish);
    const EndpointId = textAt(made, 'EndpointId');
    await sandbox.control.waitFor(({ endpoints: [first] }) => first?.status === 'Active');
    await ok('POST', `/tidbs/${id}/privateEndpointConnections`, {
      regionId: NEW.regionId,
      endpointId: EndpointId,
      privateDomainName: textAt(made, 'EndpointDomain'),
    });
    await sandbox.control.waitFor(({ connections: [first] }) => first?.state === 'ACTIVE');
    sandbox.control.pauseClock();
    assert.equal(at(await ok('DELETE', `/tidbs/${id}`), 'state'), 'DELETING');
    assert.equal(at(await ok('GET', `/tidbs/${id}/privateLinkService`), 'state'), 'DELETING');
    const [connection] = listAt(
      await ok('GET', `/tidbs/${id}/privateEndpointConnections`),
      'privateEndpointConnections',
    );
    assert.equal(at(connection, 'endpointState'), 'DELETING');
    assert.equal(
      (await refusalOf(alibaba('privatelink', 'CreateVpcEndpoint', wish))).code,
      'EndpointServiceDeleted',
    );
    assert.deepEqual(await refused('DELETE', `/tidbs/${id}`), [400, 9]);
    sandbox.control.resumeClock();
    await sandbox.control.waitFor(({ endpoints: [first] }) => first?.connectionStatus === 'ServiceDeleted');
    assert.deepEqual(await refused('GET', `/tidbs/${id}`), [404, 5]);
    assert.equal(sandbox.control.getState().connections.length, 0);

    const target = { RegionId: REGION, EndpointId };
    const left = await alibaba('privatelink', 'GetVpcEndpointAttribute', target);
    assert.equal(at(left, 'ServiceName'), wish['ServiceName']);
    const group = sandbox.control.getState().securityGroups.find(({ name }) => name === 'app-web');
    const changes: [string, object][] = [
      ['AttachSecurityGroupToVpcEndpoint', { SecurityGroupId: group?.securityGroupId }],
      ['DetachSecurityGroupFromVpcEndpoint', { SecurityGroupId: 'sg-none' }],
      ['AddZoneToVpcEndpoint', { ZoneId: 'ap-southeast-1b', VSwitchId: 'vsw-none' }],
      ['UpdateVpcEndpointAttribute', { EndpointName: 'another' }],
    ];
    for (const [action, change] of changes) {
      const refusal = await refusalOf(alibaba('privatelink', action, { ...target, ...change }));
      assert.equal(refusal.code, 'EndpointServiceDeleted', action);
    }
    const again = await refusalOf(alibaba('privatelink', 'CreateVpcEndpoint', wish));
    assert.equal(again.code, 'EndpointServiceDeleted');
    await alibaba('privatelink', 'RemoveZoneFromVpcEndpoint', { ...target, ZoneId: 'ap-southeast-1a' });
    await sandbox.control.waitFor(({ endpoints: [first] }) => first?.status === 'Active');
    await alibaba('privatelink', 'DeleteVpcEndpoint', target);
    await sandbox.control.waitFor(({ endpoints }) => endpoints.length === 0);
  });

  it('leaves an endpoint that was being created without a service, too', async () => {
    const made = await ok('POST', '/tidbs', NEW);
    const id = textAt(made, 'tidbId');
    const { services } = await sandbox.control.waitFor((state) =>
      state.services.some(({ tidbId, state: its }) => tidbId === id && its === 'ACTIVE'),
    );
    const serviceName = services.find(({ tidbId }) => tidbId === id)?.serviceName ?? '';
    sandbox.control.pauseClock();
    await alibaba('privatelink', 'CreateVpcEndpoint', wishFor(sandbox, serviceName));
    await ok('DELETE', `/tidbs/${id}`);
    sandbox.control.resumeClock();
    await sandbox.control.waitFor(
      ({ endpoints: [first] }) => first?.status === 'Active' && first.connectionStatus === 'ServiceDeleted',
    );
  });
}).timeout(35_000);
