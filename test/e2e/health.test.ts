import assert from 'node:assert/strict';
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
    await write({});
    const { instances, connections } = scene.sandbox.control.getState();
    const failing = instances.find(({ displayName }) => displayName === plain);
    endpointId = connections.find(({ tidbId }) => tidbId === failing?.tidbId)?.endpointId ?? assert.fail();
  });

  afterEach(async function () {
    await scene.tellFailure(this.currentTest?.state === 'failed');
  });

  after(() => scene.stop());

  const write = (settings: Readonly<Record<string, unknown>>): Promise<void> =>
    scene.server.writeSettings({
      'tidbPrivateEndpoint.tidbCloud.baseUrl': scene.sandbox.tidbCloud.baseUrl,
      'tidbPrivateEndpoint.alibabaCloud.endpoints': scene.sandbox.alibabaCloud.endpoints,
      'tidbPrivateEndpoint.health.intervalSeconds': intervalSeconds,
      ...settings,
    });
  const item = (text: string | RegExp): Locator => scene.workbench.statusBarItem(text);
  const anyItem = (): Locator => item(/^TiDB private endpoints: /);
  const healthyItem = (): Locator => item('TiDB private endpoints: 2 endpoints healthy');
  const hover = (): Locator =>
    scene.window.page.locator('.monaco-hover:visible').filter({ hasText: 'From Here' });
  const cells = (row: number): Promise<string[]> =>
    hover().locator('tbody tr').nth(row).locator('td').allInnerTexts();

  /** Moves the mouse to the item from elsewhere, so that what is shown is shown anew. */
  async function showTooltip(): Promise<void> {
    await scene.window.page.mouse.move(640, 300);
    await hover().waitFor({ state: 'detached' });
    await anyItem().hover();
    await hover().waitFor();
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
      await showTooltip();
      // Measured by the look after the one that has read the endpoint.
      await hover().locator('tbody tr').nth(1).getByText(/ ms$/).waitFor();
      await scene.screenshot(`healthy-${theme}`);
    }
    await workbench.setTheme('dark');
    await showTooltip();
    assert.deepEqual(await hover().locator('th').allInnerTexts(), [
      ...['Endpoint', 'Health', 'TiDB Cloud', 'Alibaba Cloud', 'From Here', 'Since'],
    ]);
    assert.equal(await hover().locator('tbody tr').count(), 2);
    const all = [await cells(0), await cells(1)];
    assert.deepEqual(
      all.map(([name, ...others]) => [name, ...others.slice(0, 3)]),
      [
        [`${plain} · endpoint-1`, 'Active', 'Active', 'Active'],
        [`${hostile} · endpoint-1`, 'Active', 'Active', 'Active'],
      ],
    );
    for (const [, , , , latency, since] of all) {
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
    await showTooltip();
    assert.deepEqual((await cells(0)).slice(0, 4), [`${plain} · endpoint-1`, 'Failed', 'Failed', 'Active']);
    await scene.screenshot('failed-table');
    await page.mouse.move(640, 300);
    await looked(4);
    assert.equal(await message.count(), 1);
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
    assert.match(await options.nth(0).innerText(), /^many-00001\s+Failed · [\d.]+ ms · endpoint-1 · ep-/);
    assert.match(await options.nth(1).innerText(), /^many-2 \|[^]*\$ \(trash\)\s+Active · /);
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
    await options.nth(1).waitFor();
    const words = await options.allInnerTexts();
    assert.equal(words.length, 2);
    assert.match(words[0] ?? '', /Active/);
    assert.match(words[1] ?? '', /Failed/);
    await scene.screenshot('history');
    await quickInput.cancel();
  });

  it('is hidden by the setting', async () => {
    await write({ 'tidbPrivateEndpoint.health.showInStatusBar': false });
    await anyItem().waitFor({ state: 'detached' });
    await write({});
    await healthyItem().waitFor();
  });

  it('is hidden by signing out', async () => {
    const { workbench } = scene;
    await workbench.runCommand('TiDB Private Endpoint: Sign Out');
    await anyItem().waitFor({ state: 'detached' });
    await workbench.page.getByRole('button', { name: 'Sign In to TiDB Cloud' }).waitFor();
    await scene.screenshot('signed-out');
  });
});
