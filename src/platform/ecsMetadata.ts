import { Agent, ClientRequest } from 'node:http';
import type { Log, MachineNetwork } from '../core/ports';

const withinMs = 1_000;
const longestAnswer = 256;

/** Where every ECS instance finds its metadata: an address of its own network, which leads nowhere elsewhere. */
const ecsMetadata = { host: '100.100.100.200', port: 80 };

/**
 * ECS instance metadata, in its hardened mode (a token first) and its normal one (without). Asked once: a machine does
 * not change its VPC while it runs.
 */
export class EcsMetadata implements MachineNetwork {
  private answer: Promise<string | undefined> | undefined;

  constructor(
    private readonly log: Log,
    private readonly server: { readonly host: string; readonly port: number } = ecsMetadata,
  ) {}

  vpcId(): Promise<string | undefined> {
    this.answer ??= this.ask().catch((error: unknown) => {
      this.log.debug(`This machine does not say which VPC it is in: ${String(error)}`);
      return undefined;
    });
    return this.answer;
  }

  private async ask(): Promise<string | undefined> {
    const signal = AbortSignal.timeout(withinMs);
    const token = await this.call('PUT', '/latest/api/token', signal, {
      'X-aliyun-ecs-metadata-token-ttl-seconds': '60',
    });
    const answer = await this.call(
      'GET',
      '/latest/meta-data/vpc-id',
      signal,
      token.status === 200 ? { 'X-aliyun-ecs-metadata-token': token.text } : {},
    );
    return answer.status === 200 && /^vpc-[a-z0-9]+$/.test(answer.text) ? answer.text : undefined;
  }

  private call(
    method: 'GET' | 'PUT',
    path: string,
    signal: AbortSignal,
    headers: Readonly<Record<string, string>>,
  ): Promise<{ readonly status: number; readonly text: string }> {
    return new Promise((resolve, reject) => {
      // Not `http.request`, which the editor sends through the person's proxy: that would answer for another machine.
      const request = new ClientRequest(
        { ...this.server, method, path, headers, signal, agent: new Agent({ keepAlive: false }) },
        (response) => {
          let text = '';
          response.setEncoding('latin1');
          response.on('data', (part: string) => {
            text += part;
            if (text.length > longestAnswer) {
              reject(new Error('the answer is too long'));
              request.destroy();
            }
          });
          response.on('end', () => resolve({ status: response.statusCode ?? 0, text: text.trim() }));
          response.on('error', reject);
        },
      );
      request.on('error', reject);
      request.end();
    });
  }
}
