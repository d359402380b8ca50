import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { FrameLocator } from 'playwright-core';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox';
import {
  openWorkbench,
  workbenchUrl,
  type WorkbenchWindow,
  type WorkspaceTrust,
} from '../support/editor/browser';
import { installEditor } from '../support/editor/install';
import { startEditorServer, type EditorServer } from '../support/editor/server';
import type { EditorVersion } from '../support/editor/versions';
import { Workbench } from '../support/editor/workbench';
import { startMariadb, type Mariadb, type MariadbOptions } from '../support/mariadb';

const root = path.join(__dirname, '..', '..');

export interface SceneOptions {
  readonly version: EditorVersion;
  /** Names the folder of the screenshots. */
  readonly name: string;
  readonly sandbox?: Pick<SandboxOptions, 'timeScale' | 'acceptMode' | 'requestsPerMinute' | 'seed'>;
  readonly database?: MariadbOptions;
  /** Which keys the machine brings in its environment; none unless told. */
  readonly signedIn?: { readonly tidbCloud?: boolean; readonly alibabaCloud?: boolean };
  readonly trust?: WorkspaceTrust;
  /** Settings of the machine in place of the ones that lead to the sandbox. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** Everything that a person's path needs: both clouds, a database behind the private domain, a real workbench. */
export interface Scene {
  readonly sandbox: Sandbox;
  readonly database: Mariadb;
  readonly server: EditorServer;
  readonly window: WorkbenchWindow;
  readonly workbench: Workbench;
  /** Every call that the clouds answered so far, one line each: the cloud, the call, the status, the request's id. */
  readonly calls: readonly string[];
  /** Everything that the extension wrote to its log. */
  log(): Promise<string>;
  /** Of the first window unless told. */
  screenshot(step: string, of?: Workbench): Promise<void>;
  creationPanel(instance: string): Promise<FrameLocator>;
  /** A second window on the same folder in the same browser, with an extension host of its own. */
  anotherWindow(): Promise<Workbench>;
  /** After a failed test: what a person would see, and what the extension wrote. */
  tellFailure(failed: boolean): Promise<void>;
  stop(): Promise<void>;
}

export async function setScene(options: SceneOptions): Promise<Scene> {
  const ends: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of ends.splice(0).reverse()) {
      await end();
    }
  };
  try {
    const database = await startMariadb(options.database);
    ends.push(() => database.stop());
    const sql = { port: database.port, caCertificatePem: database.caCertificatePem };
    const calls: string[] = [];
    const sandbox = await startSandbox({
      timeScale: 60,
      ...options.sandbox,
      sql,
      log: (line) => calls.push(line),
    });
    ends.push(() => sandbox.stop());
    const server = await startEditorServer(await installEditor(options.version), {
      settings: options.settings ?? {
        'tidbPrivateEndpoint.tidbCloud.baseUrl': sandbox.tidbCloud.baseUrl,
        'tidbPrivateEndpoint.alibabaCloud.endpoints': sandbox.alibabaCloud.endpoints,
      },
      env: environmentOf(sandbox, options.signedIn ?? {}),
      unpacked: [root],
    });
    ends.push(() => server.stop());
    const window = await openWorkbench(server, {
      ...(options.trust !== undefined && { trust: options.trust }),
    });
    ends.push(() => window.close());
    const workbench = new Workbench(window.page);
    let step = 0;
    const screenshot = (name: string, of = workbench): Promise<void> => {
      step += 1;
      const file = `${String(step).padStart(2, '0')}-${name}.png`;
      return of.screenshot(path.join(root, '.cache', 'screenshots', options.name, file));
    };
    return {
      sandbox,
      database,
      server,
      window,
      workbench,
      calls,
      log: () => readLog(server),
      screenshot,
      tellFailure: async (failed) => {
        if (failed) {
          for (const page of window.context.pages()) {
            await screenshot('failure', new Workbench(page));
          }
          console.log(await readLog(server));
        }
      },
      creationPanel: (instance) => workbench.webview(`Create Private Endpoint: ${instance}`),
      anotherWindow: async () => {
        const page = await window.context.newPage();
        await page.goto(workbenchUrl(server, {}));
        return new Workbench(page);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function environmentOf(
  sandbox: Sandbox,
  signedIn: NonNullable<SceneOptions['signedIn']>,
): Record<string, string> {
  return {
    ...(signedIn.tidbCloud === true && {
      TIDBCLOUD_PUBLIC_KEY: sandbox.tidbCloud.publicKey,
      TIDBCLOUD_PRIVATE_KEY: sandbox.tidbCloud.privateKey,
    }),
    ...(signedIn.alibabaCloud === true && {
      ALIBABA_CLOUD_ACCESS_KEY_ID: sandbox.alibabaCloud.accessKeyId,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: sandbox.alibabaCloud.accessKeySecret,
    }),
  };
}

async function readLog(server: EditorServer): Promise<string> {
  const names = await readdir(server.folder, { recursive: true });
  const logs = names.filter((name) => name.endsWith('TiDB Private Endpoint.log'));
  const texts = await Promise.all(logs.map((name) => readFile(path.join(server.folder, name), 'utf8')));
  return texts.join('\n');
}
