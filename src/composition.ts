import { window, workspace, type ExtensionContext } from 'vscode';
import { checkBaseUrl } from './cloud/baseUrl';
import { Endpoints } from './cloud/alibaba/endpoints';
import { accountMenus } from './commands/accountMenus';
import { registerCommands } from './commands';
import type { Disposable } from './core/emitter';
import { AppError } from './core/errors';
import type { Redactor } from './core/redact';
import { contexts, panels, secretKeys, stateKeys } from './ids';
import { announceActive } from './panels/creation/announce';
import { CreationPanels } from './panels/creation/creationPanels';
import type { ResultsView } from './panels/resultsView';
import { systemClock as clock } from './platform/clock';
import { CommandRunner } from './platform/commandRunner';
import type { ContextKeys } from './platform/contextKeys';
import { EcsMetadata } from './platform/ecsMetadata';
import { FileJournal } from './platform/journal';
import type { ChannelLog } from './platform/log';
import type { Notifications } from './platform/notifications';
import { onDidChangeSettings, readSettings, SettingsCheck } from './platform/settings';
import type { World } from './platform/world';
import { Accounts } from './services/accounts';
import { Connections } from './services/connections';
import { HealthMonitor } from './services/healthMonitor';
import { Inventory } from './services/inventory';
import { LastChoices } from './services/provisioning/choices';
import { Durations } from './services/provisioning/durations';
import { CreationRunner } from './services/provisioning/runner';
import type { SandboxMode } from './services/sandboxMode';
import { Scheduler } from './services/scheduler';
import { SqlDocuments } from './services/sqlDocuments';
import { TreeShape } from './services/treeShape';
import { HealthItem } from './statusBar/healthItem';
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
  readonly results: ResultsView;
  readonly sandbox: SandboxMode;
  readonly userAgent: string;
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
  let isOver = false;
  // A statement that still runs when the window leaves this world ends in the next one.
  const results: Pick<ResultsView, 'show' | 'reveal'> = {
    show: (shown) => {
      if (!isOver) {
        base.results.show(shown);
      }
    },
    reveal: () => (isOver ? Promise.resolve() : base.results.reveal()),
  };
  const { consoles, environment, secrets, state } = world;
  const learnSecret = (secret: string): void => base.redactor.learn(secret);
  const client = { userAgent: base.userAgent, clock, log };

  const accounts = new Accounts({
    ...{ secrets, secretKeys, environment, learnSecret, log, stateKeys },
    state: world.state,
    isWorkspaceTrusted: () => workspace.isTrusted,
    createTidbCloudApi: async (key) => {
      const { createTidbCloudApi } = await import('./cloud/tidbCloud');
      // To read the bundle and to send the first request take a while each: others go in between.
      await new Promise((resolve) => setImmediate(resolve));
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
  const isSandbox = (): boolean => consoles.isSandbox();
  const shape = new TreeShape(state, stateKeys.grouping, log);
  const tree = new InstancesTree({ inventory, runner, shape, isSandbox });
  const inView = (): readonly string[] => tree.inView();
  const monitor = new HealthMonitor({
    ...{ inventory, scheduler, state, followedKey: stateKeys.followed, log, inView },
    intervalMs: () =>
      readSettings.healthShowInStatusBar() || tree.visible
        ? readSettings.healthIntervalSeconds() * 1000
        : undefined,
  });
  const healthItem = new HealthItem(monitor, inventory, () => readSettings.healthShowInStatusBar());
  const sandboxItem = new SandboxItem(isSandbox, sandbox.id !== undefined);
  const { extensionUri } = context;
  const shared = { extensionUri, accounts, inventory, notifications, clock, log };
  const newId = (): string => crypto.randomUUID();
  const creation = new CreationPanels({
    ...shared,
    ...{ runner, newId, isSandbox },
    lastChoices: new LastChoices(state, stateKeys.lastChoice),
    machine: new EcsMetadata(log),
    usualMs: (kind) => durations.usualMs(kind),
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
      connections,
      viewState,
      tree,
      healthItem,
      sandboxItem,
      creation,
    ],
    window.registerWebviewPanelSerializer(panels.creation, creation),
    ...registerCommands(new CommandRunner(notifications, log), {
      ...shared,
      ...{ shape, inView },
      ...{ connections, documents, monitor, creation, results, consoles, sandbox, runner, newId },
      showLog: () => log.show(),
    }),
    // A document whose language changes is said to close too, and stays.
    workspace.onDidCloseTextDocument(({ isClosed, uri }) => isClosed && documents.unbind(uri.toString())),
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
    documents.onDidChange((uris) => contextKeys.setUris(contexts.boundDocuments, uris)),
    connections.onDidChangeRunning((running) => contextKeys.set(contexts.sqlRunning, running)),
    runner.onDidComplete(announceActive),
  ];
  const taking = setImmediate(() => {
    contextKeys.set(contexts.sandbox, sandbox.id !== undefined);
    settingsCheck.run();
    void viewState.refresh();
    runner.resumeAll().catch((error: unknown) => log.error('Take up creations again: failed', error));
    monitor.lookNow();
  });
  const dispose = (): void => {
    isOver = true;
    clearImmediate(taking);
    contextKeys.setUris(contexts.boundDocuments, []);
    contextKeys.set(contexts.sqlRunning, false);
    contextKeys.set(contexts.filtered, false);
    parts.forEach((part) => void part.dispose());
  };
  return {
    dispose,
    leave: () => {
      creation.close();
      dispose();
      base.results.clear();
    },
  };
}
