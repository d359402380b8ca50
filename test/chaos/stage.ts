import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { createAlibabaCloudApi, staticCredentials } from '../../src/cloud/alibaba';
import { createTidbCloudApi } from '../../src/cloud/tidbCloud';
import type { Creation } from '../../src/core/creation';
import type { AlibabaCloudApi, Log, TidbCloudApi } from '../../src/core/ports';
import { systemClock } from '../../src/platform/clock';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { endpointTags } from '../../src/services/provisioning/tags';
import type { FromWindow, ToWindow, WindowOptions } from './messages';
import { Toll, type Phase } from './toll';

const region = 'ap-southeast-1';
/** The clouds do in a tenth of a second what takes a minute, the windows look as if a minute took three seconds. */
const cloudsTimeScale = 600;
const windowsTimeScale = 20;
export const leaseMs = 2_000;
const limitMs = 40_000;

type Progress = Extract<FromWindow, { kind: 'progress' }>;

/** The window's program as one file: a process then starts in a fraction of the time. */
let program: Promise<string> | undefined;
async function bundle(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'chaos-window-'));
  const outfile = path.join(folder, 'window.cjs');
  await build({
    entryPoints: [path.join(__dirname, 'window.ts')],
    ...{ outfile, bundle: true, platform: 'node', format: 'cjs', target: 'node20', external: ['vscode'] },
    logLevel: 'error',
  });
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return outfile;
}

/** A process that plays a window, and what it told. */
export class Window {
  readonly told: Progress[] = [];
  readonly log: string[] = [];
  private readonly waiting = new Set<() => void>();
  private constructor(
    readonly child: ChildProcess,
    onTold: (progress: Progress) => void,
  ) {
    child.on('message', (message: FromWindow) => {
      if (message.kind === 'progress') {
        this.told.push(message);
        onTold(message);
      } else if (message.kind === 'log') {
        this.log.push(message.line);
      }
      this.waiting.forEach((check) => check());
    });
    child.on('exit', () => this.waiting.forEach((check) => check()));
  }

  static async open(options: WindowOptions, onTold: (progress: Progress) => void): Promise<Window> {
    program ??= bundle();
    const child = fork(await program, {
      env: { ...process.env, CHAOS_WINDOW: JSON.stringify(options) },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const window = new Window(child, onTold);
    await once(child, 'message');
    return window;
  }

  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  get latest(): Progress | undefined {
    return this.told.at(-1);
  }

  say(message: ToWindow): void {
    this.child.send(message);
  }

  async kill(): Promise<void> {
    if (this.isAlive) {
      const gone = once(this.child, 'exit');
      this.child.kill('SIGKILL');
      await gone;
    }
  }

  /** Resolves when that is so or the window has ended; rejects after a while. */
  async until(what: string, isSo: () => boolean): Promise<void> {
    if (isSo() || !this.isAlive) {
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () =>
          end(() =>
            reject(new Error(`Not in time: ${what}\n${JSON.stringify(this.latest)}\n${this.log.join('\n')}`)),
          ),
        limitMs,
      );
      const end = (then: () => void): void => {
        clearTimeout(timer);
        this.waiting.delete(check);
        then();
      };
      const check = (): void => {
        if (isSo() || !this.isAlive) {
          end(resolve);
        }
      };
      this.waiting.add(check);
    });
  }

  finished(): Promise<void> {
    return this.until('finished', () => this.latest?.creation.finished !== undefined);
  }
}

/** Both clouds, a journal's folder, and the windows of one test. */
export class Stage {
  readonly windows: Window[] = [];
  /** Set by a test: false ends the call's way. */
  passing: (call: string, phase: Phase) => boolean | Promise<boolean> = () => true;
  readonly tidbCloud: TidbCloudApi;
  readonly alibabaCloud: AlibabaCloudApi;
  private readonly epochMs = Date.now();
  private asked = Promise.resolve();

  private constructor(
    readonly sandbox: Sandbox,
    private readonly folder: string,
    private readonly tolls: { tidbCloud?: Toll; alibabaCloud?: Toll },
  ) {
    const silent = (): void => undefined;
    const log: Log = { debug: silent, info: silent, warn: silent, error: silent };
    const world = { userAgent: 'chaos/1', clock: systemClock, log };
    this.tidbCloud = createTidbCloudApi({ ...world, ...sandbox.tidbCloud });
    this.alibabaCloud = createAlibabaCloudApi({
      ...world,
      endpoints: sandbox.alibabaCloud.endpoints,
      credentials: staticCredentials(sandbox.alibabaCloud),
    });
  }

  static async open(acceptMode: 'api' | 'console'): Promise<Stage> {
    const sandbox = await startSandbox({
      acceptMode,
      timeScale: cloudsTimeScale,
      requestsPerMinute: 1_000_000,
    });
    const folder = await mkdtemp(path.join(tmpdir(), 'chaos-journal-'));
    const tolls: { tidbCloud?: Toll; alibabaCloud?: Toll } = {};
    const stage = new Stage(sandbox, folder, tolls);
    const passing = (call: string, phase: Phase): boolean | Promise<boolean> => stage.passing(call, phase);
    tolls.tidbCloud = await Toll.open(sandbox.tidbCloud.baseUrl, passing);
    tolls.alibabaCloud = await Toll.open(sandbox.alibabaCloud.endpoints.privatelink, passing);
    return stage;
  }

