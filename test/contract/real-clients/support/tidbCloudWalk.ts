import assert from 'node:assert/strict';
import type { Sandbox } from '../../../../src/sandbox';
import { at, listAt, textAt } from '../../support/at';
import type { LineProgram } from './lineProgram';

export interface Stage {
  readonly sandbox: Sandbox;
  readonly program: LineProgram;
}

interface Call {
  readonly ids?: Readonly<Record<string, string>>;
  readonly query?: readonly (readonly [string, string])[];
  readonly body?: object;
}

export interface Outcome {
  readonly status?: number;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** TiDB Cloud's rpcStatus. */
  readonly error?: unknown;
  /** Why there is no answer that the client understands. */
  readonly failure?: string;
}

/** What a client makes of a call, whatever that is. */
export async function outcomeOf(program: LineProgram, operation: string, call: Call = {}): Promise<Outcome> {
  return (await program.ask({ operation, ...call })) as Outcome;
}

/** The tests that every foreign client of TiDB Cloud has to pass: together they call every operation. */
export function walkTidbCloud(stage: () => Stage): void {
  async function answer(operation: string, call: Call = {}): Promise<unknown> {
    const outcome = await outcomeOf(stage().program, operation, call);
    assert.equal(outcome.status, 200, `${operation}: ${JSON.stringify(outcome)}`);
    assert.match(outcome.headers?.['x-debug-trace-id'] ?? '', /^[0-9a-f]{32}$/);
    return outcome.body;
  }

  async function refusal(operation: string, call: Call = {}): Promise<[unknown, unknown]> {
    const outcome = await outcomeOf(stage().program, operation, call);
    assert.ok(outcome.error !== undefined, `${operation} was to be refused: ${JSON.stringify(outcome)}`);
    assert.equal(typeof at(outcome.error, 'message'), 'string');
    return [outcome.status, at(outcome.error, 'code')];
  }

  function instance(name: string): { tidbId: string } {
    const found = stage()
      .sandbox.control.getState()
      .instances.find(({ displayName }) => displayName === name);
    assert.ok(found, name);
    return { tidbId: found.tidbId };
  }

  it('lists instances, by plan, region and page', async () => {
    const names: unknown[] = [];
    let pageToken = '';
    do {
      const page = await answer('ListTidbs', {
        query: [['pageSize', '4'], ...(pageToken === '' ? [] : [['pageToken', pageToken] as const])],
      });
      assert.equal(at(page, 'totalSize'), 6);
      names.push(...listAt(page, 'tidbs').map((tidb) => at(tidb, 'displayName')));
      pageToken = (at(page, 'nextPageToken') as string | undefined) ?? '';
    } while (pageToken !== '');
    assert.equal(new Set(names).size, 6);
    const chosen = await answer('ListTidbs', {
      query: [
        ['servicePlan', 'Premium'],
        ['regionIds', 'alicloud-eu-central-1'],
        ['regionIds', 'aws-us-east-1'],
      ],
    });
    assert.deepEqual(
      listAt(chosen, 'tidbs').map((tidb) => at(tidb, 'displayName')),
      ['analytics-eu', 'legacy-aws'],
    );
    assert.deepEqual(await refusal('ListTidbs', { query: [['servicePlan', 'Gold']] }), [400, 3]);
  });

  it('reads an instance, its cloud, its certificate and the regions', async () => {
    const ids = instance('orders-prod');
    const tidb = await answer('GetTidb', { ids });
    assert.deepEqual(
      ['tidbId', 'regionId', 'cloudProvider', 'servicePlan', 'state'].map((name) => at(tidb, name)),
      [ids.tidbId, 'alicloud-ap-southeast-1', 'alicloud', 'Premium', 'ACTIVE'],
    );
    assert.equal(typeof at(tidb, 'minRcu'), 'string');
    assert.equal(at(await answer('CloudProviderInfo', { ids }), 'cloudProvider'), 'alicloud');
    assert.ok(URL.canParse(textAt(await answer('CaCertificateUrl', { ids }), 'uri')));
    const regions = await answer('ListRegions', { query: [['cloudProvider', 'alicloud']] });
    assert.ok(
      listAt(regions, 'regions').some((region) => at(region, 'regionId') === 'alicloud-ap-southeast-1'),
    );
    assert.deepEqual(await refusal('GetTidb', { ids: { tidbId: '1' } }), [404, 5]);
  });

  it('creates an instance, changes it and deletes it', async () => {
    const { control } = stage().sandbox;
    const body = {
      displayName: 'made-here',
      regionId: 'alicloud-ap-southeast-1',
      servicePlan: 'Premium',
      rootPassword: 'correct horse',
    };
    const tried = await answer('CreateTidb', { query: [['validateOnly', 'true']], body });
    assert.equal(at(tried, 'displayName'), 'made-here');
    assert.equal(control.getState().instances.length, 6);
    const made = await answer('CreateTidb', { body });
    assert.equal(at(made, 'state'), 'CREATING');
    assert.equal(at(made, 'rootPassword'), undefined);
    const ids = { tidbId: textAt(made, 'tidbId') };
    await control.waitFor(({ instances, services }) =>
      [instances, services].every((all: readonly { tidbId: string; state: string }[]) =>
        all.some(({ tidbId, state }) => tidbId === ids.tidbId && state === 'ACTIVE'),
      ),
    );
    const renamed = await answer('UpdateTidb', { ids, body: { displayName: 'made-here-2' } });
    assert.equal(at(renamed, 'displayName'), 'made-here-2');
    assert.deepEqual(await refusal('CreateTidb', { body: { ...body, displayName: 'x' } }), [400, 3]);
    await answer('DeleteTidb', { ids, query: [['validateOnly', 'true']] });
    await answer('DeleteTidb', { ids });
    await control.waitFor(({ instances }) => instances.every(({ tidbId }) => tidbId !== ids.tidbId));
    assert.deepEqual(await refusal('GetTidb', { ids }), [404, 5]);
  });

  it('wakes an instance, sets its password and its public access', async () => {
    const { control } = stage().sandbox;
    const paused = instance('archive-paused');
    assert.deepEqual(await answer('ResumeTidb', { ids: paused, body: {} }), {});
    await control.waitFor(({ instances }) => instances.every(({ state }) => state === 'ACTIVE'));
    const ids = instance('orders-prod');
    assert.deepEqual(await answer('ResetRootPassword', { ids, body: { rootPassword: 'パスワード' } }), {});
    const short = { ids, body: { rootPassword: 'short' } };
    assert.deepEqual(await refusal('ResetRootPassword', short), [400, 3]);
    assert.equal(at(await answer('GetPublicConnectionSetting', { ids }), 'enabled'), true);
    const changed = await answer('UpdatePublicConnectionSetting', {
      ids,
      body: { enabled: false, ipAccessList: [{ cidrNotation: '198.51.100.0/24', description: 'office' }] },
    });
    assert.equal(at(changed, 'enabled'), false);
    await control.waitFor(({ instances }) =>
      instances.some(({ tidbId, publicConnection }) => tidbId === ids.tidbId && !publicConnection.enabled),
    );
    const read = await answer('GetPublicConnectionSetting', { ids });
    assert.deepEqual(
      [at(read, 'enabled'), at(read, 'ipAccessList', 0, 'cidrNotation')],
      [false, '198.51.100.0/24'],
    );
  });

  it('registers an endpoint and removes it again', async () => {
    const { control, alibabaCloud } = stage().sandbox;
    const ids = instance('orders-prod');
    const service = await answer('GetPrivateLinkService', { ids });
    assert.deepEqual([at(service, 'state'), at(service, 'servicePort')], ['ACTIVE', 4000]);
    const { endpointId, domain } = await endpointByHand(control, alibabaCloud.consoleUrl, {
      serviceName: textAt(service, 'serviceName'),
    });
    const list = async (): Promise<unknown> =>
      at(await answer('ListPrivateEndpointConnections', { ids }), 'privateEndpointConnections', 0);
    assert.deepEqual(
      [at(await list(), 'endpointState'), at(await list(), 'endpointId')],
      ['DISCOVERED', endpointId],
    );
    const body = { regionId: 'alicloud-ap-southeast-1', endpointId, privateDomainName: domain };
    const wrong = { ids, body: { ...body, privateDomainName: 'wrong.example' } };
    assert.deepEqual(await refusal('CreatePrivateEndpointConnection', wrong), [400, 3]);
    const made = await answer('CreatePrivateEndpointConnection', { ids, body });
    assert.equal(at(made, 'endpointState'), 'PENDING');
    assert.deepEqual(await refusal('CreatePrivateEndpointConnection', { ids, body }), [409, 6]);
    const one = { ids: { ...ids, connectionId: textAt(made, 'privateEndpointConnectionId') } };
    await control.waitFor(({ connections }) => connections[0]?.state === 'ACTIVE');
    const active = await answer('GetPrivateEndpointConnection', one);
    assert.equal(at(active, 'endpointState'), 'ACTIVE');
    assert.equal(typeof at(active, 'port'), 'string');
    const endpoints = listAt(await answer('GetTidb', { ids }), 'endpoints');
    const privateOne = endpoints.find((endpoint) => at(endpoint, 'connectionType') === 'PRIVATE_ENDPOINT');
    assert.equal(at(privateOne, 'host'), at(active, 'host'));
    assert.equal(typeof at(privateOne, 'port'), 'number');
    assert.equal(at(privateOne, 'connectionReachability', 'reachable'), true);
    assert.deepEqual(await answer('DeletePrivateEndpointConnection', one), {});
    await control.waitFor(({ connections }) => connections.length === 0);
    assert.deepEqual(await refusal('GetPrivateEndpointConnection', one), [404, 5]);
  });

  it('is told where connections are accepted in the console only', async () => {
    const { control } = stage().sandbox;
    const ids = instance('orders-prod');
    control.setAcceptMode('console');
    try {
      const one = { ids: { ...ids, connectionId: 'x' } };
      assert.deepEqual(await refusal('DeletePrivateEndpointConnection', one), [501, 12]);
    } finally {
      control.setAcceptMode('api');
    }
  });

  it('logs in again with a new nonce, and hears of the rate limit', async () => {
    const { control } = stage().sandbox;
    await answer('ListRegions');
    control.expireDigestNonces();
    await answer('ListRegions');
    control.fail({ operation: 'ListRegions', fault: { kind: 'error', status: 429, code: 49900007 } });
    assert.deepEqual(await refusal('ListRegions'), [429, 49900007]);
  });
}

/** An active endpoint, made on the page that plays Alibaba Cloud's console. */
async function endpointByHand(
  control: Sandbox['control'],
  consoleUrl: string,
  { serviceName }: { serviceName: string },
): Promise<{ endpointId: string; domain: string }> {
  const state = control.getState();
  const page = `${consoleUrl}/endpoint/ap-southeast-1`;
  const response = await fetch(page, {
    method: 'POST',
    headers: { origin: new URL(page).origin, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      vpc: state.vpcs.find(({ name }) => name === 'app-vpc')?.vpcId ?? '',
      serviceName,
      endpointName: 'by-hand',
      securityGroup: state.securityGroups.find(({ name }) => name === 'app-clients')?.securityGroupId ?? '',
      'zone.ap-southeast-1a': state.vSwitches.find(({ name }) => name === 'app-a')?.vSwitchId ?? '',
    }).toString(),
  });
  assert.equal(response.status, 200);
  const { endpoints } = await control.waitFor((now) => now.endpoints[0]?.status === 'Active');
  assert.ok(endpoints[0]);
  return endpoints[0];
}
