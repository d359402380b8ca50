import assert from 'node:assert/strict';
import { causeOf } from '../../../src/core/diagnosis/cause';
import { errorOf, valueOf, type DiagnosisFacts } from '../../../src/core/diagnosis/facts';
import { AppError, cancellation } from '../../../src/core/errors';
import type { PrivateEndpoint } from '../../../src/core/health';
import type { ProbeTarget, SqlTarget } from '../../../src/core/ports';
import type { DomainProbe } from '../../../src/core/probe';
import { Connections, type Credentials } from '../../../src/services/connections';
import { Diagnoses } from '../../../src/services/diagnosis';
import {
  aCertificate,
  aProbe,
  failed,
  found,
  nameFails,
  sqlError,
  tcpFails,
  upTo,
} from '../../support/diagnosing';
import { aConnection, anEndpoint, anInstance, aZone, settle, without } from '../fakes';
import { stage, type Stage } from './stage';

const endpoint: PrivateEndpoint = {
  instanceId: anInstance.id,
  endpointId: anEndpoint.id,
  connection: aConnection,
  endpoint: anEndpoint,
};

describe('Diagnoses', () => {
  let s: Stage;
  let diagnoses: Diagnoses;
  let connections: Connections;
  let machineVpc: string | undefined;
  let bastions: Record<string, string>;
  let targets: (ProbeTarget & { readonly ca: string | undefined })[];
  let logins: SqlTarget[];
  let learnt: string[];
  let closed: number;
  let changes: DiagnosisFacts[];
  let probe: (ca: string | undefined) => DomainProbe;
  let server: (target: SqlTarget) => AppError | undefined;

  beforeEach(() => {
    build();
  });

  function build(signedIn: Parameters<typeof stage>[0] = {}): void {
    s = stage(signedIn);
    [targets, logins, learnt, changes, closed, bastions] = [[], [], [], [], 0, {}];
    machineVpc = anEndpoint.vpcId;
    probe = () => aProbe;
    server = () => undefined;
    s.world.connections.push({ ...aConnection, postedAtMs: 0 });
    s.world.endpoints.push({ ...anEndpoint, token: 'x', createdAtMs: 0 });
    s.world.endpointZones.set(anEndpoint.id, [
      { ...aZone, zoneId: 'ap-southeast-1a', ip: '10.0.1.10', status: 'Connected' },
    ]);
    s.world.endpointGroups.set(anEndpoint.id, ['sg-a', 'sg-b']);
    s.world.rules.set('sg-a', []);
    s.world.rules.set('sg-b', [
      { protocol: 'TCP', portRange: '4000/4000', sourceCidr: '10.0.1.0/24', policy: 'Accept', priority: 1 },
    ]);
    s.world.vpcs.push({
      ...{
        id: anEndpoint.vpcId,
        name: '',
        cidrBlocks: ['10.0.0.0/16'],
        status: 'Available',
        isDefault: false,
      },
    });
    s.state.kept.set('ca/1001', 'CA kept');
    const connector = async (): Promise<{ open: (target: SqlTarget) => Promise<never> }> =>
      Promise.resolve({
        open: (target: SqlTarget) => {
          assert.ok(learnt.includes(target.password), 'the log knows the password before it is used');
          logins.push(target);
          const refusal = server(target);
          const session = {
            serverVersion: '8.0.11-TiDB-v8.5.0',
            run: () => Promise.resolve({ rows: [['8.0.11-TiDB-v8.5.0', 'root@%']] }),
            close: () => {
              closed++;
              return Promise.resolve();
            },
          };
          return refusal === undefined ? Promise.resolve(session as never) : Promise.reject(refusal);
        },
      });
    const machine = {
      vpcId: () => Promise.resolve(machineVpc),
      addresses: () => ['10.0.1.77', 'fd00::7'],
      versions: [],
      remoteName: 'ssh-remote',
    };
    connections = new Connections({
      ...s,
      ...{ machine, connector },
      keys: {
        password: (instanceId, user) => `password/${instanceId}/${user}`,
        caCertificate: (instanceId) => `ca/${instanceId}`,
        user: (instanceId) => `user/${instanceId}`,
        database: (instanceId) => `database/${instanceId}`,
      },
      bastions: () => bastions,
      learnSecret: (secret) => learnt.push(secret),
    });
    diagnoses = new Diagnoses({
      ...s,
      ...{ connections, connector, machine },
      probe: () =>
        Promise.resolve({
          probeDomain: async (target, { onStage }) => {
            const ca = await target.caCertificatePem;
            targets.push({ ...target, ca });
            const result = probe(ca);
            onStage?.(result);
            return result;
          },
          lookUp: () => Promise.resolve(found({ addresses: ['10.0.1.10'], resolvers: [] })),
        }),
      isSandbox: () => false,
      learnSecret: (secret) => learnt.push(secret),
      newId: () => 'token',
    });
  }

  const run = (
    more: { signal?: AbortSignal; credentials?: Credentials; endpoint?: PrivateEndpoint } = {},
  ): Promise<DiagnosisFacts> =>
    diagnoses.run({
      instance: anInstance,
      endpoint,
      signal: new AbortController().signal,
      onChange: (facts) => changes.push(facts),
      ...more,
    });
  const keepPassword = (): void => void s.secrets.kept.set('password/1001/root', 'right password');

  it('looks at both sides and finds that all is well', async () => {
    keepPassword();
    await s.inventory.refreshInstances();
    const facts = await run();
    assert.equal(causeOf(facts), 'works');
    assert.deepEqual(valueOf(facts.query), { version: '8.0.11-TiDB-v8.5.0', user: 'root@%' });
    assert.equal(logins.length, 1);
    assert.equal(closed, 1);
    assert.deepEqual(valueOf(facts.ports), {
      check: 'open',
      groupIds: ['sg-a', 'sg-b'],
      sources: ['10.0.1.77/32'],
      from: 'here',
      missing: [],
    });
    assert.equal(valueOf(facts.zones)?.length, 1);
    assert.equal(facts.remoteName, 'ssh-remote');
    assert.ok(facts.finished && !facts.cancelled);
  });

  it('asks the clouds for each thing once, and for the VPC only from outside of it', async () => {
    await s.inventory.refreshInstances();
    await run();
    for (const operation of [
      'getInstance',
      'getPrivateLinkService',
      'listConnections',
      'listEndpoints',
      'listEndpointZones',
      'listEndpointSecurityGroups',
    ]) {
      assert.equal(s.script.count(operation), 1, operation);
    }
    assert.equal(s.script.count('listIngressRules sg-a') + s.script.count('listIngressRules sg-b'), 2);
    assert.equal(s.script.count('listVpcs'), 0);
    assert.equal(s.script.count('getCaCertificate'), 0, 'the kept one serves');
    machineVpc = undefined;
    const facts = await run();
    assert.equal(s.script.count('listVpcs'), 1);
    assert.equal(valueOf(facts.ports)?.check, 'partly');
    assert.deepEqual(valueOf(facts.ports)?.sources, ['10.0.0.0/16']);
  });

  it('streams what it finds as it comes', async () => {
    const release = s.script.hold('getInstance');
    const running = run();
    await settle();
    await settle();
    const last = changes.at(-1);
    assert.ok(last?.probe.tls !== undefined && !last.finished);
    assert.equal(last.instance, undefined);
    release();
    assert.ok((await running).finished);
  });

  it('does not log in without a password, and says so', async () => {
    const facts = await run();
    assert.equal(logins.length, 0);
    assert.deepEqual(facts.login, { skipped: 'noPassword' });
    assert.equal(causeOf(facts), 'loginNotTried');
  });

  it('tries a wrong password once, and nobody tries it again', async () => {
    keepPassword();
    server = () => sqlError('sqlAccessDenied', { serviceCode: 'ER_ACCESS_DENIED_ERROR' });
    const facts = await run();
    assert.equal(causeOf(facts), 'wrongPassword');
    assert.equal(logins.length, 1);
    assert.equal(s.secrets.kept.has('password/1001/root'), false);
    await run();
    assert.equal(logins.length, 1);
  });

  it('keeps a password that is not at fault', async () => {
    keepPassword();
    server = () => sqlError('sqlAccessDenied', { serviceCode: 'ER_ACCOUNT_HAS_BEEN_LOCKED' });
    assert.equal(causeOf(await run()), 'accountLocked');
    assert.equal(s.secrets.kept.get('password/1001/root'), 'right password');
  });

  it('keeps a password that the person gave and the server took', async () => {
    const facts = await run({ credentials: { user: 'app', password: 'given password' } });
    assert.equal(causeOf(facts), 'works');
    assert.equal(facts.user, 'app');
    assert.equal(s.secrets.kept.get('password/1001/app'), 'given password');
  });

  it('does not log in where TLS is not to be trusted', async () => {
    keepPassword();
    probe = () => upTo({ tls: { ...found(aCertificate), error: sqlError('sqlCertificateUntrusted') } });
    assert.equal(causeOf(await run()), 'certificateIntercepted');
    assert.equal(logins.length, 0);
  });

  it('downloads the CA again when the kept one does not fit', async () => {
    probe = (ca) =>
      ca === 'CA 1'
        ? aProbe
        : upTo({ tls: { ...found(aCertificate), error: sqlError('sqlCertificateUntrusted') } });
    assert.equal(causeOf(await run()), 'loginNotTried');
    assert.deepEqual(
      targets.map(({ ca }) => ca),
      ['CA kept', 'CA 1'],
    );
  });

  it('goes as far as it can without TiDB Cloud', async () => {
    s.state.kept.clear();
    for (const operation of ['getInstance', 'getPrivateLinkService', 'getCaCertificate']) {
      s.script.fail(operation, sqlError('unreachable'));
    }
    probe = (ca) =>
      ca === undefined
        ? upTo({ tls: { ...found(aCertificate), error: sqlError('sqlCertificateUntrusted') } })
        : aProbe;
    const facts = await run();
    assert.equal(causeOf(facts), 'caMissing');
    assert.ok(AppError.is(errorOf(facts.instance)));
  });

  it('leaves Alibaba Cloud’s side out without a sign-in', async () => {
    build({ ali: false });
    probe = () => upTo(nameFails());
    machineVpc = undefined;
    const facts = await run();
    assert.deepEqual(facts.endpoint, { skipped: 'notSignedIn' });
    assert.deepEqual(facts.zones, { skipped: 'notSignedIn' });
    assert.deepEqual(facts.ports, { skipped: 'notSignedIn' });
  });

  it('tells a wrong account from a failure', async () => {
    s.world.endpoints.length = 0;
    await s.inventory.refreshInstances();
    const gone = await run();
    assert.ok(gone.endpoint !== undefined && !('skipped' in gone.endpoint));
    assert.equal(gone.endpoint.value, undefined);
    assert.equal(gone.endpoint.error, undefined);
    s.script.fail('listEndpoints', sqlError('notAllowed'));
    assert.ok(AppError.is(errorOf((await run()).endpoint)));
  });

  it('goes through the bastion of the VPC, and checks the rules for the VPC then', async () => {
    machineVpc = undefined;
    bastions = { [anEndpoint.vpcId]: 'bastion' };
    await s.inventory.refreshInstances();
    probe = () => ({ tunnel: failed(sqlError('sshFarUnreachable')) });
    const facts = await run();
    assert.deepEqual(targets[0]?.route, { kind: 'bastion', destination: 'bastion' });
    assert.equal(valueOf(facts.ports)?.from, 'vpc');
    assert.equal(facts.endpointDns, undefined);
  });

  it('takes up a domain that has come since the lists were read last', async () => {
    const pending = without(aConnection, 'host', 'port');
    await run({ endpoint: { ...endpoint, connection: { ...pending, state: 'PENDING' } } });
    assert.equal(targets.length, 1);
  });

  it('ends when cancelled, whatever hangs', async () => {
    s.script.hold('getInstance');
    s.script.hold('listConnections');
    const abort = new AbortController();
    const running = run({ signal: abort.signal });
    await settle();
    abort.abort(cancellation());
    const facts = await running;
    assert.ok(facts.finished && facts.cancelled);
  });

  it('gives up on a cloud that does not answer in time', async () => {
    s.script.hold('getInstance');
    s.script.hold('listConnections');
    probe = () => upTo(tcpFails());
    const running = run();
    await s.clock.pass(15_000);
    const facts = await running;
    assert.ok(AppError.is(errorOf(facts.instance)));
    assert.ok(AppError.is(errorOf(facts.connection)));
    assert.ok(facts.finished && !facts.cancelled);
  });

  it('adds the rule that is missing to the first group, and nothing wider', async () => {
    machineVpc = undefined;
    s.world.rules.set('sg-b', []);
    probe = () => upTo(tcpFails());
    await s.inventory.refreshInstances();
    const facts = await run();
    assert.equal(causeOf(facts), 'securityGroupClosed');
    const missing = valueOf(facts.ports)?.missing ?? [];
    assert.deepEqual(
      missing.map(({ portRange, sourceCidr }) => [portRange, sourceCidr]),
      [['4000/4000', '10.0.0.0/16']],
    );
    await diagnoses.addRules(facts, missing);
    assert.equal(valueOf((await run()).ports)?.check, 'open');
  });
});
