import assert from 'node:assert/strict';
import { once } from 'node:events';
import path from 'node:path';
import type { Cause } from '../../src/core/diagnosis/cause';
import { valueOf, type DiagnosisFacts } from '../../src/core/diagnosis/facts';
import { linesOf } from '../../src/core/diagnosis/report';
import { AppError, cancellation } from '../../src/core/errors';
import type { SecurityGroupRule } from '../../src/core/model';
import type { ProbeTarget, SqlProbe } from '../../src/core/ports';
import { worked, type DomainProbe } from '../../src/core/probe';
import { createSqlProbe, lookUpHere } from '../../src/sql/probe';
import { createAuthority, createSelfSigned, expired } from '../support/certificates';
import { startLab, whyNoLab, type Lab, type Side } from '../support/lab';
import { startMariadb, type Mariadb } from '../support/mariadb';
import { freePort, SshLab } from '../support/sshd';
import { anEndpoint } from '../unit/fakes';
import { diagnose, type Diagnosed, type Situation } from './diagnoser';
import { assertNoSecret, eventually, password } from './fixtures';
import { error as errorPacket, greeting, startRogue, upgrade, type Rogue } from './rogue';

const domain = 'gw-1.ap-southeast-1.premium.tidbcloud.localhost';

describe('probing the way to a database', function () {
  this.timeout(60_000);
  const authority = createAuthority();
  const certificate = authority.issue({ names: ['localhost', domain] });
  const noBastion = (): never => assert.fail('there is no bastion');
  const probe = createSqlProbe({ dialThrough: noBastion });
  let server: Mariadb;
  let rogue: Rogue | undefined;

  before(async () => {
    server = await startMariadb({ password, certificate });
  });
  after(() => server.stop());
  afterEach(async () => {
    await rogue?.close();
    rogue = undefined;
  });

  const target = (more: Partial<ProbeTarget> = {}): ProbeTarget => ({
    host: domain,
    port: server.port,
    caCertificatePem: certificate.caCertificatePem,
    ...more,
  });
  const look = (
    more: Partial<ProbeTarget> = {},
    by: SqlProbe = probe,
    timeoutMs = 3000,
  ): Promise<DomainProbe> => by.probeDomain(target(more), { timeoutMs });
  const codeOf = (stageOf: { readonly error?: unknown } | undefined): string | undefined =>
    AppError.is(stageOf?.error) ? stageOf.error.code : undefined;

  it('goes all the way, stage by stage, and logs nobody in', async () => {
    const seen: string[][] = [];
    const found = await probe.probeDomain(target(), {
      timeoutMs: 3000,
      onStage: (soFar) => seen.push(Object.keys(soFar)),
    });
    assert.deepEqual(seen, [
      ['dns'],
      ['dns', 'tcp'],
      ['dns', 'tcp', 'greeting'],
      ['dns', 'tcp', 'greeting', 'tls'],
    ]);
    assert.deepEqual(found.dns?.value?.addresses, ['127.0.0.1']);
    assert.equal(found.tcp?.value?.[0]?.outcome, 'connected');
    assert.match(found.greeting?.value?.serverVersion ?? '', /MariaDB/);
    assert.match(found.tls?.value?.protocol ?? '', /^TLSv1\.[23]$/);
    assert.ok(found.tls !== undefined && found.tls.error === undefined);
    const { certificate: shown } = found.tls.value ?? {};
    assert.deepEqual(shown?.names, ['localhost', domain]);
    assert.match(shown.issuer, /CN=Test CA/);
    for (const part of Object.values(found) as { elapsedMs: number; startedAtMs: number }[]) {
      assert.ok(
        part.elapsedMs >= 0 && part.elapsedMs < 3000 && Math.abs(part.startedAtMs - Date.now()) < 10_000,
      );
    }
    assert.doesNotMatch(await server.connectionLog(), /Connect\s+root/);
  });

  it('tells why a certificate is refused, and shows it', async () => {
    const other = createAuthority('Another CA');
    const cases = [
      ['sqlCertificateUntrusted', true, other.issue({ names: [domain] })],
      ['sqlCertificateUntrusted', false, createSelfSigned({ names: ['proxy.example'] })],
      ['sqlCertificateHost', false, authority.issue({ names: ['other.example'] })],
      ['sqlCertificateExpired', true, authority.issue({ names: [domain], ...expired() })],
    ] as const;
    for (const [code, namesHost, shown] of cases) {
      rogue = await startRogue(async (socket) => {
        await upgrade(socket, shown);
      });
      const { tls } = await look({ port: rogue.port });
      assert.equal(codeOf(tls), code);
      assert.equal(tls?.value?.namesHost, namesHost, code);
      assert.ok(tls.value.certificate !== undefined);
      await eventually(() => rogue?.open.size === 0, 'nothing is left open');
      await rogue.close();
    }
    rogue = undefined;
  });

  const ends: readonly (readonly [string, 'greeting' | 'tls', string, Parameters<typeof startRogue>[0]])[] = [
    ['is silent', 'greeting', 'sqlUnreachable', () => undefined],
    ['closes at once', 'greeting', 'sqlUnreachable', (socket) => void socket.end()],
    [
      'speaks HTTP',
      'greeting',
      'sqlProtocol',
      (socket) => void socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'),
    ],
    [
      'is full',
      'greeting',
      'sqlRefused',
      (socket) => void socket.write(errorPacket(0, 1040, 'Too many connections')),
    ],
    [
      'does not know this host',
      'greeting',
      'sqlAccessDenied',
      (socket) => void socket.write(errorPacket(0, 1130, 'not you')),
    ],
    ['offers no TLS', 'greeting', 'sqlTlsUnavailable', (socket) => void socket.write(greeting(false))],
    [
      'has TLS 1.1 only',
      'tls',
      'sqlTlsUnavailable',
      async (socket) => {
        await upgrade(socket, certificate, {
          minVersion: 'TLSv1',
          maxVersion: 'TLSv1.1',
          ciphers: 'DEFAULT@SECLEVEL=0',
        });
      },
    ],
    ['stalls in TLS', 'tls', 'sqlUnreachable', (socket) => void socket.resume().write(greeting())],
    [
      'closes in TLS',
      'tls',
      'sqlUnreachable',
      (socket) => {
        socket.write(greeting());
        socket.once('data', () => socket.destroy());
      },
    ],
    [
      'sends garbage in TLS',
      'tls',
      'sqlProtocol',
      (socket) => {
        socket.write(greeting());
        socket.once('data', () => socket.write(Buffer.alloc(2000, 65)));
      },
    ],
  ];
  for (const [what, last, code, behave] of ends) {
    it(`ends in bounded time where the server ${what}`, async () => {
      rogue = await startRogue(behave);
      const started = Date.now();
      const found = await look({ port: rogue.port }, probe, 400);
      assert.equal(codeOf(found[last]), code);
      assert.ok(Date.now() - started < 2500);
      await eventually(() => rogue?.open.size === 0, 'nothing is left open');
    });
  }

  it('tells refused from unknown, and reports each address', async () => {
    const refused = await look({ port: await freePort() });
    assert.equal(refused.tcp?.value?.[0]?.outcome, 'refused');
    assert.equal(refused.tcp.value[0].code, 'ECONNREFUSED');
    assert.equal(refused.greeting, undefined);
    const unknown = await look({ host: 'no..such' });
    assert.equal(codeOf(unknown.dns), 'sqlHostNotFound');
    assert.equal(unknown.tcp, undefined);
  });

  it('uses the address that answers when another one does not', async () => {
    const two = createSqlProbe({
      dialThrough: noBastion,
      lookUp: () => Promise.resolve(['127.0.0.2', '127.0.0.1']),
    });
    const found = await look({}, two);
    assert.deepEqual(
      found.tcp?.value?.map(({ address, outcome }) => `${address} ${outcome}`),
      ['127.0.0.2 refused', '127.0.0.1 connected'],
    );
    assert.equal(found.tls?.error, undefined);
  });

  it('gives up on a resolver that does not answer', async () => {
    const silent = createSqlProbe({ dialThrough: noBastion, lookUp: () => new Promise(() => undefined) });
    const { dns } = await look({}, silent, 200);
    assert.equal(codeOf(dns), 'sqlHostNotFound');
    assert.ok(AppError.is(dns?.error) && dns.error.details.serviceCode === 'ETIMEDOUT');
  });

  it('is ended by an abort at any stage, with nothing left open', async () => {
    let arrived = false;
    rogue = await startRogue(() => void (arrived = true));
    const abort = new AbortController();
    const looking = probe.probeDomain(target({ port: rogue.port }), {
      timeoutMs: 10_000,
      signal: abort.signal,
    });
    await eventually(() => arrived, 'the connection');
    abort.abort(cancellation());
    await assert.rejects(looking, { name: 'AbortError' });
    await eventually(() => rogue?.open.size === 0, 'nothing is left open');
  });

  it('knows the names of this machine', async () => {
    assert.deepEqual(await lookUpHere('a.localhost'), ['127.0.0.1']);
  });
});

