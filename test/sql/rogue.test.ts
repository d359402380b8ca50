import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import type { ErrorCode } from '../../src/core/errors';
import type { SqlTarget, StoredRows } from '../../src/core/ports';
import { createAuthority } from '../support/certificates';
import { assertNoSecret, connector, eventually, failure, log, password, run } from './fixtures';
import { admit, columns, error, greeting, ok, packet, resultSet, row, startRogue, upgrade } from './rogue';
import type { Rogue } from './rogue';

const certificate = createAuthority().issue({ names: ['localhost'] });
const silent = (): void => undefined;

describe('opening SQL, against servers that misbehave', function () {
  this.timeout(20_000);
  let rogue: Rogue | undefined;

  afterEach(async () => {
    await rogue?.close();
    rogue = undefined;
  });
  after(() => assertNoSecret(log.lines.join('\n')));

  const start = async (behave: Parameters<typeof startRogue>[0]): Promise<SqlTarget> => {
    rogue = await startRogue(behave);
    return {
      host: 'localhost',
      port: rogue.port,
      user: 'root',
      password,
      caCertificatePem: certificate.caCertificatePem,
    };
  };
  const nothingOpen = (): Promise<void> =>
    eventually(() => rogue?.open.size === 0, 'its connections are closed');

  const stalls: readonly (readonly [
    stage: string,
    words: RegExp,
    behave: (socket: Socket) => void | Promise<void>,
  ])[] = [
    ['after accepting', /no greeting/, silent],
    [
      'in the middle of the greeting',
      /no greeting/,
      (socket) => void socket.write(greeting().subarray(0, 20)),
    ],
    ['in the TLS handshake', /TLS handshake/, (socket) => void socket.resume().write(greeting())],
    ['in the login', /the login/, async (socket) => void (await upgrade(socket, certificate)).resume()],
    [
      'after the login',
      /first statement/,
      async (socket) => {
        const secure = await upgrade(socket, certificate);
        secure.once('data', () => secure.write(ok(3)));
      },
    ],
  ];
  for (const [stage, words, behave] of stalls) {
    it(`gives up in time when it stalls ${stage}`, async () => {
      const target = await start(behave);
      const started = Date.now();
      const failed = await failure(connector({ connectTimeoutMs: 400 }).open(target), 'sqlUnreachable');
      assert.match(failed.details.reason ?? '', words);
      assert.match(failed.details.reason ?? '', /within 0\.4 s$/);
      assert.ok(Date.now() - started < 1500);
      await nothingOpen();
    });

    it(`can be aborted while it stalls ${stage}`, async () => {
      let arrived = false;
      const target = await start(async (socket) => {
        arrived = true;
        await behave(socket);
      });
      const controller = new AbortController();
      const opening = connector().open(target, controller.signal);
      await eventually(() => arrived, 'the connection');
      const reason = new Error('a person changed their mind');
      controller.abort(reason);
      await assert.rejects(opening, reason);
      await nothingOpen();
    });
  }

  const answers: readonly (readonly [
    what: string,
    code: ErrorCode,
    behave: (socket: Socket) => void | Promise<void>,
  ])[] = [
    ['closes at once', 'sqlUnreachable', (socket) => void socket.end()],
    ['resets at once', 'sqlUnreachable', (socket) => void socket.resetAndDestroy()],
    ['speaks HTTP', 'sqlProtocol', (socket) => void socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['speaks SSH', 'sqlProtocol', (socket) => void socket.write('SSH-2.0-OpenSSH_9.2\r\n')],
    ['sends zeros', 'sqlProtocol', (socket) => void socket.write(Buffer.alloc(4096))],
    ['sends random bytes', 'sqlProtocol', (socket) => void socket.write(Buffer.from('7f3a99c0ffee', 'hex'))],
    [
      'sends a greeting of an unknown version',
      'sqlProtocol',
      (socket) => void socket.write(greeting().fill(9, 4, 5)),
    ],
    ['offers no TLS', 'sqlTlsUnavailable', (socket) => void socket.write(greeting(false))],
    [
      'has only TLS 1.1',
      'sqlTlsUnavailable',
      async (socket) => {
        await upgrade(socket, certificate, {
          minVersion: 'TLSv1',
          maxVersion: 'TLSv1.1',
          ciphers: 'DEFAULT@SECLEVEL=0',
        });
      },
    ],
    [
      'refuses in its first packet',
      'sqlAccessDenied',
      (socket) => void socket.write(error(0, 1130, `not you, ${password}`)),
    ],
    [
      'sends garbage instead of TLS',
      'sqlProtocol',
      (socket) => {
        socket.write(greeting());
        socket.once('data', () => socket.write('hello, this is not TLS at all'));
      },
    ],
    [
      'goes on in the clear',
      'sqlProtocol',
      (socket) => {
        socket.write(greeting());
        socket.once('data', () => socket.write(ok(2)));
      },
    ],
    [
      'closes in the TLS handshake',
      'sqlUnreachable',
      (socket) => {
        socket.write(greeting());
        socket.once('data', () => socket.end());
      },
    ],
    [
      'closes in the login',
      'sqlUnreachable',
      async (socket) => {
        const secure = await upgrade(socket, certificate);
        secure.once('data', () => secure.end());
      },
    ],
    [
      'sends garbage in the login',
      'sqlProtocol',
      async (socket) => {
        const secure = await upgrade(socket, certificate);
        secure.once('data', () => secure.write(packet(3, 'HELLO HELLO HELLO HELLO')));
      },
    ],
    [
      'asks for an unknown login method',
      'sqlProtocol',
      async (socket) => {
        const secure = await upgrade(socket, certificate);
        secure.once('data', () =>
          secure.write(Buffer.from('0e000003fe676976655f70617373776400', 'hex').fill(13, 0, 1)),
        );
      },
    ],
    [
      'repeats the password',
      'sqlAccessDenied',
      async (socket) => {
        const secure = await upgrade(socket, certificate);
        secure.once('data', () =>
          secure.write(error(3, 1045, `Access denied (using password: ${password})`)),
        );
      },
    ],
    [
      'has no connection id',
      'sqlProtocol',
      async (socket) => {
        const secure = await upgrade(socket, certificate);
        secure.once('data', () => {
          secure.once('data', () => secure.write(ok(1)));
          secure.write(ok(3));
        });
      },
    ],
  ];
  for (const [what, code, behave] of answers) {
    it(`leaves a server that ${what}`, async () => {
      const target = await start(behave);
      const started = Date.now();
      await failure(connector({ connectTimeoutMs: 5000 }).open(target), code);
      assert.ok(Date.now() - started < 2000);
      await nothingOpen();
    });
  }

  it('never sends a file to a server that asks for one', async () => {
    let received = 0;
    const target = await start((socket) =>
      admit(socket, certificate, (_, secure) => {
        secure.on('data', (data: Buffer) => (received += data.length));
        secure.write(Buffer.from('0c000001fb2f6574632f706173737764', 'hex'));
      }),
    );
    const session = await connector().open(target);
    const failed = await failure(run(session, 'SELECT 1'), 'sqlProtocol');
    assert.match(failed.details.reason ?? '', /file/);
    assert.equal(session.open, false);
    await nothingOpen();
    assert.equal(received, 0);
  });

  it('closes a session whose server neither ends the rows nor heeds KILL', async () => {
    const target = await start((socket, nth) =>
      admit(socket, certificate, (statement, secure) => {
        if (nth > 1) {
          assert.equal(statement, 'KILL QUERY 7');
          secure.write(ok(1));
          return;
        }
        secure.write(columns('endless'));
        // The sequence of packets wraps after 256: so many rows can be sent again and again.
        const rows = Buffer.concat(
          Array.from({ length: 256 }, (_, at) => row((at + 4) & 0xff, 'again'.repeat(40))),
        );
        const more = (): void => {
          while (!secure.destroyed && secure.write(rows)) {
            continue;
          }
        };
        secure.on('drain', more);
        more();
      }),
    );
    const session = await connector().open(target);
    const started = Date.now();
    const result = await run(session, 'SELECT forever', 3);
    assert.deepEqual([result.rows.length, result.truncated], [3, true]);
    assert.ok(Date.now() - started < 6000);
    assert.equal(session.open, false);
    await nothingOpen();
  });

  const badRows: readonly (readonly [what: string, words: RegExp, answer: () => Buffer])[] = [
    [
      'describes more columns than there can be',
      /more columns/,
      () => Buffer.concat([packet(1, [0xfc, 0xff, 0xff]), columns('a').subarray(5)]),
    ],
    [
      'sends a row that ends before its values',
      /ends before/,
      () => Buffer.concat([columns('a'), packet(4, [20], 'short')]),
    ],
    [
      'sends garbage in place of an answer',
      /./,
      () => packet(1, [0xfe, 0xfe, 0xfe, 0xfe, 0xfe, 0xfe, 0xfe, 0xfe, 0xfe]),
    ],
  ];
  for (const [what, words, answer] of badRows) {
    it(`ends a session whose server ${what}`, async () => {
      const target = await start((socket) =>
        admit(socket, certificate, (_, secure) => void secure.write(answer())),
      );
      const session = await connector().open(target);
      const failed: unknown = await session
        .stream('SELECT 1', { maxRows: 10, timeoutMs: 500, onRows: () => undefined })
        .then(
          () => assert.fail('it did not fail'),
          (error: unknown) => error,
        );
      assert.match(String(failed), words);
      await eventually(() => !session.open, 'its end');
      await nothingOpen();
    });
  }

  it('ends a session whose server sends one row without end', async () => {
    const part = Buffer.alloc(0xffffff + 4, 97);
    part.writeUIntLE(0xffffff, 0, 3);
    const target = await start((socket) =>
      admit(socket, certificate, (_, secure) => {
        secure.write(columns('a'));
        let sequence = 4;
        const more = (error?: Error | null): void => {
          part[3] = sequence & 0xff;
          sequence += 1;
          if (!secure.destroyed && !error) {
            secure.write(part, more);
          }
        };
        more();
      }),
    );
    const session = await connector().open(target);
    const failed = await failure(run(session, 'SELECT everything'), 'sqlProtocol');
    assert.match(failed.details.reason ?? '', /more than 256 MB/);
    assert.equal(session.open, false);
    await nothingOpen();
  });

  for (const stage of ['in the column definitions', 'in the middle of rows'] as const) {
    it(`is stopped by the time limit, and by a person, when its server stalls ${stage}`, async () => {
      const target = await start((socket, nth) =>
        nth % 2 === 0
          ? void socket.destroy()
          : admit(socket, certificate, (_, secure) => {
              const begun = Buffer.concat([columns('a'), row(4, 'first')]);
              secure.write(stage === 'in the middle of rows' ? begun : begun.subarray(0, 20));
            }),
      );
      const options = { maxRows: 100, onRows: (rows: StoredRows) => rows.dispose() };
      const limited = await connector().open(target);
      await failure(limited.stream('SELECT 1', { ...options, timeoutMs: 200 }), 'sqlTimeout');
      assert.equal(limited.open, false);
      const cancelled = await connector().open(target);
      const abort = new AbortController();
      const running = cancelled.stream('SELECT 1', { ...options, timeoutMs: 0, signal: abort.signal });
      abort.abort(new Error('a person changed their mind'));
      await assert.rejects(running, /changed their mind/);
      await nothingOpen();
    });
  }

  it('closes a session when no second connection can be had, keeping to the reason for the stop', async () => {
    const target = await start((socket, nth) =>
      nth > 1 ? void socket.destroy() : admit(socket, certificate, silent),
    );
    const session = await connector().open(target);
    await failure(session.run('SELECT SLEEP(30)', { maxRows: 1, timeoutMs: 100 }), 'sqlTimeout');
    assert.equal(session.open, false);
    await nothingOpen();
  });

  it('reads nothing that came before TLS, and sends nothing to who sent it', async () => {
    let received = 0;
    const target = await start((socket) => {
      socket.on('data', (data) => (received += data.length));
      socket.write(Buffer.concat([greeting(), ok(2)]));
    });
    await failure(connector().open(target), 'sqlProtocol');
    await nothingOpen();
    assert.equal(received, 0);
  });

  it('kills by the exact 64-bit id, and lets no late kill hit the next statement', async () => {
    const id = '18446744073709551557';
    const seen: string[] = [];
    let finish: (() => void) | undefined;
    let killPending = false;
    // Like TiDB's SLEEP: the statement ends as if nothing had happened, and the kill is still to come.
    const target = await start((socket) =>
      admit(
        socket,
        certificate,
        (statement, secure) => {
          seen.push(statement);
          if (statement === 'SELECT SLEEP(30)') {
            finish = (): void => void secure.write(resultSet(['SLEEP(30)'], ['1']));
          } else if (statement.startsWith('KILL')) {
            secure.write(ok(1));
            finish?.();
            killPending = true;
          } else {
            secure.write(killPending ? error(1, 1317, 'Query execution was interrupted') : ok(1));
            killPending = false;
          }
        },
        id,
      ),
    );
    const session = await connector().open(target);
    await failure(session.run('SELECT SLEEP(30)', { maxRows: 1, timeoutMs: 100 }), 'sqlTimeout');
    assert.equal((await run(session, 'UPDATE t SET a = 1')).affectedRows, 0);
    assert.deepEqual(seen, ['SELECT SLEEP(30)', `KILL QUERY ${id}`, 'DO 0', 'UPDATE t SET a = 1']);
    await session.close();
  });
});
