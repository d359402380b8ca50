import assert from 'node:assert/strict';
import type { CredentialsProvider } from '../../../../src/cloud/alibaba';
import { createAlibabaCloudApi, staticCredentials } from '../../../../src/cloud/alibaba';
import type { AlibabaCloudApi } from '../../../../src/core/ports';
import type { Respond, TestServer } from '../support';
import { FakeClock, json, RecordingLog, serve } from '../support';

export const region = 'ap-southeast-1';
export const secret = 'very-secret-access-key';
export const keys = { accessKeyId: 'LTAItest', accessKeySecret: secret };

export const rawEndpoint = {
  EndpointId: 'ep-1',
  EndpointName: 'tidb-orders',
  EndpointDomain: 'ep-1.epsrv-1.ap-southeast-1.privatelink.aliyuncs.com',
  VpcId: 'vpc-1',
  ServiceName: 'com.aliyuncs.privatelink.ap-southeast-1.epsrv-1',
  EndpointStatus: 'Creating',
  ConnectionStatus: 'Disconnected',
  EndpointBusinessStatus: 'Normal',
};

export const spec = {
  regionId: region,
  vpcId: 'vpc-1',
  serviceName: rawEndpoint.ServiceName,
  name: 'tidb-orders',
  securityGroupIds: ['sg-1', 'sg-2'],
  zones: [
    { zoneId: 'ap-southeast-1a', vSwitchId: 'vsw-a' },
    { zoneId: 'ap-southeast-1b', vSwitchId: 'vsw-b' },
  ],
  tags: { 'created-by': 'x', 'tidb-instance': '10' },
};

export type Answer = [status: number, body: object, headers?: Record<string, string>];

/** One client and the server that plays all four products. */
export class Stage {
  readonly clock = new FakeClock();
  readonly log = new RecordingLog();
  api: AlibabaCloudApi;
  /** What the server does; `answering` sets it too. */
  respond: Respond = () => assert.fail('nothing was to be sent');

  private constructor(readonly server: TestServer) {
    this.api = this.connect();
  }

  static async open(): Promise<Stage> {
    const server = await serve((request, response) => stage.respond(request, response));
    const stage = new Stage(server);
    return stage;
  }

  /** Another client beside or in place of the one there is. */
  connect(credentials: CredentialsProvider = staticCredentials(keys)): AlibabaCloudApi {
    const { origin } = this.server;
    this.api = createAlibabaCloudApi({
      credentials,
      endpoints: { privatelink: origin, vpc: origin, ecs: origin, sts: origin },
      userAgent: 'tidb-private-endpoint/0.0.0-test',
      clock: this.clock,
      log: this.log,
    });
    return this.api;
  }

  /** These in turn, the last one from then on. */
  answering(...answers: Answer[]): void {
    let at = 0;
    this.respond = (_request, response) => {
      const [status, body, headers] = answers[Math.min(at++, answers.length - 1)] ?? assert.fail();
      json(response, status, { RequestId: `R-${at}`, ...body }, headers);
    };
  }

  get received(): TestServer['received'] {
    return this.server.received;
  }

  /** The operations that were asked for, in order. */
  get asked(): readonly string[] {
    return this.received.map((_, at) => this.header('x-acs-action', at));
  }

  query(at = 0): Record<string, string> {
    return Object.fromEntries(this.received[at]?.url.searchParams ?? []);
  }

  form(at = 0): Record<string, string> {
    return Object.fromEntries(new URLSearchParams(this.received[at]?.body));
  }

  header(name: string, at = 0): string {
    return String(this.received[at]?.headers[name]);
  }

  async close(): Promise<void> {
    await this.server.close();
    const said = this.log.lines.join('\n');
    assert.ok(!said.includes(secret) && !/Signature=|security-token/i.test(said), said);
  }
}
