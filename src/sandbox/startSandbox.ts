import { AlibabaCloudServer } from './alibabaCloud/alibabaCloudServer';
import { sandboxIdentities } from './alibabaCloud/accounts';
import { ScaledClock } from './clock';
import { SandboxControl } from './control';
import { Faults } from './faults';
import { LoopbackServer } from './http/loopbackServer';
import type { Sandbox, SandboxOptions } from './options';
import type { SqlAddress } from './tidbCloud/address';
import { DigestAuthentication } from './tidbCloud/digest';
import { RateLimit } from './tidbCloud/rateLimit';
import { BASE_PATH, TidbCloudServer } from './tidbCloud/tidbCloudServer';
import { Lifecycle } from './world/lifecycle';
import { worldFromSeed } from './world/seed';
import { World } from './world/world';

const TIDB_CLOUD_KEY = { publicKey: 'sandbox-public-key', privateKey: 'sandbox-private-key' };
const DEFAULT_DOMAIN_SUFFIX = 'premium.tidbcloud.localhost';
const DEFAULT_SQL_PORT = 4000;
const REQUESTS_PER_MINUTE = 100;

/**
 * Starts both sandbox clouds on loopback.
 * @throws RangeError for a time scale that is none, and the listen error when a port is taken.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const clock = new ScaledClock(options.timeScale ?? 1);
  const world = new World(worldFromSeed(options.seed ?? {}, options.acceptMode ?? 'api'));
  const lifecycle = new Lifecycle(world, clock);
  const faults = new Faults();
  const log = options.log ?? (() => undefined);
  const now = (): number => clock.now();
  const digest = new DigestAuthentication(TIDB_CLOUD_KEY, options.digestAlgorithm ?? 'MD5', now);
  const sql: SqlAddress = {
    port: options.sql?.port ?? DEFAULT_SQL_PORT,
    domainSuffix: options.sql?.domainSuffix ?? DEFAULT_DOMAIN_SUFFIX,
  };
  const identities = sandboxIdentities(world.state.accountId);

  const tidbCloud: TidbCloudServer = new TidbCloudServer({
    world,
    lifecycle,
    faults,
    digest,
    rateLimit: new RateLimit(options.requestsPerMinute ?? REQUESTS_PER_MINUTE, now),
    context: {
      world,
      lifecycle,
      sql,
      certificateUrl: (id) => `${tidbCloudListener.origin}/certificates/${id}.pem`,
    },
    caCertificatePem: options.sql?.caCertificatePem,
    log,
  });
  const alibabaCloud = new AlibabaCloudServer({ world, lifecycle, clock, faults, identities, log });

  const tidbCloudListener = await LoopbackServer.start(options.tidbCloudPort ?? 0, (call) =>
    tidbCloud.handle(call),
  );
  let alibabaCloudListener: LoopbackServer;
  try {
    alibabaCloudListener = await LoopbackServer.start(options.alibabaCloudPort ?? 0, (call) =>
      alibabaCloud.handle(call),
    );
  } catch (error) {
    await tidbCloudListener.stop();
    throw error;
  }
  lifecycle.followAll();

  const [main, temporary] = identities;
  const { origin } = alibabaCloudListener;
  return {
    tidbCloud: {
      baseUrl: `${tidbCloudListener.origin}${BASE_PATH}`,
      consoleUrl: `${tidbCloudListener.origin}/console`,
      ...TIDB_CLOUD_KEY,
    },
    alibabaCloud: {
      endpoints: { privatelink: origin, vpc: origin, ecs: origin, sts: origin },
      consoleUrl: `${origin}/console`,
      accessKeyId: main.accessKeyId,
      accessKeySecret: main.accessKeySecret,
      accountId: world.state.accountId,
      temporary: {
        accessKeyId: temporary.accessKeyId,
        accessKeySecret: temporary.accessKeySecret,
        securityToken: temporary.securityToken,
      },
    },
    control: new SandboxControl({ clock, world, lifecycle, faults, digest }),
    stop: async () => {
      clock.stop();
      faults.stop();
      await Promise.all([tidbCloudListener.stop(), alibabaCloudListener.stop()]);
    },
  };
}
