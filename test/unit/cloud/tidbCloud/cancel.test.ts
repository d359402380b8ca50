import assert from 'node:assert/strict';
import type { TidbCloudApi } from '../../../../src/core/ports';
import { ManualClock, settle } from '../../fakes';
import { json } from '../support';
import { newConnection, Stage, tidb } from './stage';

/** Wherever a call is, it ends with the signal's reason, and nothing more is sent. */
describe('TiDB Cloud calls that are canceled', function () {
  this.timeout(20_000);

  let stage: Stage;
  let clock: ManualClock;
  let api: TidbCloudApi;
  let controller: AbortController;

  beforeEach(async () => {
    stage = await Stage.open();
    clock = new ManualClock();
    api = stage.client({ clock });
    controller = new AbortController();
    await api.getInstance('10');
  });

  afterEach(() => stage.close());

  const stop = (): void => controller.abort(new Error('closed by the person'));
  const ends = async (work: Promise<unknown>, requests: number): Promise<void> => {
    await assert.rejects(work, /^Error: closed by the person$/);
    await settle();
    assert.equal(stage.requests - 2, requests);
  };
  const get = (): Promise<unknown> => api.getInstance('10', controller.signal);
  const until = async (holds: () => boolean): Promise<void> => {
    const end = Date.now() + 5_000;
    while (!holds()) {
      await settle();
      assert.ok(Date.now() < end, 'it did not come to that');
    }
  };
  const asleep = (): Promise<void> => until(() => clock.waits.length > 0);

  it('before they begin', async () => {
    stop();
    await ends(get(), 0);
  });

  it('while they wait for the request budget', async () => {
    for (let i = 0; i < 88; i++) {
      await api.getInstance('10');
    }
    const work = get();
    await asleep();
    stop();
    await ends(work, 88);
    assert.deepEqual(clock.waits, []);
  });

  it('while they wait for others of the same key', async () => {
    const answers: (() => void)[] = [];
    stage.handler = (_request, response) => void answers.push(() => json(response, 200, tidb));
    const others = Array.from({ length: 4 }, () => api.getInstance('10'));
    const work = get();
    await until(() => answers.length === 4);
    stop();
    await ends(work, 4);
    answers.forEach((answer) => answer());
    await Promise.all(others);
  });

  it('before the answer begins', async () => {
    stage.handler = stop;
    await ends(get(), 1);
  });

  it('in the middle of the answer', async () => {
    stage.handler = (_request, response) =>
      response.writeHead(200).write('{"tidbId":', () => setImmediate(stop));
    await ends(get(), 1);
  });

  it('between two pages', async () => {
    stage.handler = (_request, response) => json(response, 200, { tidbs: [tidb], nextPageToken: 'more' });
    const read = async (): Promise<void> => {
      for await (const { id } of api.listInstances(controller.signal)) {
        assert.equal(id, '10');
        stop();
      }
    };
    await ends(read(), 1);
  });

  it('in the pause before another attempt', async () => {
    stage.handler = (_request, response) => json(response, 503, { code: 14, message: 'busy' });
    const work = get();
    await asleep();
    stop();
    await ends(work, 1);
    assert.deepEqual(clock.waits, []);
  });

  for (const [name, change] of [
    ['createConnection', () => api.createConnection(newConnection, controller.signal)],
    ['deleteConnection', () => api.deleteConnection('10', 'pec-1', controller.signal)],
    ['renameInstance', () => api.renameInstance('10', 'name', controller.signal)],
  ] as const) {
    it(`${name} while the change is under way: no look is taken`, async () => {
      stage.handler = stop;
      await ends(change(), 1);
    });

    it(`${name} during the look after a lost answer`, async () => {
      stage.handler = ({ method }, response) => (method === 'GET' ? stop() : response.destroy());
      await ends(change(), 2);
    });
  }

  it('a canceled call leaves nonce and place to the next', async () => {
    stage.handler = stop;
    await ends(get(), 1);
    stage.handler = (_request, response) => json(response, 200, tidb);
    await Promise.all(Array.from({ length: 8 }, () => api.getInstance('10')));
    assert.equal(stage.requests, 2 + 1 + 8);
  });
});
