import path from 'node:path';
import { window, workspace, type ExtensionContext } from 'vscode';
import { registerCommands } from './commands';
import { Redactor } from './core/redact';
import { contexts, panels, secretKeys, settings, stateKeys, views } from './ids';
import { announceActive } from './panels/creation/announce';
import { CreationPanels } from './panels/creation/creationPanels';
import { ResultsView } from './panels/resultsView';
import { systemClock as clock } from './platform/clock';
import { CommandRunner } from './platform/commandRunner';
import { alibabaCloudConsole, isSandboxUrl, tidbCloudConsole } from './platform/consoles';
import { ContextKeys } from './platform/contextKeys';
import { ChannelLog } from './platform/log';
import { Notifications } from './platform/notifications';
import { readSettings } from './platform/settings';
import { FileJournal, secretStore, stateStore } from './platform/storage';
import { Accounts } from './services/accounts';
import { Connections } from './services/connections';
import { HealthMonitor } from './services/healthMonitor';
import { Inventory } from './services/inventory';
import { CreationRunner } from './services/provisioning/runner';
import { Scheduler } from './services/scheduler';
import { SqlDocuments } from './services/sqlDocuments';
import { HealthItem } from './statusBar/healthItem';
import { InstancesTree } from './tree/instancesTree';
import { ViewState } from './tree/viewState';

/** Builds every object and hands them to each other. Reads and calls nothing. */
export function activate(context: ExtensionContext): void {
  const { extensionUri, subscriptions } = context;
  const channel = window.createOutputChannel('TiDB Private Endpoint', { log: true });
  const redactor = new Redactor();
  const log = new ChannelLog(channel, redactor);
  const notifications = new Notifications(log);
  const contextKeys = new ContextKeys();
  const learnSecret = (secret: string): void => redactor.learn(secret);
  const secrets = secretStore(context.secrets);
  const state = stateStore(context.globalState);
  const { version } = context.extension.packageJSON as { version: string };
  const userAgent = `tidb-private-endpoint/${version}`;

  const accounts = new Accounts({
    secrets,
    secretKeys,
    environment: process.env,
    isWorkspaceTrusted: () => workspace.isTrusted,
    learnSecret,
    log,
    createTidbCloudApi: async (key) => {
      const { createTidbCloudApi } = await import('./cloud/tidbCloud');
      return createTidbCloudApi({ ...key, baseUrl: readSettings.tidbCloudBaseUrl(), userAgent, clock, log });
    },
    createAlibabaCloudApi: async (from) => {
      const { createAlibabaCloudApi, defaultChainCredentials, staticCredentials } =
        await import('./cloud/alibaba');
      const profile = readSettings.alibabaCloudProfile();
      return createAlibabaCloudApi({
        credentials:
          from.kind === 'keys'
            ? staticCredentials(from)
            : defaultChainCredentials(profile ? { profile } : {}),
        endpoints: readSettings.alibabaCloudEndpoints(),
        userAgent,
        clock,
        log,
      });
    },
  });
  const inventory = new Inventory(accounts, log);
  const scheduler = new Scheduler(clock, log, Math.random);
  const journal = new FileJournal(path.join(context.globalStorageUri.fsPath, 'creations'), log);
  const runner = new CreationRunner({ journal, accounts, inventory, clock, log, random: Math.random });
  const connections = new Connections({
    accounts,
    secrets,
    state,
    keys: {
      password: secretKeys.sqlPassword,
      caCertificate: stateKeys.caCertificate,
      user: stateKeys.sqlUser,
    },
    connector: async () => (await import('./sql')).createSqlConnector({ log }),
    learnSecret,
    log,
  });
  const documents = new SqlDocuments((error) => log.error('A listener of the SQL documents failed', error));
  const monitor = new HealthMonitor({
    inventory,
    scheduler,
    state,
    followedKey: stateKeys.followed,
    intervalMs: () =>
      readSettings.healthShowInStatusBar() || tree.visible
        ? readSettings.healthIntervalSeconds() * 1000
        : undefined,
  });

  const instancesTree = new InstancesTree(inventory);
  const tree = window.createTreeView(views.instances, {
    treeDataProvider: instancesTree,
    showCollapseAll: true,
  });
  const healthItem = new HealthItem(monitor, inventory, () => readSettings.healthShowInStatusBar());
  const results = new ResultsView(extensionUri, log);
  const creation = new CreationPanels({
    extensionUri,
    accounts,
    inventory,
    runner,
    notifications,
    clock,
    log,
    newId: () => crypto.randomUUID(),
    isSandbox: () => isSandboxUrl(readSettings.tidbCloudBaseUrl()),
  });
  const consoles = {
    tidbCloud: (instanceId?: string) => tidbCloudConsole(readSettings.tidbCloudBaseUrl(), instanceId),
    alibabaCloud: (regionId?: string) => alibabaCloudConsole(readSettings.alibabaCloudEndpoints(), regionId),
  };
  const viewState = new ViewState(accounts, inventory, contextKeys, log);
  const statementAt = async (text: string, offset: number): Promise<{ text: string } | undefined> =>
    (await import('./sql')).statementAt(text, offset);

  subscriptions.push(
    channel,
    accounts,
    scheduler,
    viewState,
    runner,
    monitor,
    instancesTree,
    tree,
    healthItem,
    creation,
    { dispose: () => void connections.dispose() },
    window.registerWebviewPanelSerializer(panels.creation, creation),
    window.registerWebviewViewProvider(views.results, results, {
      webviewOptions: { retainContextWhenHidden: true },
    }),
    ...registerCommands(new CommandRunner(notifications, log), {
      accounts,
      inventory,
      connections,
      documents,
      monitor,
      notifications,
      contextKeys,
      clock,
      log,
      creation,
      results,
      consoles,
      statementAt,
      showLog: () => log.show(),
    }),
    workspace.onDidCloseTextDocument(({ uri }) => documents.unbind(uri.toString())),
    workspace.onDidGrantWorkspaceTrust(() => accounts.reset('Alibaba Cloud')),
    workspace.onDidChangeConfiguration((event) => {
      const changed = (key: string): boolean => event.affectsConfiguration(`${settings.section}.${key}`);
      if (changed(settings.tidbCloudBaseUrl)) {
        accounts.reset('TiDB Cloud');
      }
      if (changed(settings.alibabaCloudEndpoints) || changed(settings.alibabaCloudProfile)) {
        accounts.reset('Alibaba Cloud');
      }
      healthItem.render();
      scheduler.wake();
    }),
    tree.onDidChangeVisibility(() => scheduler.wake()),
    documents.onDidChange((uris) => contextKeys.set(contexts.boundDocuments, uris)),
    connections.onDidChangeRunning((running) => contextKeys.set(contexts.sqlRunning, running)),
    runner.onDidComplete(announceActive),
  );

  // After activation: what was going on in an earlier window goes on.
  setImmediate(() => {
    void viewState.refresh();
    runner.resumeAll().catch((error: unknown) => log.error('Take up creations again: failed', error));
    monitor.look().catch((error: unknown) => log.error('Look at the followed endpoints: failed', error));
  });
}
