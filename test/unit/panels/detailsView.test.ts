import assert from 'node:assert/strict';
import { AppError } from '../../../src/core/errors';
import type { DetailsState } from '../../../src/protocol/details';
import type * as ViewModule from '../../../src/panels/details/view';
import type { Seen } from '../../../src/panels/details/view';
import { aConnection, anEndpoint, anInstance, aService } from '../fakes';
import { withoutEditor } from './withoutEditor';

const endpoint = {
  instanceId: anInstance.id,
  endpointId: anEndpoint.id,
  connection: { ...aConnection, state: 'ACTIVE' as const, host: 'gw.example', port: 4000 },
  endpoint: anEndpoint,
};
const seen: Seen = {
  ...{ sandbox: false, instance: anInstance, service: aService, endpoint, record: undefined },
  ...{ reachability: undefined, details: { loading: false }, timeline: [] },
};

describe('the details of an endpoint', () => {
  let detailsState: typeof ViewModule.detailsState;

  before(async () => {
    ({ detailsState } = await withoutEditor(() => import('../../../src/panels/details/view')));
  });

  const active = { level: 'healthy', word: 'Active', explanation: '' } as const;
  const facts = (state: DetailsState, group: string): Map<string, string> =>
    new Map(state.groups.find(({ name }) => name === group)?.facts.map(({ label, value }) => [label, value]));

  it('are what both clouds tell, and what this machine has found', () => {
    const state = detailsState({
      ...seen,
      record: {
        ...{ verdict: active, seen: active, sinceMs: 5, zones: undefined },
        ...{ reach: { kind: 'reached', latencyMs: 1.25 }, samples: [{ atMs: 5, latencyMs: undefined }] },
      },
    });
    assert.equal(facts(state, 'TiDB Cloud').get('Private Domain'), 'gw.example');
    assert.equal(facts(state, 'Alibaba Cloud').get('Endpoint ID'), anEndpoint.id);
    assert.equal(facts(state, 'From This Machine').get('Private Domain'), 'Answers in 1.3 ms');
    assert.deepEqual([state.health.sinceMs, state.latency], [5, [{ atMs: 5 }]]);
  });

  it('say what is not reachable from here without calling it sick', () => {
    const reach = { kind: 'notFromHere', reason: 'its name is not known' } as const;
    const record = { verdict: active, seen: active, sinceMs: 0 };
    const state = detailsState({ ...seen, record: { ...record, reach, zones: undefined, samples: [] } });
    const fact = state.groups[2]?.facts[0];
    assert.deepEqual([fact?.value, fact?.level], ['Not reachable from here', 'changing']);
  });

  it('show zones and whether the security groups let the VPC in', () => {
    const zone = { zoneId: 'a', vSwitchId: 'vsw', networkInterfaceId: 'eni', ip: '10.0.0.1', domain: 'd' };
    const rule = { protocol: 'TCP', portRange: '4000/4000', sourceCidr: '10.0.0.0/8', priority: 1 };
    const group = { id: 'sg-1', status: 'Attached' as const };
    const state = detailsState({
      ...seen,
      details: {
        loading: false,
        value: {
          zones: [{ ...zone, status: 'Disconnected' }],
          securityGroups: [
            { ...group, rules: [{ ...rule, policy: 'Accept' }], check: 'open' },
            { ...group, rules: undefined, check: 'unknown' },
          ],
          cidrBlocks: ['10.0.0.0/8'],
        },
      },
    });
    assert.equal(state.zones?.[0]?.level, 'attention');
    assert.deepEqual(
      state.securityGroups?.map(({ answer }) => answer),
      ['lets the VPC in', 'its rules cannot be read with this account'],
    );
    assert.deepEqual(state.securityGroups[0]?.rules, [
      'Accept TCP, ports 4000/4000, from 10.0.0.0/8 (priority 1)',
    ]);
  });

  it('say why something is missing, and what helps', () => {
    const error = new AppError('notAllowed', { source: 'Alibaba Cloud', missingPermission: 'vpc:List' });
    const { problem } = detailsState({ ...seen, details: { loading: false, error } });
    assert.match(problem?.message ?? '', /vpc:List is missing/);
    assert.ok(problem?.actions.some(({ id }) => id === 'copyRamPolicy'));
  });

  it('offer only what can be done', () => {
    const labels = (state: DetailsState): readonly string[] => state.actions.map(({ label }) => label);
    assert.ok(labels(detailsState(seen)).includes('Connect'));
    const gone = { ...endpoint, connection: { ...aConnection, state: 'FAILED' as const } };
    assert.ok(!labels(detailsState({ ...seen, endpoint: gone })).includes('Connect'));
  });
});
