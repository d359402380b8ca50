import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { authentications, commands, extensionId, settings, views } from '../../src/ids';
import { manyInstances, startSandbox, type Sandbox } from '../../src/sandbox';

const boundMs = 15_000;

async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + boundMs;
  while (!(await condition())) {
    assert.ok(Date.now() < end, `${what} within ${boundMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const set = (key: string, value: unknown): Thenable<void> =>
  vscode.workspace.getConfiguration(settings.section).update(key, value, vscode.ConfigurationTarget.Global);

/** What the editor was given to show: the provider of the view, as the editor calls it. */
interface Row {
  readonly id: string;
  readonly instanceId?: string;
}

describe('the tree with many instances, in the editor', () => {
  const { window } = vscode;
  const original = {
    showErrorMessage: window.showErrorMessage,
    showInputBox: window.showInputBox,
    showQuickPick: window.showQuickPick,
  };
  const told: string[] = [];
  /** Each call to the clouds, with its status. */
  const answered: string[] = [];
  const environment = { ...process.env };
  let sandbox: Sandbox;
  let typed: string[];
  let picks: (item: vscode.QuickPickItem) => boolean;

  const detailsRead = (): readonly string[] => answered.filter((line) => /\/tidbs\/\d+\/\S+ 200 /.test(line));
  const calls = (operation: string): number => sandbox.control.calls(operation);

  before(async () => {
    sandbox = await startSandbox({
      // Of names, and so of ids, that no other suite has made the window follow: it asks for those, and finds none.
      seed: { instances: manyInstances(450, 'scale'), endpointsEach: 2 },
      requestsPerMinute: 10_000,
      log: (line) => answered.push(line),
    });
    process.env['TIDBCLOUD_PUBLIC_KEY'] = sandbox.tidbCloud.publicKey;
    process.env['TIDBCLOUD_PRIVATE_KEY'] = sandbox.tidbCloud.privateKey;
    Object.assign(window, {
      showErrorMessage: (message: string) => {
        told.push(message);
        return Promise.resolve(undefined);
      },
      showInputBox: () => Promise.resolve(typed.shift()),
      showQuickPick: async (items: readonly vscode.QuickPickItem[]) =>
        (await Promise.resolve(items)).find(picks),
    });
    await vscode.extensions.getExtension(extensionId)?.activate();
    await set(settings.tidbCloudBaseUrl, sandbox.tidbCloud.baseUrl);
    await set(settings.alibabaCloudEndpoints, sandbox.alibabaCloud.endpoints);
    await vscode.commands.executeCommand(`${views.instances}.focus`);
    await until('all pages are read', () => calls('tidb:ListTidbs') >= 5);
  });

  beforeEach(() => {
    told.length = 0;
    typed = [];
    picks = () => false;
  });

  after(async () => {
    Object.assign(window, original);
    for (const key of [settings.tidbCloudBaseUrl, settings.alibabaCloudEndpoints]) {
      await set(key, undefined);
    }
    for (const name of ['TIDBCLOUD_PUBLIC_KEY', 'TIDBCLOUD_PRIVATE_KEY']) {
      if (environment[name] === undefined) {
        Reflect.deleteProperty(process.env, name);
      }
    }
    await vscode.commands.executeCommand('workbench.view.explorer');
    await sandbox.stop();
  });

  it('reads no details of what is not open', () => {
    assert.deepEqual(detailsRead(), []);
    assert.ok(answered.some((line) => /\/tidbs 200 /.test(line)));
    assert.deepEqual(told, []);
  });

  it('refreshes the selected rows at once, each instance once, and nothing else', async () => {
    const ids = sandbox.control
      .getState()
      .instances.slice(0, 3)
      .map(({ tidbId }) => tidbId);
    const rows: readonly Row[] = ids.map((instanceId) => ({ id: `instance/${instanceId}`, instanceId }));
    const before = [calls('tidb:ListTidbs'), calls('tidb:ListPrivateEndpointConnections')];
    await vscode.commands.executeCommand(commands.refresh, rows[0], [...rows, rows[0]]);
    assert.deepEqual(
      [calls('tidb:ListTidbs'), calls('tidb:ListPrivateEndpointConnections')],
      [before[0], (before[1] ?? 0) + 3],
    );
    assert.ok(detailsRead().length >= 3);
  });

  it('is filtered, grouped and shown further by commands', async () => {
    await vscode.commands.executeCommand(commands.filter, { text: 'scale-00042' });
    await vscode.commands.executeCommand(commands.clearFilter);
    for (const grouping of ['region', 'none', 'automatic']) {
      await vscode.commands.executeCommand(commands.groupBy, { grouping });
      await vscode.commands.executeCommand(commands.showMore);
    }
    assert.deepEqual(told, []);
  });

  it('tells of the accounts of the environment in the Accounts menu, without their secrets', async () => {
    const accounts = await vscode.authentication.getAccounts(authentications.tidbCloud);
    assert.deepEqual(
      accounts.map(({ label }) => label),
      ['Environment'],
    );
  });

  it('tells of accounts that are added, renamed and signed out of, in the Accounts menu', async () => {
    const labels = async (): Promise<readonly string[]> =>
      (await vscode.authentication.getAccounts(authentications.tidbCloud)).map(({ label }) => label);
    const { publicKey, privateKey } = sandbox.tidbCloud;
    typed = [publicKey, privateKey];
    await vscode.commands.executeCommand(commands.signInTidbCloud);
    assert.deepEqual(told, []);
    const [first] = await labels();
    assert.match(first ?? '', /^Organization \d+$/);
    typed = ['Practice'];
    picks = ({ description }) => description === first;
    await vscode.commands.executeCommand(commands.renameAccount);
    assert.deepEqual(await labels(), ['Practice']);
    picks = ({ description }) => description === 'Practice';
    await vscode.commands.executeCommand(commands.signOut);
    assert.deepEqual(await labels(), ['Environment']);
    assert.deepEqual(told, []);
  });

  it('keeps a key that is refused from being added', async () => {
    typed = ['someone-else', 'wrong'];
    await vscode.commands.executeCommand(commands.signInTidbCloud);
    assert.equal(told.length, 1);
    const accounts = await vscode.authentication.getAccounts(authentications.tidbCloud);
    assert.deepEqual(
      accounts.map(({ label }) => label),
      ['Environment'],
    );
  });
});
