import assert from 'node:assert/strict';
import { addressKind } from '../../../src/core/addresses';
import { causeOf, type Cause } from '../../../src/core/diagnosis/cause';
import { conclude } from '../../../src/core/diagnosis/conclusion';
import type { DiagnosisFacts, PortFacts } from '../../../src/core/diagnosis/facts';
import { linesOf, reportOf } from '../../../src/core/diagnosis/report';
import { Redactor } from '../../../src/core/redact';
import type { ErrorCode } from '../../../src/core/errors';
import {
  aCertificate,
  aProbe,
  failed,
  found,
  nameFails,
  outside,
  sqlError,
  stuck,
  tcp,
  tcpFails,
  wellFacts,
} from '../../support/diagnosing';
import { aConnection, anEndpoint, anInstance, aService, aZone, without } from '../fakes';

const another = { machine: found({ vpcId: 'vpc-b', addresses: ['172.16.0.5'] }) };
const notThere = { endpointDns: failed(sqlError('sqlHostNotFound', { serviceCode: 'ENOTFOUND' })) };
const dns = (...addresses: readonly string[]): Pick<DiagnosisFacts['probe'], 'dns'> => ({
  dns: found({ addresses, resolvers: ['192.168.1.1'] }),
});
const ports = (
  check: PortFacts['check'],
  from: PortFacts['from'] = 'vpc',
): Pick<DiagnosisFacts, 'ports'> => ({
  ports: found({
    check,
    from,
    groupIds: ['sg-a'],
    sources: ['10.0.0.0/8'],
    missing:
      check === 'closed'
        ? [{ protocol: 'TCP', portRange: '4000/4000', sourceCidr: '10.0.0.0/8', description: 'x' }]
        : [],
  }),
});
const endpoint = (change: Partial<typeof anEndpoint>): Pick<DiagnosisFacts, 'endpoint'> => ({
  endpoint: found({ ...anEndpoint, ...change }),
});
const connection = (state: (typeof aConnection)['state'], message?: string): Partial<DiagnosisFacts> => ({
  connection: found({ ...aConnection, state, ...(message !== undefined && { message }) }),
});
const instance = (state: string): Pick<DiagnosisFacts, 'instance'> => ({
  instance: found({ ...anInstance, state }),
});
const withoutHost = (more: Partial<DiagnosisFacts>): DiagnosisFacts => {
  return { ...without(stuck({}), 'host', 'port'), probe: {}, ...more };
};
const through = (code: ErrorCode, more: Partial<DiagnosisFacts> = {}): DiagnosisFacts => ({
  ...stuck({}),
  ...outside,
  route: { kind: 'bastion', destination: 'bastion' },
  probe: { tunnel: failed(sqlError(code, { subject: 'bastion', domain: aConnection.host ?? '' })) },
  ...more,
});
const login = (code: ErrorCode, serviceCode: string, reason = ''): DiagnosisFacts => ({
  ...stuck({ tls: found(aCertificate) }),
  login: failed(sqlError(code, { serviceCode, reason })),
});
const tls = (code: ErrorCode, namesHost = true): DiagnosisFacts =>
  stuck({ tls: { ...found({ ...aCertificate, namesHost }), error: sqlError(code) } });
const greeting = (code: ErrorCode, serviceCode = ''): DiagnosisFacts =>
  stuck({ greeting: failed(sqlError(code, { serviceCode })) });
const down = (status: 'Disconnected' | 'Wait'): Pick<DiagnosisFacts, 'zones'> => ({
  zones: found([{ ...aZone, ip: '10.0.1.10', status }]),
});

