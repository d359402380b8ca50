import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Locator } from 'playwright-core';
import { manyInstances } from '../../src/sandbox';
import { NEWEST_EDITOR } from '../support/editor/versions';
import { setScene, type Scene } from './scene';

/** The least that the setting takes; what changes is told when it has lasted 15 s. */
const intervalSeconds = 10;
const looks = 'tidb:ListPrivateEndpointConnections';
const reason = 'the zone is gone [Fix it](command:workbench.action.closeWindow)';
const plain = 'many-00001';
/** A name that would be a cell, an element, a link and an icon if anything let it. */
const hostile = 'many-2 | <b>bold</b> [x](https://x.example) $(trash)';
const [first, second] = manyInstances(2);

describe('the health of endpoints', () => {
  let scene: Scene;
  let endpointId: string;

  before(async () => {
    assert.ok(first !== undefined && second !== undefined);
    scene = await setScene({
      version: NEWEST_EDITOR,
      name: 'health',
      sandbox: {
        seed: { instances: [first, { ...second, displayName: hostile }], endpointsEach: 1 },
        requestsPerMinute: 10_000,
      },
      signedIn: { alibabaCloud: true },
    });
    const file = path.join(scene.server.folder, 'data', 'User', 'settings.json');
    const settings = JSON.parse(await readFile(file, 'utf8')) as object;
    await writeFile(
      file,
      JSON.stringify({ ...settings, 'tidbPrivateEndpoint.health.intervalSeconds': intervalSeconds }),
    );
    await scene.window.page.reload();
    const { instances, connections } = scene.sandbox.control.getState();
    const failing = instances.find(({ displayName }) => displayName === plain);
    endpointId = connections.find(({ tidbId }) => tidbId === failing?.tidbId)?.endpointId ?? assert.fail();
  });

  afterEach(async function () {
    await scene.tellFailure(this.currentTest?.state === 'failed');
  });

  after(() => scene.stop());

  const item = (text: string | RegExp): Locator => scene.workbench.statusBarItem(text);
  const anyItem = (): Locator => item(/^TiDB private endpoints: /);
  const healthyItem = (): Locator => item('TiDB private endpoints: 2 endpoints healthy');
  const hover = (): Locator =>
    scene.window.page.locator('.monaco-hover:visible').filter({ hasText: 'From Here' });

  /** The rows of the tooltip with the head. One that is open, or about to open, goes when what it shows has changed. */
  async function table(): Promise<readonly (readonly string[])[]> {
    for (;;) {
      await scene.window.page.mouse.move(640, 300);
      await hover().waitFor({ state: 'detached' });
      await anyItem().hover();
      const isShown = await hover()
        .waitFor({ timeout: 3000 })
        .then(
          () => true,
          () => false,
        );
      const rows = isShown ? await hover().locator('tr').allInnerTexts() : [];
      if (rows.length > 0) {
        return rows.map((row) => row.split('\t'));
      }
    }
  }

  /** Looks that began after this one. */
  async function looked(times: number): Promise<void> {
    const { control } = scene.sandbox;
    const wanted = control.calls(looks) + times;
    while (control.calls(looks) < wanted) {
      await delay(100);
    }
  }

  it('shows nothing before an endpoint is known', async () => {
    const { workbench, sandbox } = scene;
    const { person, quickInput, page } = workbench;
    await workbench.openViewContainer('TiDB Private Endpoint');
    await person.click(page.getByRole('button', { name: 'Sign In to TiDB Cloud' }));
    assert.equal(await anyItem().count(), 0, 'signed out');
    await quickInput.message(/Public key/).waitFor();
    await quickInput.type(sandbox.tidbCloud.publicKey);
    await quickInput.accept();
    await quickInput.message('Private key').waitFor();
    await quickInput.type(sandbox.tidbCloud.privateKey);
    await quickInput.accept();
    await workbench.treeRow(plain).waitFor();
    assert.equal(sandbox.control.calls(looks), 0);
    assert.equal(await anyItem().count(), 0);
  });

  it('counts the endpoints that are healthy, and shows each in a table', async () => {
    const { workbench } = scene;
    await workbench.expandTreeRow(plain);
    await workbench.expandTreeRow(hostile);
    await healthyItem().waitFor();
    for (const theme of ['dark', 'light', 'highContrast'] as const) {
      await workbench.setTheme(theme);
      await table();
      await scene.screenshot(`healthy-${theme}`);
    }
    await workbench.setTheme('dark');
    let shown = await table();
    // Measured by the look after the one that has read the endpoints.
    while (shown.flat().includes('not tried')) {
      shown = await table();
    }
    const [head, ...rows] = shown;
    assert.deepEqual(head, ['Endpoint', 'Health', 'TiDB Cloud', 'Alibaba Cloud', 'From Here', 'Since']);
    assert.deepEqual(
      rows.map((cells) => cells.slice(0, 4)),
      [
        [`${plain} · endpoint-1`, 'Active', 'Active', 'Active'],
        [`${hostile} · endpoint-1`, 'Active', 'Active', 'Active'],
      ],
    );
    for (const [, , , , latency, since] of rows) {
      assert.match(latency ?? '', /^\d+(\.\d)? ms$/);
      assert.match(since ?? '', /^\d\d:\d\d$/);
    }
    assert.equal(await hover().locator('tbody').locator('a, b, .codicon').count(), 0);
  });

  it('names the connection that fails underneath, and tells of it once with what helps', async () => {
    const { workbench, sandbox } = scene;
    const { page } = workbench;
    await page.mouse.move(640, 300);
    sandbox.control.setConnection(endpointId, { state: 'FAILED', message: reason });
    await item(`TiDB private endpoints: ${plain}: connection Failed`).waitFor();
    const message = workbench.notification(`${plain} · endpoint-1: Failed.`);
    await message.waitFor();
    await scene.screenshot('failed');
    assert.match(await message.innerText(), /\[Fix it\] \(command:workbench\.action\.closeWindow\)/);
    assert.equal(await message.locator('.notification-list-item-message a').count(), 0);
    await page
      .getByRole('treeitem')
      .filter({ hasText: /endpoint-1Failed/ })
      .waitFor();
    const [, worst] = await table();
    assert.deepEqual(worst?.slice(0, 4), [`${plain} · endpoint-1`, 'Failed', 'Failed', 'Active']);
    await scene.screenshot('failed-table');
    await page.mouse.move(640, 300);
    await looked(4);
    // Also those that are out of sight by now.
    await workbench.runCommand('Notifications: Show Notifications');
    await message.waitFor();
    assert.equal((await workbench.notificationTexts()).length, 1);
    await scene.screenshot('told-once');
    await workbench.clickNotificationButton(`${plain} · endpoint-1: Failed.`, 'Open Creation Panel');
    await workbench.editorTab(`Create Private Endpoint: ${plain}`).waitFor();
    await workbench.runCommand('View: Close All Editors');
  });

  it('opens a list of the endpoints, the worst first, and then of what can be done', async () => {
    const { workbench } = scene;
    const { person, quickInput } = workbench;
    await person.click(anyItem());
    const options = quickInput.widget.getByRole('option');
    await options.nth(1).waitFor();
    await scene.screenshot('list');
    assert.match(await options.nth(0).innerText(), /^many-00001\s*Failed · endpoint-1 · ep-/);
    assert.match(await options.nth(1).innerText(), /^many-2 \|[^]*\$ \(trash\)\s*Active · /);
    await person.click(options.nth(0));
    await quickInput.option('Show Details').waitFor();
    await scene.screenshot('actions');
    for (const action of ['Diagnose Connection', 'Open Creation Panel', 'Show Health History']) {
      assert.equal(await quickInput.option(action).count(), 1, action);
    }
    await quickInput.pick('Show Details');
    const details = await workbench.webview('endpoint-1');
    await details.getByRole('heading', { name: 'endpoint-1' }).waitFor();
    await details.getByRole('region', { name: 'Table of Zones' }).waitFor();
    await details.getByRole('heading', { name: 'Security Groups' }).waitFor();
    await details.getByLabel(/^Latency\. /).waitFor();
    for (const theme of ['light', 'highContrast', 'dark'] as const) {
      await workbench.setTheme(theme);
      await scene.screenshot(`details-${theme}`);
    }
    await details.getByLabel(/^Latency\. /).scrollIntoViewIfNeeded();
    await scene.screenshot('details-latency');
    await workbench.runCommand('View: Close All Editors');
  });

  it('tells when it is over, and keeps both in the history', async () => {
    const { workbench, sandbox } = scene;
    const { quickInput } = workbench;
    sandbox.control.setConnection(endpointId, { state: 'ACTIVE', message: '' });
    await healthyItem().waitFor();
    await workbench.notification(`${plain} · endpoint-1 is healthy again.`).waitFor();
    await workbench.runCommand('TiDB Private Endpoint: Show Health History');
    const options = quickInput.widget.getByRole('option');
    await options.filter({ hasText: /Failed · / }).waitFor();
    const words = await options.allInnerTexts();
    assert.deepEqual(
      words.map((text) => /^(many-00001 · endpoint-1)\s*(\w+) · /.exec(text)?.slice(1)),
      [
        [`${plain} · endpoint-1`, 'Active'],
        [`${plain} · endpoint-1`, 'Failed'],
      ],
    );
    await scene.screenshot('history');
    await quickInput.cancel();
  });

  it('is hidden by the setting', async () => {
    const { workbench } = scene;
    const { page } = workbench;
    await workbench.runCommand('Preferences: Open User Settings');
    const editor = page.locator('.settings-editor');
    await editor.locator('.settings-header .monaco-editor').first().click();
    await page.keyboard.insertText('tidbPrivateEndpoint.health.showInStatusBar');
    const box = editor.getByRole('checkbox', { name: /showInStatusBar/ });
    await box.uncheck();
    await anyItem().waitFor({ state: 'detached' });
    await scene.screenshot('hidden-by-setting');
    await box.check();
    await healthyItem().waitFor();
    await page
      .getByRole('button', { name: /^Close/ })
      .last()
      .click();
    await editor.waitFor({ state: 'detached' });
  });

  it('is hidden by signing out', async () => {
    const { workbench } = scene;
    await workbench.runCommand('TiDB Private Endpoint: Sign Out…');
    await workbench.quickInput.pick('TiDB Cloud');
    await anyItem().waitFor({ state: 'detached' });
    await workbench.page.getByRole('button', { name: 'Sign In to TiDB Cloud' }).waitFor();
    await scene.screenshot('signed-out');
  });
});
