import assert from 'node:assert/strict';
import type { ErrorCode } from '../../../../src/core/errors';
import { wordingOf } from '../../../../src/core/errors';
import type { TidbCloudApi } from '../../../../src/core/ports';
import { all, appErrorOf, json, wholeText } from '../support';
import { newConnection, privateKey, Stage, tidb } from './stage';

describe('TiDB Cloud errors', function () {
  this.timeout(20_000);

  let stage: Stage;
  let api: TidbCloudApi;

  beforeEach(async () => {
    stage = await Stage.open();
    api = stage.client();
  });

  afterEach(() => stage.close());

  const answer = (status: number, body: unknown, headers: Record<string, string> = {}): void => {
    stage.handler = (_request, response) => {
      response.writeHead(status, {
        'x-debug-trace-id': 'trace-9',
        location: 'https://elsewhere.invalid/',
        ...headers,
      });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    };
  };

  /** What TiDB Cloud answers, what it is taken for, and how many requests a read makes of it. */
  const table: readonly (readonly [status: number, body: unknown, code: ErrorCode, sent: number])[] = [
    // 400: invalid field, page token not matching the filters, endpoint already registered, wrong state
    [400, { code: 3, message: 'displayName: bad field' }, 'invalidInput', 1],
    [400, { code: 3, message: 'page token does not match the filters' }, 'invalidInput', 1],
    [400, { code: 6, message: 'endpoint already registered' }, 'conflict', 1],
    [400, { code: 9, message: 'wrong state' }, 'conflict', 1],
    [400, { code: 8, message: 'too many instances' }, 'quota', 1],
    [400, { code: 12, message: 'unimplemented' }, 'unsupported', 1],
    [400, { code: 49900011, message: 'whatever' }, 'invalidInput', 1],
    [400, { message: 'no code' }, 'invalidInput', 1],
    // 401 comes from the digest check: digestCalls.test.ts
    [403, { code: 7, message: 'access denied' }, 'notAllowed', 1],
    [403, '<html>blocked by a proxy</html>', 'badAnswer', 1],
    // 404: unknown id, or the route is not deployed, or the base URL is wrong
    [404, { code: 5, message: 'tidb 10 not found' }, 'notFound', 1],
    [404, { code: 12, message: 'unimplemented' }, 'unsupported', 1],
    [404, '404 page not found', 'badAnswer', 1],
    [405, { code: 12, message: 'method not allowed' }, 'unsupported', 1],
    [405, '', 'unsupported', 1],
    [409, { code: 6, message: 'exists' }, 'conflict', 1],
    [418, { code: 2, message: 'a teapot' }, 'invalidInput', 1],
    [418, '<html>', 'badAnswer', 1],
    [429, { code: 49900007, message: 'rate limit exceeded' }, 'throttled', 4],
    [429, '<html>', 'throttled', 4],
    [500, { code: 13, message: 'internal' }, 'cloudFault', 4],
    [500, { code: 2, message: 'unknown' }, 'cloudFault', 4],
    [501, { code: 12, message: 'unimplemented' }, 'unsupported', 1],
    [501, '', 'unsupported', 1],
    [502, '<html>bad gateway</html>', 'cloudFault', 4],
    [503, { code: 14, message: 'unavailable' }, 'cloudFault', 4],
    [503, '<html>', 'cloudFault', 4],
    [504, 'upstream timed out', 'cloudFault', 4],
    // no answer of the API at all
    [302, '', 'badAnswer', 1],
    [200, '<html>sign in to the hotel</html>', 'badAnswer', 1],
    [200, '[]', 'badAnswer', 1],
    [200, '"text"', 'badAnswer', 1],
  ];
  for (const [status, body, code, sent] of table) {
    it(`HTTP ${status} ${JSON.stringify(body)} is ${code}, after ${sent === 1 ? 'one request' : `${sent} requests`}`, async () => {
      answer(status, body);
      const error = await appErrorOf(api.getInstance('10'));
      assert.equal(error.code, code);
      assert.equal(error.details.source, 'TiDB Cloud');
      assert.equal(error.details.requestId, 'trace-9');
      assert.equal(stage.digest.accepted, sent);
      if (typeof body === 'object' && body !== null) {
        assert.equal(error.details.httpStatus, status);
        assert.equal(error.details.serviceCode, 'code' in body ? String(body.code) : undefined);
        assert.equal(error.details.reason, 'message' in body ? body.message : undefined);
      }
      assert.ok(!wholeText(error).includes('html'));
      const said = stage.log.lines.filter((line) => line.includes('GetTidb') && line.includes('trace-9'));
      assert.equal(said.length, sent);
      assert.ok(!stage.log.lines.join('\n').includes('html'));
    });
  }

  it('401 with the key unknown says what the cloud said', async () => {
    const error = await appErrorOf(stage.client({ publicKey: 'NOBODY' }).getInstance('10'));
    assert.equal(error.code, 'credentialsRejected');
    assert.equal(error.details.serviceCode, '49900001');
    assert.equal(error.details.reason, 'unauthorized');
  });

  it('401 for a key that was good before is told at once', async () => {
    await api.getInstance('10');
    stage.handler = (_request, response) =>
      json(response, 401, { code: 49900001, message: 'public_key not found' }, { 'x-debug-trace-id': 't1' });
    const error = await appErrorOf(api.getInstance('10'));
    assert.equal(error.code, 'credentialsRejected');
    assert.equal(error.details.reason, 'public_key not found');
    assert.equal(error.details.requestId, 't1');
    assert.equal(stage.digest.accepted, 2);
  });

  const roles: readonly (readonly [name: string, role: string, call: () => Promise<unknown>])[] = [
    ['listInstances', 'Instance Viewer', () => all(api.listInstances())],
    ['getInstance', 'Instance Viewer', () => api.getInstance('10')],
    ['renameInstance', 'Instance Manager', () => api.renameInstance('10', 'name')],
    ['deleteInstance', 'Instance Manager', () => api.deleteInstance('10')],
    ['resumeInstance', 'Instance Manager', () => api.resumeInstance('10')],
    ['resetRootPassword', 'Instance Manager', () => api.resetRootPassword('10', 'long enough')],
    ['getHostingAccount', 'Instance Viewer', () => api.getHostingAccount('10')],
    ['getPublicConnectionSetting', 'Instance Viewer', () => api.getPublicConnectionSetting('10')],
    [
      'updatePublicConnectionSetting',
      'Instance Manager',
      () => api.updatePublicConnectionSetting('10', { enabled: false }),
    ],
    ['listRegions', 'Instance Viewer', () => all(api.listRegions())],
    ['getPrivateLinkService', 'Instance Viewer', () => api.getPrivateLinkService('10')],
    ['listConnections', 'Instance Viewer', () => all(api.listConnections('10'))],
    ['createConnection', 'Organization Owner', () => api.createConnection(newConnection)],
    ['getConnection', 'Instance Viewer', () => api.getConnection('10', 'pec-1')],
    ['deleteConnection', 'Organization Owner', () => api.deleteConnection('10', 'pec-1')],
    ['getCaCertificate', 'Instance Viewer', () => api.getCaCertificate('10')],
  ];
  for (const [name, role, call] of roles) {
    it(`403 to ${name} names ${role} and keeps the cloud’s own words`, async () => {
      answer(403, { code: 7, message: 'key 42 is limited to project 7' });
      const error = await appErrorOf(call());
      assert.equal(error.code, 'notAllowed');
      assert.equal(error.details.missingPermission, role);
      const { message } = wordingOf(error);
      assert.ok(message.includes(role) && message.includes('key 42 is limited to project 7'), message);
      assert.equal(stage.digest.accepted, 1);
    });
  }

  it('403 to createInstance names Instance Manager', async () => {
    stage.handler = (request, response) =>
      request.method === 'POST'
        ? json(response, 403, { code: 7, message: 'no' })
        : json(response, 200, { tidbs: [] });
    const request = { name: 'orders', regionId: 'alicloud-ap-southeast-1', servicePlan: 'Premium' };
    const error = await appErrorOf(api.createInstance(request));
    assert.equal(error.details.missingPermission, 'Instance Manager');
  });

  it('repeats a read over 500, a reset and 503, and gives up after four attempts', async () => {
    const answers = [
      (): void => answer(500, { code: 13, message: 'internal' }),
      (): void => void (stage.handler = (_request, response) => response.destroy()),
      (): void => answer(503, '<html>'),
      (): void => answer(200, tidb),
    ];
    stage.arrival = (go) => {
      if (stage.server.received.at(-1)?.headers.authorization !== undefined) {
        answers.shift()?.();
      }
      go();
    };
    assert.equal((await api.getInstance('10')).id, '10');
    assert.equal(answers.length, 0);
    assert.equal(stage.clock.slept.length, 3);
  });

  it('hides the private key where the cloud sends it back', async () => {
    answer(400, { message: `bad\nkey ${privateKey}` });
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

  it('adds the version to a base URL where it is missing', async () => {
    for (const path of ['', '/', '/v1beta2', '/v1beta2/', '/proxy', '/proxy/v1beta2']) {
      await stage.client({ baseUrl: `${stage.server.origin}${path}` }).getInstance('10');
    }
    assert.deepEqual(
      stage.sent('GET').map((path) => path.replace('/tidbs/10', '')),
      ['/v1beta2', '/v1beta2', '/v1beta2', '/v1beta2', '/proxy/v1beta2', '/proxy/v1beta2'],
    );
  });

  it('says so when a key cannot be sent, without the key', async () => {
    const error = await appErrorOf(stage.client({ publicKey: 'line\nbreak' }).getInstance('10'));
    assert.equal(error.code, 'invalidInput');
    assert.ok(!wholeText(error).includes('line\nbreak'));
  });
});
