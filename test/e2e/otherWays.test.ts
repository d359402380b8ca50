import assert from 'node:assert/strict';
import { NEWEST_EDITOR } from '../support/editor/versions';
import { letCreate, region } from './creating';
import { setScene, type Scene } from './scene';

const instance = 'orders-prod';

describe('by hand, without Alibaba Cloud credentials', () => {
  let scene: Scene;

  before(async () => {
    scene = await setScene({ version: NEWEST_EDITOR, name: 'by-hand', signedIn: { tidbCloud: true } });
  });

  afterEach(async function () {
    await scene.tellFailure(this.currentTest?.state === 'failed');
  });

  after(() => scene.stop());

  it('refuses values that cannot be right, takes the right ones, and goes on to Active', async () => {
    const { workbench, sandbox, window } = scene;
    const { person } = workbench;
    await workbench.openViewContainer('TiDB Private Endpoint');
    await workbench.clickInlineAction(instance, 'Create Private Endpoint…');
    const panel = await scene.creationPanel(instance);
    const endpointId = panel.getByRole('textbox', { name: 'Endpoint Resource ID', exact: true });
    const domainName = panel.getByRole('textbox', { name: 'Domain Name', exact: true });
    const createConnection = panel.getByRole('button', { name: 'Create Private Endpoint Connection' });
    await endpointId.waitFor();
    await scene.screenshot('values-asked-for');

    // What the person does in Alibaba Cloud's console, with the service name that the panel shows.
    const { instances, services } = sandbox.control.getState();
    const tidbId = instances.find(({ displayName }) => displayName === instance)?.tidbId;
    const service = services.find((candidate) => candidate.tidbId === tidbId);
    assert.ok(service !== undefined);
    await panel.getByText(service.serviceName).first().waitFor();
    const browser = await window.context.newPage();
    await browser.goto(`${sandbox.alibabaCloud.consoleUrl}/endpoint/${region}`);
    const vpc = browser.getByLabel('VPC', { exact: true });
    const vpcId = await vpc.locator('option', { hasText: 'app-vpc' }).first().getAttribute('value');
    await vpc.selectOption(vpcId);
    await browser.getByRole('button', { name: 'Choose VPC' }).click();
    await browser.getByLabel('Endpoint Service Name').fill(service.serviceName);
    await browser.getByLabel(`vSwitch in zone ${service.zones[0] ?? ''}`).selectOption({ index: 1 });
    await browser.getByRole('button', { name: 'Create Endpoint' }).click();
    const { endpoints } = await sandbox.control.waitFor((state) => state.endpoints[0]?.status === 'Active');
    const [endpoint] = endpoints;
    assert.ok(endpoint !== undefined);
    await window.page.bringToFront();

    await person.type(endpointId, 'my-endpoint');
    await panel.getByText(/An endpoint resource ID looks like/).waitFor();
    await person.type(endpointId, endpoint.endpointId);
    await person.type(domainName, endpoint.domain.replace(endpoint.endpointId, 'ep-someoneelses12345'));
    await panel.getByText(/This domain belongs to ep-someoneelses12345/).waitFor();
    assert.equal(await createConnection.isEnabled(), false);
    assert.equal(sandbox.control.getState().connections.length, 0);
    await person.type(domainName, endpoint.domain);
    await person.click(createConnection);
    await panel.getByRole('button', { name: 'Connect', exact: true }).waitFor();
    await scene.screenshot('active');
    assert.equal(sandbox.control.getState().connections.length, 1);
    assert.equal(sandbox.control.calls('CreateVpcEndpoint'), 0);
  });
});

describe('where TiDB Cloud takes connections in its console only', () => {
  let scene: Scene;

  before(async () => {
    scene = await setScene({
      version: NEWEST_EDITOR,
      name: 'console-hand-over',
      sandbox: { acceptMode: 'console' },
      signedIn: { tidbCloud: true, alibabaCloud: true },
    });
  });

  afterEach(async function () {
    await scene.tellFailure(this.currentTest?.state === 'failed');
  });

  after(() => scene.stop());

  it('hands over, and notices by itself when the person has accepted there', async () => {
    const { sandbox, window } = scene;
    const panel = await letCreate(scene, instance);
    await panel.getByRole('button', { name: 'Open TiDB Cloud Console' }).waitFor();
    await panel.getByRole('button', { name: 'Copy Endpoint ID' }).waitFor();
    await scene.screenshot('handed-over');

    const [endpoint] = sandbox.control.getState().endpoints;
    const tidbId = sandbox.control
      .getState()
      .instances.find(({ displayName }) => displayName === instance)?.tidbId;
    assert.ok(endpoint !== undefined && tidbId !== undefined);
    const browser = await window.context.newPage();
    await browser.goto(`${sandbox.tidbCloud.consoleUrl}/instances/${tidbId}/networking`);
    await browser.getByLabel('Endpoint Resource ID').fill(endpoint.endpointId);
    await browser.getByLabel('Domain Name').fill(endpoint.domain);
    await browser.getByRole('button', { name: 'Create Private Endpoint Connection' }).click();
    await window.page.bringToFront();

    await panel.getByRole('button', { name: 'Connect', exact: true }).waitFor();
    await scene.screenshot('active');
    assert.equal(sandbox.control.getState().endpoints.length, 1);
  });

  it('looks right in dark and in high contrast', async () => {
    for (const theme of ['dark', 'highContrast'] as const) {
      await scene.workbench.setTheme(theme);
      await scene.screenshot(`active-${theme}`);
    }
  });
});
