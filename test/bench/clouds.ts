import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { build } from 'esbuild';
import { createAlibabaCloudApi, staticCredentials } from '../../src/cloud/alibaba';
import { createTidbCloudApi } from '../../src/cloud/tidbCloud';
import type { Clock, Log } from '../../src/core/ports';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { officialCaller } from '../contract/support/officialCaller';
import { median, type Row } from './row';

const root = path.join(__dirname, '..', '..');
const loads = 9;
const calls = 200;
const clock: Clock = { now: () => Date.now(), sleep: (ms, signal) => pause(ms, undefined, { signal }) };
const quiet = (): void => undefined;
const log: Log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
const client = { userAgent: 'tidb-private-endpoint/bench', clock, log };

/** What the cloud clients cost: to load, and for each call. */
export async function measure(): Promise<readonly Row[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'clouds-'));
  const sandbox = await startSandbox({ requestsPerMinute: 1_000_000 });
  try {
    return [
      ...(await loading(folder)),
      ...(await callsOfAlibabaCloud(sandbox)),
      ...(await callsOfTidbCloud(sandbox)),
    ];
  } finally {
    await sandbox.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Ours as shipped, the official parts packed the same way; each load in a process of its own. */
async function loading(folder: string): Promise<readonly Row[]> {
  const dist = (name: string): string => path.join(root, 'dist', `${name}.js`);
  const alibaba = [dist('alibaba'), dist('alibabaCredentials')];
  const core = await packed(folder, 'core', ['@alicloud/openapi-core', '@alicloud/credentials']);
  const sdk = await packed(folder, 'sdk', ['@alicloud/vpc20160428', '@alicloud/credentials']);
  const [ours, ofCore, ofSdk] = [loadMs(alibaba), loadMs([core]), loadMs([sdk])];
  const megabytes = (files: readonly string[]): number =>
    Math.round(files.reduce((sum, file) => sum + statSync(file).size, 0) / 10_000) / 100;
  const time = { what: 'Alibaba Cloud: load, with credentials', ours, limit: 100, unit: 'ms' };
  const size = { what: 'Alibaba Cloud: bytes loaded', ours: megabytes(alibaba), limit: 0.8, unit: 'MB' };
  return [
    { ...time, peer: ofCore, peerName: '@alicloud/openapi-core' },
    { ...time, peer: ofSdk, peerName: '@alicloud/vpc20160428' },
    { ...size, peer: megabytes([core]), peerName: '@alicloud/openapi-core' },
    { ...size, peer: megabytes([sdk]), peerName: '@alicloud/vpc20160428' },
    { what: 'TiDB Cloud: load', ours: loadMs([dist('tidbCloud')]), limit: 100, unit: 'ms' },
    { what: 'TiDB Cloud: bytes loaded', ours: megabytes([dist('tidbCloud')]), limit: 0.8, unit: 'MB' },
  ];
}

async function packed(folder: string, name: string, modules: readonly string[]): Promise<string> {
  const outfile = path.join(folder, `${name}.js`);
  await build({
    stdin: {
      contents: modules.map((module, i) => `export * as part${i} from '${module}';`).join('\n'),
      resolveDir: root,
    },
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    mainFields: ['module', 'main'],
    logLevel: 'error',
  });
  return outfile;
}

function loadMs(files: readonly string[]): number {
  const script = `const before = performance.now();
for (const file of ${JSON.stringify(files)}) require(file);
console.log(performance.now() - before);`;
  const once = (): number => Number(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }));
  return round(median(Array.from({ length: loads }, once)));
}

async function callsOfAlibabaCloud(sandbox: Sandbox): Promise<readonly Row[]> {
  const ours = createAlibabaCloudApi({
    ...client,
    credentials: staticCredentials(sandbox.alibabaCloud),
    endpoints: sandbox.alibabaCloud.endpoints,
  });
  const official = officialCaller(sandbox);
  const row = {
    what: `Alibaba Cloud: one call, median of ${calls}`,
    ours: await callMs(() => ours.getCallerIdentity()),
    peer: await callMs(() => official('sts', 'GetCallerIdentity')),
    peerName: '@alicloud/openapi-core',
    unit: 'ms',
  };
  return [row];
}

async function callsOfTidbCloud(sandbox: Sandbox): Promise<readonly Row[]> {
  // A thousand times faster than the real one, so that the budget of 90 requests a minute holds nothing up.
  const fast: Clock = { ...clock, now: () => performance.now() * 1000 };
  const api = createTidbCloudApi({ ...client, ...sandbox.tidbCloud, clock: fast });
  for await (const { id } of api.listInstances()) {
    const before = requests;
    const ms = await callMs(() => api.getInstance(id));
    return [
      {
        what: 'TiDB Cloud: requests for a call, after the first',
        ours: (requests - before) / calls,
        limit: 1,
        unit: 'requests',
      },
      { what: `TiDB Cloud: one call, median of ${calls}`, ours: ms, unit: 'ms' },
    ];
  }
  throw new Error('The sandbox has no instance');
}

let requests = 0;
const { fetch } = globalThis;
globalThis.fetch = (...args) => {
  requests += 1;
  return fetch(...args);
};

async function callMs(call: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < calls; i++) {
    const before = performance.now();
    await call();
    times.push(performance.now() - before);
  }
  return round(median(times));
}

const round = (ms: number): number => Math.round(ms * 100) / 100;
