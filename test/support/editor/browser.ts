import { existsSync } from 'node:fs';
import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
} from 'playwright-core';
import type { EditorServer } from './server';

/** Where Debian's package puts it; another place can be named for a machine that differs. */
const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
const OPEN_LIMIT_MS = 90_000;

export type WorkspaceTrust = 'trusted' | 'restricted';

export interface WorkbenchOptions {
  /** The folder to open; the server's empty workspace folder unless told. `null` opens a window without a folder. */
  readonly workspace?: string | null;
  /** An unpacked extension to run from its folder. */
  readonly extensionDevelopmentPath?: string;
  /** A module exporting `run(): Promise<void>` that the extension host runs; its end is told to onExit. */
  readonly extensionTestsPath?: string;
  /** What the workbench and the extension host log while a test module runs. */
  readonly onLog?: (level: string, args: readonly unknown[]) => void;
  readonly onExit?: (code: number) => void;
  /** Whether the person has trusted the folder before; `trusted` unless told. */
  readonly trust?: WorkspaceTrust;
  readonly viewport?: { readonly width: number; readonly height: number };
}

/** A workbench in a browser whose data lasts as long as this object. */
export interface WorkbenchWindow {
  readonly page: Page;
  readonly context: BrowserContext;
  close(): Promise<void>;
}

/** Opens the server's workbench in Chromium with a fresh profile, and waits until it shows. */
export async function openWorkbench(
  server: EditorServer,
  options: WorkbenchOptions = {},
): Promise<WorkbenchWindow> {
  const browser = await launchBrowser();
  try {
    const context = await browser.newContext({
      viewport: options.viewport ?? { width: 1280, height: 800 },
      ...(options.trust === 'restricted' ? {} : { storageState: trustingState(server) }),
    });
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.url });
    const page = await context.newPage();
    await page.exposeFunction('codeAutomationLog', (level: string, args: unknown[]) => {
      options.onLog?.(level, args);
    });
    await page.exposeFunction('codeAutomationExit', (code: number) => {
      options.onExit?.(code);
    });
    await page.goto(workbenchUrl(server, options), { timeout: OPEN_LIMIT_MS });
    await page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: OPEN_LIMIT_MS });
    return {
      page,
      context,
      close: () => browser.close(),
    };
  } catch (error) {
    await browser.close();
    throw error;
  }
}

/** The address of a workbench with these options. */
export function workbenchUrl(server: EditorServer, options: WorkbenchOptions): string {
  const url = new URL(server.url);
  if (options.workspace === null) {
    url.searchParams.set('ew', 'true');
  } else {
    url.searchParams.set('folder', options.workspace ?? server.workspace);
  }
  const payload = (['extensionDevelopmentPath', 'extensionTestsPath'] as const).flatMap((name) => {
    const path = options[name];
    return path === undefined ? [] : [[name, `vscode-remote://${server.authority}${path}`]];
  });
  if (payload.length > 0) {
    url.searchParams.set('payload', JSON.stringify(payload));
  }
  return url.href;
}

/** The databases in which the workbench keeps its trust decisions: VS Code 1.100's and 1.139's. */
const TRUST_DATABASES = ['vscode-web-state-db-global', 'vscode-web-state-db-global-shared'];

type StorageState = Exclude<BrowserContextOptions['storageState'], string | undefined>;

/** A browser profile whose person has answered "Yes, I trust the authors" for every folder of this server. */
function trustingState(server: EditorServer): StorageState {
  const uri = {
    $mid: 1,
    external: `vscode-remote://${server.authority}/`,
    path: '/',
    scheme: 'vscode-remote',
    authority: server.authority,
  };
  const records = [
    { key: 'content.trust.model.key', value: JSON.stringify({ uriTrustInfo: [{ uri, trusted: true }] }) },
  ];
  const indexedDB = TRUST_DATABASES.map((name) => ({
    name,
    version: 1,
    stores: [{ name: 'ItemTable', autoIncrement: false, records, indexes: [] }],
  }));
  const origin = { origin: new URL(server.url).origin, localStorage: [], indexedDB };
  return { cookies: [], origins: [origin] };
}

/** Debian's Chromium, headless, with everything off that would call out. */
export async function launchBrowser(): Promise<Browser> {
  if (!existsSync(CHROMIUM)) {
    throw new Error(
      `No Chromium at ${CHROMIUM}; run \`node scripts/setup.mjs\`, or name one in CHROMIUM_PATH`,
    );
  }
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
