import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import type { TidbCloudApiOptions } from '../../../../src/cloud/tidbCloud';
import { createTidbCloudApi } from '../../../../src/cloud/tidbCloud';
import type { TidbCloudApi } from '../../../../src/core/ports';
import type { Received, TestServer } from '../support';
import { FakeClock, json, RecordingLog, serve } from '../support';
import type { DigestServerOptions } from './digestServer';
import { StrictDigest } from './digestServer';

export const publicKey = 'PUBLICKEY';
export const privateKey = 'a8f3-private-key-77';
export const tidb = {
  name: 'tidbs/10',
  tidbId: '10',
  displayName: 'orders',
  regionId: 'alicloud-ap-southeast-1',
  regionDisplayName: 'Singapore',
  cloudProvider: 'AliCloud',
  servicePlan: 'Premium',
  state: 'ACTIVE',
  labels: { 'tidb.cloud/project': '77' },
  tidbVersion: 'v8.5.2',
  maxRcu: '10000',
};
export const connection = {
  name: 'tidbs/10/privateEndpointConnections/pec-1',
  tidbId: '10',
  privateEndpointConnectionId: 'pec-1',
  endpointId: 'ep-1',
  endpointState: 'ACTIVE',
  privateLinkServiceState: 'ACTIVE',
  privateDomainName: 'ep-1.epsrv-1.ap-southeast-1.privatelink.aliyuncs.com',
  host: 'gateway01.example.tidbcloud.com',
  port: '04000',
};
export const newConnection = {
  instanceId: '10',
  regionId: 'alicloud-ap-southeast-1',
  endpointId: 'ep-1',
  privateDomainName: connection.privateDomainName,
};

/** A client and the strict server it speaks to. Answers with an instance until told otherwise. */
export class Stage {
  readonly clock = new FakeClock();
  readonly log = new RecordingLog();
  handler: (request: Received, response: ServerResponse) => void = (_request, response) =>
    json(response, 200, tidb);
  /** Called as each request arrives; the server looks at it when `go` is called. */
  arrival: (go: () => void) => void = (go) => go();

  private constructor(
    readonly digest: StrictDigest,
    readonly server: TestServer,
  ) {}

  static async open(options: Partial<DigestServerOptions> = {}): Promise<Stage> {
    const digest = new StrictDigest({
      username: publicKey,
      password: privateKey,
      algorithm: 'MD5',
      qop: 'auth',
      ...options,
    });
    const server = await serve((request, response) =>
      stage.arrival(() => {
        if (digest.admit(request, response)) {
          stage.handler(request, response);
        }
      }),
    );
    const stage = new Stage(digest, server);
    return stage;
  }

  /** How many requests came, those without authorization among them. */
  get requests(): number {
    return this.server.received.length;
  }

  /** The authorized requests with this method, as `path?query body`. */
  sent(method: string): readonly string[] {
    return this.server.received
      .filter((request) => request.method === method && request.headers.authorization !== undefined)
      .map(({ url, body }) => `${url.pathname}${url.search} ${body}`.trim());
  }

  client(other: Partial<TidbCloudApiOptions> = {}): TidbCloudApi {
    return createTidbCloudApi({
      baseUrl: this.server.origin,
      publicKey,
      privateKey,
      userAgent: 'tidb-private-endpoint/0.0.0-test',
      clock: this.clock,
      log: this.log,
      ...other,
    });
  }

  /** Closes the server; fails when it saw a count twice, or when the log holds what it must not. */
  async close(): Promise<void> {
    await this.server.close();
    assert.deepEqual(this.digest.violations, []);
    const said = this.log.lines.join('\n');
    assert.ok(!said.includes(privateKey) && !/Digest username|response=/.test(said), said);
  }
}
