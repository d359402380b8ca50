import assert from 'node:assert/strict';
import type { SqlSession } from '../../src/core/ports';
import { dialTcp } from '../../src/sql/dial';
import { createAuthority, createSelfSigned, expired } from '../support/certificates';
import { startMariadb } from '../support/mariadb';
import type { Mariadb } from '../support/mariadb';
import { assertNoSecret, connector, failure, log, password, run, targetOf, value } from './fixtures';

const privateDomain = 'gw-1.ap-southeast-1.premium.tidbcloud.localhost';

describe('opening SQL, against MariaDB', function () {
  this.timeout(60_000);
  const authority = createAuthority();
  const names = ['localhost', '*.ap-southeast-1.premium.tidbcloud.localhost'];
  let server: Mariadb;
  let admin: SqlSession;

  before(async () => {
    server = await startMariadb({ password, certificate: authority.issue({ names }) });
    admin = await connector().open(targetOf(server));
  });
  after(async () => {
    await admin.close();
    await server.stop();
    assertNoSecret(log.lines.join('\n'));
  });

  const open = (more: Parameters<typeof targetOf>[1] = {}): Promise<SqlSession> =>
    connector().open(targetOf(server, more));

  it('works with and without a default database', async () => {
    const session = await open();
    assert.equal(await value(session, 'SELECT DATABASE()'), 'orders');
    await session.close();
    assert.equal(session.open, false);
    const { host, port, user, caCertificatePem } = targetOf(server);
    const none = { host, port, user, password, caCertificatePem };
    for (const target of [none, { ...none, database: '' }]) {
      const bare = await connector().open(target);
      assert.equal(await value(bare, 'SELECT DATABASE()'), null);
      await bare.close();
    }
  });

  it('says which user was refused', async () => {
    const wrong = await failure(open({ password: 'not-the-password' }), 'sqlAccessDenied');
    assert.equal(wrong.details.subject, 'root');
    await failure(open({ user: 'nobody' }), 'sqlAccessDenied');
    await run(admin, "CREATE OR REPLACE USER guest@'127.0.0.1' IDENTIFIED BY 'guest-password'");
    await failure(open({ user: 'guest', password: 'guest-password' }), 'sqlAccessDenied');
  });

  it('says when the database does not exist', async () => {
    const error = await failure(open({ database: 'nowhere' }), 'sqlUnknownDatabase');
    assert.match(error.details.reason ?? '', /nowhere/);
  });

  it('says when the host has no address, or nothing listens there', async () => {
    const unknown = await failure(open({ host: 'no..such' }), 'sqlHostNotFound');
    assert.equal(unknown.details.subject, 'no..such');
    const stopped = await startMariadb({ tls: false });
    await stopped.stop();
    const refused = await failure(open({ port: stopped.port }), 'sqlUnreachable');
    assert.equal(refused.details.serviceCode, 'ECONNREFUSED');
  });

  it('refuses a server without TLS', async () => {
    const plain = await startMariadb({ password, tls: false });
    try {
      await failure(connector().open(targetOf(plain)), 'sqlTlsUnavailable');
      assert.ok(!(await plain.connectionLog()).includes('Connect'), 'it was told a user name');
    } finally {
      await plain.stop();
    }
  });

  it('refuses a certificate of an authority that it was not given', async () => {
    const { host, port, user } = targetOf(server);
    await failure(connector().open({ host, port, user, password }), 'sqlCertificateUntrusted');
    const other = await failure(
      open({ caCertificatePem: createAuthority().certificatePem }),
      'sqlCertificateUntrusted',
    );
    assert.match(other.details.serviceCode ?? '', /UNABLE_TO_|SELF_SIGNED|CERT_/);
  });

  it('accepts only a host name that the certificate carries', async () => {
    // Another address of the same machine stands for the wrong host: what matters is the name that was asked for.
    const here: Parameters<typeof connector>[0] = {
      dial: (address, signal) => dialTcp({ ...address, host: 'localhost' }, signal),
    };
    const good = await connector(here).open(targetOf(server, { host: privateDomain }));
    assert.equal(await value(good, 'SELECT 5'), '5');
    await good.close();
    for (const host of ['gw-1.eu-central-1.premium.tidbcloud.localhost', `a.${privateDomain}`]) {
      const error = await failure(connector(here).open(targetOf(server, { host })), 'sqlCertificateHost');
      assert.equal(error.details.subject, host);
      assert.equal(error.details.reason, `it is for ${names.join(', ')}`);
    }
    await failure(open({ host: '127.0.0.1' }), 'invalidInput');
  });

  it('refuses an expired, a future and a self-signed certificate', async () => {
    const good = authority.issue({ names });
    const tomorrow = new Date(Date.now() + 24 * 60 * 60 * 1000);
    const bad = [
      ['sqlCertificateExpired', authority.issue({ names, ...expired() })],
      ['sqlCertificateExpired', authority.issue({ names, notBefore: tomorrow })],
      ['sqlCertificateUntrusted', createSelfSigned({ names })],
    ] as const;
    try {
      for (const [code, certificate] of bad) {
        await server.replaceCertificate(certificate);
        await run(admin, 'FLUSH SSL');
        await failure(open(), code);
      }
    } finally {
      await server.replaceCertificate(good);
      await run(admin, 'FLUSH SSL');
    }
    await (await open()).close();
  });

  it('leaves a server that cannot take another connection, with its words', async () => {
    await run(admin, 'SET GLOBAL max_connections = 10');
    const sessions: SqlSession[] = [];
    try {
      const full = async (): Promise<never> => {
        for (;;) {
          sessions.push(await open());
        }
      };
      const error = await failure(full(), 'sqlRefused');
      assert.match(error.details.reason ?? '', /Too many connections/);
    } finally {
      await Promise.all(sessions.map((session) => session.close()));
      await run(admin, 'SET GLOBAL max_connections = 151');
    }
  });
});
