import assert from 'node:assert/strict';
import { AppError } from '../../../../src/core/errors';
import type { PrivateEndpoint } from '../../../../src/core/health';
import type { ProbeTarget, SqlRoute } from '../../../../src/core/ports';
import type { DomainProbe, TcpOutcome, Tried } from '../../../../src/core/probe';
import { DomainProbes, probedOf } from '../../../../src/services/health/probes';
import { aConnection, anEndpoint } from '../../fakes';

const done = <T>(value: T): Tried<T> => ({ startedAtMs: 0, elapsedMs: 2, value });
const tls = done({ protocol: 'TLSv1.3', namesHost: true });
const found = (outcome: TcpOutcome, more: Partial<DomainProbe> = {}): DomainProbe => ({
  dns: done({ addresses: ['10.0.0.8'], resolvers: [] }),
  tcp: done([{ address: '10.0.0.8', outcome, elapsedMs: 1.5 }]),
  ...more,
});
const greeted = { greeting: done({ serverVersion: '8.0.11-TiDB' }) };
const refusal = {
  startedAtMs: 0,
  elapsedMs: 2,
  error: new AppError('sqlProtocol', { source: 'SQL', reason: 'it is HTTP.' }),
};

describe('what a look at a private domain found', () => {
  it('is an answer with the time of the connection', () => {
    assert.deepEqual(probedOf(found('connected', { ...greeted, tls }), true), {
      ...{ kind: 'answered', connectMs: 1.5, wholeMs: 8 },
    });
  });

  it('says at which stage it failed', () => {
    const stages = [
      probedOf({ dns: { ...done({ addresses: [], resolvers: [] }), error: new Error('ENOTFOUND') } }, true),
      probedOf(found('refused'), true),
      probedOf(found('timeout'), true),
      probedOf(found('connected', { greeting: refusal }), true),
      probedOf(found('connected', { ...greeted, tls: refusal }), true),
    ].map((probed) => (probed.kind === 'failed' ? [probed.stage, probed.serviceCode] : []));
    assert.deepEqual(stages, [
      ['dns', undefined],
      ['tcp', 'ECONNREFUSED'],
      ['tcp', 'ETIMEDOUT'],
      ['greeting', undefined],
      ['tls', undefined],
    ]);
  });

  it('takes no offence at a certificate whose authority it does not know', () => {
    assert.equal(probedOf(found('connected', { ...greeted, tls: refusal }), false).kind, 'answered');
  });
});

describe('probes of private domains', () => {
  const active: PrivateEndpoint = {
    instanceId: '1001',
    endpointId: anEndpoint.id,
    connection: { ...aConnection, state: 'ACTIVE', host: 'gw.example', port: 4000 },
  };
  let targets: ProbeTarget[];
  let route: SqlRoute;
  let answer: DomainProbe;
  let probes: DomainProbes;

  beforeEach(() => {
    targets = [];
    route = { kind: 'direct' };
    answer = found('connected', { ...greeted, tls });
    probes = new DomainProbes({
      probe: () =>
        Promise.resolve({
          probeDomain: (target) => {
            targets.push(target);
            return Promise.resolve(answer);
          },
        }),
      routeTo: () => Promise.resolve(route),
      caCertificate: () => 'CA',
    });
  });

  it('try what is Active and has a domain, with the authority that is kept', async () => {
    assert.deepEqual(await probes.of(active), { kind: 'reached', latencyMs: 1.5 });
    assert.deepEqual(targets, [{ host: 'gw.example', port: 4000, caCertificatePem: 'CA' }]);
    assert.equal(await probes.of({ ...active, connection: { ...aConnection, state: 'PENDING' } }), undefined);
  });

  it('leave alone what is behind a bastion', async () => {
    route = { kind: 'bastion', destination: 'jump' };
    assert.equal(await probes.of(active), undefined);
    assert.deepEqual(targets, []);
  });

  it('take silence for the endpoint’s fault only where it has answered before', async () => {
    answer = found('timeout');
    assert.equal((await probes.of(active))?.kind, 'notFromHere');
    answer = found('connected', { ...greeted, tls });
    await probes.of(active);
    answer = found('timeout');
    assert.equal((await probes.of(active))?.kind, 'broken');
    probes.forget();
    assert.equal((await probes.of(active))?.kind, 'notFromHere');
  });
});
