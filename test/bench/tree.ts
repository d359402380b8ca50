import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createTidbCloudApi } from '../../src/cloud/tidbCloud';
import { systemClock } from '../../src/platform/clock';
import { manyInstances, startSandbox, type Sandbox } from '../../src/sandbox';
import { openWorkbench } from '../support/editor/browser';
import { installEditor } from '../support/editor/install';
import { startEditorServer } from '../support/editor/server';
import { NEWEST_EDITOR } from '../support/editor/versions';
import { Workbench } from '../support/editor/workbench';
import { median, type Row } from './row';
import { idleCalls } from './tree/idle';
import { askProbe, writeProbe } from './tree/probe';

const root = path.join(__dirname, '..', '..');
const sizes = [100, 1_000, 10_000];
/** The host is quiet when nothing has kept it busy for longer than this, for so long. */
const quietBlockMs = 15;
const quietMs = 2_000;
/** Each size is opened in as many fresh windows. */
const windowsOfFirstPage = 3;
const peerName = 'trivial TreeDataProvider';
/** Of the 100 calls a minute that TiDB Cloud allows a key, and the 1,000 of Alibaba Cloud's list of endpoints. */
const halfOfRate = { tidbCloud: 50, alibabaCloud: 500 };

/**
 * The view with many instances, in a real editor, beside a view that does nothing but hand out as many rows. The clouds
 * are the sandbox, with TiDB Cloud's published rate: a list of 10,000 instances has more pages than a minute has calls.
 */
