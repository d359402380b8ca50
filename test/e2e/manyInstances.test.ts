import assert from 'node:assert/strict';
import { manyInstances } from '../../src/sandbox';
import { NEWEST_EDITOR } from '../support/editor/versions';
import { setScene, type Scene } from './scene';

/** What becomes of an endpoint is told when a second look has seen it, and one comes each minute. */
const secondLook = { timeout: 90_000 };

describe('the view with many instances', () => {
  let scene: Scene;

  before(async () => {
    scene = await setScene({
      version: NEWEST_EDITOR,
      name: 'many-instances',
      sandbox: { seed: { instances: manyInstances(450), endpointsEach: 2 }, requestsPerMinute: 10_000 },
      signedIn: { tidbCloud: true, alibabaCloud: true },
    });
    await scene.workbench.openViewContainer('TiDB Private Endpoint');
  });

  afterEach(async function () {
    await scene.tellFailure(this.currentTest?.state === 'failed');
  });

  after(() => scene.stop());

  const row = (text: string | RegExp) =>
    scene.window.page
      .getByRole('tree', { name: /Instances/ })
      .getByRole('treeitem')
      .filter({ hasText: text });
  const connectionOf = (instance: string) => {
    const { instances, connections } = scene.sandbox.control.getState();
    const tidbId = instances.find(({ displayName }) => displayName === instance)?.tidbId;
    return connections.find((each) => each.tidbId === tidbId) ?? assert.fail();
  };
  const press = (key: string): Promise<void> => scene.window.page.keyboard.press(key);

  async function filter(text: string): Promise<void> {
    await scene.workbench.runCommand('TiDB Private Endpoint: Filter Instances…');
    await scene.window.page.getByText('Filter Instances', { exact: true }).waitFor();
    await scene.workbench.quickInput.type(text);
  }

  it('shows projects and regions, by keyboard alone down to an endpoint', async () => {
    // All of them: while pages arrive the groups still grow.
    const project = row(/^Project.*150 instances/).first();
    await project.waitFor();
    await scene.screenshot('groups');
    await project.click();
    await row('Frankfurt').first().waitFor();
    await press('ArrowDown');
    await press('ArrowRight');
    await row('many-').first().waitFor();
    await press('ArrowDown');
    await press('ArrowRight');
    await row('endpoint-1').first().waitFor();
    await row('endpoint-2').first().waitFor();
    await scene.screenshot('endpoints');
    assert.equal(
      scene.sandbox.control.calls('tidb:ListPrivateEndpointConnections'),
      1,
      'only what is open is read',
    );
  });

  it('filters while it is typed, says how much is shown, and puts everything back at Escape', async () => {
    const { page } = scene.window;
    await filter('many-00042');
    await page.getByText('Showing 1 of 450 instances that match “many-00042”.').waitFor();
    await row('many-00042').waitFor();
    await scene.screenshot('filtered');
    await press('Escape');
    await page.getByText('Showing 1 of 450').waitFor({ state: 'detached' });
    await row(/^Project/)
      .nth(2)
      .waitFor();
  });

  it('keeps the filter when the person goes to what is found, and refreshes by key what is selected', async () => {
    const { page } = scene.window;
    const { control } = scene.sandbox;
    await filter('many-00043');
    await row('many-00043').click();
    await row('endpoint-1').first().waitFor();
    await page.getByText('Showing 1 of 450').waitFor();
    const lists = control.calls('tidb:ListTidbs');
    const failing = connectionOf('many-00043');
    control.setConnection(failing.endpointId, { state: 'FAILED', message: 'the zone is gone' });
    await press('F5');
    await row(/endpoint-\dFailed/).waitFor();
    control.setConnection(failing.endpointId, { state: 'ACTIVE', message: '' });
    await press('F5');
    await row(/endpoint-\dFailed/).waitFor({ state: 'detached' });
    assert.equal(control.calls('tidb:ListTidbs'), lists, 'what is selected alone is read');
    await scene.workbench.quickInput.field.press('Escape');
    await page.getByText('Showing 1 of 450').waitFor({ state: 'detached' });
  });

  it('keeps the filter at Enter, and clears it by its button', async () => {
    const { page } = scene.window;
    await filter('many-0004');
    await page.getByText('Showing 10 of 450').waitFor();
    await press('Enter');
    await row('many-00049').waitFor();
    await scene.workbench.runCommand('TiDB Private Endpoint: Clear Filter');
    await page.getByText('Showing 10 of 450').waitFor({ state: 'detached' });
  });

  it('marks an endpoint that fails underneath: on its row, its instance, its group and the view', async () => {
    const { page } = scene.window;
    const { control } = scene.sandbox;
    await filter('many-00042');
    await press('Enter');
    await row('many-00042').click();
    await row('endpoint-1').first().waitFor();
    const failing = connectionOf('many-00042');
    control.setConnection(failing.endpointId, { state: 'FAILED', message: 'the zone is gone' });
    await scene.workbench.clickInlineAction('many-00042', 'Refresh');
    await row(/endpoint-\dFailed/).waitFor();
    await row(/^Project.*1 needs attention/).waitFor(secondLook);
    await page
      .locator('.activitybar .action-item')
      .filter({ has: page.locator('.badge-content', { hasText: /^1$/ }) })
      .first()
      .waitFor();
    await scene.screenshot('attention');
    control.setConnection(failing.endpointId, { state: 'ACTIVE', message: '' });
    await scene.workbench.clickInlineAction('many-00042', 'Refresh');
    await row(/^Project.*needs attention/).waitFor({ ...secondLook, state: 'detached' });
    await scene.workbench.runCommand('TiDB Private Endpoint: Clear Filter');
  });

  it('groups as asked, and shows a long list in pages', async () => {
    await scene.workbench.runCommand('TiDB Private Endpoint: Group Instances By…');
    await scene.workbench.quickInput.pick('No groups');
    await row('many-00001').waitFor();
    await row('many-00001').click();
    // Its own rows come in between: the end is the end only then.
    await row('endpoint-1').first().waitFor();
    await press('End');
    await row('Show 200 More…').waitFor();
    await row('250 not shown').click();
    await row('Show 200 More…').waitFor({ state: 'detached' });
    await scene.workbench.runCommand('TiDB Private Endpoint: Group Instances By…');
    await scene.workbench.quickInput.pick('Automatic');
    await row(/^Project/)
      .first()
      .waitFor();
  });
});
