import assert from 'node:assert/strict';
import { AppError } from '../../../src/core/errors';
import { loaded, notLoaded } from '../../../src/core/loadable';
import type { Reach } from '../../../src/core/reach';
import type { DetailsState } from '../../../src/protocol/details';
import type * as ViewModule from '../../../src/panels/details/view';
import type { Seen } from '../../../src/panels/details/view';
import { aConnection, anEndpoint, anInstance, aService, aZone, without } from '../fakes';
import { withoutEditor } from './withoutEditor';

const endpoint = {
  instanceId: anInstance.id,
  endpointId: anEndpoint.id,
  connection: { ...aConnection, state: 'ACTIVE' as const, host: 'gw.example', port: 4000 },
  endpoint: anEndpoint,
};
const seen: Seen = {
  ref: { instanceId: anInstance.id, endpointId: anEndpoint.id },
  listing: { loading: false, isWhole: true, error: undefined },
  read: loaded({ service: aService, endpoints: [endpoint] }),
  ...{ sandbox: false, instance: anInstance, endpoint, record: undefined, lastName: undefined },
  ...{
    reachability: undefined,
    details: notLoaded,
    hasAlibabaCloud: true,
    timeline: [],
    isProduction: false,
    removing: false,
  },
};
const rule = { protocol: 'TCP', portRange: '4000/4000', sourceCidr: '10.0.0.0/8', priority: 1 };
const accept = { ...rule, policy: 'Accept' as const };
const group = { id: 'sg-1', status: 'Attached' as const };
const details = {
  zones: [{ ...aZone, status: 'Disconnected' as const }],
  securityGroups: [
    { ...group, rules: [accept] },
    { ...group, rules: undefined },
  ],
  cidrBlocks: ['10.0.0.0/8'],
};

