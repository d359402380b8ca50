import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { downloadCaCertificate } from '../../../../src/cloud/tidbCloud/caCertificate';
import { ManualClock } from '../../fakes';
import { untrusted } from '../certificates';
import type { TestServer } from '../support';
import { appErrorOf, FakeClock, json, RecordingLog, serve } from '../support';
import { Stage } from './stage';

describe('CA certificate', () => {
  const { cert, key } = untrusted;
  let server: TestServer;
  let answer: (path: string, response: ServerResponse) => void;

  const options = {
    userAgent: 't',
    allowLoopbackHttp: true,
    clock: new FakeClock(),
    log: new RecordingLog(),
  };
  const reasonOf = async (address: string, allowLoopbackHttp = true): Promise<string> => {
    const error = await appErrorOf(downloadCaCertificate(address, { ...options, allowLoopbackHttp }));
    assert.equal(error.code, 'badAnswer');
    return error.details.reason ?? '';
  };

  beforeEach(async () => {
    answer = (_path, response) => response.end(cert);
    server = await serve((request, response) => answer(request.url.pathname, response));
  });
  afterEach(() => server.close());

  it('is fetched without credentials; only certificates are kept', async () => {
    answer = (_path, response) => response.end(`notes\n${cert}${key}\n${cert}`);
    const pem = await downloadCaCertificate(`${server.origin}/ca.pem`, options);
    assert.equal(pem.match(/BEGIN CERTIFICATE/g)?.length, 2);
    assert.doesNotMatch(pem, /PRIVATE|notes/);
    assert.equal(server.received[0]?.headers.authorization, undefined);
  });

  it('follows ten redirects, not eleven', async () => {
    answer = (path, response) => {
      const left = Number(path.slice(1));
      if (left === 0) {
        response.end(cert);
      } else {
        response.writeHead(302, { location: `/${left - 1}` }).end();
      }
    };
    assert.match(await downloadCaCertificate(`${server.origin}/10`, options), /BEGIN CERTIFICATE/);
    assert.match(await reasonOf(`${server.origin}/11`), /more than 10 times/);
  });

  it('goes nowhere without TLS, neither at first nor by redirect', async () => {
    assert.match(await reasonOf(server.origin, false), /does not begin with https/);
    assert.match(await reasonOf('file:///etc/ssl/cert.pem'), /does not begin with https/);
    assert.equal(server.received.length, 0);
    answer = (_path, response) => response.writeHead(301, { location: 'http://ca.example/ca.pem' }).end();
    assert.match(await reasonOf(server.origin), /does not begin with https/);
    assert.match(await reasonOf('not a url'), /is not a URL/);
  });

  for (const [what, text, reason] of [
    ['a page', '<html>', /no PEM certificate/],
    ['a key', key, /no PEM certificate/],
    [
      'noise in a certificate’s clothes',
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
      /cannot be read/,
    ],
    ['more than 1 MiB', cert.padEnd(1024 * 1024 + 1), /larger than/],
  ] as const) {
    it(`refuses ${what}`, async () => {
      answer = (_path, response) => response.end(text);
      assert.match(await reasonOf(server.origin), reason);
    });
  }

  it('takes 1 MiB', async () => {
    answer = (_path, response) => response.end(cert.padEnd(1024 * 1024));
    assert.match(await downloadCaCertificate(server.origin, options), /BEGIN CERTIFICATE/);
  });

  it('refuses a redirect that leads nowhere', async () => {
    for (const headers of [{}, { location: 'http://' }]) {
      answer = (_path, response) => response.writeHead(302, headers).end();
      assert.match(await reasonOf(server.origin), /HTTP 302/);
    }
  });

  const slow: [name: string, answer: typeof answer][] = [
    ['a host that does not answer', () => undefined],
    ['an answer that does not end', (_path, response) => response.writeHead(200).write(cert)],
    [
      'a host that hangs after a redirect',
      (path, response) => (path === '/' ? response.writeHead(302, { location: '/next' }).end() : undefined),
    ],
  ];
  for (const [name, slowly] of slow) {
    it(`gives up on ${name} when its time is over`, async () => {
      answer = slowly;
      const error = await appErrorOf(downloadCaCertificate(server.origin, { ...options, timeoutMs: 80 }));
      assert.equal(error.code, 'timeout');
    });
  }

  it('gives up in the pause before another attempt when its time is over', async () => {
    answer = (_path, response) => response.writeHead(503).end();
    const clock = new ManualClock();
    const error = await appErrorOf(
      downloadCaCertificate(server.origin, { ...options, clock, timeoutMs: 80 }),
    );
    assert.equal(error.code, 'timeout');
    assert.deepEqual(clock.waits, []);
  });

  it('is found by the instance’s URL, to which the key does not go', async () => {
    const stage = await Stage.open();
    try {
      stage.handler = (_request, response) => json(response, 200, { uri: `${server.origin}/ca.pem` });
      answer = (path, response) =>
        path === '/ca.pem' ? response.writeHead(302, { location: '/there' }).end() : response.end(cert);
      assert.match(await stage.client().getCaCertificate('10'), /BEGIN CERTIFICATE/);
      assert.deepEqual(stage.sent('GET'), ['/v1beta2/tidbs/10/caCertificateUrl']);
      assert.deepEqual(
        server.received.map(({ url, headers }) => [url.pathname, headers.authorization]),
        [
          ['/ca.pem', undefined],
          ['/there', undefined],
        ],
      );
      stage.handler = (_request, response) => json(response, 200, { uri: '' });
      assert.equal((await appErrorOf(stage.client().getCaCertificate('10'))).code, 'badAnswer');
    } finally {
      await stage.close();
    }
  });

  it('refuses an address that does not know it', async () => {
    answer = (_path, response) => response.writeHead(404).end(cert);
    assert.match(await reasonOf(server.origin), /HTTP 404/);
  });

  it('tries again after a fault', async () => {
    let first = true;
    answer = (_path, response) => {
      response.writeHead(first ? 503 : 200).end(cert);
      first = false;
    };
    assert.match(await downloadCaCertificate(server.origin, options), /BEGIN CERTIFICATE/);
  });

  it('stops with the signal’s reason', async () => {
    const controller = new AbortController();
    answer = () => controller.abort(new Error('closed'));
    await assert.rejects(downloadCaCertificate(server.origin, options, controller.signal), /^Error: closed$/);
  });
});
