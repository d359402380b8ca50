import assert from 'node:assert/strict';
import type { TidbCloudApi } from '../../../../src/core/ports';
import { all, appErrorOf, json, serve, wholeText } from '../support';
import type { DigestServerOptions } from './digestServer';
import { connection, newConnection, Stage, tidb } from './stage';

describe('TiDB Cloud calls at a strict digest server', function () {
  this.timeout(20_000);

  let stage: Stage;
  let api: TidbCloudApi;

  const start = async (options: Partial<DigestServerOptions> = {}): Promise<void> => {
    stage = await Stage.open(options);
    api = stage.client();
    stage.handler = (_request, response) => setImmediate(() => json(response, 200, tidb));
  };
  const parallel = (count: number, client = api): Promise<unknown> =>
    Promise.all(Array.from({ length: count }, () => client.getInstance('10')));
  const requestsOf = async (work: () => Promise<unknown>): Promise<number> => {
    const before = stage.requests;
    await work();
    return stage.requests - before;
  };

  afterEach(async () => {
    await stage.close();
    assert.deepEqual(stage.clock.slept, [], 'it must not wait');
  });

  for (const algorithm of ['MD5', 'SHA-256', 'MD5-sess', 'SHA-256-sess'] as const) {
    it(`${algorithm}: the first call takes two round trips, each further one, one`, async () => {
      await start({ algorithm });
      assert.equal(await requestsOf(() => api.getInstance('10')), 2);
      for (let i = 0; i < 3; i++) {
        assert.equal(await requestsOf(() => api.getInstance('10')), 1);
      }
    });

    it(`${algorithm}: parallel calls take one round trip each, and one more for all when they are the first`, async () => {
      await start({ algorithm });
      assert.equal(await requestsOf(() => parallel(30)), 31);
      assert.equal(await requestsOf(() => parallel(30)), 30);
      assert.deepEqual([stage.digest.challenges, stage.digest.accepted], [1, 60]);
    });
  }

  it('answers a server without qop and algorithm', async () => {
    await start({ algorithm: undefined, qop: undefined });
    assert.equal(await requestsOf(() => parallel(5)), 6);
  });

  it('learns that a server wants counts to rise, and then takes one round trip a call', async () => {
    await start({ counts: 'rising' });
    await api.getInstance('10');
    const arrived: (() => void)[] = [];
    stage.arrival = (go) => {
      if (arrived.push(go) === 4) {
        stage.arrival = (direct) => direct();
        arrived.reverse().forEach((late) => late());
      }
    };
    assert.equal(await requestsOf(() => parallel(4)), 7, 'three came after a higher count');
    assert.equal(
      await requestsOf(() => parallel(30)),
      31,
      'the fourth of those in parallel asks for a nonce',
    );
    assert.equal(await requestsOf(() => parallel(30)), 30);
  });

  for (const saysStale of [true, false]) {
    const called = saysStale ? 'called stale' : 'not called stale';

    it(`goes on over used-up nonces that are ${called}`, async () => {
      await start({ usesPerNonce: 2, saysStale });
      assert.equal(await requestsOf(() => api.getInstance('10')), 2);
      assert.equal(await requestsOf(() => api.getInstance('10')), 1);
      assert.equal(await requestsOf(() => api.getInstance('10')), 2);
      assert.equal(await requestsOf(() => api.getInstance('10')), 1);
    });

    it(`goes on in parallel over nonces that are used up and ${called}`, async () => {
      await start({ usesPerNonce: 7, saysStale });
      assert.equal(await requestsOf(() => parallel(30)), 30 + stage.digest.challenges);
      assert.equal(stage.digest.accepted, 30);
    });
  }

  it('goes on in parallel after the server has forgotten its nonces', async () => {
    await start();
    await parallel(4);
    stage.digest.restart();
    const extra = (await requestsOf(() => parallel(30))) - 30;
    assert.ok(extra >= 1 && extra <= 4, `${extra} calls were under way with the old nonce`);
  });

  it('sends the body again with the new nonce, and no more than that', async () => {
    await start();
    await api.getInstance('10');
    stage.digest.restart();
    stage.handler = (_request, response) => json(response, 200, { ...connection, endpointState: 'PENDING' });
    assert.equal(await requestsOf(() => api.createConnection(newConnection)), 2);
    const bodies = stage.server.received.slice(-2).map(({ body }) => JSON.parse(body) as unknown);
    const { regionId, endpointId, privateDomainName } = newConnection;
    assert.deepEqual(bodies, Array(2).fill({ regionId, endpointId, privateDomainName }));
    assert.equal(stage.digest.accepted, 2);
  });

  it('says after two requests that a wrong key is refused', async () => {
    await start();
    const wrong = stage.client({ privateKey: 'wrong-private-key' });
    for (let i = 0; i < 2; i++) {
      const before = stage.requests;
      const error = await appErrorOf(wrong.getInstance('10'));
      assert.equal(error.code, 'credentialsRejected');
      assert.equal(error.details.httpStatus, 401);
      assert.equal(error.details.serviceCode, '49900001');
      assert.ok(!wholeText(error).includes('wrong-private-key'));
      assert.equal(stage.requests - before, 2);
    }
  });

  it('says so in parallel, with two requests a call', async () => {
    await start();
    const wrong = stage.client({ privateKey: 'wrong-private-key' });
    const failed = Array.from({ length: 10 }, () => appErrorOf(wrong.getInstance('10')));
    for (const error of await Promise.all(failed)) {
      assert.equal(error.code, 'credentialsRejected');
    }
    assert.equal(stage.requests, 20);
  });

  it('comes to an end where every nonce is called stale', async () => {
    await start({ usesPerNonce: 0 });
    assert.equal((await appErrorOf(api.getInstance('10'))).code, 'credentialsRejected');
    assert.equal(stage.requests, 5);
  });

  it('a refused key does not keep another client of the same public key from its work', async () => {
    await start();
    await api.getInstance('10');
    const wrong = stage.client({ privateKey: 'wrong-private-key' });
    await Promise.all([
      appErrorOf(wrong.getInstance('10')),
      parallel(5),
      appErrorOf(wrong.getInstance('10')),
    ]);
    assert.equal(stage.digest.accepted, 6);
  });

  it('clients for the same server and key share the nonce', async () => {
    await start();
    const [first, second] = [stage.client(), stage.client()];
    assert.equal(await requestsOf(() => first.getInstance('10')), 2);
    assert.equal(await requestsOf(() => second.getInstance('10')), 1);
    assert.equal(await requestsOf(() => Promise.all([parallel(5, first), parallel(5, second)])), 10);
  });

  it('signs the query as sent', async () => {
    await start();
    stage.handler = (request, response) =>
      json(response, 200, {
        tidbs: [tidb],
        nextPageToken: request.url.searchParams.has('pageToken') ? '' : "to ken/+&=ü'",
      });
    assert.equal((await all(api.listInstances())).length, 2);
    assert.equal(stage.requests, 3);
  });

  it('does not know a server that asks for something else, and carries its request id', async () => {
    await start();
    const other = await serve((_request, response) =>
      json(response, 401, {}, { 'www-authenticate': 'Bearer realm="x"', 'x-debug-trace-id': 'trace-1' }),
    );
    try {
      const error = await appErrorOf(stage.client({ baseUrl: other.origin }).getInstance('10'));
      assert.equal(error.code, 'badAnswer');
      assert.equal(error.details.requestId, 'trace-1');
      assert.equal(other.received.length, 1);
    } finally {
      await other.close();
    }
  });
});