describe('diagnosing against a real server', function () {
  this.timeout(60_000);
  const certificate = createAuthority().issue({ names: ['localhost', domain] });
  let server: Mariadb;
  let lab: SshLab;

  before(async () => {
    server = await startMariadb({ password, certificate });
    lab = await SshLab.create();
  });
  after(async () => {
    await server.stop();
    await lab.remove();
  });

  type Difference = Partial<Situation>;
  const conclude = async (difference: Difference, cause: Cause): Promise<DiagnosisFacts> => {
    const found = await diagnose({
      ...{ host: domain, port: server.port, caCertificatePem: certificate.caCertificatePem },
      // Its VPC is on this machine, as the server is.
      ...{ sandbox: true, ...difference },
    });
    assert.equal(found.cause, cause, found.report);
    assertNoSecret(found.report + found.log);
    assert.ok(linesOf(found.facts).every(({ lines }) => lines.every(({ status }) => status !== 'running')));
    return found.facts;
  };

  const refusals = async (): Promise<number> =>
    (await server.connectionLog()).match(/Access denied for user 'root'/g)?.length ?? 0;

  it('finds that all works, with the server’s own words', async () => {
    const facts = await conclude({ stored: password }, 'works');
    assert.match(valueOf(facts.query)?.version ?? '', /MariaDB/);
    assert.match(valueOf(facts.query)?.user ?? '', /^root@/);
  });

  it('finds that the way is open without a password', () => conclude({}, 'loginNotTried'));

  it('finds a wrong password with exactly one login', async () => {
    const before = await refusals();
    await conclude({ stored: 'not-the-password' }, 'wrongPassword');
    await eventually(async () => (await refusals()) === before + 1, 'one login');
  });

  it('finds a shut port', async () => {
    await conclude({ stored: password, port: await freePort() }, 'portRefused');
  });

  it('finds a name that nobody knows', async () => {
    await conclude({ stored: password, host: 'no..such' }, 'dnsNotReady');
  });

  it('finds a proxy that reads along, and gives it no password', async () => {
    const shown = createAuthority('Proxy CA').issue({ names: [domain] });
    let said = '';
    const proxy = await startRogue(async (socket) => {
      const secure = await upgrade(socket, shown);
      secure.on('data', (data: Buffer) => (said += data.toString('latin1')));
    });
    await conclude({ stored: password, port: proxy.port }, 'certificateIntercepted');
    assert.equal(said, '');
    await proxy.close();
  });

  describe('through a bastion', () => {
    const through = (bastion: string, more: Difference = {}): Difference => ({
      ...{ stored: password, host: 'localhost', bastion, sshProgram: lab.program },
      ...more,
    });

    it('finds that all works', async () => {
      const key = await lab.newKey('good');
      const host = await lab.startBastion();
      await lab.configure(
        ...['Host bastion', `Port ${host.port}`, `IdentityFile ${key.file}`],
        'StrictHostKeyChecking accept-new',
      );
      const facts = await conclude(through('bastion'), 'works');
      assert.equal(facts.probe.dns, undefined);
      assert.ok(worked(facts.probe.tunnel));
      await host.stop();
    });

    it('finds each way in which a bastion fails', async () => {
      const key = await lab.newKey('second');
      const stranger = await lab.newKey('stranger', '', false);
      const host = await lab.startBastion();
      const shut = await lab.startBastion({ config: ['AllowTcpForwarding no'] });
      const to = (name: string, port: number, file: string): readonly string[] => [
        ...[`Host ${name}`, `Port ${port}`, `IdentityFile ${file}`],
        'StrictHostKeyChecking accept-new',
      ];
      await lab.configure(
        ...to('good', host.port, key.file),
        ...to('shut', shut.port, key.file),
        ...to('denied', host.port, stranger.file),
        ...to('gone', await freePort(), key.file),
      );
      await conclude(through('gone'), 'bastionUnreachable');
      await conclude(through('denied'), 'bastionRefused');
      await conclude(through('shut'), 'bastionForbidsForwarding');
      await conclude(through('good', { host: 'no-such-name.invalid' }), 'bastionOutsideVpc');
      await conclude(through('good', { port: await freePort() }), 'bastionCannotReach');
      await conclude(through('good', { sshProgram: '/no/such/ssh' }), 'bastionProgram');
      await host.stop();
      await shut.stop();
    });
  });
});

