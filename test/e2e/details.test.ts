import assert from 'node:assert/strict';
import type { FrameLocator } from 'playwright-core';
import { NEWEST_EDITOR } from '../support/editor/versions';
import { madeFor, provision, readyInstance, shown } from './creating';
import { setScene, type Scene } from './scene';

const instance = 'orders';
const row = 'made-before';

describe('the details of an endpoint', () => {
  let scene: Scene;
  let panel: FrameLocator;

  before(async () => {
    scene = await setScene({
      version: NEWEST_EDITOR,
      name: 'details',
      signedIn: { tidbCloud: true, alibabaCloud: true },
      sandbox: { requestsPerMinute: 1_000, seed: { instances: [readyInstance(instance)] } },
    });
    await provision(scene, instance);
  });

  afterEach(async function () {
    await scene.tellFailure(this.currentTest?.state === 'failed');
  });

  after(() => scene.stop());

  it('show what both clouds know, each value one click from the clipboard', async () => {
    const { workbench } = scene;
    await workbench.openViewContainer('TiDB Private Endpoint');
    await workbench.expandTreeRow(instance);
    await workbench.treeRow(row).getByText('Active').waitFor();
    await workbench.pickFromContextMenu(row, 'Show Endpoint Details');
    panel = await workbench.webview(row);
    const [endpoint] = madeFor(scene, instance).endpoints;
    const [zone] = endpoint?.zones ?? [];
    assert.ok(endpoint && zone);
    await shown(panel, zone.zoneId, { exact: true }).waitFor();
    await workbench.person.click(panel.getByRole('button', { name: `Copy IP Address in ${zone.zoneId}` }));
    await panel.getByRole('status').filter({ hasText: 'Copied.' }).waitFor({ state: 'attached' });
    await workbench.statusBarItem(/Copied \d+\.\d+\.\d+\.\d+/).waitFor();
    await scene.screenshot('shown');
  });

  it('are as they are in the clouds after the panel was behind another tab, and after a reload', async () => {
    const { workbench, sandbox } = scene;
    const [endpoint] = madeFor(scene, instance).endpoints;
    assert.ok(endpoint);
    await workbench.runCommand('File: New Untitled Text File');
    sandbox.control.setConnection(endpoint.endpointId, { state: 'FAILED', message: 'The zone is full.' });
    await workbench.pickFromContextMenu(row, 'Refresh');
    await workbench.treeRow(row).getByText('Failed').waitFor();
    await workbench.pickFromContextMenu(row, 'Show Endpoint Details');
    panel = await workbench.webview(row);
    await shown(panel, 'The zone is full.').first().waitFor();
    await workbench.reloadWindow();
    panel = await workbench.webview(row);
    await shown(panel, 'The zone is full.').first().waitFor();
    await scene.screenshot('reloaded');
  });

  it('say that it is gone once it is deleted', async () => {
    const { workbench } = scene;
    await workbench.person.click(panel.getByRole('button', { name: 'Delete Endpoint…' }));
    await workbench.clickDialogButton(/Delete the endpoint/, 'Delete Endpoint');
    await workbench.clickDialogButton(/was not made by this extension/, 'Delete It All the Same');
    await shown(panel, /^This endpoint is gone/).waitFor({ timeout: 60_000 });
    assert.equal(await panel.getByRole('button', { name: 'Delete Endpoint…' }).count(), 0);
    await scene.screenshot('gone');
  });
});
