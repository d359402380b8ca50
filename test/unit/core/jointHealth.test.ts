import assert from 'node:assert/strict';
import type { PrivateEndpoint } from '../../../src/core/health';
import { jointVerdict, reachabilityOf } from '../../../src/core/jointHealth';
import type { EndpointZone } from '../../../src/core/model';
import { reachOf, type Probed } from '../../../src/core/reach';
import { aConnection, anEndpoint } from '../fakes';

const active: PrivateEndpoint = {
  instanceId: '1',
  endpointId: anEndpoint.id,
  connection: { ...aConnection, state: 'ACTIVE', serviceState: 'ACTIVE', host: 'gw.example', port: 4000 },
  endpoint: { ...anEndpoint, status: 'Active', connectionStatus: 'Connected' },
};

const zone = (zoneId: string, status: EndpointZone['status']): EndpointZone => ({
  ...{ zoneId, status, vSwitchId: 'vsw-1', networkInterfaceId: 'eni-1', ip: '10.0.0.8', domain: 'a.example' },
});

type Stage = 'dns' | 'tcp' | 'greeting' | 'tls';
const failed = (stage: Stage, more: { isRightServer?: true; isForbiddenHere?: true } = {}): Probed => ({
  ...{ kind: 'failed', stage, reason: 'it did not' },
  ...more,
});

describe('what a probe says', () => {
  it('takes the time of one round trip as the latency', () => {
    const reach = reachOf({ kind: 'answered', connectMs: 1.5, tls: 'verified' }, false);
    assert.deepEqual(reach, { kind: 'reached', latencyMs: 1.5, tls: 'verified' });
  });

  const cases: readonly (readonly [string, Probed, before: boolean, 'notFromHere' | 'broken'])[] = [
    ['a name that is not known here', failed('dns'), false, 'notFromHere'],
    ['a name that is not known here any more', failed('dns'), true, 'notFromHere'],
    ['what does not connect and never has', failed('tcp'), false, 'notFromHere'],
    ['what does not connect any more', failed('tcp'), true, 'broken'],
    ['a connection that this machine forbids', failed('tcp', { isForbiddenHere: true }), true, 'notFromHere'],
    ['something else at the address', failed('greeting'), false, 'notFromHere'],
    ['something else where the database was', failed('greeting'), true, 'broken'],
    ['a certificate of another host', failed('tls'), false, 'notFromHere'],
    ['the host’s own certificate that has expired', failed('tls', { isRightServer: true }), false, 'broken'],
  ];
  for (const [what, probed, before, kind] of cases) {
    it(`takes ${what} for ${kind}`, () => assert.equal(reachOf(probed, before).kind, kind));
  }
});

describe('the health of an endpoint, from everything that is known', () => {
  it('is what both clouds say where nothing speaks against it', () => {
    assert.equal(jointVerdict({ endpoint: active }).word, 'Active');
    const reach = { kind: 'reached', latencyMs: 2 } as const;
    assert.equal(jointVerdict({ endpoint: active, reach, zones: [zone('a', 'Connected')] }).level, 'healthy');
  });

  it('does not take an endpoint that cannot be reached from here for a sick one', () => {
    const reach = { kind: 'notFromHere', reason: 'the name is not known' } as const;
    assert.equal(jointVerdict({ endpoint: active, reach }).level, 'healthy');
  });

  it('is failed where the domain does not answer as it should', () => {
    const verdict = jointVerdict({ endpoint: active, reach: { kind: 'broken', reason: 'it was refused' } });
    assert.equal(verdict.level, 'failed');
    assert.match(verdict.explanation, /it was refused\.$/);
  });

  it('wants attention where a zone has lost its connection', () => {
    const one = jointVerdict({
      endpoint: active,
      zones: [zone('a', 'Disconnected'), zone('b', 'Connected')],
    });
    assert.deepEqual([one.level, one.word], ['attention', 'Zone disconnected']);
    assert.match(one.explanation, /in a\.$/);
    assert.equal(jointVerdict({ endpoint: active, zones: [zone('a', 'Disconnected')] }).word, 'Disconnected');
  });

  it('believes what it sees more than a report that the domain cannot be reached', () => {
    const reachability = { reachable: false, message: 'DNS_NOT_REACHABLE' };
    const told = jointVerdict({ endpoint: active, reachability });
    assert.equal(told.level, 'attention');
    assert.match(told.explanation, /its name does not resolve yet\.$/);
    const reach = { kind: 'reached', latencyMs: 2 } as const;
    assert.equal(jointVerdict({ endpoint: active, reachability, reach }).level, 'healthy');
  });

  it('leaves a worse verdict of the clouds as it is', () => {
    const endpoint = { ...active, connection: { ...aConnection, state: 'FAILED' as const } };
    assert.equal(jointVerdict({ endpoint, reach: { kind: 'broken', reason: '' } }).word, 'Failed');
  });

  it('finds the report on the private domain among those of an instance', () => {
    const reachability = { reachable: false };
    const endpoints = [
      { host: 'gw.example', port: 4000, type: 'PUBLIC' as const, reachability: { reachable: true } },
      { host: 'gw.example', port: 4000, type: 'PRIVATE_ENDPOINT' as const, reachability },
    ];
    assert.equal(reachabilityOf(endpoints, active), reachability);
    assert.equal(reachabilityOf([], active), undefined);
  });
});
