import assert from 'node:assert/strict';
import { AppError } from '../../../../src/core/errors';
import type { PrivateEndpoint } from '../../../../src/core/health';
import type { ProbeTarget, SqlRoute } from '../../../../src/core/ports';
import type { DomainProbe, TcpOutcome, TlsFacts, Tried } from '../../../../src/core/probe';
import type { Probed } from '../../../../src/core/reach';
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
const error = new AppError('sqlProtocol', { source: 'SQL', reason: 'it is HTTP.' });
const refusal = { startedAtMs: 0, elapsedMs: 2, error };

/** A handshake that ended, with a certificate that was not trusted. */
const shown = (validTo: string, namesHost = true): Tried<TlsFacts> => ({
  ...refusal,
  value: {
    ...{ protocol: 'TLSv1.3', namesHost },
    certificate: { subject: 'gw', issuer: 'company', names: ['gw'], validFrom: 'Jan 1 2020', validTo },
  },
});
const longAgo = 'Jan 1 00:00:00 2021 GMT';
const farAhead = 'Jan 1 00:00:00 2300 GMT';

describe('what a look at a private domain found', () => {
  it('is an answer with the time of the connection', () => {
    assert.deepEqual(probedOf(found('connected', { ...greeted, tls })), {
      ...{ kind: 'answered', connectMs: 1.5, tls: 'verified' },
    });
  });

  it('says at which stage it failed, and what that tells', () => {
    const failures: readonly (readonly [DomainProbe, Partial<Probed>, RegExp])[] = [
      [{ dns: { ...done({ addresses: [], resolvers: [] }), error } }, { stage: 'dns' }, /name is not known/],
      [found('refused'), { stage: 'tcp' }, /refused/],
      [found('timeout'), { stage: 'tcp' }, /nothing answers/],
      [found('forbiddenHere'), { stage: 'tcp', isForbiddenHere: true }, /does not let/],
      [found('connected', { greeting: refusal }), { stage: 'greeting' }, /no greeting.*it is HTTP$/],
      [found('connected', { ...greeted, tls: refusal }), { stage: 'tls' }, /TLS cannot be set up/],
      [found('connected', { ...greeted, tls: shown(farAhead, false) }), { stage: 'tls' }, /another name/],
      [
        found('connected', { ...greeted, tls: shown(longAgo) }),
        { stage: 'tls', isRightServer: true },
        /has expired/,
      ],
    ];
    for (const [probe, expected, words] of failures) {
      const { reason, ...told } = probedOf(probe) as Extract<Probed, { kind: 'failed' }>;
      assert.deepEqual(told, { kind: 'failed', ...expected });
      assert.match(reason, words);
    }
  });

  it('of several addresses tells what tells most, in whatever order they come', () => {
    const tries = (['timeout', 'refused'] as const).map((outcome, i) => ({
      ...{ address: `10.0.0.${i}`, outcome, elapsedMs: 1 },
    }));
    for (const order of [tries, [...tries].reverse()]) {
      const probed = probedOf({ ...found('timeout'), tcp: done(order) });
      assert.match(probed.kind === 'failed' ? probed.reason : '', /refused/);
    }
  });

  it('takes no offence at an authority that is not known, and says so', () => {
    assert.deepEqual(probedOf(found('connected', { ...greeted, tls: shown(farAhead) })), {
      ...{ kind: 'answered', connectMs: 1.5, tls: 'unverified' },
    });
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
    assert.deepEqual(await probes.of(active), { kind: 'reached', latencyMs: 1.5, tls: 'verified' });
    assert.deepEqual(targets, [{ host: 'gw.example', port: 4000, caCertificatePem: 'CA' }]);
    assert.equal(await probes.of({ ...active, connection: { ...aConnection, state: 'PENDING' } }), null);
  });

  it('leave alone what is behind a bastion', async () => {
    route = { kind: 'bastion', destination: 'jump' };
    assert.equal(await probes.of(active), null);
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

  it('are not made for what nobody wants to know any more when its turn comes', async () => {
    assert.equal(await probes.of(active, () => false), undefined);
    assert.deepEqual(targets, []);
  });
});
