import assert from 'node:assert/strict';
import type { FrameLocator, Locator } from 'playwright-core';
import { NEWEST_EDITOR } from '../support/editor/versions';
import {
  create,
  madeFor,
  madeWhen,
  makeEndpointElsewhere,
  openPanel,
  readyInstance,
  region,
  shown,
} from './creating';
import { setScene, type Scene } from './scene';

const instance = 'orders';
const elsewhere = 'tokyo';
const otherRegion = 'ap-northeast-1';
const notActivated = 'payments';
const madeBefore = 'reports';

describe('what an endpoint is created from', () => {
  let scene: Scene;

  before(async () => {
    scene = await setScene({
      version: NEWEST_EDITOR,
      name: 'choosing',
      signedIn: { tidbCloud: true, alibabaCloud: true },
      sandbox: {
        requestsPerMinute: 1_000,
        seed: {
          instances: [
            ...[instance, notActivated, madeBefore].map((name) => readyInstance(name)),
            readyInstance(elsewhere, otherRegion),
          ],
        },
      },
    });
  });

  afterEach(async function () {
    await scene.tellFailure(this.currentTest?.state === 'failed');
    scene.sandbox.control.setPrivateLinkOpen(true);
  });

  after(() => scene.stop());

  const createButton = (panel: FrameLocator): Locator =>
    panel.getByRole('button', { name: 'Create Endpoint', exact: true });

  /** Waits until it can be clicked, which an unusable one here says by aria-disabled alone. */
  const canCreate = (panel: FrameLocator): Promise<void> =>
    createButton(panel).and(panel.locator(':not([aria-disabled="true"])')).waitFor();

  const chooseVpc = async (panel: FrameLocator, label: string): Promise<void> => {
    const vpc = panel.getByRole('combobox', { name: 'VPC', exact: true });
    await vpc.getByText(label).waitFor({ state: 'attached' });
    await scene.workbench.person.choose(vpc, label);
  };

  it('an instance in a region where the account has no VPC: says so, and creates nothing', async () => {
    const panel = await openPanel(scene.workbench, elsewhere);
    await shown(panel, 'Found in 2 zones').waitFor();
    await panel.getByRole('combobox', { name: 'VPC', exact: true }).getByText('No VPC found').waitFor({
      state: 'attached',
    });
    await shown(panel, `This Alibaba Cloud account has no VPC in ${otherRegion}`).waitFor();
    assert.equal(await panel.getByRole('textbox', { name: 'Region' }).inputValue(), otherRegion);
    await scene.screenshot('no-vpc');
    assert.equal(await createButton(panel).isEnabled(), false);
  });

  it('a service name of another region: refused with the reason, without asking Alibaba Cloud', async () => {
    const { workbench, sandbox } = scene;
    const panel = await openPanel(workbench, instance);
    await canCreate(panel);
    const asked = sandbox.control.calls('ListVpcEndpointServicesByEndUser');
    const name = panel.getByRole('textbox', { name: 'Endpoint Service Name' });
    await workbench.person.type(name, madeFor(scene, elsewhere).service.serviceName);
    await shown(panel, `This service is in ${otherRegion}, the instance is in ${region}`).waitFor();
    await scene.screenshot('other-region');
    assert.equal(await createButton(panel).isEnabled(), false);
    assert.equal(sandbox.control.calls('ListVpcEndpointServicesByEndUser'), asked);
    await workbench.person.type(name, madeFor(scene, instance).service.serviceName);
    await shown(panel, 'Found in 2 zones').waitFor();
    await canCreate(panel);
  });

  it('a VPC that has no zone in common with the service: says so, and why for each zone', async () => {
    const panel = await openPanel(scene.workbench, instance);
    await chooseVpc(panel, 'batch-vpc · 192.168.0.0/16');
    await shown(panel, 'The service and this VPC have no zone in common.').waitFor();
    await shown(panel, 'TiDB Cloud does not offer the service in this zone').waitFor();
    assert.equal(await shown(panel, 'the VPC has no vSwitch in this zone').count(), 2);
    await scene.screenshot('no-common-zone');
    assert.equal(await createButton(panel).isEnabled(), false);
  });

  it('a security group that lets nobody in: exactly the missing rule is added, and the check turns green', async () => {
    const { workbench, sandbox } = scene;
    const groups = sandbox.control.getState().securityGroups;
    const panel = await openPanel(workbench, instance);
    await chooseVpc(panel, 'default-vpc · 172.16.0.0/12 · default');
    await shown(panel, 'default-group does not let the VPC reach TCP 4000').waitFor();
    await shown(panel, 'default-group: let in TCP 4000/4000 from 172.16.0.0/12').waitFor();
    await scene.screenshot('port-closed');
    await workbench.person.click(panel.getByRole('button', { name: 'Add Rule' }));
    await workbench.dialog(/Let in TCP 4000\/4000 from 172\.16\.0\.0\/12/).waitFor();
    await scene.screenshot('add-rule');
    await workbench.clickDialogButton(/Add this rule/, 'Add');
    await shown(panel, 'default-group lets the VPC reach TCP 4000.').waitFor();
    await scene.screenshot('port-open');
    const after = sandbox.control.getState().securityGroups;
    const changed = after.filter(
      ({ permissions }, index) => permissions.length !== groups[index]?.permissions.length,
    );
    assert.deepEqual(
      changed.map(({ name, permissions }) => [
        name,
        permissions.map(({ direction, ipProtocol, portRange, sourceCidr, policy }) =>
          [direction, ipProtocol, portRange, sourceCidr, policy].join(' '),
        ),
      ]),
      [['default-group', ['ingress TCP 4000/4000 172.16.0.0/12 Accept']]],
    );
    assert.equal(sandbox.control.calls('AuthorizeSecurityGroup'), 1);
    await canCreate(panel);
  });

  it('what is planned, as code: a new document, and nothing is created', async () => {
    const { workbench, sandbox } = scene;
    const panel = await openPanel(workbench, instance);
    await canCreate(panel);
    await workbench.person.click(panel.getByRole('button', { name: 'Export as Code…' }));
    await workbench.quickInput.pick('Terraform');
    await workbench.editorTab(/private-endpoint-ap-southeast-1\.tf/).waitFor();
    await workbench.page.locator('.monaco-editor .view-line').getByText('alicloud').first().waitFor();
    await scene.screenshot('exported');
    assert.equal(sandbox.control.calls('CreateVpcEndpoint'), 0);
    await workbench.runCommand('View: Revert and Close Editor');
  });

  it('PrivateLink that is not activated: activated after asking, and then it goes on', async () => {
    const { workbench, sandbox } = scene;
    sandbox.control.setPrivateLinkOpen(false);
    const panel = await openPanel(workbench, notActivated);
    await shown(panel, 'PrivateLink is not activated on this Alibaba Cloud account.').waitFor();
    assert.equal(await createButton(panel).isEnabled(), false);
    await scene.screenshot('not-activated');
    await workbench.person.click(panel.getByRole('button', { name: 'Activate PrivateLink' }));
    await workbench.dialog(/billed as pay-as-you-go/).waitFor();
    assert.equal(sandbox.control.getState().privateLinkOpen, false, 'not before the person agrees');
    await workbench.clickDialogButton(/Activate PrivateLink on this Alibaba Cloud account/, 'Activate');
    await canCreate(panel);
    assert.equal(sandbox.control.calls('OpenPrivateLinkService'), 1);
    await create(workbench, panel);
    await madeWhen(scene, notActivated, ({ connections }) => connections[0]?.state === 'ACTIVE');
    await panel.getByRole('button', { name: 'Connect', exact: true }).waitFor();
  });

  it('an endpoint that somebody made elsewhere: offered and used, no second one is made', async () => {
    const { workbench, sandbox } = scene;
    const { endpointId } = await makeEndpointElsewhere(scene, madeBefore);
    const before = sandbox.control.calls('CreateVpcEndpoint');
    const panel = await openPanel(workbench, madeBefore);
    await chooseVpc(panel, 'app-vpc · 10.0.0.0/16');
    await shown(panel, 'This VPC already has an endpoint for this service').waitFor();
    await shown(panel, `made-before (${endpointId})`).waitFor();
    await scene.screenshot('already-there');
    await workbench.person.click(panel.getByRole('button', { name: 'Use This Endpoint' }));
    await workbench.clickDialogButton(/Nothing is created in Alibaba Cloud/, 'Use Endpoint');
    await panel.getByRole('button', { name: 'Connect', exact: true }).waitFor();
    await scene.screenshot('used');
    const { endpoints, connections } = madeFor(scene, madeBefore);
    assert.deepEqual(
      endpoints.map((endpoint) => endpoint.endpointId),
      [endpointId],
    );
    assert.deepEqual(
      connections.map((connection) => [connection.endpointId, connection.state]),
      [[endpointId, 'ACTIVE']],
    );
    assert.equal(sandbox.control.calls('CreateVpcEndpoint'), before);
  });
});
