import { resolve } from 'node:path';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { desktopExecutable, startDesktop } from './editor/desktop';
import { installEditor } from './editor/install';
import { startEditorServer } from './editor/server';
import { EDITOR_RECIPES, NEWEST_EDITOR } from './editor/versions';
import type { SqlServer } from './mariadb';
import { startDatabase } from './tidb';

const root = resolve(__dirname, '../..');
/** The clouds take minutes for what is to be seen here in seconds: an endpoint is Active after 3, a connection after 15. */
const TIME_SCALE = 20;
const PARENT_CHECK_MS = 500;

/** Starts the parts one by one and ends them in reverse, whatever happens on the way. */
class Stack {
  private readonly ends: (() => Promise<void>)[] = [];

  async add<T extends { stop(): Promise<void> }>(start: Promise<T>): Promise<T> {
    const part = await start;
    this.ends.push(() => part.stop());
    return part;
  }

  async stop(): Promise<void> {
    for (const end of this.ends.splice(0).reverse()) {
      await end();
    }
  }
}

/** Runs the main job's stage until Ctrl+C, another request to end, or the end of the editor; then ends this process. */
export async function start(options: { readonly desktop: boolean }): Promise<never> {
  const stack = new Stack();
  const asked = askedToEnd();
  let code = 0;
  try {
    await Promise.race([asked, play(stack, options.desktop)]);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    code = 1;
  }
  await stack.stop();
  // A part that was just being started ends with the process.
  process.exit(code);
}

/** Resolves on Ctrl+C or another signal to end; a second one ends at once. */
function askedToEnd(): Promise<void> {
  return new Promise((resolveAsked) => {
    const end = (): void => {
      console.log('\nEnding; once more to end at once.');
      resolveAsked();
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(1));
        end();
      });
    }
    if (process.env['npm_lifecycle_event'] === 'start') {
      // npm hands a signal to the shell between it and this process, which then dies without a word.
      const parent = process.ppid;
      const watch = setInterval(() => {
        if (process.ppid !== parent) {
          clearInterval(watch);
          end();
        }
      }, PARENT_CHECK_MS);
    }
  });
}

/** Starts the parts and resolves when the person has closed the desktop editor. */
async function play(stack: Stack, desktop: boolean): Promise<void> {
  const executable = desktop ? await desktopExecutable(EDITOR_RECIPES[NEWEST_EDITOR].vscode) : undefined;
  const database = await stack.add(startDatabase(console.log));
  console.log('Starting the sandbox clouds');
  const sandbox = await stack.add(
    startSandbox({
      timeScale: TIME_SCALE,
      sql: { port: database.port, caCertificatePem: database.caCertificatePem },
    }),
  );
  const stage = { env: environmentOf(sandbox), settings: settingsOf(sandbox) };
  if (executable !== undefined) {
    const editor = await stack.add(startDesktop({ executable, extensionPath: root, ...stage }));
    console.log(`\nThe editor opens.\n\n${hint(database)}\nCtrl+C or closing the editor ends it.`);
    await editor.ended;
    return;
  }
  const install = await installEditor(NEWEST_EDITOR, console.log);
  const server = await stack.add(startEditorServer(install, { ...stage, unpacked: [root] }));
  console.log(`\nOpen ${server.url}\n\n${hint(database)}\nCtrl+C ends it.`);
  throw new Error(`The editor's server ended with ${String(await server.ended)}:\n${server.output()}`);
}

function environmentOf(sandbox: Sandbox): Record<string, string> {
  return {
    TIDBCLOUD_PUBLIC_KEY: sandbox.tidbCloud.publicKey,
    TIDBCLOUD_PRIVATE_KEY: sandbox.tidbCloud.privateKey,
    ALIBABA_CLOUD_ACCESS_KEY_ID: sandbox.alibabaCloud.accessKeyId,
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: sandbox.alibabaCloud.accessKeySecret,
  };
}

function settingsOf(sandbox: Sandbox): Record<string, unknown> {
  return {
    'tidbPrivateEndpoint.tidbCloud.baseUrl': sandbox.tidbCloud.baseUrl,
    'tidbPrivateEndpoint.alibabaCloud.endpoints': sandbox.alibabaCloud.endpoints,
  };
}

function hint(database: SqlServer): string {
  return [
    'Both clouds are played on this machine, and you are signed in to them. The icon "TiDB Private Endpoint" at the left',
    'shows the instances; "Create Private Endpoint" beside orders-prod starts the guide.',
    `The database asks for the user ${database.user} and the password ${database.password}.`,
  ].join('\n');
}
