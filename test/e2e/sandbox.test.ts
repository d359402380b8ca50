import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { openWorkbench, type WorkbenchWindow } from '../support/editor/browser';
import { installEditor } from '../support/editor/install';
import { startEditorServer, type EditorServer } from '../support/editor/server';
import { NEWEST_EDITOR } from '../support/editor/versions';
import { Workbench } from '../support/editor/workbench';

const root = path.join(__dirname, '..', '..');
const instance = 'orders-prod';

/** Nothing but the editor and the extension: no account, no clouds, no database. */
describe('without an account, in the sandbox', () => {
  let server: EditorServer;
  let window: WorkbenchWindow;
  let workbench: Workbench;
  let step = 0;

  const screenshot = async (name: string): Promise<void> => {
    step += 1;
    const folder = path.join(root, '.cache', 'screenshots', 'sandbox');
    await mkdir(folder, { recursive: true });
    await workbench.screenshot(path.join(folder, `${String(step).padStart(2, '0')}-${name}.png`));
  };

  before(async () => {
    server = await startEditorServer(await installEditor(NEWEST_EDITOR), {
      settings: {},
      env: {},
      unpacked: [root],
    });
    window = await openWorkbench(server);
    workbench = new Workbench(window.page);
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') {
      await screenshot('failure');
    }
  });

  after(async () => {
    await window.close();
    await server.stop();
  });

  it('leads a new person to it, marks it, and signs in to both clouds', async () => {
    const { person, page, quickInput } = workbench;
    await workbench.openViewContainer('TiDB Private Endpoint');
    const start = page.getByRole('button', { name: 'Start Sandbox' });
    await start.waitFor();
    await screenshot('welcome');
    await person.click(start);
    await quickInput.option('Accept by API').waitFor();
    await screenshot('choice');
    await quickInput.pick('Accept by API');
    await workbench.notification(/The sandbox runs/).waitFor();
    await workbench.treeRow(instance).waitFor();
    await workbench.statusBarItem(/TiDB Sandbox/).waitFor();
    await page.getByText(/Nothing here is real/).waitFor();
    await screenshot('started');
  });

  it('goes from there to rows through the private domain', async () => {
    const { person, page, quickInput } = workbench;
    await workbench.clickInlineAction(instance, 'Create Private Endpoint…');
    const panel = await workbench.webview(`Create Private Endpoint: ${instance}`);
    await person.click(panel.getByRole('button', { name: 'Create Endpoint', exact: true }));
    await workbench.clickDialogButton(/interface endpoint/, 'Create');
    await person.click(panel.getByRole('button', { name: 'Connect', exact: true }));
    const prompt = await quickInput.message(/in the sandbox: /).innerText();
    const password = /in the sandbox: (\S+?)\)/.exec(prompt)?.[1];
    assert.ok(password !== undefined, prompt);
    await quickInput.type(password);
    await quickInput.accept();
    await workbench.editorTab(/orders-prod-.*\.sql/).waitFor();
    await workbench.typeInEditor('SELECT name, city FROM shop.customers ORDER BY id LIMIT 5;');
    await person.click(page.getByRole('button', { name: /^Run SQL/ }));
    const results = await workbench.webview('Results');
    await results.getByRole('columnheader', { name: /city/ }).waitFor();
    await results.getByText('5 rows', { exact: false }).first().waitFor();
    assert.equal(await results.getByRole('row').count(), 6);
    await screenshot('rows');
    await person.click(results.getByRole('gridcell', { name: 'Paris' }));
    await page.keyboard.press('Control+c');
    await workbench.statusBarItem(/Copied 1 value/).waitFor();
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Control+c');
    await workbench.statusBarItem(/Copied 5 rows/).waitFor();
    await page.keyboard.press('Enter');
    await results.getByRole('region', { name: 'Value' }).waitFor();
    await screenshot('value');
    await page.keyboard.press('Escape');
    await workbench.statusBarItem(/1 endpoint healthy/).waitFor();
  });

  it('is there again after the window was reloaded, with what was made in it', async () => {
    const reloaded = window.page.waitForEvent('load');
    await workbench.runCommand('Developer: Reload Window');
    await reloaded;
    await workbench.statusBarItem(/TiDB Sandbox/).waitFor();
    await workbench.expandTreeRow(instance);
    await workbench.page.getByRole('treeitem', { name: /ep-/ }).first().waitFor();
    await screenshot('reloaded');
  });

  it('goes when it is told to, and nobody is signed in', async () => {
    const { page } = workbench;
    await workbench.person.click(workbench.statusBarItem(/TiDB Sandbox/));
    await workbench.clickDialogButton(/Stop the sandbox/, 'Stop Sandbox');
    await page.getByRole('button', { name: 'Sign In to TiDB Cloud' }).waitFor();
    assert.equal(await workbench.statusBarItem(/TiDB Sandbox/).count(), 0);
    assert.equal(await page.getByText(/Nothing here is real/).count(), 0);
    assert.equal(await workbench.treeRow(instance).count(), 0);
    await workbench.editorTab(/Create Private Endpoint/).waitFor({ state: 'detached' });
    await screenshot('stopped');
  });
});