describe('the details of an endpoint', () => {
  let detailsState: typeof ViewModule.detailsState;

  before(async () => {
    ({ detailsState } = await withoutEditor(() => import('../../../src/panels/details/view')));
  });

  const active = { level: 'healthy', word: 'Active', explanation: '' } as const;
  const record = {
    ...{ verdict: active, seen: active, sinceMs: 5, zones: undefined, samples: [], reach: undefined },
  };
  const factsOf = (state: DetailsState, group: string): Map<string, string> =>
    new Map(
      state.endpoint?.groups
        .find(({ name }) => name === group)
        ?.facts.map(({ label, value }) => [label, value]),
    );
  const fromHere = (reach: Reach) => {
    const state = detailsState({ ...seen, record: { ...record, reach } });
    return state.endpoint?.groups[2]?.facts[0] ?? assert.fail('nothing from here');
  };

  it('are what both clouds tell, and what this machine has found', () => {
    const state = detailsState({
      ...seen,
      record: {
        ...record,
        ...{ reach: { kind: 'reached', latencyMs: 1.25 }, samples: [{ atMs: 5, latencyMs: undefined }] },
      },
    });
    assert.equal(factsOf(state, 'TiDB Cloud').get('Private Domain'), 'gw.example');
    assert.equal(factsOf(state, 'Alibaba Cloud').get('Endpoint ID'), anEndpoint.id);
    assert.equal(factsOf(state, 'From This Machine').get('Private Domain'), 'Answers in 1.3 ms');
    assert.deepEqual([state.health?.sinceMs, state.endpoint?.latency], [5, [{ atMs: 5 }]]);
  });

  it('say what is not reachable from here without calling it sick', () => {
    const fact = fromHere({ kind: 'notFromHere', reason: 'its name is not known' });
    assert.deepEqual([fact.value, fact.level], ['Not reachable from here', 'changing']);
  });

  it('claim no more of TLS than is known', () => {
    const reached = { kind: 'reached', latencyMs: 1 } as const;
    assert.doesNotMatch(fromHere(reached).note ?? '', /TLS|certificate/);
    assert.match(fromHere({ ...reached, tls: 'verified' }).note ?? '', /TLS with a verified certificate/);
    assert.match(
      fromHere({ ...reached, tls: 'unverified' }).note ?? '',
      /its certificate is not verified before the first SQL session/,
    );
  });

  it('show zones and whether the security groups let the VPC in', () => {
    const state = detailsState({ ...seen, details: loaded(details) });
    assert.equal(state.endpoint?.zones?.[0]?.level, 'attention');
    assert.deepEqual(
      state.endpoint.securityGroups?.map(({ answer }) => answer),
      ['lets the VPC in on port 4000', 'its rules cannot be read with this account'],
    );
    assert.deepEqual(state.endpoint.securityGroups[0]?.rules, [
      'Accept TCP, ports 4000/4000, from 10.0.0.0/8 (priority 1)',
    ]);
  });

  it('show the zones as the last look found them, not as they were when the panel was opened', () => {
    const state = detailsState({
      ...seen,
      details: loaded(details),
      record: { ...record, zones: [{ ...aZone, status: 'Connected' }] },
    });
    assert.deepEqual(
      state.endpoint?.zones?.map(({ status }) => status),
      ['Connected'],
    );
  });

  it('show the rules about the service’s port only, and count the others', () => {
    const rules = [
      { ...accept, portRange: '22/22' },
      { ...accept, portRange: '1/65535', priority: 3 },
      { ...accept, protocol: 'ALL', portRange: '-1/-1', priority: 2 },
      { ...accept, protocol: 'UDP', portRange: '3306/3306' },
    ];
    const read = loaded({ service: { ...aService, port: 3306 }, endpoints: [endpoint] });
    const ofGroup = { ...details, securityGroups: [{ ...group, rules }] };
    const shown = detailsState({ ...seen, read, details: loaded(ofGroup) }).endpoint?.securityGroups?.[0];
    assert.deepEqual(shown?.rules, [
      'Accept ALL, all ports, from 10.0.0.0/8 (priority 2)',
      'Accept TCP, ports 1/65535, from 10.0.0.0/8 (priority 3)',
    ]);
    assert.deepEqual(
      [shown.answer, shown.others],
      ['lets the VPC in on port 3306', '2 other rules are not about TCP port 3306.'],
    );
  });

  it('show nothing of Alibaba Cloud that no account shows any more', () => {
    const state = detailsState({
      ...seen,
      endpoint: without(endpoint, 'endpoint'),
      details: loaded(details),
      record: { ...record, zones: details.zones },
    });
    assert.deepEqual([state.endpoint?.zones, state.endpoint?.securityGroups], [undefined, undefined]);
  });

  it('say why something is missing, and what helps', () => {
    const error = new AppError('notAllowed', { source: 'Alibaba Cloud', missingPermission: 'vpc:List' });
    const [problem] = detailsState({ ...seen, details: { loading: false, error } }).problems;
    assert.match(problem?.message ?? '', /vpc:List is missing/);
    assert.ok(problem?.actions.some(({ id }) => id === 'copyRamPolicy'));
  });

  it('say that a refresh failed, on either side, and that one goes on', () => {
    const error = new AppError('cloudFault', { source: 'TiDB Cloud', httpStatus: 503 });
    const alibabaCloudError = new AppError('credentialsRejected', { source: 'Alibaba Cloud' });
    const value = { service: aService, endpoints: [endpoint], alibabaCloudError };
    const state = detailsState({ ...seen, read: { loading: false, value, error } });
    assert.deepEqual(
      state.problems.map(({ message }) => message),
      ['TiDB Cloud has a problem of its own (HTTP 503).', 'Alibaba Cloud refused the key.'],
    );
    assert.equal(state.loading, false);
    assert.equal(detailsState({ ...seen, read: { loading: true, value } }).loading, true);
  });

  it('say that an endpoint is gone, and keep what became of it', () => {
    const timeline = [{ atMs: 7, ...active, isFirst: true }];
    const read = loaded({ service: aService, endpoints: [] });
    const state = detailsState({
      ...seen,
      endpoint: undefined,
      record,
      read,
      timeline,
      lastName: 'orders-ep',
    });
    assert.deepEqual([state.health?.word, state.health?.level], ['Gone', 'attention']);
    assert.match(state.health?.explanation ?? '', /^This endpoint is gone/);
    assert.deepEqual([state.title, state.endpoint, state.timeline], ['orders-ep', undefined, timeline]);
    assert.ok(!state.actions.some(({ label }) => label === 'Connect'));
  });

  it('do not call an endpoint gone that only cannot be read', () => {
    const error = new AppError('unreachable', { source: 'Alibaba Cloud' });
    const read = loaded({ service: aService, endpoints: [], alibabaCloudError: error });
    const state = detailsState({ ...seen, endpoint: undefined, read });
    assert.doesNotMatch(state.health?.explanation ?? '', /gone/);
    assert.doesNotMatch(
      detailsState({
        ...{ ...seen, endpoint: undefined, hasAlibabaCloud: false },
        read: loaded({ service: aService, endpoints: [] }),
      }).health?.explanation ?? '',
      /gone/,
    );
    const listing = { loading: false, isWhole: true, error };
    const unlisted = detailsState({
      ...seen,
      instance: undefined,
      endpoint: undefined,
      read: notLoaded,
      listing,
    });
    assert.equal(unlisted.health, undefined);
    assert.equal(unlisted.problems.length, 1);
  });

  it('offer only what can be done', () => {
    const labels = (state: DetailsState): readonly string[] => state.actions.map(({ label }) => label);
    assert.ok(labels(detailsState(seen)).includes('Connect'));
    const gone = { ...endpoint, connection: { ...aConnection, state: 'FAILED' as const } };
    assert.ok(!labels(detailsState({ ...seen, endpoint: gone })).includes('Connect'));
  });
});
