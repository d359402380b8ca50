import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { createSecureContext } from 'node:tls';
import { ALIBABA_REGIONS, TIDB_CLOUD_REGIONS } from '../world/geography';
import { Connection } from './connection';
import { EngineThread } from './engineThread';
import { SERVER_VERSION } from './version';

export interface PracticeDatabaseOptions {
  /** 0 or left out: a free one, on 127.0.0.1 in any case. */
  readonly port?: number;
  /** Default: a new one at every start. */
  readonly password?: string;
  /** Host names under which the instances' private endpoints answer; see `SandboxOptions.sql`. */
  readonly domainSuffix?: string;
}

export interface PracticeDatabase {
  readonly port: number;
  /** What a client has to trust: made at this start, kept in memory only. */
  readonly caCertificatePem: string;
  readonly user: 'root';
  readonly password: string;
  /** Drops every connection and all data. */
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';
const USER = 'root';
const DEFAULT_DOMAIN_SUFFIX = 'premium.tidbcloud.localhost';
const PASSWORD_BYTES = 12;

/**
 * Starts a small MySQL-compatible server for practising: TLS only, loopback only, in memory, with the databases `test`
 * and `shop`. What of MySQL it understands is told in `engine/`.
 * @throws the listen error when the port is taken.
 */
export async function startPracticeDatabase(
  options: PracticeDatabaseOptions = {},
): Promise<PracticeDatabase> {
  const password = options.password ?? randomBytes(PASSWORD_BYTES).toString('base64url');
  const connections = new Map<number, Connection>();
  const endAll = (): void => {
    for (const connection of connections.values()) {
      connection.end();
    }
  };
  const names = certificateNames(options.domainSuffix ?? DEFAULT_DOMAIN_SUFFIX);
  const engine = await EngineThread.start(names, endAll);
  const secureContext = createSecureContext({
    cert: engine.certificate.certificatePem,
    key: engine.certificate.privateKeyPem,
    minVersion: 'TLSv1.2',
  });

  let lastId = 0;
  const server = createServer((socket) => {
    lastId += 1;
    const id = lastId;
    socket.once('close', () => connections.delete(id));
    connections.set(
      id,
      new Connection(id, socket, {
        version: SERVER_VERSION,
        user: USER,
        password,
        secureContext,
        openSession: (settings) => engine.open(settings),
        kill: (target, whole) => {
          const connection = connections.get(target);
          if (whole) {
            connection?.end();
          } else {
            connection?.interrupt();
          }
          return connection !== undefined;
        },
      }),
    );
  });
  try {
    await listen(server, options.port ?? 0);
  } catch (error) {
    await engine.stop();
    throw error;
  }
  return {
    port: (server.address() as AddressInfo).port,
    caCertificatePem: engine.certificate.caCertificatePem,
    user: USER,
    password,
    stop: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      endAll();
      await Promise.all([closed, engine.stop()]);
    },
  };
}

function certificateNames(domainSuffix: string): string[] {
  const regions = [
    ...ALIBABA_REGIONS.map(({ id }) => id),
    ...TIDB_CLOUD_REGIONS.map(({ cloudProvider, regionId }) => regionId.slice(cloudProvider.length + 1)),
  ];
  return ['localhost', ...[...new Set(regions)].map((region) => `*.${region}.${domainSuffix}`)];
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
