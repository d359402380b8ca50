import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { jsonOf, networkCode, send } from '../../../src/cloud/http';
import { isTransient } from '../../../src/core/errors';
import { untrusted } from './certificates';
import type { Respond, TestServer } from './support';
import { appErrorOf, serve, wholeText } from './support';

const request = { source: 'TiDB Cloud', method: 'GET', headers: {} } as const;

/** A port whose host takes no more connections: its process listens, sleeps, and has its queue filled. */
async function fullHost(): Promise<{ readonly port: number; close(): Promise<void> }> {
  const program = `
    const server = require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
      require('fs').writeSync(1, String(server.address().port));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });`;
  const host = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [text] = (await once(host.stdout, 'data')) as [Buffer];
  const port = Number(text.toString());
  const queue = Array.from({ length: 8 }, () => connect(port, '127.0.0.1').on('error', () => undefined));
  await once(queue[0] ?? assert.fail(), 'connect');
  return {
    port,
    close: async () => {
      queue.forEach((socket) => socket.destroy());
      host.kill('SIGKILL');
      await once(host, 'exit');
    },
  };
}

describe('send', function () {
  this.timeout(20_000);

  let server: TestServer | undefined;

  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  it('reads status, headers and text', async () => {
    server = await serve((_request, response) => response.writeHead(418, { 'x-a': 'b' }).end('tä'));
    const answer = await send({ ...request, url: new URL(server.origin), headers: { 'x-c': 'd' } });
    assert.equal(answer.status, 418);
    assert.equal(answer.headers.get('x-a'), 'b');
    assert.equal(answer.text, 'tä');
    assert.equal(server.received[0]?.headers['x-c'], 'd');
  });

  for (const method of ['POST', 'PATCH', 'DELETE'] as const) {
    it(`sends a ${method} with its body`, async () => {
      server = await serve((_request, response) => response.end());
      await send({ ...request, method, url: new URL(server.origin), body: '{"a":"ü"}' });
      assert.deepEqual(
        server.received.map((received) => [received.method, received.body]),
        [[method, '{"a":"ü"}']],
      );
    });
  }

  it('hands a redirect back', async () => {
    server = await serve((_request, response) => response.writeHead(307, { location: '/elsewhere' }).end());
    const answer = await send({ ...request, url: new URL(server.origin), headers: { authorization: 'x' } });
    assert.equal(answer.status, 307);
    assert.equal(server.received.length, 1);
  });

  const slow: [name: string, answer: Respond][] = [
    ['a host that does not answer', () => undefined],
    ['an answer that stops', (_request, response) => response.writeHead(200).write('{')],
    [
      'an answer that drips and never ends',
      (_request, response) => {
        response.writeHead(200);
        const timer = setInterval(() => response.write(' '), 10);
        response.on('close', () => clearInterval(timer));
      },
    ],
  ];
  for (const [name, answer] of slow) {
    it(`gives up on ${name}`, async () => {
      server = await serve(answer);
      const error = await appErrorOf(send({ ...request, url: new URL(server.origin), timeoutMs: 60 }));
      assert.equal(error.code, 'timeout');
      assert.equal(error.details.subject, new URL(server.origin).host);
    });
  }

  it('gives up on a host that does not take the connection', async () => {
    const crowded = await fullHost();
    try {
      const url = new URL(`http://127.0.0.1:${crowded.port}`);
      assert.equal((await appErrorOf(send({ ...request, url, timeoutMs: 60 }))).code, 'timeout');
    } finally {
      await crowded.close();
    }
  });

  it('says so when the connection was not answered in the time that the system gives it', async () => {
    const cause = Object.assign(new Error('Connect Timeout Error'), { code: 'UND_ERR_CONNECT_TIMEOUT' });
    const original = globalThis.fetch;
    globalThis.fetch = () => Promise.reject(new TypeError('fetch failed', { cause }));
    try {
      const error = await appErrorOf(send({ ...request, url: new URL('http://127.0.0.1:1') }));
      assert.equal(error.code, 'unreachable');
      assert.equal(error.details.reason, 'the connection was not answered (UND_ERR_CONNECT_TIMEOUT)');
    } finally {
      globalThis.fetch = original;
    }
  });

  it('throws the reason of the caller’s signal', async () => {
    const controller = new AbortController();
    server = await serve(() => controller.abort(new Error('closed')));
    await assert.rejects(
      send({ ...request, url: new URL(server.origin), signal: controller.signal }),
      /closed/,
    );
    await assert.rejects(
      send({ ...request, url: new URL(server.origin), signal: controller.signal }),
      /closed/,
    );
    assert.equal(server.received.length, 1);
  });

  it('throws the reason of the caller’s signal in the middle of an answer', async () => {
    const controller = new AbortController();
    server = await serve((_request, response) =>
      response.writeHead(200).write('{', () => setImmediate(() => controller.abort(new Error('closed')))),
    );
    await assert.rejects(
      send({ ...request, url: new URL(server.origin), signal: controller.signal }),
      /^Error: closed$/,
    );
  });

  it('stops reading what is too large', async () => {
    server = await serve((_request, response) => response.writeHead(200).end('x'.repeat(100_000)));
    const error = await appErrorOf(send({ ...request, url: new URL(server.origin), maxBytes: 50_000 }));
    assert.equal(error.code, 'badAnswer');
    assert.match(error.details.reason ?? '', /larger than 50000 bytes/);
  });

  it('keeps the network error as cause and says what it was', async () => {
    server = await serve((_request, response) => response.destroy());
    const error = await appErrorOf(send({ ...request, url: new URL(server.origin) }));
    assert.equal(error.code, 'unreachable');
    assert.equal(networkCode(error), 'UND_ERR_SOCKET');
    assert.ok(isTransient(error));
  });

  it('refuses a certificate that is not trusted', async () => {
    const secure = createServer(untrusted, (_request, response) => response.end('{}'));
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = secure.address() as AddressInfo;
      const error = await appErrorOf(send({ ...request, url: new URL(`https://localhost:${port}/`) }));
      assert.equal(error.code, 'unreachable');
      assert.match(error.details.reason ?? '', /certificate of the host is not trusted/);
    } finally {
      await new Promise((resolve) => secure.close(resolve));
    }
  });

  it('does not tell a header that cannot be sent', async () => {
    const error = await appErrorOf(
      send({ ...request, url: new URL('http://127.0.0.1:1'), headers: { 'x-token': 'SEC\nRET' } }),
    );
    assert.equal(error.code, 'invalidInput');
    assert.ok(!/SEC|RET/.test(wholeText(error)));
  });

  it('has no JSON for a page', () => {
    assert.equal(jsonOf({ status: 200, headers: new Headers(), text: '<html>' }), undefined);
    assert.deepEqual(jsonOf({ status: 200, headers: new Headers(), text: '[1]' }), [1]);
  });
});
