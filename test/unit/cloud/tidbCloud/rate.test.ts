import assert from 'node:assert/strict';
import type { TidbCloudApi } from '../../../../src/core/ports';
import { json } from '../support';
import { Stage, tidb } from './stage';

describe('TiDB Cloud request rate', function () {
  this.timeout(20_000);

  let stage: Stage;

  beforeEach(async () => {
    stage = await Stage.open();
  });

  afterEach(() => stage.close());

  const calls = async (api: TidbCloudApi, count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      await api.getInstance('10');
    }
  };

  it('stays at 90 requests a minute, the challenge counted', async () => {
    const api = stage.client();
    await calls(api, 89);
    assert.deepEqual(stage.clock.slept, []);
    await calls(api, 1);
    assert.deepEqual(stage.clock.slept, [60_000]);
  });

  it('is one for all clients of the same server and key, in parallel too', async () => {
    const clients = [stage.client(), stage.client({ baseUrl: `${stage.server.origin}/v1beta2/` })];
    await Promise.all(clients.map((client) => calls(client, 44)));
    assert.deepEqual([stage.requests, stage.clock.slept], [89, []]);
    await Promise.all(clients.map((client) => calls(client, 1)));
    assert.deepEqual(stage.clock.slept, [60_000]);
  });

  it('counts a key by itself', async () => {
    await calls(stage.client(), 89);
    const other = await Stage.open({ username: 'OTHER' });
    try {
      await calls(stage.client({ publicKey: 'OTHER', baseUrl: other.server.origin }), 10);
    } finally {
      await other.close();
    }
    assert.deepEqual(stage.clock.slept, []);
  });

  it('slows down by what the server says of others’ use', async () => {
    const api = stage.client();
    stage.handler = (_request, response) =>
      json(response, 200, tidb, { 'x-ratelimit-remaining-minute': '10', 'x-ratelimit-reset': '30' });
    await calls(api, 3);
    assert.deepEqual(stage.clock.slept, [3_000, 3_000]);
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
    await stage.client().getInstance('10');
    assert.deepEqual(stage.clock.slept, [17_000]);
  });

  it('holds the other clients of the key back after a 429', async () => {
    const [limited, other] = [stage.client(), stage.client()];
    const arrivals: number[] = [];
    stage.handler = (_request, response) => {
      arrivals.push(stage.clock.now());
      if (arrivals.length === 1) {
        json(response, 429, { code: 49900007, message: 'slow down' }, { 'retry-after': '20' });
      } else {
        json(response, 200, tidb);
      }
    };
    const controller = new AbortController();
    const sleep = stage.clock.sleep.bind(stage.clock);
    stage.clock.sleep = async () => {
      stage.clock.sleep = sleep;
      controller.abort(new Error('closed'));
      await Promise.resolve();
      controller.signal.throwIfAborted();
    };
    await assert.rejects(limited.getInstance('10', controller.signal), /^Error: closed$/);
    await other.getInstance('10');
    assert.equal((arrivals[1] ?? 0) - (arrivals[0] ?? 0), 20_000);
  });
});
