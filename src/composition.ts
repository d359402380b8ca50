import { Uri, window, workspace, type ExtensionContext } from 'vscode';
import { checkBaseUrl } from './cloud/baseUrl';
import { Endpoints } from './cloud/alibaba/endpoints';
import { accountMenus } from './commands/accountMenus';
import { registerCommands } from './commands';
import { tellRestored } from './commands/tellRestored';
import type { Disposable } from './core/emitter';
import { AppError } from './core/errors';
import type { SqlConnector, SqlProbe } from './core/ports';
import type { Redactor } from './core/redact';
import { StatementCompletion } from './editor/completion';
import { DocumentLife } from './editor/documentLife';
import { NameHover } from './editor/hover';
import { StatementLenses } from './editor/codeLenses';
import { StatementProblems } from './editor/problems';
import { contexts, panels, secretKeys, stateKeys } from './ids';
import { announceActive } from './panels/creation/announce';
import { CreationPanels } from './panels/creation/creationPanels';
import { DetailsPanels } from './panels/details/detailsPanels';
import { LazyDiagnosis } from './panels/lazyDiagnosis';
import type { ResultsView } from './panels/results/resultsView';
import { askSsh } from './platform/askSsh';
import { caFiles } from './platform/caFiles';
import { readCertificates } from './platform/certificates';
import { systemClock as clock } from './platform/clock';
import { CommandRunner } from './platform/commandRunner';
import type { ContextKeys } from './platform/contextKeys';
import { EcsMetadata } from './platform/ecsMetadata';
import { networkOfMachine, operatingSystem } from './platform/operatingSystem';
import { HistoryFile } from './platform/historyFile';
import { FileJournal } from './platform/journal';
import type { ChannelLog } from './platform/log';
import type { Notifications } from './platform/notifications';
import { thisMachine } from './platform/thisMachine';
import { ReadOnlyTexts } from './platform/readOnlyTexts';
import { onDidChangeSettings, readSettings, SettingsCheck } from './platform/settings';
import type { World } from './platform/world';
import { Accounts } from './services/accounts';
import { Catalog } from './services/catalog/catalog';
import { Suggester } from './services/catalog/suggestions';
import { Connections } from './services/connections';
import { ConnectWith } from './services/connectWith';
import { HealthBook } from './services/health/book';
import { HealthHistory } from './services/health/history';
import { DomainProbes } from './services/health/probes';
import { HealthMonitor } from './services/healthMonitor';
import { Inventory } from './services/inventory';
import { ProductionMarks } from './services/productionMarks';
import { LastChoices } from './services/provisioning/choices';
import { Durations } from './services/provisioning/durations';
import { CreationRunner } from './services/provisioning/runner';
import type { SandboxMode } from './services/sandboxMode';
import { Results } from './services/results';
import { Scheduler } from './services/scheduler';
import { SqlDocuments } from './services/sqlDocuments';
import { SqlHistory } from './services/sqlHistory';
import { SqlRunner } from './services/sqlRunner';
import { StatementIndex } from './services/statementIndex';
import { ConnectionItem } from './statusBar/connectionItem';
import { TreeShape } from './services/treeShape';
import { isExpected } from './statusBar/expected';
import { HealthItem } from './statusBar/healthItem';
import { HealthNews } from './statusBar/healthNews';
import { SandboxItem } from './statusBar/sandboxItem';
import { InstancesTree } from './tree/instancesTree';
import { ViewState } from './tree/viewState';

/** What belongs to no cloud. */
export interface Base {
  readonly context: ExtensionContext;
  readonly log: ChannelLog;
  readonly redactor: Redactor;
  readonly notifications: Notifications;
  readonly contextKeys: ContextKeys;
  readonly resultsView: ResultsView;
  readonly sandbox: SandboxMode;
  readonly userAgent: string;
  readonly extensionVersion: string;
}

export interface BuiltWorld extends Disposable {
  /** Disposes of it while the window goes on: what it shows in the editor is taken away as well. */
  leave(): void;
}

