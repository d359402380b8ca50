import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import type { TidbCloudApi } from '../../../../src/core/ports';
import { appErrorOf, json } from '../support';
import { connection, newConnection, Stage, tidb } from './stage';

describe('TiDB Cloud createConnection', () => {
  let stage: Stage;
  let api: TidbCloudApi;

  beforeEach(async () => {
    stage = await Stage.open();
    api = stage.client();
  });

  afterEach(() => stage.close());

  /** POST answers as given; the list shows `listed`; the instance exists unless told otherwise. */
  const scene = (
    post: (response: ServerResponse) => void,
    listed: unknown[] = [],
    instanceStatus = 200,
  ): void => {
    stage.handler = (request, response) => {
      if (request.method === 'POST') {
        post(response);
      } else if (request.url.pathname.endsWith('/privateEndpointConnections')) {
        json(response, 200, { privateEndpointConnections: listed });
      } else {
        json(
          response,
          instanceStatus,
          instanceStatus === 200 ? tidb : { code: 5, message: 'no such instance' },
        );
      }
    };
  };
  const posts = (): number =>
    stage.server.received.filter(
      ({ method, headers }) => method === 'POST' && headers.authorization !== undefined,
    ).length;

  it('posts the three values and maps the answer', async () => {
    scene((response) => json(response, 200, { ...connection, endpointState: 'PENDING', host: '', port: '' }));
    const created = await api.createConnection(newConnection);
    assert.deepEqual(created, {
      id: 'pec-1',
      instanceId: '10',
      endpointId: 'ep-1',
      state: 'PENDING',
      serviceState: 'ACTIVE',
      privateDomainName: connection.privateDomainName,
    });
    assert.equal(posts(), 1);
  });

  for (const [status, body] of [
    [404, '404 page not found'],
    [404, { code: 5, message: 'Not Found' }],
    [404, { code: 12, message: 'unimplemented' }],
    [405, { code: 12, message: 'method not allowed' }],
    [405, ''],
    [501, { code: 12, message: 'unimplemented' }],
  ] as const) {
    it(`HTTP ${status} ${JSON.stringify(body)} with a known instance → unsupported`, async () => {
      scene((response) =>
        response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body)),
      );
      assert.equal((await appErrorOf(api.createConnection(newConnection))).code, 'unsupported');
      assert.equal(posts(), 1);
    });
  }

  it('a 404 for an instance that does not exist → notFound', async () => {
    scene((response) => json(response, 404, { code: 5, message: 'no such instance' }), [], 404);
    const error = await appErrorOf(api.createConnection(newConnection));
    assert.equal(error.code, 'notFound');
    assert.equal(error.details.subject, 'instance 10');
  });

  it('403 → notAllowed with the role', async () => {
    scene((response) => json(response, 403, { code: 7, message: 'access denied' }));
    const error = await appErrorOf(api.createConnection(newConnection));
    assert.equal(error.code, 'notAllowed');
    assert.equal(error.details.missingPermission, 'Organization Owner');
    assert.equal(posts(), 1);
  });

  for (const status of [400, 409]) {
    it(`HTTP ${status} for an endpoint that is listed → that connection`, async () => {
      scene((response) => json(response, status, { code: 6, message: 'already registered' }), [connection]);
      assert.equal((await api.createConnection(newConnection)).id, 'pec-1');
    });

    it(`HTTP ${status} for an endpoint that is only discovered → the refusal`, async () => {
      scene(
        (response) => json(response, status, { code: 3, message: 'no good' }),
        [
          { ...connection, endpointState: 'DISCOVERED' },
          { ...connection, endpointId: 'ep-2' },
        ],
      );
      const error = await appErrorOf(api.createConnection(newConnection));
      assert.equal(error.details.reason, 'no good');
    });
  }

  const lost: [name: string, post: (response: ServerResponse) => void, code: string][] = [
    ['a reset', (response) => response.destroy(), 'unreachable'],
    ['a 502 page', (response) => response.writeHead(502).end('<html>'), 'cloudFault'],
    [
      'a cut answer',
      (response) =>
        response.writeHead(200, { 'content-length': 999 }).write('{"name', () => response.destroy()),
      'unreachable',
    ],
    ['JSON that ends early', (response) => response.writeHead(200).end('{"name":'), 'badAnswer'],
    ['an empty object', (response) => json(response, 200, {}), 'badAnswer'],
  ];
  for (const [name, post, code] of lost) {
    it(`${name} after the effect → the connection from the list, posted once`, async () => {
      scene(post, [{ ...connection, endpointState: 'PENDING' }]);
      assert.equal((await api.createConnection(newConnection)).state, 'PENDING');
      assert.equal(posts(), 1);
    });

    it(`${name} without effect → the failure itself`, async () => {
      scene(post);
      assert.equal((await appErrorOf(api.createConnection(newConnection))).code, code);
      assert.equal(posts(), 1);
    });
  }
});
