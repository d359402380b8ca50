import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import type { TidbCloudApi } from '../../../../src/core/ports';
import { appErrorOf, json } from '../support';
import { connection, Stage, tidb } from './stage';

/** Get and delete of one connection, which TiDB Cloud may or may not offer (contract, section 5). */
describe('TiDB Cloud connections one by one', function () {
  this.timeout(20_000);

  let stage: Stage;
  let api: TidbCloudApi;
  let listed: unknown[];
  let instanceStatus: number;
  /** How calls of `…/privateEndpointConnections/pec-1` are answered. */
  let one: (response: ServerResponse) => void;

  beforeEach(async () => {
    stage = await Stage.open();
    api = stage.client();
    listed = [{ ...connection, privateEndpointConnectionId: 'pec-0', endpointId: 'ep-0' }, connection];
    instanceStatus = 200;
    stage.handler = ({ url }, response) => {
      if (url.pathname.endsWith('/pec-1')) {
        one(response);
      } else if (url.pathname.endsWith('/privateEndpointConnections')) {
        json(response, 200, { privateEndpointConnections: listed });
      } else if (instanceStatus === 200) {
        json(response, 200, tidb);
      } else {
        json(response, instanceStatus, { code: 5, message: 'no such instance' });
      }
    };
  });

  afterEach(() => stage.close());

  const path = '/v1beta2/tidbs/10/privateEndpointConnections/pec-1';
  const answers =
    (status: number, body: unknown) =>
    (response: ServerResponse): void =>
      void response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
  const get = (): ReturnType<TidbCloudApi['getConnection']> => api.getConnection('10', 'pec-1');
  const remove = (): Promise<void> => api.deleteConnection('10', 'pec-1');
  const withoutIt = (): void => void (listed = listed.slice(0, 1));

  const plain404s = ['404 page not found', { code: 5, message: 'Not Found' }, ''] as const;
  const refusals = [
    [404, { code: 12, message: 'unimplemented' }],
    [405, { code: 12, message: 'method not allowed' }],
    [405, ''],
    [501, { code: 12, message: 'unimplemented' }],
    [501, ''],
  ] as const;

  describe('get', () => {
    it('maps the connection', async () => {
      one = answers(200, connection);
      assert.deepEqual(await get(), {
        id: 'pec-1',
        instanceId: '10',
        endpointId: 'ep-1',
        state: 'ACTIVE',
        serviceState: 'ACTIVE',
        privateDomainName: connection.privateDomainName,
        host: connection.host,
        port: 4000,
      });
      assert.deepEqual(stage.sent('GET'), [path]);
    });

    it('does not take an answer about another connection', async () => {
      for (const body of [{}, { ...connection, privateEndpointConnectionId: 'pec-2' }]) {
        one = answers(200, body);
        assert.equal((await appErrorOf(get())).code, 'badAnswer');
      }
    });

    for (const [status, body] of refusals) {
      it(`HTTP ${status} ${JSON.stringify(body)} → unsupported, without a look`, async () => {
        one = answers(status, body);
        assert.equal((await appErrorOf(get())).code, 'unsupported');
        assert.equal(stage.digest.accepted, 1);
      });
    }

    for (const body of plain404s) {
      it(`HTTP 404 ${JSON.stringify(body)} for one that is listed → unsupported`, async () => {
        one = answers(404, body);
        const error = await appErrorOf(get());
        assert.equal(error.code, 'unsupported');
        assert.equal(error.details.httpStatus, 404);
      });

      it(`HTTP 404 ${JSON.stringify(body)} for one that is not listed → undefined`, async () => {
        one = answers(404, body);
        withoutIt();
        assert.equal(await get(), undefined);
      });

      it(`HTTP 404 ${JSON.stringify(body)} for an unknown instance → notFound`, async () => {
        one = answers(404, body);
        instanceStatus = 404;
        const error = await appErrorOf(get());
        assert.equal(error.code, 'notFound');
        assert.equal(error.details.subject, 'instance 10');
      });
    }

    it('403 → notAllowed', async () => {
      one = answers(403, { code: 7, message: 'access denied' });
      assert.equal((await appErrorOf(get())).code, 'notAllowed');
    });
  });

  describe('delete', () => {
    for (const [name, body] of [
      ['an empty object', {}],
      ['the connection in DELETING', { ...connection, endpointState: 'DELETING' }],
      ['an empty body', ''],
    ] as const) {
      it(`${name} is success`, async () => {
        one = answers(200, body);
        await remove();
        assert.deepEqual(stage.sent('DELETE'), [path]);
        assert.equal(stage.digest.accepted, 1);
      });
    }

    it('a page of somebody else is not', async () => {
      one = answers(200, '<html>sign in to the hotel</html>');
      assert.equal((await appErrorOf(remove())).code, 'badAnswer');
    });

    for (const [status, body] of refusals) {
      it(`HTTP ${status} ${JSON.stringify(body)} → unsupported, without a look`, async () => {
        one = answers(status, body);
        assert.equal((await appErrorOf(remove())).code, 'unsupported');
        assert.equal(stage.digest.accepted, 1);
      });
    }

    for (const body of plain404s) {
      it(`HTTP 404 ${JSON.stringify(body)} for one that is listed → unsupported`, async () => {
        one = answers(404, body);
        assert.equal((await appErrorOf(remove())).code, 'unsupported');
        assert.equal(stage.sent('DELETE').length, 1);
      });

      it(`HTTP 404 ${JSON.stringify(body)} for one that is gone, or going, → success`, async () => {
        one = answers(404, body);
        withoutIt();
        await remove();
        listed = [{ ...connection, endpointState: 'DELETING' }];
        await remove();
      });

      it(`HTTP 404 ${JSON.stringify(body)} for an unknown instance → notFound`, async () => {
        one = answers(404, body);
        instanceStatus = 404;
        assert.equal((await appErrorOf(remove())).details.subject, 'instance 10');
        assert.equal(stage.sent('DELETE').length, 1);
      });
    }

    for (const [status, code, body] of [
      [403, 'notAllowed', { code: 7, message: 'access denied' }],
      [409, 'conflict', { code: 9, message: 'still being created' }],
      [400, 'invalidInput', { code: 3, message: 'bad' }],
    ] as const) {
      it(`HTTP ${status} → ${code}, sent once`, async () => {
        one = answers(status, body);
        const error = await appErrorOf(remove());
        assert.equal(error.code, code);
        assert.equal(error.details.reason, body.message);
        assert.equal(stage.sent('DELETE').length, 1);
      });
    }

    it('a refusal because it is being deleted already → success', async () => {
      one = answers(400, { code: 9, message: 'it is DELETING' });
      listed = [{ ...connection, endpointState: 'DELETING' }];
      await remove();
      assert.equal(stage.sent('DELETE').length, 1);
    });

    const lost: [name: string, answer: (response: ServerResponse) => void][] = [
      ['a reset', (response) => response.destroy()],
      ['a 502 page', answers(502, '<html>')],
      [
        'a cut answer',
        (response) => response.writeHead(200, { 'content-length': 9 }).write('{', () => response.destroy()),
      ],
    ];
    for (const [name, answer] of lost) {
      it(`${name} after the effect → success after a look, sent once`, async () => {
        one = (response) => {
          withoutIt();
          answer(response);
        };
        await remove();
        assert.equal(stage.sent('DELETE').length, 1);
        assert.equal(stage.sent('GET').length, 2);
      });

      it(`${name} without effect → sent again, each time after a look`, async () => {
        one = (response) => {
          one = (second) => {
            one = answers(200, {});
            answer(second);
          };
          answer(response);
        };
        await remove();
        const methods = stage.server.received
          .filter(({ headers }) => headers.authorization !== undefined)
          .map(({ method }) => method);
        assert.deepEqual(methods, ['DELETE', 'GET', 'GET', 'DELETE', 'GET', 'GET', 'DELETE']);
        assert.equal(stage.clock.slept.length, 2);
      });
    }

    it('a lost answer that nothing can be learnt about → the failure itself, sent once', async () => {
      one = answers(502, '<html>');
      instanceStatus = 403;
      const error = await appErrorOf(remove());
      assert.equal(error.code, 'cloudFault');
      assert.equal(error.details.httpStatus, 502);
      assert.equal(stage.sent('DELETE').length, 1);
      assert.ok(stage.log.lines.some((line) => line.includes('no look after a change')));
    });

    it('404 after an attempt that was lost → success', async () => {
      one = (response) => {
        one = answers(404, { code: 5, message: 'not found' });
        response.destroy();
      };
      await remove();
      assert.equal(stage.sent('DELETE').length, 2);
    });

    it('429 → sent again when the time has come: nothing has happened', async () => {
      one = (response) => {
        one = answers(200, {});
        json(response, 429, { code: 49900007, message: 'slow' }, { 'x-ratelimit-reset': '9' });
      };
      await remove();
      assert.deepEqual(stage.clock.slept, [9_000]);
      assert.deepEqual(stage.sent('GET'), []);
    });
  });
});