/**
 * Builds everything that knows the clouds and hands it to each other. Done anew when the window goes over to the sandbox
 * or back, so that nothing passes from one world to the other. Reads and calls nothing; what was going on in an earlier
 * window goes on after it has returned.
 */
export function buildWorld(base: Base, world: World): BuiltWorld {
  const { context, log, notifications, contextKeys, sandbox } = base;
  // One for each world: a statement that still runs when the window leaves a world ends where nobody sees it.
  const results = new Results((error) => log.error('A listener of the results failed', error));
  const { resultsView } = base;
  resultsView.show(results);
  const { consoles, environment, secrets, state } = world;
  const learnSecret = (secret: string): void => base.redactor.learn(secret);
  const client = { userAgent: base.userAgent, clock, log };

  const accounts = new Accounts({
    ...{ secrets, secretKeys, environment, learnSecret, log, stateKeys },
    state: world.state,
    isWorkspaceTrusted: () => workspace.isTrusted,
    createTidbCloudApi: async (key) => {
      const { createTidbCloudApi } = await import('./cloud/tidbCloud');
      await readCertificates();
      return createTidbCloudApi({ ...client, ...key, baseUrl: await world.tidbCloudBaseUrl() });
    },
    createAlibabaCloudApi: async (from) => {
      if (from.kind === 'chain' && sandbox.id !== undefined) {
        throw new AppError('invalidInput', {
          source: 'Extension',
          reason: 'The sandbox takes its own keys only: those of this machine stay out of it',
        });
      }
      const { createAlibabaCloudApi, credentialsFrom } = await import('./cloud/alibaba');
      const chosen = from.kind === 'chain' ? from.profile : undefined;
      const credentials = credentialsFrom(from, chosen ?? readSettings.alibabaCloudProfile());
      const endpoints = await world.alibabaCloudEndpoints();
      return createAlibabaCloudApi({ ...client, credentials, endpoints });
    },
    listAlibabaCloudProfiles: async () => (await import('./cloud/alibaba')).listProfiles(),
  });
  const inventory = new Inventory(accounts, log);
  const scheduler = new Scheduler(clock, log, Math.random);
  const journal = new FileJournal(world.creationsFolder, log);
  const durations = new Durations(state, stateKeys.durations);
  const runner = new CreationRunner({
    ...{ clock, log, random: Math.random, journal, accounts, inventory, durations },
  });
  const machine = new EcsMetadata(log);
  let sql: Promise<{ connector: SqlConnector; probe: SqlProbe }> | undefined;
  const loadSql = async (): Promise<{ connector: SqlConnector; probe: SqlProbe }> => {
    const askpass = {
      script: Uri.joinPath(context.extensionUri, 'dist', 'askpass.js').fsPath,
      folder: Uri.joinPath(context.globalStorageUri, 'ssh').fsPath,
    };
    const { createSql } = await import('./sql');
    return createSql({ log, ssh: { questions: { ask: askSsh, learnSecret, askpass } } });
  };
  const connector = async (): Promise<SqlConnector> => (await (sql ??= loadSql())).connector;
  const connections = new Connections({
    ...{ accounts, secrets, state, machine, learnSecret, clock, log },
    bastions: readSettings.sqlBastions,
    keys: {
      password: secretKeys.sqlPassword,
      caCertificate: stateKeys.caCertificate,
      user: stateKeys.sqlUser,
      database: stateKeys.sqlDatabase,
    },
    connector,
  });
  const connectWith = new ConnectWith({
    ...{ connections, state, caFiles, lastKey: stateKeys.connectWith },
    os: operatingSystem,
  });
  const newId = (): string => crypto.randomUUID();
  const documents = new SqlDocuments({ state: world.windowState, key: stateKeys.boundDocuments, log });
  const production = new ProductionMarks(state, stateKeys.production, log);
  const statements = new StatementIndex(clock);
  const sqlRunner = new SqlRunner({
    ...{ results, clock, newId, log },
    limits: () => ({
      maxRows: readSettings.sqlMaxRows(),
      timeoutMs: readSettings.sqlQueryTimeoutSeconds() * 1000,
    }),
  });
  const history = new SqlHistory({ store: new HistoryFile(world.historyFile, log), clock, newId, log });
  const life = new DocumentLife({ documents, runner: sqlRunner, connections, clock });
  const isSandbox = (): boolean => consoles.isSandbox();
  const catalog = new Catalog({
    ...{ connections, log },
    endpoint: ({ instanceId, endpointId }) => inventory.endpoint(instanceId, endpointId),
  });
  const suggester = new Suggester({ catalog, connections, clock });
  const texts = new ReadOnlyTexts();
  const shape = new TreeShape(state, stateKeys.grouping, log);
  const healthHistory = new HealthHistory(state, stateKeys.healthHistory, log);
  const book = new HealthBook(healthHistory, log);
  const tree = new InstancesTree({
    ...{ inventory, runner, shape, isSandbox },
    health: book,
    sql: { catalog, production },
  });
  const inView = (): readonly string[] => tree.inView();
  const monitor: HealthMonitor = new HealthMonitor({
    ...{ book, clock },
    probes: new DomainProbes({
      probe: async () => (await import('./sql/directProbe')).createDirectProbe(),
      routeTo: (endpoint) => connections.routeTo(endpoint),
      caCertificate: (instanceId) => connections.authorities.known(instanceId),
    }),
    network: networkOfMachine,
    alibabaCloudOf: ({ instanceId, endpointId }) => accounts.alibabaCloudFor(instanceId, { endpointId }),
    ...{ inventory, scheduler, state, followedKey: stateKeys.followed, log },
    inView: () => [...new Set([...details.visibleInstances(), ...inView()])],
    intervalMs: () =>
      readSettings.healthShowInStatusBar() || tree.visible || details.visibleInstances().length > 0
        ? readSettings.healthIntervalSeconds() * 1000
        : undefined,
  });
  const healthItem = new HealthItem(monitor, () => readSettings.healthShowInStatusBar());
  const healthNews = new HealthNews({
    ...{ book, history: healthHistory },
    nameOf: ({ instanceId, endpointId }) => {
      const name = inventory.endpoint(instanceId, endpointId)?.endpoint?.name;
      const instance = inventory.instance(instanceId)?.name;
      return instance && `${instance} · ${name ? name : endpointId}`;
    },
    isExpected: (change) => isExpected(change, runner.progressOfEndpoint(change.ref.endpointId), clock.now()),
  });
  const sandboxItem = new SandboxItem(isSandbox, sandbox.id !== undefined);
  const { extensionUri } = context;
  const shared = { extensionUri, accounts, inventory, notifications, clock, log };
  const creation = new CreationPanels({
    ...shared,
    ...{ runner, newId, isSandbox },
    lastChoices: new LastChoices(state, stateKeys.lastChoice),
    machine,
    usualMs: (kind) => durations.usualMs(kind),
  });
  const here = thisMachine(machine, base.extensionVersion);
  const diagnosis = new LazyDiagnosis(async () => {
    const { createDiagnosisPanels } = await import('./panels/diagnosis');
    const services = { ...shared, redactor: base.redactor, versions: here.versions };
    return createDiagnosisPanels(services, {
      ...{ accounts, inventory, connections, connector, isSandbox, learnSecret, newId, clock, log },
      machine: here,
      probe: async () => (await (sql ??= loadSql())).probe,
    });
  });
  const details: DetailsPanels = new DetailsPanels({
    ...shared,
    ...{ monitor, book, runner, production, isSandbox },
    history: healthHistory,
  });
  const settingsCheck = new SettingsCheck(notifications, {
    tidbCloudBaseUrl: checkBaseUrl,
    alibabaCloudEndpoints: (urls) => new Endpoints(urls),
  });
  const viewState = new ViewState(accounts, inventory, contextKeys, log);

  const parts: readonly { dispose(): unknown }[] = [
    ...[
      accounts,
      scheduler,
      runner,
      monitor,
      sqlRunner,
      connections,
      history,
      life,
      new StatementLenses(documents, statements),
      new StatementProblems(sqlRunner),
      new StatementCompletion({ documents, statements, suggester }),
      new NameHover({ documents, statements, suggester }),
      new ConnectionItem({ documents, inventory, connections, production, runner: sqlRunner }),
      viewState,
      tree,
      healthItem,
      healthNews,
      details,
      sandboxItem,
      creation,
      diagnosis,
      texts,
    ],
    window.registerWebviewPanelSerializer(panels.creation, creation),
    window.registerWebviewPanelSerializer(panels.details, details),
    ...registerCommands(new CommandRunner(notifications, log), {
      ...shared,
      ...{ connections, documents, statements, sqlRunner, history, production, results, resultsView },
      ...{ monitor, creation, diagnosis, consoles, sandbox, runner, newId, catalog, connectWith },
      ...{ details, healthHistory },
      ...{ shape, inView },
      selected: () => tree.selection,
      showLog: () => log.show(),
      showText: (title, text) => texts.show(title, text),
    }),
    workspace.onDidGrantWorkspaceTrust(() => accounts.reset('Alibaba Cloud')),
    onDidChangeSettings({
      tidbCloud: () => {
        accounts.reset('TiDB Cloud');
        tree.render();
        sandboxItem.render();
      },
      alibabaCloud: () => accounts.reset('Alibaba Cloud'),
      health: () => {
        healthItem.render();
        scheduler.wake();
      },
      any: () => settingsCheck.run(),
    }),
    ...accountMenus(accounts, log),
    shape.onDidChange(() => contextKeys.set(contexts.filtered, shape.filter !== '')),
    accounts.onDidChange(({ isRename }) => isRename !== true && monitor.lookNow()),
    tree.onDidChangeVisibility(() => scheduler.wake()),
    details.onDidChangeVisible(() => scheduler.wake()),
    documents.onDidChange((uris) => contextKeys.setUris(contexts.boundDocuments, uris)),
    connections.onDidRestore(tellRestored),
    connections.onDidRestore(({ slot, lost }) => sqlRunner.noteRestored(slot, lost)),
    sqlRunner.onDidChangeRunning((runs) => {
      contextKeys.set(contexts.sqlRunning, runs.length > 0);
      contextKeys.setUris(
        contexts.runningDocuments,
        runs.flatMap((run) => run.document ?? []),
      );
    }),
    sqlRunner.onDidEndStatement((end) => {
      history.add(end);
      catalog.noteStatement(end.run.endpoint, end.statement.text);
    }),
    runner.onDidComplete(announceActive),
  ];
  const taking = setImmediate(() => {
    contextKeys.set(contexts.sandbox, sandbox.id !== undefined);
    life.checkRestored();
    settingsCheck.run();
    void viewState.refresh();
    runner.resumeAll().catch((error: unknown) => log.error('Take up creations again: failed', error));
    monitor.lookNow();
    if (sandbox.id === undefined) {
      // Whoever is signed in will look at the list: what takes long to load for it is loaded by then. This calls nothing.
      accounts.tidbCloud().catch((error: unknown) => log.debug(`Nothing made ready: ${String(error)}`));
    }
  });
  const dispose = (): void => {
    clearImmediate(taking);
    contextKeys.setUris(contexts.boundDocuments, []);
    contextKeys.setUris(contexts.runningDocuments, []);
    contextKeys.set(contexts.sqlRunning, false);
    contextKeys.set(contexts.filtered, false);
    parts.forEach((part) => void part.dispose());
    results.set([]);
  };
  return {
    dispose,
    leave: () => {
      creation.close();
      details.close();
      diagnosis.close();
      dispose();
    },
  };
}