export async function measure(): Promise<readonly Row[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'tree-'));
  try {
    const rows: Row[] = [];
    const ours = path.join(folder, 'ours');
    for (const part of ['package.json', 'dist', 'media']) {
      cpSync(path.join(root, part), path.join(ours, part), { recursive: true });
    }
    const probe = writeProbe(folder);
    for (const size of sizes) {
      rows.push(...(await ofSize(size, [ours, probe])));
    }
    for (const [followed, shown] of [
      [500, 0],
      [500, 20],
      [5_000, 20],
    ] as const) {
      const { tidbCloud, alibabaCloud } = await idleCalls(followed, shown);
      const what = `${(2 * followed).toLocaleString('en')} endpoints followed, ${shown} instances in view`;
      rows.push(
        {
          what: `idle calls to TiDB Cloud, ${what}`,
          ours: round(tidbCloud),
          limit: halfOfRate.tidbCloud,
          unit: '1/min',
        },
        {
          what: `idle calls to Alibaba Cloud, ${what}`,
          ours: round(alibabaCloud),
          limit: halfOfRate.alibabaCloud,
          unit: '1/min',
        },
      );
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function ofSize(size: number, unpacked: readonly string[]): Promise<readonly Row[]> {
  const windows: FirstPages[] = [];
  for (let i = 1; i < windowsOfFirstPage; i++) {
    windows.push(await inEditor(size, unpacked, (editor) => editor.firstPages()));
  }
  const last = await inEditor(size, unpacked, async (editor) => {
    const first = await editor.firstPages();
    return { ...first, ...(await editor.rest(first)) };
  });
  windows.push(last);
  const medianOf = (of: (window: FirstPages) => number): number => round(median(windows.map(of)));
  const [ours, peer, roundTrip] = [
    medianOf((window) => window.oursMs),
    medianOf((window) => window.peerMs),
    medianOf((window) => window.roundTripMs),
  ];
  const what = `${size.toLocaleString('en')} instances`;
  const common = { peerName };
  return [
    {
      ...common,
      what: `${what}: first page on screen (at most a page’s round trip and 100 ms over the peer), median of ${windowsOfFirstPage}`,
      ...{ ours, peer, limit: round(peer + roundTrip + 100), unit: 'ms' },
    },
    { what: `${what}: a page’s round trip`, ours: roundTrip, unit: 'ms' },
    { what: `${what}: all of them listed`, ours: round(last.allMs), unit: 'ms' },
    {
      ...common,
      what: `${what}: host memory over an empty tree`,
      ours: round(last.heapMb),
      peer: round(last.peerHeapMb),
      limit: 60,
      unit: 'MB',
    },
    {
      ...common,
      what: `${what}: longest block of the host’s event loop, worst of ${windowsOfFirstPage}`,
      ours: Math.max(last.restBlockedMs, ...windows.map(({ blockedMs }) => blockedMs)),
      peer: Math.max(...windows.map(({ peerBlockedMs }) => peerBlockedMs)),
      limit: 50,
      unit: 'ms',
    },
    {
      what: `${what}: longest block of the host’s event loop while a filter is typed`,
      ours: last.filterBlockedMs,
      limit: 50,
      unit: 'ms',
    },
  ];
}

/** Of one fresh window. */
interface FirstPages {
  readonly oursMs: number;
  readonly peerMs: number;
  readonly roundTripMs: number;
  readonly blockedMs: number;
  readonly peerBlockedMs: number;
  readonly peerHeapMb: number;
  /** Before anything of ours is on the screen. */
  readonly emptyHeapMb: number;
  readonly began: { readonly atMs: number; readonly calls: number };
}

interface Rest {
  readonly allMs: number;
  readonly heapMb: number;
  readonly restBlockedMs: number;
  readonly filterBlockedMs: number;
}

interface Editor {
  /** Opens the trivial view, then ours. */
  firstPages(): Promise<FirstPages>;
  /** Waits for all instances, opens a group, and types a filter that all of them match at first. */
  rest(first: FirstPages): Promise<Rest>;
}

async function inEditor<T>(
  size: number,
  unpacked: readonly string[],
  work: (editor: Editor) => Promise<T>,
): Promise<T> {
  const install = await installEditor(NEWEST_EDITOR);
  const sandbox = await startSandbox({ seed: { instances: manyInstances(size), endpointsEach: 2 } });
  const port = await freePort();
  const server = await startEditorServer(install, {
    unpacked,
    env: {
      TIDBCLOUD_PUBLIC_KEY: sandbox.tidbCloud.publicKey,
      TIDBCLOUD_PRIVATE_KEY: sandbox.tidbCloud.privateKey,
      PROBE_PORT: String(port),
      PROBE_COUNT: String(size),
    },
    settings: { 'tidbPrivateEndpoint.tidbCloud.baseUrl': sandbox.tidbCloud.baseUrl },
  });
  try {
    const window = await openWorkbench(server);
    try {
      const workbench = new Workbench(window.page);
      const firstRow = window.page
        .getByRole('treeitem')
        .filter({ has: window.page.locator('.label-name') })
        .first();
      const show = async (container: string): Promise<number> => {
        const from = performance.now();
        await workbench.openViewContainer(container);
        await firstRow.waitFor();
        return performance.now() - from;
      };
      return await work({
        firstPages: async () => {
          // Both views are known to the editor, and nothing of them is loaded.
          await workbench.page.locator('.activitybar').getByRole('tab', { name: 'Trivial Tree' }).waitFor();
          const probed = await untilQuiet(port);
          const peerMs = await show('Trivial Tree');
          const afterPeer = await askProbe(port);
          await workbench.openViewContainer('Explorer');
          const before = await askProbe(port);
          const roundTripMs = await pageRoundTrip(sandbox);
          const began = { atMs: performance.now(), calls: sandbox.control.calls('tidb:ListTidbs') };
          const oursMs = await show('TiDB Private Endpoint');
          const { blockedMs } = await askProbe(port);
          return {
            ...{ oursMs, peerMs, roundTripMs, blockedMs, began },
            peerBlockedMs: afterPeer.blockedMs,
            peerHeapMb: afterPeer.heapMb - probed.heapMb,
            emptyHeapMb: before.heapMb,
          };
        },
        rest: async ({ began, emptyHeapMb }) => {
          await workbench.page
            .getByText('More instances are on their way')
            .waitFor({ state: 'detached', timeout: 180_000 });
          await untilListed(sandbox, began.calls + Math.ceil(size / 100));
          const allMs = performance.now() - began.atMs;
          const group = window.page
            .getByRole('treeitem')
            .filter({ hasText: /instance/ })
            .first();
          await group.click();
          // Its first region.
          await window.page.locator('[role=treeitem][aria-level="2"]').first().click();
          await window.page.getByRole('treeitem').filter({ hasText: 'many-' }).first().waitFor();
          const after = await askProbe(port);
          const filterBlockedMs = await typeFilter(workbench, port);
          const heapMb = after.heapMb - emptyHeapMb;
          return { allMs, heapMb, restBlockedMs: after.blockedMs, filterBlockedMs };
        },
      });
    } finally {
      await window.close();
    }
  } finally {
    await server.stop();
    await sandbox.stop();
  }
}

/** Letter by letter, each with the time to be drawn. Returns the longest that the host was kept busy. */
async function typeFilter(workbench: Workbench, port: number): Promise<number> {
  const { page } = workbench;
  const found = (text: string): Promise<void> => page.getByText(`that match “${text}”`).waitFor();
  await workbench.runCommand('TiDB Private Endpoint: Filter Instances…');
  await page.getByText('Filter Instances', { exact: true }).waitFor();
  await askProbe(port);
  const text = 'many-00';
  for (let end = 1; end <= text.length; end++) {
    await page.keyboard.type(text.charAt(end - 1));
    await found(text.slice(0, end));
  }
  const { blockedMs } = await askProbe(port);
  return blockedMs;
}

/** As a client without anything in hand has it: the challenge, then the page. */
async function pageRoundTrip({ tidbCloud }: Sandbox): Promise<number> {
  const quiet = (): void => undefined;
  const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
  const api = createTidbCloudApi({ ...tidbCloud, userAgent: 'bench/1', clock: systemClock, log });
  const from = performance.now();
  await api.listInstancePages()[Symbol.asyncIterator]().next();
  return performance.now() - from;
}

/** Waits until the host has started what the editor brings along: none of that is measured here. */
async function untilQuiet(port: number): ReturnType<typeof askProbe> {
  await poll('the probe to answer', () => askProbe(port).catch(() => undefined));
  return poll('the host to be quiet', async () => {
    await new Promise((resolve) => setTimeout(resolve, quietMs));
    const state = await askProbe(port);
    return state.blockedMs < quietBlockMs ? state : undefined;
  });
}

const untilListed = (sandbox: Sandbox, calls: number): Promise<true> =>
  poll('all pages to be read', () =>
    Promise.resolve(sandbox.control.calls('tidb:ListTidbs') >= calls ? true : undefined),
  );

async function poll<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + 180_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) {
      return found;
    }
    if (Date.now() > end) {
      throw new Error(`Waited in vain for ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

const round = (value: number): number => Math.round(value * 10) / 10;
