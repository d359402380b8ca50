/** The machine that the credentials tests run on, seen from its network: metadata service, STS, a credentials URI. */
import { randomBytes } from 'node:crypto';
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { startSandbox } from '../../../src/sandbox';
import type { ServerCertificate } from '../../support/certificates';
import { textAt } from '../support/at';
import { officialCaller } from '../support/officialCaller';
import { answerQuestions } from './channel';
import {
  metadataAddress,
  metadataRole,
  type LabQuestion,
  type LabReport,
  type LabStart,
  type MetadataVersions,
} from './labProtocol';

const rolePath = '/latest/meta-data/ram/security-credentials/';
/** The clouds' 900 s, the shortest session, pass in three seconds. */
const timeScale = 300;

const seen = { metadata: [] as string[], sts: [] as string[], uri: 0, expiresMs: 0 };
let versions: MetadataVersions = 'both';
let sessions = 0;

async function start(certificate: ServerCertificate): Promise<LabStart> {
  const sandbox = await startSandbox({ timeScale });
  const { accountId, accessKeyId, accessKeySecret, temporary, endpoints } = sandbox.alibabaCloud;
  const call = officialCaller(sandbox);
  const assume = async (session: string): Promise<Record<string, string>> => {
    const answer = await call('sts', 'AssumeRole', {
      RoleArn: `acs:ram::${accountId}:role/${metadataRole}`,
      RoleSessionName: session,
      DurationSeconds: 900,
    });
    const field = (name: string): string => textAt(answer, 'Credentials', name);
    return {
      AccessKeyId: field('AccessKeyId'),
      AccessKeySecret: field('AccessKeySecret'),
      SecurityToken: field('SecurityToken'),
      Expiration: field('Expiration'),
    };
  };
  await listen(createServer(metadataService(assume)), 80, metadataAddress);
  const tls = createTlsServer(
    { cert: certificate.certificatePem, key: certificate.privateKeyPem },
    stsInFrontOf(new URL(endpoints.sts)),
  );
  await listen(tls, 443, '127.0.0.1');
  const uri = createServer((_request, response) => {
    seen.uri += 1;
    void assume('uri').then(
      (credentials) => response.end(JSON.stringify({ Code: 'Success', ...credentials })),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  const port = await listen(uri, 0, '127.0.0.1');
  return {
    accountId,
    keys: { accessKeyId, accessKeySecret },
    temporary,
    credentialsUri: `http://127.0.0.1:${port}/credentials`,
  };
}

/** The ECS metadata service as Alibaba Cloud documents it: plain in version 1, with a token of a PUT in version 2. */
function metadataService(
  assume: (session: string) => Promise<Record<string, string>>,
): (request: IncomingMessage, response: ServerResponse) => void {
  const tokens = new Set<string>();
  const answer = async ({ method, url, headers }: IncomingMessage): Promise<[number, string]> => {
    if (url === '/latest/api/token' && versions !== 'v1') {
      const seconds = Number(headers['x-aliyun-ecs-metadata-token-ttl-seconds']);
      if (method !== 'PUT' || !(seconds >= 1 && seconds <= 21_600)) {
        return [400, 'bad request'];
      }
      const token = randomBytes(24).toString('base64url');
      tokens.add(token);
      return [200, token];
    }
    if (method !== 'GET' || url?.startsWith(rolePath) !== true) {
      return [404, 'not found'];
    }
    const token = headers['x-aliyun-ecs-metadata-token'];
    if (token === undefined ? versions === 'v2' : !tokens.has(String(token))) {
      return [403, 'forbidden'];
    }
    if (url === rolePath) {
      return [200, metadataRole];
    }
    if (url !== `${rolePath}${metadataRole}`) {
      return [404, 'not found'];
    }
    const credentials = await assume(`ecs-${(sessions += 1)}`);
    seen.expiresMs = Date.parse(credentials.Expiration ?? '');
    return [200, JSON.stringify({ ...credentials, Code: 'Success' })];
  };
  return (request, response) => {
    const failed = (error: unknown): [number, string] => [500, String(error)];
    void answer(request)
      .catch(failed)
      .then(([status, body]) => {
        const withToken = 'x-aliyun-ecs-metadata-token' in request.headers ? ' with token' : '';
        seen.metadata.push(`${request.method ?? ''} ${request.url ?? ''}${withToken} ${status}`);
        response.writeHead(status).end(body);
      });
  };
}

/** STS's own host names: TLS here, the sandbox behind. */
function stsInFrontOf(sandbox: URL): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const { method, url, headers } = request;
    const action =
      headers['x-acs-action'] ?? new URL(url ?? '', 'https://sts').searchParams.get('Action') ?? '';
    seen.sts.push(`${headers.host ?? ''} ${String(action)}`);
    const onward = forward(
      { host: sandbox.hostname, port: sandbox.port, method, path: url, headers, setHost: false },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    onward.once('error', () => response.destroy());
    request.pipe(onward);
  };
}

async function listen(server: Server, port: number, address: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, resolve);
  });
  return (server.address() as AddressInfo).port;
}

answerQuestions(async (question: LabQuestion): Promise<LabStart | LabReport | undefined> => {
  switch (question.do) {
    case 'start':
      return start(question.certificate);
    case 'speak':
      versions = question.versions;
      return undefined;
    case 'report': {
      const report = { ...seen };
      Object.assign(seen, { metadata: [], sts: [], uri: 0 });
      return report;
    }
  }
});
