import assert from 'node:assert/strict';
import { healthLevels, joinEndpoints, verdictOf, type Verdict } from '../../../src/core/health';
import type { EndpointConnection, VpcEndpoint } from '../../../src/core/model';
import { aConnection, anEndpoint } from '../fakes';

const verdict = (connection?: Partial<EndpointConnection>, endpoint?: Partial<VpcEndpoint>): Verdict =>
  verdictOf({
    instanceId: '1001',
    endpointId: anEndpoint.id,
    ...(connection && { connection: { ...aConnection, ...connection } }),
    ...(endpoint && { endpoint: { ...anEndpoint, ...endpoint } }),
  });

describe('verdictOf', () => {
  for (const [what, connection, endpoint, level, word] of [
    ['both sides up', {}, {}, 'healthy', 'Active'],
    ['only TiDB Cloud’s side is known', {}, undefined, 'healthy', 'Active'],
    ['the service state is one we do not know', { serviceState: 'UNKNOWN' }, {}, 'healthy', 'Active'],
    ['the network came first', { state: 'PENDING' }, {}, 'changing', 'Pending'],
    ['accepting', { state: 'PENDING' }, { connectionStatus: 'Disconnected' }, 'changing', 'Pending'],
    ['lost after it was up', {}, { connectionStatus: 'Disconnected' }, 'failed', 'Disconnected'],
    ['service not Active', { serviceState: 'DELETING' }, {}, 'attention', 'Service not Active'],
    ['the endpoint is being removed', {}, { status: 'Deleting' }, 'changing', 'Deleting'],
    ['the connection is being removed', { state: 'DELETING' }, {}, 'changing', 'Deleting'],
    ['refused', { state: 'FAILED' }, {}, 'failed', 'Failed'],
    ['a state that is new', { state: 'UNKNOWN' }, {}, 'attention', 'Unknown'],
    ['not registered', undefined, {}, 'attention', 'Not registered'],
    ['seen but not posted', { state: 'DISCOVERED' }, {}, 'attention', 'Not registered'],
    ['being created', undefined, { status: 'Creating' }, 'changing', 'Creating'],
    ['being removed, unregistered', undefined, { status: 'Deleting' }, 'changing', 'Deleting'],
    ['the service is gone', {}, { connectionStatus: 'ServiceDeleted' }, 'failed', 'Service deleted'],
    ['locked', {}, { businessStatus: 'FinancialLocked' }, 'failed', 'Locked'],
  ] as const) {
    it(`${what}: ${level}, ${word}`, () => {
      const found = verdict(connection, endpoint);
      assert.deepEqual([found.level, found.word], [level, word]);
      assert.match(found.explanation, /^[A-Z].*[^.]\.$/);
    });
  }

  it('gives TiDB Cloud’s reason for a refusal', () => {
    assert.match(verdict({ state: 'FAILED', message: 'no free address' }).explanation, /\(no free address\)/);
  });

  it('orders the levels from best to worst', () => {
    assert.deepEqual(healthLevels, ['healthy', 'changing', 'attention', 'failed']);
  });
});

describe('joinEndpoints', () => {
  it('joins on the endpoint id and keeps what only one cloud knows', () => {
    const other = { ...anEndpoint, id: 'ep-bbbb0002' };
    const foreign = { ...aConnection, endpointId: 'ep-cccc0003' };
    assert.deepEqual(joinEndpoints('1001', [aConnection, foreign], [other, anEndpoint]), [
      { instanceId: '1001', endpointId: anEndpoint.id, connection: aConnection, endpoint: anEndpoint },
      { instanceId: '1001', endpointId: foreign.endpointId, connection: foreign },
      { instanceId: '1001', endpointId: other.id, endpoint: other },
    ]);
  });

  it('is empty when both are', () => {
    assert.deepEqual(joinEndpoints('1001', [], []), []);
  });
});