/** In a VPC of network namespaces, from inside of it and from elsewhere. */
describe('diagnosing in the lab', function () {
  this.timeout(120_000);
  let lab: Lab;

  before(async function () {
    const reason = whyNoLab();
    if (reason !== undefined) {
      console.log(`    SKIPPED: the diagnosis from inside and outside a VPC: ${reason}`);
      this.skip();
    }
    lab = await startLab({ password });
  });
  after(() => (lab as Lab | undefined)?.stop());

  type Answer = Pick<Diagnosed, 'cause' | 'title' | 'report' | 'log'> & { readonly failed?: string };

  async function concludes(side: Side, cause: Cause, more: Partial<Situation> = {}): Promise<Answer> {
    const program = path.join(__dirname, 'diagnoser.ts');
    const child = lab.startNode(side, ['--import', 'tsx', program, 'diagnose']);
    const isInside = side !== 'client';
    const situation: Situation = {
      ...{ host: lab.domain, port: lab.port, caCertificatePem: lab.caCertificatePem, stored: lab.password },
      ...{ zoneIps: ['10.77.0.10'], addresses: [isInside ? '10.77.0.40' : '192.168.7.7'] },
      ...(isInside && { vpcId: anEndpoint.vpcId }),
      ...more,
    };
    child.send(situation);
    const [answer] = (await once(child, 'message')) as [Answer];
    assert.equal(answer.failed, undefined);
    assert.equal(answer.cause, cause, answer.report);
    assertNoSecret(answer.report + answer.log);
    return answer;
  }
  const shut: readonly SecurityGroupRule[] = [];

  it('finds from inside that all works', async () => {
    const { report } = await concludes('ecs', 'works');
    assert.match(report, /10\.77\.0\.10 \(private\)/);
    assert.match(report, /Resolvers: 10\.77\.0\.2/);
  });

  it('finds from elsewhere that it is outside', async () => {
    await concludes('client', 'outsideVpc');
    await lab.clientDns('private');
    // The name is known here, and every packet is lost.
    const { report } = await concludes('client', 'outsideVpc');
    assert.match(report, /10\.77\.0\.10 \(zone-0, Connected\): no answer \(ETIMEDOUT\)/);
    await concludes('client', 'anotherVpc', { vpcId: 'vpc-other' });
    await lab.clientDns('noSuchName');
  });

  it('finds from elsewhere that the bastion works', async () => {
    for (const destination of ['plain', 'jump'] as const) {
      await concludes('client', 'works', {
        bastion: lab.bastion.destinations[destination],
        sshProgram: `${lab.bastion.binFolder}/ssh`,
      });
    }
  });

  it('finds what is wrong with a bastion', async () => {
    const through = (destination: keyof Lab['bastion']['destinations']): Partial<Situation> => ({
      bastion: lab.bastion.destinations[destination],
      sshProgram: `${lab.bastion.binFolder}/ssh`,
    });
    await concludes('client', 'bastionRefused', through('notAuthorized'));
    await concludes('client', 'bastionHostKey', through('changedHostKey'));
    await concludes('client', 'bastionUnreachable', through('noSuchHost'));
    await lab.vpcDns('noSuchName');
    await concludes('client', 'bastionOutsideVpc', through('plain'));
    await lab.vpcDns('private');
  });

  it('finds the security group that drops packets', async () => {
    lab.blockDatabase();
    await concludes('ecs', 'securityGroupClosed', { rules: shut });
    // The rules would let it in: something that cannot be seen drops them.
    await concludes('ecs', 'dropped');
    await concludes('ecs', 'financialLock', { businessStatus: 'FinancialLocked' });
    lab.unblockDatabase();
  });

  it('finds what is wrong with the name, from inside', async () => {
    await lab.vpcDns('noSuchName');
    await concludes('ecs', 'dnsNotReady');
    await lab.vpcDns('silence');
    await concludes('ecs', 'resolverTrouble');
    await lab.vpcDns({ address: '47.88.1.1' });
    await concludes('ecs', 'publicAddress');
    await lab.vpcDns({ address: '10.77.0.99' });
    await concludes('ecs', 'staleAddress');
    await lab.vpcDns('private');
  });

  it('finds a server that is gone, and why', async () => {
    await lab.stopDatabase();
    await concludes('ecs', 'portRefused');
    await concludes('ecs', 'instancePaused', { instanceState: 'PAUSED' });
    await lab.startDatabase();
    await concludes('ecs', 'works');
  });
});
