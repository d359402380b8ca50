import assert from 'node:assert/strict';
import type { FrameLocator, Locator } from 'playwright-core';
import { NEWEST_EDITOR } from '../support/editor/versions';
import type { Workbench } from '../support/editor/workbench';
import {
  letCreate,
  madeFor,
  madeWhen,
  makeEndpointElsewhere,
  openPanel,
  readyInstance,
  shown,
} from './creating';
import { setScene, type Scene } from './scene';

const reloaded = 'orders';
const cancelled = 'payments';
const adopted = 'reports';
const shared = 'search';
const listConnections = 'tidb:ListPrivateEndpointConnections';
const createConnection = 'tidb:CreatePrivateEndpointConnection';

const lookingOn = (panel: FrameLocator): Locator => shown(panel, 'Another window works on this creation.');

/** The calls that take something away, in the order in which the clouds answered them. */
const removals = (calls: readonly string[]): readonly string[] =>
  calls
    .map(
      (line) =>
        /^(?:tidbcloud|alibaba) (DELETE|RemoveZoneFromVpcEndpoint|DeleteVpcEndpoint)\b/.exec(line)?.[1],
    )
    .filter((call) => call !== undefined);

describe('a creation in whose middle something comes', () => {
  let scene: Scene;

  before(async () => {
    scene = await setScene({
      version: NEWEST_EDITOR,
      name: 'interrupted',
      signedIn: { tidbCloud: true, alibabaCloud: true },
      sandbox: {
        requestsPerMinute: 1_000,
        seed: { instances: [reloaded, cancelled, adopted, shared].map((name) => readyInstance(name)) },
      },
    });
  });

  afterEach(async function () {
    await scene.tellFailure(this.currentTest?.state === 'failed');
    scene.sandbox.control.clearFaults();
    scene.sandbox.control.resumeClock();
  });

  after(() => scene.stop());

  const activate = (panel: FrameLocator): Promise<void> =>
    panel.getByRole('button', { name: 'Connect', exact: true }).waitFor();

  /** Asks to cancel and agrees to have removed what was made; returns what the question said. */
  const cancelAndRemove = async (panel: FrameLocator): Promise<string> => {
    const { workbench } = scene;
    await workbench.person.click(panel.getByRole('button', { name: 'Cancel…' }));
    const question = await workbench.dialog(/Cancel the private endpoint/).innerText();
    await scene.screenshot('cancel');
    await workbench.clickDialogButton(/Cancel the private endpoint/, 'Remove What Was Made');
    return question;
  };

  it('a reload while the endpoint is Creating: the panel shows it again', async () => {
    const { workbench, sandbox } = scene;
    sandbox.control.pauseClock();
    await letCreate(scene, reloaded);
    const { endpoints } = await madeWhen(scene, reloaded, (made) => made.endpoints.length === 1);
    await workbench.reloadWindow();
    const panel = await scene.creationPanel(reloaded);
    await shown(panel, endpoints[0]?.endpointId ?? '')
      .first()
      .waitFor();
    await shown(panel, 'Creating', { exact: true }).waitFor();
    await shown(panel, 'Alibaba Cloud is creating the endpoint…').waitFor();
    await scene.screenshot('endpoint-creating');
  });

  it('a reload before the connection is registered: it is registered after it', async () => {
    const { workbench, sandbox } = scene;
    sandbox.control.fail({
      operation: listConnections,
      times: 1_000,
      fault: { kind: 'error', status: 503, code: 14, message: 'unavailable' },
    });
    sandbox.control.resumeClock();
    await madeWhen(scene, reloaded, ({ endpoints }) => endpoints[0]?.status === 'Active');
    sandbox.control.pauseClock();
    await workbench.reloadWindow();
    assert.equal(madeFor(scene, reloaded).connections.length, 0);
    sandbox.control.clearFaults();
    await madeWhen(scene, reloaded, ({ connections }) => connections[0]?.state === 'PENDING');
  });

  it('a reload while the connection is Pending: it becomes Active, and each thing was made once', async () => {
    const { workbench, sandbox } = scene;
    await workbench.reloadWindow();
    const panel = await scene.creationPanel(reloaded);
    await shown(panel, 'Pending', { exact: true }).first().waitFor();
    await scene.screenshot('connection-pending');
    sandbox.control.resumeClock();
    await activate(panel);
    const { endpoints, connections } = madeFor(scene, reloaded);
    assert.deepEqual([endpoints.length, connections.length], [1, 1]);
    assert.equal(sandbox.control.calls('CreateVpcEndpoint'), 2, 'one dry run and one create');
    assert.equal(sandbox.control.calls(createConnection), 1);
  });

  it('Cancel, and a reload while that removes: what was made goes, in the order the clouds need', async () => {
    const { workbench, sandbox } = scene;
    const panel = await letCreate(scene, cancelled);
    const { endpoints } = await madeWhen(scene, cancelled, ({ connections }) => connections.length === 1);
    sandbox.control.pauseClock();
    const [endpoint] = endpoints;
    assert.equal(endpoint?.zones.length, 2);
    await shown(panel, 'Pending', { exact: true }).first().waitFor();
    const before = scene.calls.length;
    const question = await cancelAndRemove(panel);
    assert.ok(question.includes(endpoint.endpointId), question);
    await madeWhen(scene, cancelled, ({ connections }) => connections[0]?.state === 'DELETING');

    await workbench.reloadWindow();
    const again = await scene.creationPanel(cancelled);
    await again.getByRole('heading', { name: 'Remove the private endpoint' }).waitFor();
    await shown(again, 'TiDB Cloud is deleting the connection…').waitFor();
    await scene.screenshot('removing');
    assert.equal(madeFor(scene, cancelled).endpoints.length, 1);
    sandbox.control.resumeClock();
    await again.getByRole('heading', { name: 'Removed' }).waitFor();
    await scene.screenshot('removed');

    const made = madeFor(scene, cancelled);
    assert.deepEqual([made.endpoints.length, made.connections.length], [0, 0]);
    assert.deepEqual(removals(scene.calls.slice(before)), [
      'DELETE',
      'RemoveZoneFromVpcEndpoint',
      'RemoveZoneFromVpcEndpoint',
      'DeleteVpcEndpoint',
    ]);
    const others = madeFor(scene, reloaded);
    assert.deepEqual([others.endpoints.length, others.connections.length], [1, 1]);
    await workbench.person.click(again.getByRole('button', { name: 'Start Again' }));
    await again.getByRole('button', { name: 'Create Endpoint', exact: true }).waitFor();
  });

  it('Cancel with an endpoint that was there before: it stays, only the connection goes', async () => {
    const { workbench, sandbox } = scene;
    const { endpointId } = await makeEndpointElsewhere(scene, adopted);
    const panel = await openPanel(workbench, adopted);
    await workbench.person.click(panel.getByRole('button', { name: 'Use This Endpoint' }));
    await workbench.clickDialogButton(/Use the endpoint/, 'Use Endpoint');
    await madeWhen(scene, adopted, ({ connections }) => connections.length === 1);
    sandbox.control.pauseClock();
    await shown(panel, 'Pending', { exact: true }).first().waitFor();
    const before = scene.calls.length;
    const question = await cancelAndRemove(panel);
    assert.match(question, new RegExp(`${endpointId} was there before`));
    sandbox.control.resumeClock();
    await panel.getByRole('heading', { name: 'Removed' }).waitFor();
    const { endpoints, connections } = madeFor(scene, adopted);
    assert.deepEqual(
      endpoints.map((endpoint) => [endpoint.endpointId, endpoint.status, endpoint.zones.length]),
      [[endpointId, 'Active', 1]],
    );
    assert.equal(connections.length, 0);
    assert.deepEqual(removals(scene.calls.slice(before)), ['DELETE']);
  });

  it('two windows that are told the same at once: one endpoint; what one leaves the other takes over', async () => {
    const { workbench, sandbox } = scene;
    const other = await scene.anotherWindow();
    const windows: { readonly workbench: Workbench; readonly panel: FrameLocator }[] = [];
    for (const each of [workbench, other]) {
      await each.page.bringToFront();
      windows.push({ workbench: each, panel: await openPanel(each, shared) });
    }
    for (const each of windows) {
      await each.workbench.page.bringToFront();
      await each.workbench.person.click(
        each.panel.getByRole('button', { name: 'Create Endpoint', exact: true }),
      );
      await each.workbench.dialog(/interface endpoint/).waitFor();
    }
    const before = sandbox.control.calls('CreateVpcEndpoint');
    sandbox.control.pauseClock();
    await Promise.all(
      windows.map((each) => each.workbench.clickDialogButton(/interface endpoint/, 'Create')),
    );
    const { endpoints } = await madeWhen(scene, shared, (made) => made.endpoints.length > 0);
    const endpointId = endpoints[0]?.endpointId ?? '';

    await Promise.all(windows.map(({ panel }) => shown(panel, endpointId).first().waitFor()));
    const second = await Promise.race(
      windows.map(async (each) => {
        await lookingOn(each.panel).waitFor();
        return each;
      }),
    );
    const first = windows.find((each) => each !== second);
    assert.ok(first);
    assert.equal(await lookingOn(first.panel).count(), 0);
    assert.equal(await first.panel.getByRole('button', { name: 'Cancel…' }).count(), 1);
    assert.equal(await second.panel.getByRole('button', { name: 'Cancel…' }).count(), 0);
    await second.workbench.page.bringToFront();
    await scene.screenshot('looking-on', second.workbench);

    await first.workbench.closeWindow();
    await lookingOn(second.panel).waitFor({ state: 'detached' });
    await second.panel.getByRole('button', { name: 'Cancel…' }).waitFor();
    sandbox.control.resumeClock();
    await activate(second.panel);
    const made = madeFor(scene, shared);
    assert.deepEqual([made.endpoints.length, made.connections.length], [1, 1]);
    assert.equal(sandbox.control.calls('CreateVpcEndpoint'), before + 1);
  });
});
