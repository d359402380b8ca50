import path from 'node:path';
import { env, version as editorVersion, window, workspace, type ExtensionContext } from 'vscode';
import { checkBaseUrl } from './cloud/baseUrl';
import { Endpoints } from './cloud/alibaba/endpoints';
import { registerCommands } from './commands';
import { Redactor } from './core/redact';
import { contexts, panels, secretKeys, stateKeys, views } from './ids';
import { announceActive } from './panels/creation/announce';
import { CreationPanels } from './panels/creation/creationPanels';
import { ResultsView } from './panels/resultsView';
import { systemClock as clock } from './platform/clock';
import { CommandRunner } from './platform/commandRunner';
import { consolesOf } from './platform/consoles';
import { ContextKeys } from './platform/contextKeys';
import { EcsMetadata } from './platform/ecsMetadata';
import { FileJournal } from './platform/journal';
import { ChannelLog } from './platform/log';
import { Notifications } from './platform/notifications';
import { onDidChangeSettings, readSettings, SettingsCheck } from './platform/settings';
import { secretStore, stateStore } from './platform/storage';
import { Accounts } from './services/accounts';
import { Connections } from './services/connections';
import { HealthMonitor } from './services/healthMonitor';
import { Inventory } from './services/inventory';
import { LastChoices } from './services/provisioning/choices';
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
  log.info(`TiDB Private Endpoint ${version}, ${env.appName} ${editorVersion}, ${env.remoteName ?? 'local'}`);
  const world = { userAgent: `tidb-private-endpoint/${version}`, clock, log, random: Math.random };

  const accounts = new Accounts({
    ...{ secrets, secretKeys, learnSecret, log },
    environment: process.env,
    isWorkspaceTrusted: () => workspace.isTrusted,
    createTidbCloudApi: async (key) => {
      const { createTidbCloudApi } = await import('./cloud/tidbCloud');
      return createTidbCloudApi({ ...world, ...key, baseUrl: readSettings.tidbCloudBaseUrl() });
    },
    createAlibabaCloudApi: async (from) => {
      const { createAlibabaCloudApi, credentialsFrom } = await import('./cloud/alibaba');
      const credentials = credentialsFrom(from, readSettings.alibabaCloudProfile());
      const endpoints = readSettings.alibabaCloudEndpoints();
      return createAlibabaCloudApi({ ...world, credentials, endpoints });
    },
  });
  const inventory = new Inventory(accounts, log);
  const scheduler = new Scheduler(clock, log, world.random);
  const journal = new FileJournal(path.join(context.globalStorageUri.fsPath, 'creations'), log);
  const runner = new CreationRunner({ ...world, journal, accounts, inventory });
  const connections = new Connections({
    ...{ accounts, secrets, state, learnSecret, log },
    keys: {
      password: secretKeys.sqlPassword,
      caCertificate: stateKeys.caCertificate,
      user: stateKeys.sqlUser,
    },
    connector: async () => (await import('./sql')).createSqlConnector({ log }),
  });
  const documents = new SqlDocuments((error) => log.error('A listener of the SQL documents failed', error));
  const monitor = new HealthMonitor({
    inventory,
    scheduler,
    state,
    followedKey: stateKeys.followed,
    log,
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
  const consoles = consolesOf(readSettings);
  const shared = { accounts, inventory, notifications, clock, log };
  const creation = new CreationPanels({
    ...shared,
    extensionUri,
    runner,
    lastChoices: new LastChoices(state, stateKeys.lastChoice),
    machine: new EcsMetadata(log),
    newId: () => crypto.randomUUID(),
    isSandbox: () => consoles.isSandbox(),
    // The guide: a connection becomes Active in about five minutes.
    usualMs: () => 5 * 60_000,
  });
  const settingsCheck = new SettingsCheck(notifications, {
    tidbCloudBaseUrl: checkBaseUrl,
    alibabaCloudEndpoints: (urls) => new Endpoints(urls),
  });
  const viewState = new ViewState(accounts, inventory, contextKeys, log);

  subscriptions.push(
    ...[channel, accounts, scheduler, runner, monitor, connections],
    ...[viewState, instancesTree, tree, healthItem, creation],
    window.registerWebviewPanelSerializer(panels.creation, creation),
    window.registerWebviewViewProvider(views.results, results, {
      webviewOptions: { retainContextWhenHidden: true },
    }),
    ...registerCommands(new CommandRunner(notifications, log), {
      ...shared,
      ...{ connections, documents, monitor, creation, results, consoles },
      showLog: () => log.show(),
    }),
    // A document whose language changes is said to close too, and stays.
    workspace.onDidCloseTextDocument(({ isClosed, uri }) => isClosed && documents.unbind(uri.toString())),
    workspace.onDidGrantWorkspaceTrust(() => accounts.reset('Alibaba Cloud')),
    onDidChangeSettings({
      tidbCloud: () => accounts.reset('TiDB Cloud'),
      alibabaCloud: () => accounts.reset('Alibaba Cloud'),
      health: () => {
        healthItem.render();
        scheduler.wake();
      },
      any: () => settingsCheck.run(),
    }),
    accounts.onDidChange(() => monitor.lookNow()),
    tree.onDidChangeVisibility(() => scheduler.wake()),
    documents.onDidChange((uris) => contextKeys.setUris(contexts.boundDocuments, uris)),
    connections.onDidChangeRunning((running) => contextKeys.set(contexts.sqlRunning, running)),
    runner.onDidComplete(announceActive),
  );

  // What was going on in an earlier window goes on, after activation.
  setImmediate(() => {
    settingsCheck.run();
    void viewState.refresh();
    runner.resumeAll().catch((error: unknown) => log.error('Take up creations again: failed', error));
    monitor.lookNow();
  });
}
