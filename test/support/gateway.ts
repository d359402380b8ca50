import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Sandbox } from '../../src/sandbox';

/** One address of both clouds for several customers, as the real ones have: who is meant is told by the key. */
export interface Gateway {
  readonly tidbCloudBaseUrl: string;
  readonly alibabaCloudEndpoints: Sandbox['alibabaCloud']['endpoints'];
  stop(): Promise<void>;
}

/** @param sandboxes of different customers; the first one answers what names no key */
export async function startGateway(sandboxes: readonly Sandbox[]): Promise<Gateway> {
  const tidbCloud = await listen(sandboxes, ({ tidbCloud: { publicKey, baseUrl } }) => ({
    key: publicKey,
    origin: new URL(baseUrl).origin,
  }));
  const alibabaCloud = await listen(sandboxes, ({ alibabaCloud: { accessKeyId, endpoints } }) => ({
    key: accessKeyId,
    origin: endpoints.privatelink,
  }));
  const { origin } = alibabaCloud;
  return {
    tidbCloudBaseUrl: `${tidbCloud.origin}${new URL(sandboxes[0]?.tidbCloud.baseUrl ?? '').pathname}`,
    alibabaCloudEndpoints: { privatelink: origin, vpc: origin, ecs: origin, sts: origin },
    stop: async () => {
      await Promise.all([tidbCloud.stop(), alibabaCloud.stop()]);
    },
  };
}

async function listen(
  sandboxes: readonly Sandbox[],
  of: (sandbox: Sandbox) => { readonly key: string; readonly origin: string },
): Promise<{ readonly origin: string; stop(): Promise<void> }> {
  const customers = sandboxes.map(of);
  const server = createServer((incoming, outgoing) => {
    const told = incoming.headers.authorization ?? '';
    const customer = customers.find(({ key }) => told.includes(`"${key}"`) || told.includes(`=${key},`));
    pass((customer ?? customers[0])?.origin ?? '', incoming, outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function pass(origin: string, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { method, url, headers } = incoming;
  const onward = forward(`${origin}${url ?? ''}`, { method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  onward.on('error', () => outgoing.destroy());
  incoming.pipe(onward);
}