  async close(): Promise<void> {
    await Promise.all(this.windows.map((window) => window.kill()));
    await this.asked;
    await Promise.all([this.tolls.tidbCloud?.close(), this.tolls.alibabaCloud?.close()]);
    await this.sandbox.stop();
    await rm(this.folder, { recursive: true });
  }

  async openWindow(): Promise<Window> {
    const { tidbCloud, alibabaCloud } = this.sandbox;
    const options: WindowOptions = {
      folder: this.folder,
      leaseMs,
      epochMs: this.epochMs,
      timeScale: windowsTimeScale,
      tidbCloudUrl: `${this.tolls.tidbCloud?.url ?? ''}/v1beta2`,
      tidbCloud: { publicKey: tidbCloud.publicKey, privateKey: tidbCloud.privateKey },
      alibabaCloudUrls: Object.fromEntries(
        Object.keys(alibabaCloud.endpoints).map((product) => [product, this.tolls.alibabaCloud?.url ?? '']),
      ),
      alibabaCloud: {
        accessKeyId: alibabaCloud.accessKeyId,
        accessKeySecret: alibabaCloud.accessKeySecret,
      },
    };
    const window = await Window.open(options, (progress) => {
      if (progress.decision?.kind === 'ask' && !progress.readOnly) {
        const { forWhat } = progress.decision;
        this.asked = this.asked.then(() => this.doAsAsked(forWhat));
      }
    });
    this.windows.push(window);
    return window;
  }

  /** A creation in the VPC that has all that it takes. */
  creation(id: string): Creation {
    const { instances, services, vpcs, vSwitches, securityGroups } = this.sandbox.control.getState();
    const [instance] = instances;
    const service = services.find(({ tidbId }) => tidbId === instance?.tidbId);
    const vpc = vpcs.find(({ name }) => name === 'app-vpc');
    const zones = vSwitches.filter(({ name }) => name === 'app-a' || name === 'app-b');
    const group = securityGroups.find(({ name }) => name === 'app-clients');
    if (!instance || !service || !vpc || !group) {
      throw new Error('The sandbox has not what it takes');
    }
    return {
      id,
      instanceId: instance.tidbId,
      instanceName: instance.displayName,
      regionId: instance.regionId,
      startedAtMs: this.epochMs,
      clientToken: `token-${id}`,
      acceptance: 'api',
      spec: {
        regionId: region,
        vpcId: vpc.vpcId,
        serviceName: service.serviceName,
        name: `endpoint-${id}`,
        securityGroupIds: [group.securityGroupId],
        zones: zones.map(({ zoneId, vSwitchId }) => ({ zoneId, vSwitchId })),
        tags: endpointTags(instance.tidbId, id),
      },
    };
  }

  /** An endpoint with its connection, made by hand. */
  async madeByHand(): Promise<Creation> {
    const { spec, ...creation } = this.creation('by-hand');
    if (spec === undefined) {
      throw new Error('No spec');
    }
    const { instanceId, regionId, clientToken } = creation;
    const { id, domain } = await this.alibabaCloud.createEndpoint(spec, clientToken);
    await this.sandbox.control.waitFor(({ endpoints }) =>
      endpoints.some(({ status }) => status === 'Active'),
    );
    await this.accept(instanceId, id, domain);
    await this.sandbox.control.waitFor(({ connections }) =>
      connections.some(({ state }) => state === 'ACTIVE'),
    );
    return { ...creation, regionId, endpointId: id };
  }

  /** How many endpoints and connections there are, and whether all is well with them. */
  count(): string {
    const { endpoints, connections } = this.sandbox.control.getState();
    const states = connections.map(({ state }) => state).join();
    return `${endpoints.length} endpoint(s), ${connections.length} connection(s) ${states}`.trim();
  }

  async journal(): Promise<readonly string[]> {
    const names = (await readdir(this.folder)).filter((name) => name.endsWith('.json'));
    return Promise.all(names.map((name) => readFile(path.join(this.folder, name), 'utf8')));
  }

  /** The person does in the console what they are asked for, once. */
  private async doAsAsked(forWhat: string): Promise<void> {
    const { endpoints, connections } = this.sandbox.control.getState();
    const [endpoint] = endpoints;
    const [connection] = connections;
    const { instanceId } = this.creation('any');
    if (forWhat === 'acceptInConsole' && endpoint?.status === 'Active' && connection === undefined) {
      await this.accept(instanceId, endpoint.endpointId, endpoint.domain);
    }
    if (forWhat === 'deleteInTidbCloud' && connection !== undefined && connection.state !== 'DELETING') {
      await this.post(`${this.networking(instanceId)}/delete`, { connectionId: connection.connectionId });
    }
  }

  private accept(instanceId: string, endpointId: string, domainName: string): Promise<void> {
    return this.post(this.networking(instanceId), { endpointId, domainName });
  }

  private networking(instanceId: string): string {
    return `${this.sandbox.tidbCloud.consoleUrl}/instances/${instanceId}/networking`;
  }

  private async post(url: string, form: Record<string, string>): Promise<void> {
    const answer = await fetch(url, {
      method: 'POST',
      body: new URLSearchParams(form),
      headers: { origin: new URL(url).origin },
    });
    if (!answer.ok) {
      throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
    }
  }
}
