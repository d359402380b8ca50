import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { SqlConnector, SqlSession, SqlTarget, SshQuestion } from '../../src/core/ports';
import type { SshOptions } from '../../src/sql';
import { createAuthority } from '../support/certificates';
import { startOwned } from '../support/editor/processes';
import { startMariadb, type Mariadb } from '../support/mariadb';
import { freePort, SshLab, type BastionHost } from '../support/sshd';
import { connector, eventually, failure, log, password, run, targetOf, value } from './fixtures';

const passphrase = 'pass-phrase "of" the key';

type Answer =
  string | undefined | ((question: SshQuestion, signal: AbortSignal) => Promise<string | undefined>);

describe('SQL through a bastion, with OpenSSH', function () {
  this.timeout(60_000);
  let lab: SshLab;
  let server: Mariadb;
  let bastion: BastionHost;
  let jump: BastionHost;
  let closed: BastionHost;
  const silent: { server: Server; port: number; sockets: Set<Socket> } = {
    server: createServer(),
    port: 0,
    sockets: new Set(),
  };
  let questions: SshQuestion[];
  let learnt: string[];
  let answers: Answer[];

  before(async () => {
    [lab, server] = await Promise.all([SshLab.create(), startMariadb({ password })]);
    await build({
      entryPoints: ['src/sql/ssh/askpass.ts'],
      outfile: lab.file('askpass.js'),
      ...{ bundle: true, platform: 'node', format: 'cjs', target: 'node20', minify: true },
    });
    const [plain, secret, stranger] = await Promise.all([
      lab.newKey('plain'),
      lab.newKey('secret', passphrase),
      lab.newKey('stranger', '', false),
    ]);
    bastion = await lab.startBastion();
    jump = await lab.startBastion();
    closed = await lab.startBastion({ config: ['AllowTcpForwarding no'] });
    silent.server.on('connection', (socket) => {
      silent.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.resume();
      socket.on('close', () => silent.sockets.delete(socket));
    });
    await new Promise<void>((resolve) => silent.server.listen(0, '127.0.0.1', resolve));
    silent.port = (silent.server.address() as AddressInfo).port;
    const host = (name: string, port: number, key: string, ...more: string[]): string[] => [
      `Host ${name}`,
      `Port ${String(port)}`,
      `IdentityFile ${key}`,
      ...more,
    ];
    await lab.configure(
      ...host('bastion', bastion.port, plain.file),
      ...host('jump', jump.port, plain.file),
      ...host('behind', bastion.port, plain.file, 'ProxyJump jump'),
      ...host('locked', bastion.port, secret.file),
      ...host('stranger', bastion.port, stranger.file),
      ...host('closed', closed.port, plain.file),
      ...host('down', await freePort(), plain.file),
      ...host('mute', silent.port, plain.file),
      ...host('nameless', 22, plain.file, 'HostName no-such-bastion.invalid'),
      ...host('behind-mute', bastion.port, plain.file, 'ProxyJump mute'),
      ...host('behind-down', bastion.port, plain.file, 'ProxyJump down'),
      ...host('behind-nowhere', await freePort(), plain.file, 'ProxyJump jump'),
      ...host('behind-nameless', 22, plain.file, 'HostName no-such-bastion.invalid', 'ProxyJump jump'),
    );
  });

  after(async () => {
    silent.sockets.forEach((socket) => socket.destroy());
    silent.server.close();
    await server.stop();
    await lab.remove();
  });

  beforeEach(async () => {
    [questions, learnt, answers] = [[], [], []];
    await lab.know(bastion, jump, closed);
  });

  afterEach(() => eventually(() => lab.processes().length === 0, 'no ssh is left'));

  const ssh = (): Omit<SshOptions, 'log'> => ({
    program: lab.program,
    questions: {
      ask: (question, signal) => {
        questions.push(question);
        const answer = answers.shift();
        return typeof answer === 'function' ? answer(question, signal) : Promise.resolve(answer);
      },
      learnSecret: (secret) => learnt.push(secret),
      askpass: { script: lab.file('askpass.js'), folder: join(lab.path, 'launcher') },
    },
  });
  const through = (destination: string, more: Partial<SqlTarget> = {}): SqlTarget => ({
    ...targetOf(server),
    route: { kind: 'bastion', destination },
    ...more,
  });
  const open = (
    destination: string,
    more: Partial<SqlTarget> = {},
    via: SqlConnector = connector({ ssh: ssh() }),
    signal?: AbortSignal,
  ): Promise<SqlSession> => via.open(through(destination, more), signal);

  const works = async (session: SqlSession): Promise<void> => {
    assert.equal(await value(session, 'SELECT DATABASE()'), 'orders');
    const cell = await value(session, `SELECT REPEAT('x', 3000000)`);
    assert.equal(cell?.length, 3_000_000);
    await session.close();
    assert.equal(session.open, false);
  };

  it('works, and the bastion resolves the name', async () => {
    const before = bastion.log().length;
    await works(await open('bastion'));
    assert.match(bastion.log().slice(before), /direct-tcpip.*\n(?:.*\n)*?.*localhost/);
    assert.deepEqual(questions, []);
  });

  it('takes what ssh takes as a destination', async () => {
    await works(await open(`ssh://bastion:${String(bastion.port)}`));
    for (const destination of ['-oProxyCommand=touch /tmp/x', '', 'a b', '-V', 'a\nb']) {
      await failure(open(destination), 'invalidInput');
    }
    await failure(open('bastion', { host: '-V' }), 'invalidInput');
  });

  it('goes through a jump host', async () => {
    const before = jump.log().length;
    await works(await open('behind'));
    assert.match(jump.log().slice(before), /Accepted publickey/);
  });

  it('does not hold up a big answer or a big statement', async () => {
    const session = await open('bastion');
    const text = 'y'.repeat(2_000_000);
    assert.equal(await value(session, `SELECT LENGTH('${text}')`), '2000000');
    const all = await run(session, 'SELECT seq, REPEAT(seq, 100) FROM seq_1_to_50000', 100_000);
    assert.equal(all.rows.length, 50_000);
    await session.close();
  });

  describe('questions', () => {
    it('asks for the passphrase of a key, once for all connections that follow', async () => {
      answers = [passphrase];
      const via = connector({ ssh: ssh() });
      const session = await open('locked', {}, via);
      assert.equal(questions.length, 1);
      assert.equal(questions[0]?.kind, 'secret');
      assert.equal(questions[0].destination, 'locked');
      assert.match(questions[0].text, /Enter passphrase for key '.*secret'/);
      assert.equal(questions[0].again, undefined);
      assert.deepEqual(learnt, [passphrase]);
      await works(session);
      await works(await open('locked', {}, via));
      assert.equal(questions.length, 1);
    });

    it('asks again after a wrong one, and says so', async () => {
      answers = ['wrong', 'wrong again', passphrase];
      await works(await open('locked'));
      assert.deepEqual(
        questions.map(({ again }) => again),
        [undefined, true, true],
      );
    });

    it('fails when ssh has asked often enough', async () => {
      answers = ['a', 'b', 'c', 'd', 'e'];
      const error = await failure(open('locked'), 'sshDenied');
      assert.equal(error.details.subject, 'locked');
      assert.equal(questions.length, 3);
    });

    it('keeps no wrong passphrase', async () => {
      const via = connector({ ssh: ssh() });
      answers = ['a', 'b', 'c'];
      await failure(open('locked', {}, via), 'sshDenied');
      answers = [passphrase];
      await works(await open('locked', {}, via));
      assert.equal(questions[3]?.again, undefined);
    });

    it('ends silently when the person cancels', async () => {
      answers = [undefined];
      await assert.rejects(open('locked'), { name: 'AbortError' });
      answers = ['wrong', undefined];
      await assert.rejects(open('locked'), { name: 'AbortError' });
    });

    it('does not count the person’s time', async () => {
      answers = [() => new Promise((resolve) => setTimeout(() => resolve(passphrase), 2500))];
      await works(await open('locked', {}, connector({ ssh: ssh(), connectTimeoutMs: 2000 })));
    });

    it('asks two connections at once only once', async () => {
      answers = [
        (_, signal) =>
          new Promise((resolve) => {
            signal.addEventListener('abort', () => resolve(undefined));
            void eventually(() => lab.processes().length >= 4, 'both ask').then(() => resolve(passphrase));
          }),
      ];
      const via = connector({ ssh: ssh() });
      const both = await Promise.all([open('locked', {}, via), open('locked', {}, via)]);
      assert.equal(questions.length, 1);
      await Promise.all(both.map(works));
    });

    it('asks nobody when nobody is there', async () => {
      const via = connector({ ssh: ssh() });
      const route = { kind: 'bastion', destination: 'locked', unattended: true } as const;
      await assert.rejects(via.open({ ...targetOf(server), route }), { name: 'AbortError' });
      assert.deepEqual(questions, []);
      answers = [passphrase];
      await works(await open('locked', {}, via));
      await works(await via.open({ ...targetOf(server), route }));
      assert.equal(questions.length, 1);
    });

    it('asks whether to trust a host that is not known, and remembers it as ssh does', async () => {
      await lab.know();
      answers = ['yes'];
      await works(await open('bastion'));
      assert.equal(questions[0]?.kind, 'confirm');
      assert.match(questions[0].text, /fingerprint is SHA256:/);
      assert.deepEqual(learnt, []);
      await works(await open('bastion'));
      assert.equal(questions.length, 1);
    });

    it('goes nowhere when the host is not trusted', async () => {
      await lab.know();
      answers = ['no'];
      await failure(open('bastion'), 'sshHostKeyRefused');
      answers = [undefined];
      await assert.rejects(open('bastion'), { name: 'AbortError' });
      assert.equal(readFileSync(lab.file('known_hosts'), 'utf8'), '');
    });
  });

  describe('what stands in the way', () => {
    it('is a host key that has changed', async () => {
      await closed.restart({ newHostKey: true });
      await failure(open('closed'), 'sshHostKeyChanged');
      assert.deepEqual(questions, []);
    });

    const causes = [
      ['down', 'sshUnreachable', /Connection refused/],
      ['nameless', 'sshHostNotFound', /no-such-bastion\.invalid/],
      ['stranger', 'sshDenied', /publickey/],
      ['closed', 'sshForwardRefused', /administratively prohibited/],
      ['behind-down', 'sshUnreachable', /Connection refused/],
      ['behind-nowhere', 'sshUnreachable', /Connection refused/],
      ['behind-nameless', 'sshHostNotFound', /./],
    ] as const;
    for (const [destination, code, reason] of causes) {
      it(`is ${code}: ${destination}`, async () => {
        const error = await failure(open(destination), code);
        assert.match(error.details.reason ?? '', reason);
        assert.equal(error.details.subject, destination);
        assert.equal(error.details.domain, 'localhost');
      });
    }

    it('is a name that the bastion does not know', async () => {
      for (const destination of ['bastion', 'behind']) {
        const host = 'gw-9.no-such-region.invalid';
        const error = await failure(open(destination, { host }), 'sshFarHostNotFound');
        assert.equal(error.details.domain, host);
      }
    });

    it('is a database that does not answer to the bastion', async () => {
      const port = await freePort();
      for (const destination of ['bastion', 'behind']) {
        const error = await failure(open(destination, { port }), 'sshFarUnreachable');
        assert.match(error.details.reason ?? '', /Connection refused/);
      }
    });

    it('is that there is no ssh', async () => {
      const none = connector({ ssh: { ...ssh(), program: join(lab.path, 'no-such-program') } });
      await failure(open('bastion', {}, none), 'sshMissing');
    });

    it('is a configuration that ssh does not understand', async () => {
      const odd = connector({ ssh: { ...ssh(), program: lab.program } });
      const error = await failure(open('ssh://user@:nonsense', {}, odd), 'sshFailed');
      assert.ok((error.details.reason ?? '').length > 3);
    });

    it('is silence, of the bastion and behind it', async () => {
      const hurried = connector({ ssh: ssh(), connectTimeoutMs: 1500 });
      const error = await failure(open('mute', {}, hurried), 'sshUnreachable');
      assert.match(error.details.reason ?? '', /no answer within 1.5 s/);
      await failure(open('behind-mute', {}, hurried), 'sshUnreachable');
      await failure(open('bastion', { port: silent.port }, hurried), 'sshFarUnreachable');
    });

    it('is still a certificate that is not trusted', async () => {
      const caCertificatePem = createAuthority().certificatePem;
      await failure(open('bastion', { caCertificatePem }), 'sqlCertificateUntrusted');
    });
  });

  describe('giving up', () => {
    const aborted = async (
      destination: string,
      more: Partial<SqlTarget>,
      reached: () => boolean,
    ): Promise<void> => {
      const abort = new AbortController();
      const opening = open(destination, more, connector({ ssh: ssh() }), abort.signal);
      opening.catch(() => undefined);
      await eventually(reached, 'the stage');
      abort.abort();
      await assert.rejects(opening, { name: 'AbortError' });
      await eventually(() => lab.processes().length === 0, 'no ssh is left');
    };
    const heard = (): boolean => silent.sockets.size > 0;
    afterEach(() => eventually(() => silent.sockets.size === 0, 'every connection is closed'));

    it('works while the bastion says nothing', () => aborted('mute', {}, heard));
    it('works while a jump host says nothing', () => aborted('behind-mute', {}, heard));
    it('works while the far side says nothing', () => aborted('bastion', { port: silent.port }, heard));
    it('works before ssh has started', async () => {
      const opening = open('bastion', {}, connector({ ssh: ssh() }), AbortSignal.abort());
      await assert.rejects(opening, { name: 'AbortError' });
    });
    it('works while a question is open, which is taken away', async () => {
      let taken = false;
      answers = [
        (_, signal) =>
          new Promise((resolve) =>
            signal.addEventListener('abort', () => {
              taken = true;
              resolve(undefined);
            }),
          ),
      ];
      await aborted('locked', {}, () => questions.length === 1);
      await eventually(() => taken, 'the question is taken away');
    });
  });

  it('stops a statement through the bastion; the session stays', async () => {
    const session = await open('behind');
    const abort = new AbortController();
    const started = Date.now();
    const sleeping = session.run('SELECT SLEEP(30)', { maxRows: 1, timeoutMs: 0, signal: abort.signal });
    sleeping.catch(() => undefined);
    const admin = await connector().open(targetOf(server));
    await eventually(
      async () =>
        (await value(
          admin,
          "SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE '%SLEEP(30)%' AND info NOT LIKE '%processlist%'",
        )) === '1',
      'it runs',
    );
    await admin.close();
    abort.abort();
    await assert.rejects(sleeping, { name: 'AbortError' });
    assert.ok(Date.now() - started < 15_000);
    assert.ok(session.open);
    await works(session);
  });

  it('uses a master connection that the person has, and makes none', async () => {
    const socket = lab.file('master');
    const more = ['Host shared', `Port ${String(bastion.port)}`, `IdentityFile ${lab.file('plain')}`];
    const config = await readFile(lab.file('config'), 'utf8');
    await writeFile(
      lab.file('config'),
      [...more, 'ControlMaster auto', 'ControlPersist yes', `ControlPath ${socket}`, config].join('\n'),
    );
    try {
      await works(await open('shared'));
      assert.equal(existsSync(socket), false);
      const master = startOwned(lab.program, ['-M', '-N', 'shared'], { env: { PATH: process.env.PATH } });
      await eventually(() => existsSync(socket), 'the master');
      const before = bastion.log().length;
      await works(await open('shared'));
      assert.doesNotMatch(bastion.log().slice(before), /Accepted publickey/);
      await failure(open('shared', { port: await freePort() }), 'sshFarUnreachable');
      // The master alone is told why.
      await failure(open('shared', { host: 'no-such.invalid' }), 'sshFarUnreachable');
      execFileSync(lab.program, ['-O', 'exit', 'shared'], { stdio: 'ignore' });
      await master.stop();
    } finally {
      await writeFile(lab.file('config'), config);
    }
  });

  it('says that the way broke when ssh dies', async () => {
    const session = await open('bastion');
    const sleeping = run(session, 'SELECT SLEEP(30)');
    sleeping.catch(() => undefined);
    lab.processes().forEach((pid) => process.kill(pid, 'SIGKILL'));
    const error = await failure(sleeping, 'sqlConnectionLost');
    assert.match(error.details.reason ?? '', /the way through bastion broke/);
    assert.equal(session.open, false);
  });

  it('leaves no ssh when the database ends the connection', async () => {
    const session = await open('bastion');
    const id = await value(session, 'SELECT CONNECTION_ID()');
    const admin = await connector().open(targetOf(server));
    await run(admin, `KILL ${String(id)}`);
    await admin.close();
    await eventually(() => !session.open, 'the session is lost');
  });

  it('writes no passphrase anywhere', () => {
    assert.ok(!log.lines.join('\n').includes(passphrase));
  });
});
