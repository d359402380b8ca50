import assert from 'node:assert/strict';
import type { TidbCloudApi } from '../../../../src/core/ports';
import { all, appErrorOf, json, serve, wholeText } from '../support';
import type { DigestServerOptions } from './digestServer';
import { connection, newConnection, privateKey, Stage, tidb } from './stage';

describe('TiDB Cloud client', function () {
  this.timeout(20_000);

  let stage: Stage;
  let api: TidbCloudApi;

  const start = async (options: Partial<DigestServerOptions> = {}): Promise<void> => {
    stage = await Stage.open(options);
    api = stage.client();
  };

  afterEach(() => stage.close());

  describe('Digest', () => {
    for (const algorithm of ['MD5', 'SHA-256', 'MD5-sess', 'SHA-256-sess'] as const) {
      it(`answers ${algorithm}; one round trip a call after the first`, async () => {
        await start({ algorithm });
        for (let i = 0; i < 3; i++) {
          await api.getInstance('10');
        }
        assert.equal(stage.server.received.length, 4);
        assert.equal(stage.digest.accepted, 3);
      });
    }

    it('answers a server without qop and algorithm', async () => {
      await start({ algorithm: undefined, qop: undefined });
      await api.getInstance('10');
      await api.getInstance('10');
      assert.equal(stage.digest.accepted, 2);
    });

    it('keeps each count rising under concurrent calls', async () => {
      await start();
      stage.handler = (_request, response) => setImmediate(() => json(response, 200, tidb));
      await Promise.all(Array.from({ length: 40 }, () => api.getInstance('10')));
      assert.equal(stage.digest.accepted, 40);
      assert.ok(stage.digest.challenges <= 4, `${stage.digest.challenges} challenges`);
    });

    for (const saysStale of [true, false]) {
      it(`goes on over used-up nonces that are ${saysStale ? '' : 'not '}called stale`, async () => {
        await start({ usesPerNonce: 2, saysStale });
        for (let i = 0; i < 5; i++) {
          await api.getInstance('10');
        }
        assert.equal(stage.digest.accepted, 5);
        assert.equal(stage.digest.challenges, 3);
      });
    }

    it('goes on after the server has forgotten its nonces, sending the body again', async () => {
      await start();
      stage.handler = (request, response) =>
        request.method === 'POST'
          ? json(response, 200, { ...connection, endpointState: 'PENDING' })
          : json(response, 200, tidb);
      await api.getInstance('10');
      stage.digest.restart();
      const created = await api.createConnection(newConnection);
      assert.equal(created.state, 'PENDING');
      const posts = stage.server.received.filter(({ method }) => method === 'POST');
      assert.equal(posts.length, 2);
      assert.deepEqual(
        posts.map(({ body }) => JSON.parse(body) as unknown),
        [
          {
            regionId: newConnection.regionId,
            endpointId: 'ep-1',
            privateDomainName: newConnection.privateDomainName,
          },
          {
            regionId: newConnection.regionId,
            endpointId: 'ep-1',
            privateDomainName: newConnection.privateDomainName,
          },
        ],
      );
    });

    it('says that a wrong key is refused, after two requests', async () => {
      await start();
      api = stage.client({ privateKey: 'wrong-private-key' });
      const error = await appErrorOf(api.getInstance('10'));
      assert.equal(error.code, 'credentialsRejected');
      assert.equal(error.details.httpStatus, 401);
      assert.equal(stage.server.received.length, 2);
      assert.ok(!wholeText(error).includes('wrong-private-key'));
    });

    it('signs the query as sent', async () => {
      await start();
      stage.handler = (request, response) =>
        json(response, 200, {
          tidbs: [tidb],
          nextPageToken: request.url.searchParams.has('pageToken') ? '' : "to ken/+&=ü'",
        });
      assert.equal((await all(api.listInstances())).length, 2);
      assert.equal(stage.digest.accepted, 2);
    });

    it('does not know a server that asks for something else', async () => {
      await start();
      const other = await serve((_request, response) =>
        json(response, 401, {}, { 'www-authenticate': 'Bearer realm="x"' }),
      );
      try {
        api = stage.client({ baseUrl: other.origin });
        assert.equal((await appErrorOf(api.getInstance('10'))).code, 'badAnswer');
        assert.equal(other.received.length, 1);
      } finally {
        await other.close();
      }
    });
  });

  describe('reads', () => {
    beforeEach(() => start());

    it('maps an instance', async () => {
      assert.deepEqual(await api.getInstance('10'), {
        id: '10',
        name: 'orders',
        regionId: 'alicloud-ap-southeast-1',
        regionName: 'Singapore',
        cloudProvider: 'alicloud',
        servicePlan: 'Premium',
        state: 'ACTIVE',
        projectId: '77',
        version: 'v8.5.2',
      });
      const { url, headers } = stage.server.received[0] ?? assert.fail();
      assert.equal(url.pathname, '/v1beta2/tidbs/10');
      assert.equal(headers['user-agent'], 'tidb-private-endpoint/0.0.0-test');
    });

    it('takes a field that is left out for unset, and a new provider for unknown', async () => {
      stage.handler = (_request, response) =>
        json(response, 200, { tidbId: '1', regionId: 'gcp-x', labels: null });
      assert.equal((await api.getInstance('1')).cloudProvider, 'gcp');
      stage.handler = (_request, response) => json(response, 200, { tidbId: '1', cloudProvider: 'moon' });
      assert.equal((await api.getInstance('1')).cloudProvider, 'unknown');
    });

    it('names the field that is wrong, not its value', async () => {
      stage.handler = (_request, response) =>
        json(response, 200, { tidbs: [tidb, { tidbId: 5, displayName: 'S3CRET' }] });
      const error = await appErrorOf(all(api.listInstances()));
      assert.equal(error.code, 'badAnswer');
      assert.match(error.details.reason ?? '', /tidbs\.1\.tidbId/);
      assert.ok(!wholeText(error).includes('S3CRET'));
    });

    it('pages to the end, with the largest page and the same parameters', async () => {
      stage.handler = (request, response) => {
        const at = Number(request.url.searchParams.get('pageToken') ?? 0);
        assert.equal(request.url.searchParams.get('pageSize'), '100');
        json(response, 200, {
          tidbs: [{ ...tidb, tidbId: String(at) }],
          ...(at < 3 ? { nextPageToken: String(at + 1) } : {}),
        });
      };
      assert.deepEqual(
        (await all(api.listInstances())).map(({ id }) => id),
        ['0', '1', '2', '3'],
      );
    });

    it('reads no further page than it is asked for', async () => {
      stage.handler = (_request, response) => json(response, 200, { tidbs: [tidb], nextPageToken: 'more' });
      for await (const instance of api.listInstances()) {
        assert.equal(instance.id, '10');
        break;
      }
      assert.equal(stage.digest.accepted, 1);
    });

    it('refuses a token that comes back', async () => {
      stage.handler = (_request, response) => json(response, 200, { tidbs: [], nextPageToken: 'again' });
      const error = await appErrorOf(all(api.listInstances()));
      assert.equal(error.code, 'badAnswer');
      assert.equal(stage.digest.accepted, 2);
    });

    it('maps connections: port text, unknown states, what is absent', async () => {
      stage.handler = (_request, response) =>
        json(response, 200, {
          privateEndpointConnections: [
            connection,
            { endpointId: 'ep-2', endpointState: 'DISCOVERED', port: '70000' },
            { endpointId: 'ep-3', endpointState: 'REJECTED', message: 'no', port: 4000 },
          ],
        });
      const [first, second, third] = await all(api.listConnections('10'));
      assert.equal(first?.port, 4000);
      assert.equal(first.host, connection.host);
      assert.deepEqual(second, {
        id: '',
        instanceId: '10',
        endpointId: 'ep-2',
        state: 'DISCOVERED',
        serviceState: 'UNKNOWN',
      });
      assert.equal(third?.state, 'UNKNOWN');
      assert.equal(third.port, 4000);
      assert.equal(third.message, 'no');
    });

    it('maps a service that is being created', async () => {
      stage.handler = (_request, response) => json(response, 200, { name: 'x', state: 'CREATING' });
      assert.deepEqual(await api.getPrivateLinkService('10'), {
        instanceId: '10',
        serviceName: '',
        serviceDnsName: '',
        availableZones: [],
        port: 4000,
        state: 'CREATING',
      });
    });

    it('does not put an id into the path that would lead elsewhere', async () => {
      for (const id of ['..', '', 'a/b', '10?x']) {
        assert.equal((await appErrorOf(api.getInstance(id))).code, 'invalidInput');
      }
      assert.equal(stage.server.received.length, 0);
    });

    it('stops with the signal’s reason, in a call and between pages', async () => {
      const controller = new AbortController();
      stage.handler = () => controller.abort(new Error('enough'));
      await assert.rejects(api.getInstance('10', controller.signal), /^Error: enough$/);
      await assert.rejects(all(api.listInstances(controller.signal)), /^Error: enough$/);
    });
  });

  describe('failures', () => {
    beforeEach(() => start());

    const table: [status: number, body: unknown, code: string][] = [
      [400, { code: 3, message: 'bad field' }, 'invalidInput'],
      [400, { code: 9, message: 'wrong state' }, 'conflict'],
      [400, { code: 49900011, message: 'x' }, 'invalidInput'],
      [403, { code: 7, message: 'access denied' }, 'notAllowed'],
      [403, '<html>blocked by proxy</html>', 'badAnswer'],
      [404, { code: 5, message: 'not found' }, 'notFound'],
      [404, '404 page not found', 'badAnswer'],
      [405, '', 'unsupported'],
      [409, { code: 6, message: 'exists' }, 'conflict'],
      [302, '', 'badAnswer'],
      [200, '<html>sign in to the hotel</html>', 'badAnswer'],
      [501, { code: 12, message: 'unimplemented' }, 'unsupported'],
    ];
    for (const [status, body, code] of table) {
      it(`HTTP ${status} ${JSON.stringify(body)} → ${code}, at once`, async () => {
        stage.handler = (_request, response) => {
          response.writeHead(status, {
            'x-debug-trace-id': 'trace-9',
            location: 'https://elsewhere.invalid/',
          });
          response.end(typeof body === 'string' ? body : JSON.stringify(body));
        };
        const error = await appErrorOf(api.getInstance('10'));
        assert.equal(error.code, code);
        assert.equal(error.details.httpStatus, status);
        assert.equal(error.details.requestId, 'trace-9');
        assert.equal(stage.digest.accepted, 1);
        assert.ok(!wholeText(error).includes('html'));
        assert.ok(stage.log.lines.some((line) => line.includes('GetTidb') && line.includes('trace-9')));
      });
    }

    it('names the role that a read needs', async () => {
      stage.handler = (_request, response) => json(response, 403, { code: 7, message: 'access denied' });
      assert.equal((await appErrorOf(api.getInstance('10'))).details.missingPermission, 'Instance Viewer');
    });

    it('repeats a read over 500, 503 and a reset, and gives up after four attempts', async () => {
      let count = 0;
      stage.handler = (_request, response) => {
        count += 1;
        if (count === 1) {
          json(response, 500, { code: 13, message: 'internal' });
        } else if (count === 2) {
          response.destroy();
        } else if (count === 3) {
          response.writeHead(503).end('<html>');
        } else {
          json(response, 200, tidb);
        }
      };
      assert.equal((await api.getInstance('10')).id, '10');
      assert.equal(stage.clock.slept.length, 3);
      stage.handler = (_request, response) => json(response, 500, { message: 'still' });
      const before = stage.digest.accepted;
      assert.equal((await appErrorOf(api.getInstance('10'))).code, 'cloudFault');
      assert.equal(stage.digest.accepted - before, 4);
    });

    it('waits as long as a 429 says, in seconds', async () => {
      let limited = true;
      stage.handler = (_request, response) => {
        if (limited) {
          limited = false;
          json(response, 429, { code: 49900007, message: 'slow down' }, { 'x-ratelimit-reset': '17' });
        } else {
          json(response, 200, tidb);
        }
      };
      await api.getInstance('10');
      assert.deepEqual(stage.clock.slept, [17_000]);
    });

    it('hides the private key where the cloud sends it back', async () => {
      stage.handler = (_request, response) => json(response, 400, { message: `bad\nkey ${privateKey}` });
      const error = await appErrorOf(api.getInstance('10'));
      assert.equal(error.details.reason, 'bad key ***');
      assert.ok(!wholeText(error).includes(privateKey));
    });

    it('tells a cloud that cannot be reached', async () => {
      await stage.server.close();
      const error = await appErrorOf(api.getInstance('10'));
      assert.equal(error.code, 'unreachable');
      assert.match(error.details.reason ?? '', /refused \(ECONNREFUSED\)/);
      assert.deepEqual(stage.clock.slept, []);
    });

    it('refuses a base URL without TLS that is not on this machine', () => {
      assert.throws(() => stage.client({ baseUrl: 'http://cloud.tidbapi.com' }), { code: 'invalidInput' });
    });

    it('says so when a key cannot be sent, without the key', async () => {
      api = stage.client({ publicKey: 'line\nbreak' });
      const error = await appErrorOf(api.getInstance('10'));
      assert.equal(error.code, 'invalidInput');
      assert.ok(!wholeText(error).includes('line\nbreak'));
    });
  });

  it('keeps to 90 requests a minute by itself', async () => {
    await start();
    for (let i = 0; i < 100; i++) {
      await api.getInstance('10');
    }
    assert.deepEqual(stage.clock.slept, [60_000]);
  });
});