const situations: readonly (readonly [string, Cause, DiagnosisFacts])[] = [
  ['everything is well', 'works', wellFacts],
  [
    'it works from outside through a VPN, whatever else looks odd',
    'works',
    { ...wellFacts, ...outside, ...ports('closed'), ...instance('MODIFYING') },
  ],
  [
    'one of the addresses is dead',
    'worksPartly',
    { ...wellFacts, probe: { ...wellFacts.probe, tcp: tcp('connected', 'timeout') } },
  ],
  [
    'no password is kept',
    'loginNotTried',
    { ...wellFacts, login: { skipped: 'noPassword' }, query: { skipped: 'noPassword' } },
  ],
  [
    'it was cancelled',
    'cancelled',
    { ...stuck({ dns: found({ addresses: [], resolvers: [] }) }), cancelled: true },
  ],

  ['the name is not known outside the VPC', 'outsideVpc', stuck(nameFails(), { ...outside, ...notThere })],
  ['the name is not known in another VPC', 'anotherVpc', stuck(nameFails(), { ...another, ...notThere })],
  ['the name is not known inside the VPC', 'dnsNotReady', stuck(nameFails(), notThere)],
  ['only the endpoint’s own name is known, outside', 'dnsNotReady', stuck(nameFails(), outside)],
  ['the resolver is silent, inside', 'resolverTrouble', stuck(nameFails('ETIMEDOUT'), notThere)],
  [
    'the resolver fails, outside',
    'resolverTrouble',
    stuck(nameFails('EAI_AGAIN'), { ...outside, ...notThere }),
  ],
  [
    'the name is not known and nobody signed in to Alibaba Cloud',
    'outsideVpc',
    stuck(nameFails(), { ...outside, ...notThere, endpoint: { skipped: 'notSignedIn' } }),
  ],
  [
    'the name is not known as the connection is Pending',
    'connectionPending',
    stuck(nameFails(), { ...outside, ...connection('PENDING') }),
  ],
  [
    'the name is not known as the connection is gone',
    'notRegistered',
    stuck(nameFails(), { ...outside, connection: found(undefined) }),
  ],

  ['a public address does not answer', 'publicAddress', stuck({ ...dns('8.8.8.8'), ...tcpFails('timeout') })],
  [
    'a public address says something else',
    'publicAddress',
    stuck({ ...dns('8.8.8.8'), greeting: failed(sqlError('sqlProtocol')) }),
  ],
  [
    'a proxy makes up addresses',
    'madeUpAddress',
    stuck({ ...dns('198.18.0.7'), greeting: failed(sqlError('sqlUnreachable')) }),
  ],
  [
    'the hosts file has an old address',
    'staleAddress',
    stuck({ ...dns('10.9.9.9'), ...tcpFails('timeout') }),
  ],

  ['TCP is dropped outside the VPC', 'outsideVpc', stuck(tcpFails(), outside)],
  ['TCP is dropped in another VPC', 'anotherVpc', stuck(tcpFails(), another)],
  [
    'TCP is dropped inside, the group is shut',
    'securityGroupClosed',
    stuck(tcpFails(), ports('closed', 'here')),
  ],
  [
    'TCP is dropped outside, the group is shut to the whole VPC',
    'securityGroupClosed',
    stuck(tcpFails(), { ...outside, ...ports('closed') }),
  ],
  [
    'TCP is dropped inside, the group lets a part in',
    'securityGroupClosed',
    stuck(tcpFails(), ports('partly', 'here')),
  ],
  ['TCP is dropped inside, all else is well', 'dropped', stuck(tcpFails())],
  ['there is no route, inside', 'noRoute', stuck(tcpFails('noRoute', 'noRoute'))],
  ['there is no route, outside', 'outsideVpc', stuck(tcpFails('noRoute', 'noRoute'), outside)],
  ['this machine’s firewall forbids it', 'forbiddenHere', stuck(tcpFails('forbiddenHere'))],
  ['the port is refused', 'portRefused', stuck(tcpFails('refused', 'timeout'), outside)],
  ['the instance is paused', 'instancePaused', stuck(tcpFails('refused'), instance('PAUSED'))],
  ['the instance is being resumed', 'instancePaused', stuck(tcpFails(), instance('RESUMING'))],
  ['the instance is being deleted', 'instanceNotActive', stuck(tcpFails(), instance('DELETING'))],
  ['a state that nobody knows proves nothing', 'dropped', stuck(tcpFails(), instance('UNKNOWN'))],
  [
    'the endpoint is locked',
    'financialLock',
    stuck(tcpFails(), { ...outside, ...endpoint({ businessStatus: 'FinancialLocked' }) }),
  ],
  [
    'the service was deleted',
    'serviceDeleted',
    stuck(tcpFails(), endpoint({ connectionStatus: 'ServiceDeleted' })),
  ],
  [
    'the endpoint lost its connection',
    'endpointDisconnected',
    stuck(tcpFails(), endpoint({ connectionStatus: 'Disconnected' })),
  ],
  ['the endpoint is being removed', 'endpointNotActive', stuck(tcpFails(), endpoint({ status: 'Deleting' }))],
  [
    'the connection has Failed',
    'connectionFailed',
    stuck(tcpFails(), connection('FAILED', 'quota exceeded')),
  ],
  ['the connection is being deleted', 'connectionDeleting', stuck(tcpFails(), connection('DELETING'))],
  [
    'the service is being deleted',
    'serviceNotActive',
    stuck(tcpFails(), { service: found({ ...aService, state: 'DELETING' }) }),
  ],
  ['every zone is down', 'zonesDown', stuck(tcpFails(), down('Disconnected'))],

  ['there is no domain: not registered', 'notRegistered', withoutHost({ connection: found(undefined) })],
  ['there is no domain: only discovered', 'notRegistered', withoutHost(connection('DISCOVERED'))],
  ['there is no domain: Pending', 'connectionPending', withoutHost(connection('PENDING'))],
  [
    'there is no domain and TiDB Cloud is silent',
    'cloudUnknown',
    withoutHost({
      connection: failed(sqlError('unreachable')),
      instance: failed(sqlError('unreachable')),
      service: failed(sqlError('unreachable')),
    }),
  ],

  ['ssh is missing', 'bastionProgram', through('sshMissing')],
  ['the bastion has no address', 'bastionUnreachable', through('sshHostNotFound')],
  ['the bastion does not answer', 'bastionUnreachable', through('sshUnreachable', instance('PAUSED'))],
  ['the bastion refuses the key', 'bastionRefused', through('sshDenied')],
  ['the bastion’s key has changed', 'bastionHostKey', through('sshHostKeyChanged')],
  ['the bastion forbids forwarding', 'bastionForbidsForwarding', through('sshForwardRefused')],
  ['the bastion does not know the name', 'bastionOutsideVpc', through('sshFarHostNotFound')],
  [
    'the bastion does not know the name of what is paused',
    'instancePaused',
    through('sshFarHostNotFound', instance('PAUSED')),
  ],
  ['the bastion gets no answer', 'bastionCannotReach', through('sshFarUnreachable')],
  ['the bastion is shut out', 'securityGroupClosed', through('sshFarUnreachable', ports('closed'))],
  ['ssh says something new', 'bastionFailed', through('sshFailed')],

  ['the server is full', 'serverFull', greeting('sqlRefused', '1040')],
  ['the server is full for this user', 'serverFull', login('sqlRefused', 'ER_TOO_MANY_USER_CONNECTIONS')],
  ['the server is not ready', 'serverRefuses', greeting('sqlRefused', '9005')],
  ['nobody speaks', 'silentServer', greeting('sqlUnreachable', 'ETIMEDOUT')],
  [
    'nobody speaks as the instance is paused',
    'instancePaused',
    { ...greeting('sqlUnreachable'), ...instance('PAUSED') },
  ],
  ['a proxy speaks HTTP', 'notMysql', greeting('sqlProtocol')],
  ['the host is not allowed', 'hostNotAllowed', greeting('sqlAccessDenied', '1130')],
  ['no TLS is offered', 'noTls', greeting('sqlTlsUnavailable')],
  ['TLS 1.1 at most', 'noTls', tls('sqlTlsUnavailable')],
  ['a proxy made a certificate for the host', 'certificateIntercepted', tls('sqlCertificateUntrusted')],
  ['another server answers', 'certificateUntrusted', tls('sqlCertificateUntrusted', false)],
  ['the certificate is another instance’s', 'certificateHost', tls('sqlCertificateHost', false)],
  ['the certificate has expired', 'certificateTime', tls('sqlCertificateExpired')],
  [
    'the CA is not there',
    'caMissing',
    { ...tls('sqlCertificateUntrusted'), caCertificate: failed(sqlError('unreachable')) },
  ],
  ['TLS breaks off', 'lostOnTheWay', tls('sqlUnreachable')],
  ['the password is wrong', 'wrongPassword', login('sqlAccessDenied', 'ER_ACCESS_DENIED_ERROR')],
  [
    'the password is wrong while a zone is down',
    'wrongPassword',
    { ...login('sqlAccessDenied', '1045'), ...down('Wait'), ...outside },
  ],
  ['the account is locked', 'accountLocked', login('sqlAccessDenied', 'ER_ACCOUNT_HAS_BEEN_LOCKED')],
  ['the password has expired', 'accountLocked', login('sqlAccessDenied', 'ER_MUST_CHANGE_PASSWORD_LOGIN')],
  ['the link is lost in the login', 'lostOnTheWay', login('sqlUnreachable', 'ETIMEDOUT')],
];

