import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commands, settings } from '../../src/ids';
import { set, until } from './byHand';
import { Clouds, Person, tabs } from './stage';

describe('commands, with sandbox clouds', () => {
  const person = new Person();
  const { shown } = person;
  let clouds: Clouds;

  const service = (name: string): { readonly tidbId: string; readonly serviceName: string } => {
    const { instances, services } = clouds.sandbox.control.getState();
    const tidbId = instances.find(({ displayName }) => displayName === name)?.tidbId;
    const found = services.find((candidate) => candidate.tidbId === tidbId);
    assert.ok(found);
    return found;
  };

  before(async () => {
    person.sitDown();
    clouds = await Clouds.start({ timeScale: 60 });
  });

  beforeEach(() => person.rest());

  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await set(settings.sqlMaxRows, undefined);
    person.standUp();
    await clouds.stop();
  });

  it('copy the service name of the row that was clicked', async () => {
    const { tidbId, serviceName } = service('orders-prod');
    await vscode.commands.executeCommand(commands.copyServiceName, { instanceId: tidbId });
    assert.deepEqual(shown, []);
    assert.equal(await vscode.env.clipboard.readText(), serviceName);
  });

  it('say that an instance is gone, and take no other in its place', async () => {
    await vscode.env.clipboard.writeText('before');
    for (const command of [commands.copyServiceName, commands.createEndpoint]) {
      shown.length = 0;
      await vscode.commands.executeCommand(command, { instanceId: 'gone-1' });
      assert.equal(shown.length, 1, command);
      assert.match(shown[0]?.message ?? '', /did not find the instance gone-1/);
    }
    assert.equal(await vscode.env.clipboard.readText(), 'before');
    assert.ok(!tabs().some((label) => label.startsWith('Create Private Endpoint')));
  });

  it('say that an endpoint is gone, and take no other in its place', async () => {
    const { tidbId } = service('orders-prod');
    for (const command of [commands.connect, commands.copyEndpointId]) {
      shown.length = 0;
      await vscode.commands.executeCommand(command, { instanceId: tidbId, endpointId: 'ep-gone' });
      assert.equal(shown.length, 1, command);
      assert.match(shown[0]?.message ?? '', /did not find the private endpoint ep-gone/);
    }
  });

  it('show the health again, though the message before was left unanswered', async () => {
    const { showInformationMessage } = vscode.window;
    let asked = 0;
    vscode.window.showInformationMessage = (): Thenable<undefined> => {
      asked++;
      return new Promise(() => undefined);
    };
    try {
      await vscode.commands.executeCommand(commands.showHealth);
      await vscode.commands.executeCommand(commands.showHealth);
    } finally {
      vscode.window.showInformationMessage = showInformationMessage;
    }
    assert.equal(asked, 2);
    assert.deepEqual(shown, []);
  });

  it('open the creation panel of an instance, once', async () => {
    const { tidbId } = service('orders-prod');
    const title = 'Create Private Endpoint: orders-prod';
    await vscode.commands.executeCommand(commands.createEndpoint, { instanceId: tidbId });
    await until('the panel opens', () => tabs().includes(title));
    await vscode.commands.executeCommand(commands.openCreation, { instanceId: tidbId });
    assert.deepEqual(
      tabs().filter((label) => label === title),
      [title],
    );
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await until('the panel closes', () => !tabs().includes(title));
    assert.deepEqual(shown, []);
  });

  it('bear with arguments of any shape', async () => {
    for (const argument of [null, 5, 'text', [], { instanceId: 7, endpointId: {} }]) {
      await vscode.commands.executeCommand(commands.openCreation, argument);
    }
    await until('a panel without an instance opens', () => tabs().includes('Create Private Endpoint'));
    assert.equal(tabs().filter((label) => label === 'Create Private Endpoint').length, 1);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    assert.deepEqual(shown, []);
  });

  it('stay usable with a base URL that cannot be used, which is said once and leads to the setting', async () => {
    for (const wrong of ['http://example.com', 5]) {
      shown.length = 0;
      await set(settings.tidbCloudBaseUrl, wrong);
      await until('it is said', () => shown.length > 0);
      await set(settings.sqlMaxRows, 7);
      await set(settings.sqlMaxRows, undefined);
      assert.equal(shown.length, 1);
      assert.match(shown[0]?.message ?? '', /tidbPrivateEndpoint\.tidbCloud\.baseUrl/);
      assert.ok(shown[0]?.buttons.includes('Open Settings'));

      await vscode.commands.executeCommand(commands.refresh);
      await vscode.commands.executeCommand(commands.openCreation);
      await until('a panel opens', () => tabs().includes('Create Private Endpoint'));
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
      assert.equal(shown.length, 1);
      await vscode.commands.executeCommand(commands.copyServiceName);
      assert.equal(shown.length, 2);
      assert.ok(shown[1]?.buttons.includes('Open Settings'));
    }

    await clouds.use();
    shown.length = 0;
    const { tidbId, serviceName } = service('orders-prod');
    await vscode.commands.executeCommand(commands.copyServiceName, { instanceId: tidbId });
    assert.deepEqual(shown, []);
    assert.equal(await vscode.env.clipboard.readText(), serviceName);
  });

  it('tell of a number that cannot be used', async () => {
    await set(settings.sqlMaxRows, 'many');
    await until('it is said', () => shown.length > 0);
    await set(settings.sqlMaxRows, undefined);
    assert.equal(shown.length, 1);
    assert.match(shown[0]?.message ?? '', /tidbPrivateEndpoint\.sql\.maxRows/);
  });

  it('say that nobody is signed in', async () => {
    Reflect.deleteProperty(process.env, 'TIDBCLOUD_PUBLIC_KEY');
    await set(settings.tidbCloudBaseUrl, `${clouds.sandbox.tidbCloud.baseUrl}/`);
    for (const command of [commands.refresh, commands.showHealth, commands.connect, commands.runSql]) {
      const document = await vscode.workspace.openTextDocument({ language: 'sql', content: 'SELECT 1;' });
      await vscode.window.showTextDocument(document);
      shown.length = 0;
      await vscode.commands.executeCommand(command);
      assert.equal(shown.length, 1, command);
      assert.match(shown[0]?.message ?? '', /not signed in to TiDB Cloud/, command);
    }
    clouds.signIn();
    await clouds.use();
    shown.length = 0;
    await vscode.commands.executeCommand(commands.refresh);
    assert.deepEqual(shown, []);
  });
});

describe('documents of the editor', () => {
  it('are said to close when their language changes, and are not closed', async () => {
    const document = await vscode.workspace.openTextDocument({ language: 'plaintext', content: 'SELECT 1' });
    const closed = new Promise<boolean>((resolve) => {
      const subscription = vscode.workspace.onDidCloseTextDocument((event) => {
        if (event.uri.toString() === document.uri.toString()) {
          subscription.dispose();
          resolve(event.isClosed);
        }
      });
    });
    await vscode.languages.setTextDocumentLanguage(document, 'sql');
    assert.equal(await closed, false);
  });
});
