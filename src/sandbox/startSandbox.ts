import { AlibabaCloudServer } from './alibabaCloud/alibabaCloudServer';
import { sandboxIdentities } from './alibabaCloud/accounts';
import { ClientTokens } from './alibabaCloud/idempotency';
import { PUBLISHED_QUOTAS } from './alibabaCloud/quotas';
import { ScaledClock } from './clock';
import { SandboxControl } from './control';
import { Faults } from './faults';
import { LoopbackServer, type Handler } from './http/loopbackServer';
import type { Sandbox, SandboxOptions } from './options';
import { readState, StateFile } from './stateFile';
import { DigestAuthentication } from './tidbCloud/digest';
import { RateLimit } from './tidbCloud/rateLimit';
import { BASE_PATH, TidbCloudServer } from './tidbCloud/tidbCloudServer';
import { Lifecycle } from './world/lifecycle';
import { customerIds, worldFromSeed } from './world/seed';
import { World } from './world/world';

const DEFAULT_CUSTOMER = 'sandbox';
const DEFAULT_DOMAIN_SUFFIX = 'premium.tidbcloud.localhost';
const DEFAULT_SQL_PORT = 4000;
const REQUESTS_PER_MINUTE = 100;

/**
 * Starts both sandbox clouds on loopback.
 * @throws RangeError for options that make no sense, the listen error when a port is taken, and an Error that names the
 *   state file when that cannot be read or written.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const log = options.log ?? (() => undefined);
  const saved = options.stateFile === undefined ? undefined : await readState(options.stateFile);
  const clock = new ScaledClock(options.timeScale ?? 1, saved?.elapsedMs);
  const customer = options.customer ?? DEFAULT_CUSTOMER;
  const tidbCloudKey = { publicKey: `${customer}-public-key`, privateKey: `${customer}-private-key` };
  const world = new World(saved?.world ?? worldFromSeed(options.seed ?? {}));
  if (saved === undefined && customer !== DEFAULT_CUSTOMER) {
    Object.assign(world.state, customerIds(customer));
  }
  world.state.acceptMode = options.acceptMode ?? world.state.acceptMode;
  const lifecycle = new Lifecycle(world, clock, options.timesUsual);
  const faults = new Faults(options.faultSeed);
  options.faults?.forEach((rule) => faults.add(rule));
  const now = (): number => clock.now();
  const digest = new DigestAuthentication(tidbCloudKey, options.digestAlgorithm ?? 'MD5', now);
  const tokens = new ClientTokens(saved?.clientTokens ?? [], () => stateFile?.changed());
  const ports = {
    tidbCloud: options.tidbCloudPort || (saved?.ports.tidbCloud ?? 0),
    alibabaCloud: options.alibabaCloudPort || (saved?.ports.alibabaCloud ?? 0),
  };
  const stateFile =
    options.stateFile === undefined
      ? undefined
      : new StateFile(
          options.stateFile,
          () => ({
            ports,
            elapsedMs: clock.elapsed(),
            world: world.state,
            pending: lifecycle.pending(),
            clientTokens: tokens.saved(),
          }),
          log,
        );
  /** An answer leaves only when what it tells of would survive the end of this process. */
  const kept =
    (handle: Handler): Handler =>
    async (call) => {
      const answer = await handle(call);
      await stateFile?.flushed();
      return answer;
    };

  const tidbCloud: TidbCloudServer = new TidbCloudServer({
    world,
    lifecycle,
    faults,
    digest,
    rateLimit: new RateLimit(options.requestsPerMinute ?? REQUESTS_PER_MINUTE, now),
    context: {
      world,
      lifecycle,
      clock,
      sql: {
        port: options.sql?.port ?? DEFAULT_SQL_PORT,
        domainSuffix: options.sql?.domainSuffix ?? DEFAULT_DOMAIN_SUFFIX,
      },
      certificateUrl: (id) => `${tidbCloudListener.origin}/certificates/${id}.pem`,
    },
    caCertificatePem: options.sql?.caCertificatePem,
    log,
  });
  const identities = sandboxIdentities(customer, world.state.accountId);
  const quotas = { ...PUBLISHED_QUOTAS, ...options.quotas };
  const alibabaCloud = new AlibabaCloudServer({
    world,
    lifecycle,
    clock,
    faults,
    identities,
    tokens,
    quotas,
    log,
  });

  const tidbCloudListener = await LoopbackServer.start(
    ports.tidbCloud,
    kept((call) => tidbCloud.handle(call)),
    log,
  );
  let alibabaCloudListener: LoopbackServer | undefined;
  try {
    alibabaCloudListener = await LoopbackServer.start(
      ports.alibabaCloud,
      kept((call) => alibabaCloud.handle(call)),
      log,
    );
    ports.tidbCloud = tidbCloudListener.port;
    ports.alibabaCloud = alibabaCloudListener.port;
    lifecycle.followAll(saved?.pending);
    world.onChange(() => stateFile?.changed());
    stateFile?.changed();
    await stateFile?.flushed();
  } catch (error) {
    clock.stop();
    await Promise.all([tidbCloudListener.stop(), alibabaCloudListener?.stop()]);
    throw error;
  }

  const [main, temporary] = identities;
  const { origin } = alibabaCloudListener;
  return {
    tidbCloud: {
      baseUrl: `${tidbCloudListener.origin}${BASE_PATH}`,
      consoleUrl: `${tidbCloudListener.origin}/console`,
      ...tidbCloudKey,
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
      stateFile?.changed();
      clock.pause();
      faults.stop();
      await Promise.all([tidbCloudListener.stop(), alibabaCloudListener.stop()]);
      try {
        await stateFile?.flushed();
      } finally {
        clock.stop();
      }
    },
  };
}
