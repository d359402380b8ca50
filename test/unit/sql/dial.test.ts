import assert from 'node:assert/strict';
import dns from 'node:dns';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { dialTcp } from '../../../src/sql/dial';

describe('dialling', () => {
  const { lookup } = dns;
  let server: Server;
  let port: number;

  before(async () => {
    server = createServer((socket) => socket.end('hello'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ({ port } = server.address() as AddressInfo);
    // A resolver that knows no name at all.
    dns.lookup = ((name: string, _options: unknown, answer: (error: Error) => void) =>
      answer(new Error(`asked DNS for ${name}`))) as unknown as typeof dns.lookup;
  });

  after(() => {
    dns.lookup = lookup;
    server.close();
  });

  const firstBytes = async (host: string): Promise<string> => {
    const stream = await dialTcp({ host, port }, new AbortController().signal);
    const [chunk] = await new Promise<[Buffer]>((resolve, reject) => {
      stream.once('data', (...args) => resolve(args as [Buffer]));
      stream.once('error', reject);
    });
    stream.destroy();
    return chunk.toString();
  };

  it('takes names under .localhost for this machine, whatever DNS knows', async () => {
    for (const host of ['ep-1.ap-southeast-1.premium.tidbcloud.localhost', 'LOCALHOST', 'a.localhost.']) {
      assert.equal(await firstBytes(host), 'hello');
    }
  });

  it('asks DNS for every other name', async () => {
    for (const host of ['notlocalhost', 'localhost.example.com']) {
      await assert.rejects(firstBytes(host), { message: `asked DNS for ${host}` });
    }
  });
});
