import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import type { TidbCloudApi } from '../../../../src/core/ports';
import { appErrorOf, json } from '../support';
import { connection, newConnection, Stage, tidb } from './stage';

describe('TiDB Cloud time-outs', function () {
  this.timeout(20_000);

  let stage: Stage;
  let api: TidbCloudApi;
  const dripping: NodeJS.Timeout[] = [];

  beforeEach(async () => {
    stage = await Stage.open();
    await stage.client().getInstance('10');
    api = stage.client({ timeoutMs: 200 });
  });

  afterEach(async () => {
    dripping.splice(0).forEach((timer) => clearInterval(timer));
    await stage.close();
  });

  const slow: [name: string, answer: (response: ServerResponse) => void][] = [
    ['no answer', () => undefined],
    ['an answer that stops in the middle', (response) => void response.writeHead(200).write('{')],
    [
      'an answer that drips and never ends',
      (response) => {
        response.writeHead(200);
        dripping.push(setInterval(() => response.write(' '), 10));
      },
    ],
  ];

  for (const [name, answer] of slow) {
    it(`${name}: a read is tried four times, then it is a time-out`, async () => {
      stage.handler = (_request, response) => answer(response);
      const error = await appErrorOf(api.getInstance('10'));
      assert.equal(error.code, 'timeout');
      assert.equal(error.details.subject, new URL(stage.server.origin).host);
      assert.equal(stage.digest.accepted, 1 + 4);
    });

    it(`${name}: a read that gets an answer at the next attempt goes on`, async () => {
      stage.handler = (_request, response) => {
        stage.handler = (_again, second) => json(second, 200, tidb);
        answer(response);
      };
      assert.equal((await api.getInstance('10')).id, '10');
    });

    it(`${name}: a create is sent once, and found where it has happened`, async () => {
      const listed: unknown[] = [];
      stage.handler = ({ method }, response) =>
        method === 'POST' ? answer(response) : json(response, 200, { privateEndpointConnections: listed });
      assert.equal((await appErrorOf(api.createConnection(newConnection))).code, 'timeout');
      listed.push(connection);
      assert.equal((await api.createConnection(newConnection)).id, 'pec-1');
      assert.equal(stage.sent('POST').length, 2);
    });
  }
});
