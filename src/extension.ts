import { rm } from 'node:fs/promises';
import { env, version as editorVersion, window, type ExtensionContext } from 'vscode';
import { buildWorld, type Base } from './composition';
import { AppError } from './core/errors';
import { Redactor } from './core/redact';
import { stateKeys, views } from './ids';
import { ResultsView } from './panels/results/resultsView';
import { systemClock as clock } from './platform/clock';
import { ContextKeys } from './platform/contextKeys';
import { ChannelLog } from './platform/log';
import { Notifications } from './platform/notifications';
import { stateStore } from './platform/storage';
import { realWorld, sandboxFolder, sandboxWorld, type World } from './platform/world';
import { SandboxMode } from './services/sandboxMode';

/** Builds what belongs to no cloud, and on it the world of the real clouds or of the sandbox. Reads and calls nothing. */
export function activate(context: ExtensionContext): void {
  const channel = window.createOutputChannel('TiDB Private Endpoint', { log: true });
  const redactor = new Redactor();
  const log = new ChannelLog(channel, redactor);
  const { version } = context.extension.packageJSON as { version: string };
  log.info(`TiDB Private Endpoint ${version}, ${env.appName} ${editorVersion}, ${env.remoteName ?? 'local'}`);
  const notifications = new Notifications(log);
  const { extensionUri } = context;
  const resultsView = new ResultsView({ extensionUri, clock, notifications, log });
  const sandbox = new SandboxMode({
    state: stateStore(context.workspaceState),
    stateKey: stateKeys.sandbox,
    newId: () => crypto.randomUUID(),
    launch: async (id, choice) => {
      const { startPracticeSandbox } = await import('./sandbox');
      const folder = sandboxFolder(context, id);
      const writeLine = (line: string): void => log.debug(`Sandbox: ${line}`);
      return startPracticeSandbox({ ...choice, folder, log: writeLine }).catch((cause: unknown) => {
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new AppError('sandboxFailed', { source: 'Extension', reason, cause });
      });
    },
    forget: (id) => rm(sandboxFolder(context, id), { recursive: true, force: true }),
    log,
  });
  const base: Base = {
    ...{ context, log, redactor, notifications, resultsView, sandbox },
    contextKeys: new ContextKeys(),
    userAgent: `tidb-private-endpoint/${version}`,
    extensionVersion: version,
  };
  const world = (): World =>
    sandbox.id === undefined ? realWorld(context) : sandboxWorld(context, sandbox.id, sandbox);
  let built = buildWorld(base, world());
  context.subscriptions.push(
    {
      dispose: async () => {
        await sandbox.dispose().catch((error: unknown) => log.error('End the sandbox: failed', error));
        channel.dispose();
      },
    },
    resultsView,
    window.registerWebviewViewProvider(views.results, resultsView, {
      webviewOptions: { retainContextWhenHidden: true },
    }),
    sandbox.onDidChange(() => {
      built.leave();
      built = buildWorld(base, world());
    }),
    { dispose: () => built.dispose() },
  );
}