describe('the cause that a diagnosis names', () => {
  for (const [what, cause, facts] of situations) {
    it(`${what}: ${cause}`, () => {
      assert.equal(causeOf(facts), cause);
      const { title, explanation, nextStep, actions, level } = conclude(facts);
      assert.ok(title !== '' && explanation !== '', 'it has words');
      assert.doesNotMatch(`${title} ${explanation} ${nextStep}`, /undefined|null|\s{2}|\.\./);
      assert.ok(actions.length > 0, 'something can be done');
      assert.equal(level === 'bad', !['works', 'worksPartly', 'loginNotTried', 'cancelled'].includes(cause));
    });
  }

  it('offers to add a rule only where one is missing', () => {
    assert.ok(conclude(stuck(tcpFails(), ports('closed'))).actions.includes('addRule'));
    assert.ok(!conclude(stuck(tcpFails(), ports('partly', 'here'))).actions.includes('addRule'));
  });
});

describe('the lines of a diagnosis', () => {
  const lines = (
    facts: DiagnosisFacts,
  ): ReadonlyMap<string, { status: string; outcome: string; details: readonly string[]; advice?: string }> =>
    new Map(linesOf(facts).flatMap((group) => group.lines.map((line) => [line.id, line])));

  it('are all well when everything is', () => {
    for (const [id, { status }] of lines(wellFacts)) {
      assert.equal(status, id === 'networkAcl' ? 'skipped' : 'ok', id);
    }
  });

  for (const [what, , facts] of situations) {
    it(`have words for: ${what}`, () => {
      for (const [id, { status, outcome, advice }] of lines(facts)) {
        assert.ok(!['running', 'waiting'].includes(status), `${id} is not left open`);
        assert.notEqual(outcome, '', id);
        assert.doesNotMatch(`${outcome} ${advice ?? ''}`, /undefined|null/, id);
      }
    });
  }

  it('run and wait in their order while the diagnosis goes on', () => {
    const early = stuck({ dns: aProbe.dns });
    const going = lines({ ...without(early, 'machine'), finished: false, probing: true });
    assert.equal(going.get('machine')?.status, 'running');
    assert.equal(going.get('dns')?.status, 'ok');
    assert.equal(going.get('tcp')?.status, 'running');
    assert.equal(going.get('greeting')?.status, 'waiting');
    assert.equal(going.get('login')?.status, 'waiting');
  });

  it('compare the addresses of the name with those of the zones', () => {
    const facts = stuck({ ...dns('10.0.1.10', '10.9.9.9'), ...tcpFails('refused', 'timeout') });
    assert.deepEqual(lines(facts).get('dns')?.details, [
      'Resolvers: 192.168.1.1',
      'ap-southeast-1a: 10.0.1.10',
      'ap-southeast-1b: 10.0.2.10, not among them',
    ]);
    assert.match(
      lines(facts).get('tcp')?.details.join('\n') ?? '',
      /10\.0\.1\.10 \(ap-southeast-1a, Connected\): refused the connection \(ECONNREFUSED\)/,
    );
  });

  it('say what TiDB Cloud reports of the reachability', () => {
    const reachability = { reachable: false, dnsReachable: false, message: 'DNS_NOT_REACHABLE' };
    const endpoints = [
      { host: aConnection.host ?? '', port: 4000, type: 'PRIVATE_ENDPOINT' as const, reachability },
    ];
    const line = lines({ ...wellFacts, instance: found({ ...anInstance, endpoints }) }).get('reachability');
    assert.equal(line?.status, 'warning');
    assert.deepEqual(line.details, ['DNS: not reachable', 'DNS_NOT_REACHABLE']);
  });

  it('say that an endpoint of another account is not visible', () => {
    const line = lines({ ...wellFacts, endpoint: found(undefined) }).get('endpoint');
    assert.match(line?.outcome ?? '', /Not visible to the account/);
    assert.match(line?.advice ?? '', /account that owns/);
  });
});

