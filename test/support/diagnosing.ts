import { AppError, type ErrorCode, type ErrorDetails } from '../../src/core/errors';
import type { DiagnosisFacts } from '../../src/core/diagnosis/facts';
import type { DomainProbe, TcpOutcome, TcpTry, TlsFacts, Tried } from '../../src/core/probe';
import { aConnection, anEndpoint, anInstance, aService, aZone, without } from '../unit/fakes';

/** A diagnosis of an endpoint with which all is well, and what to change of it. */

const at = Date.UTC(2026, 10, 26, 22, 0, 0);

export const found = <T>(value: T, elapsedMs = 12): Tried<T> => ({ startedAtMs: at, elapsedMs, value });
export const failed = (error: unknown, elapsedMs = 12): Tried<never> => ({
  startedAtMs: at,
  elapsedMs,
  error,
});
export const sqlError = (code: ErrorCode, more: Partial<ErrorDetails> = {}): AppError =>
  new AppError(code, { source: 'SQL', subject: aConnection.host ?? '', ...more });

export const aCertificate: TlsFacts = {
  protocol: 'TLSv1.3',
  certificate: {
    subject: `CN=${aConnection.host ?? ''}`,
    issuer: 'O=PingCAP, CN=TiDB Cloud Private CA',
    names: [aConnection.host ?? ''],
    validFrom: 'Jan  1 00:00:00 2026 GMT',
    validTo: 'Jan  1 00:00:00 2027 GMT',
  },
  namesHost: true,
};

const zones = [
  { ...aZone, zoneId: 'ap-southeast-1a', ip: '10.0.1.10', status: 'Connected' as const },
  { ...aZone, zoneId: 'ap-southeast-1b', ip: '10.0.2.10', status: 'Connected' as const },
];
const addresses = zones.map(({ ip }) => ip);

export const tcp = (...outcomes: readonly TcpOutcome[]): Tried<readonly TcpTry[]> => ({
  ...found<readonly TcpTry[]>(
    outcomes.map((outcome, nth) => ({
      address: addresses[nth] ?? '',
      outcome,
      elapsedMs: outcome === 'timeout' ? 5000 : 3,
      ...(outcome === 'timeout' && { code: 'ETIMEDOUT' }),
      ...(outcome === 'refused' && { code: 'ECONNREFUSED' }),
    })),
  ),
  ...(!outcomes.includes('connected') && { error: sqlError('sqlUnreachable', { reason: 'no answer' }) }),
});

export const aProbe: Required<Omit<DomainProbe, 'tunnel'>> = {
  dns: found({ addresses, resolvers: ['100.100.2.136', '100.100.2.138'] }),
  tcp: tcp('connected', 'connected'),
  greeting: found({ serverVersion: '8.0.11-TiDB-v8.5.0' }),
  tls: found(aCertificate),
};

/** As far as to this stage, which ended like this. */
export const upTo = (end: DomainProbe): DomainProbe => {
  const stages = ['dns', 'tcp', 'greeting', 'tls'] as const;
  const last = stages.findIndex((stage) => end[stage] !== undefined);
  return { ...Object.fromEntries(stages.slice(0, last).map((stage) => [stage, aProbe[stage]])), ...end };
};

export const wellFacts: DiagnosisFacts = {
  instanceId: anInstance.id,
  instanceName: anInstance.name,
  endpointId: anEndpoint.id,
  regionId: 'ap-southeast-1',
  startedAtMs: at,
  finished: true,
  cancelled: false,
  sandbox: false,
  remoteName: 'ssh-remote',
  route: { kind: 'direct' },
  ...(aConnection.host !== undefined && { host: aConnection.host }),
  port: 4000,
  user: 'root',
  machine: found({ vpcId: anEndpoint.vpcId, addresses: ['10.0.1.77'] }),
  endpointDns: found({ addresses, resolvers: ['100.100.2.136'] }),
  probe: aProbe,
  probing: false,
  login: found({ serverVersion: '8.0.11-TiDB-v8.5.0' }, 31),
  query: found({ version: '8.0.11-TiDB-v8.5.0', user: 'root@%' }, 4),
  caCertificate: found({ kept: true }),
  instance: found({ ...anInstance, version: 'v8.5.0' }, 240),
  service: found(aService, 310),
  connection: found(aConnection, 310),
  endpoint: found(anEndpoint, 310),
  zones: found(zones, 120),
  ports: found(
    {
      check: 'open',
      groupIds: ['sg-a'],
      sources: ['10.0.1.77/32'],
      from: 'here',
      missing: [],
    },
    180,
  ),
};

/** Nobody asked further than the probe came. */
export const stuck = (end: DomainProbe, more: Partial<DiagnosisFacts> = {}): DiagnosisFacts => {
  return { ...without(wellFacts, 'login', 'query'), probe: upTo(end), ...more };
};

export const nameFails = (serviceCode = 'ENOTFOUND'): DomainProbe => ({
  dns: failed(sqlError('sqlHostNotFound', { serviceCode })),
});
export const tcpFails = (...outcomes: readonly TcpOutcome[]): DomainProbe => ({
  tcp: tcp(...(outcomes.length === 0 ? (['timeout', 'timeout'] as const) : outcomes)),
});
export const outside = { machine: found({ vpcId: undefined, addresses: ['192.168.1.20'] }) };
