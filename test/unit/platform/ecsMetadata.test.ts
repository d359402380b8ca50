import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EcsMetadata } from '../../../src/platform/ecsMetadata';
import { RecordingLog } from '../fakes';

describe('EcsMetadata', () => {
  let server: Server;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  const asked: string[] = [];

  beforeEach(async () => {
    asked.length = 0;
    server = createServer((request, response) => {
      asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
      answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const metadata = (): EcsMetadata => {
    const { port } = server.address() as AddressInfo;
    return new EcsMetadata(new RecordingLog(), { host: '127.0.0.1', port });
  };

  const hardened = (request: IncomingMessage, response: ServerResponse): void => {
    if (request.method === 'PUT') {
      assert.equal(request.headers['x-aliyun-ecs-metadata-token-ttl-seconds'], '60');
      response.end('token-1');
    } else if (request.headers['x-aliyun-ecs-metadata-token'] === 'token-1') {
      response.end('vpc-t4n1x2\n');
    } else {
      response.writeHead(403).end();
    }
  };

  it('tells the VPC of an instance in hardened mode, and is asked once', async () => {
    answer = hardened;
    const machine = metadata();
    assert.deepEqual(await Promise.all([machine.vpcId(), machine.vpcId()]), ['vpc-t4n1x2', 'vpc-t4n1x2']);
    assert.equal(await machine.vpcId(), 'vpc-t4n1x2');
    assert.deepEqual(asked, ['PUT /latest/api/token', 'GET /latest/meta-data/vpc-id']);
  });

  it('tells it where there are no tokens', async () => {
    answer = (request, response) =>
      request.method === 'PUT' ? response.writeHead(404).end() : response.end('vpc-old1');
    assert.equal(await metadata().vpcId(), 'vpc-old1');
  });

  it('goes past a proxy', async () => {
    answer = hardened;
    const before = process.env['http_proxy'];
    process.env['http_proxy'] = 'http://127.0.0.1:1';
    try {
      assert.equal(await metadata().vpcId(), 'vpc-t4n1x2');
    } finally {
      if (before === undefined) {
        delete process.env['http_proxy'];
      } else {
        process.env['http_proxy'] = before;
      }
    }
  });

  for (const [what, body] of [
    ['no VPC', 'classic'],
    ['a page', '<html>vpc-x</html>'],
    ['too much', 'vpc-'.padEnd(10_000, 'x')],
  ] as const) {
    it(`knows nothing from an answer that is ${what}`, async () => {
      answer = (_, response) => response.end(body);
      assert.equal(await metadata().vpcId(), undefined);
    });
  }

  it('knows nothing when nobody answers, and does not wait for long', async () => {
    answer = () => undefined;
    const began = performance.now();
    assert.equal(await metadata().vpcId(), undefined);
    const took = performance.now() - began;
    assert.ok(took < 3_000, `${took} ms`);
  });

  it('knows nothing when there is no such address', async () => {
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const log = new RecordingLog();
    assert.equal(await new EcsMetadata(log, { host: '127.0.0.1', port }).vpcId(), undefined);
    assert.deepEqual(log.errors, []);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
});
