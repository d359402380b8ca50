import assert from 'node:assert/strict';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { jsonOf, networkCode, send } from '../../../src/cloud/http';
import { isTransient } from '../../../src/core/errors';
import { untrusted } from './certificates';
import type { TestServer } from './support';
import { appErrorOf, serve, wholeText } from './support';

const request = { source: 'TiDB Cloud', method: 'GET', headers: {} } as const;

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

  it('hands a redirect back', async () => {
    server = await serve((_request, response) => response.writeHead(307, { location: '/elsewhere' }).end());
    const answer = await send({ ...request, url: new URL(server.origin), headers: { authorization: 'x' } });
    assert.equal(answer.status, 307);
    assert.equal(server.received.length, 1);
  });

  it('gives up on a host that does not answer, and on an answer that does not end', async () => {
    for (const begin of [false, true]) {
      server = await serve((_request, response) => {
        if (begin) {
          response.writeHead(200).write('{');
        }
      });
      const error = await appErrorOf(send({ ...request, url: new URL(server.origin), timeoutMs: 60 }));
      assert.equal(error.code, 'timeout');
      assert.equal(error.details.subject, new URL(server.origin).host);
      await server.close();
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