describe('the report of a diagnosis', () => {
  it('has the cause, versions, times in UTC and every line, and no secret', () => {
    const redactor = new Redactor();
    redactor.learn('hunter2-secret');
    const facts = login('sqlAccessDenied', '1045', 'refused hunter2-secret, password=other-secret');
    const report = reportOf(facts, ['Extension: 1.2.3', 'Editor: VS Code 1.100'], redactor);
    assert.match(report, /^# Diagnosis of ep-aaaa0001 \(orders\)/);
    assert.match(report, /Cause: `wrongPassword`/);
    assert.match(report, /Started: 2026-11-26T22:00:00\.000Z/);
    assert.match(report, /Extension: 1\.2\.3\n- Editor: VS Code 1\.100/);
    for (const { title, lines } of linesOf(facts)) {
      assert.ok(report.includes(`## ${title}`));
      lines.forEach((line) => assert.ok(report.includes(`] ${line.title}: `), line.title));
    }
    assert.doesNotMatch(report, /hunter2|other-secret/);
    assert.match(report, /\[FAILED\] Login: .* \(22:00:00\.000Z, 12 ms\)/);
  });
});

describe('what an address tells', () => {
  const kinds: readonly (readonly [string, ReturnType<typeof addressKind>])[] = [
    ['10.1.2.3', 'private'],
    ['172.15.0.1', 'public'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['172.32.0.1', 'public'],
    ['192.168.0.1', 'private'],
    ['100.63.0.1', 'public'],
    ['100.64.0.1', 'private'],
    ['100.127.255.255', 'private'],
    ['100.128.0.1', 'public'],
    ['127.0.0.1', 'loopback'],
    ['169.254.1.1', 'linkLocal'],
    ['198.18.0.5', 'madeUp'],
    ['198.20.0.5', 'public'],
    ['47.88.1.1', 'public'],
    ['::1', 'loopback'],
    ['fd00::1', 'private'],
    ['fe80::1', 'linkLocal'],
    ['2400:3200::1', 'public'],
    ['::ffff:10.0.0.1', 'private'],
  ];
  for (const [address, kind] of kinds) {
    it(`${address}: ${kind}`, () => assert.equal(addressKind(address), kind));
  }
});
