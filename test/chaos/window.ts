import type { Clock, Log } from '../../src/core/ports';
import { createAlibabaCloudApi, staticCredentials } from '../../src/cloud/alibaba';
import { createTidbCloudApi } from '../../src/cloud/tidbCloud';
import { systemClock } from '../../src/platform/clock';
import { FileJournal } from '../../src/platform/journal';
import { Accounts } from '../../src/services/accounts';
import { Inventory } from '../../src/services/inventory';
import { Durations } from '../../src/services/provisioning/durations';
import { CreationRunner, type CreationProgress } from '../../src/services/provisioning/runner';
import type { FromWindow, ToWindow, WindowOptions } from './messages';

/**
 * A window of the editor, as far as creations go: a process of its own with the real journal, runner and clients. Starts
 * what it is told to, or takes up what is there, and reports until it is killed.
 */
const options = JSON.parse(process.env['CHAOS_WINDOW'] ?? '') as WindowOptions;

const tell = (message: FromWindow): void => void process.send?.(message);
const log: Log = {
  debug: (line) => tell({ kind: 'log', line }),
  info: (line) => tell({ kind: 'log', line }),
  warn: (line) => tell({ kind: 'log', line }),
  error: (line, error) =>
    tell({ kind: 'log', line: `${line} ${error instanceof Error ? (error.stack ?? '') : ''}` }),
};
/** All windows of a test have the same time, which passes faster than outside. */
const clock: Clock = {
  now: () => options.epochMs + (Date.now() - options.epochMs) * options.timeScale,
  sleep: (ms, signal) => systemClock.sleep(Math.min(ms / options.timeScale, 2 ** 31 - 1), signal),
};
const secrets = new Map<string, string>([
  ['tidb', JSON.stringify(options.tidbCloud)],
  ['ali', JSON.stringify({ kind: 'keys', ...options.alibabaCloud })],
]);
const state = new Map<string, unknown>();
const accounts = new Accounts({
  secrets: {
    get: (key) => Promise.resolve(secrets.get(key)),
    set: (key, value) => Promise.resolve(void secrets.set(key, value)),
    delete: (key) => Promise.resolve(void secrets.delete(key)),
    onDidChange: () => ({ dispose: () => undefined }),
  },
  state: {
    get: (key) => state.get(key),
    set: (key, value) => Promise.resolve(void state.set(key, value)),
  },
  secretKeys: { tidbCloud: 'tidb', alibabaCloud: 'ali', account: (id) => `account/${id}` },
  stateKeys: { accounts: 'accounts', accountsOfInstance: (id) => `accounts.of/${id}` },
  environment: {},
  isWorkspaceTrusted: () => true,
  learnSecret: () => undefined,
  listAlibabaCloudProfiles: () => Promise.resolve([]),
  createTidbCloudApi: (key) =>
    Promise.resolve(
      createTidbCloudApi({ ...key, baseUrl: options.tidbCloudUrl, userAgent: 'chaos/1', clock, log }),
    ),
  createAlibabaCloudApi: () =>
    Promise.resolve(
      createAlibabaCloudApi({
        credentials: staticCredentials(options.alibabaCloud),
        endpoints: options.alibabaCloudUrls,
        userAgent: 'chaos/1',
        // Requests are signed with the true time.
        clock: systemClock,
        log,
      }),
    ),
  log,
});
const runner = new CreationRunner({
  journal: new FileJournal(options.folder, log, options.leaseMs),
  accounts,
  inventory: new Inventory(accounts, log),
  // As after some creations: in the windows' time these clouds take seconds.
  durations: new Durations(
    { get: () => ({ endpoint: [2_000], connection: [10_000] }), set: () => Promise.resolve() },
    'durations',
  ),
  clock,
  log,
  random: Math.random,
});

runner.onDidChange(({ creation, decision, error, readOnly }: CreationProgress) =>
  tell({
    kind: 'progress',
    creation,
    readOnly,
    ...(decision !== undefined && { decision }),
    ...(error instanceof Error && { error: error.message }),
  }),
);

process.on('message', ({ start }: ToWindow) => {
  const begun: Promise<unknown> = start === undefined ? runner.resumeAll() : runner.start(start);
  begun.catch((error: unknown) => tell({ kind: 'log', line: `Failed to begin: ${String(error)}` }));
});
process.on('disconnect', () => process.exit(1));
tell({ kind: 'ready' });
