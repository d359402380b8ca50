import assert from 'node:assert/strict';
import { NEWEST_EDITOR } from '../support/editor/versions';
import { letCreate, madeFor, madeWhen, provision, readyInstance, shown } from './creating';
import { setScene, type Scene } from './scene';

const instance = 'orders';
const other = 'reports';

describe('what was made is taken away again', () => {
  let scene: Scene;

  before(async () => {
    scene = await setScene({
      version: NEWEST_EDITOR,
      name: 'removing',
      signedIn: { tidbCloud: true, alibabaCloud: true },
      sandbox: {
        requestsPerMinute: 1_000,
        seed: { instances: [instance, other].map((name) => readyInstance(name)) },
      },
    });
  });

  afterEach(async function () {
    await scene.tellFailure(this.currentTest?.state === 'failed');
    scene.sandbox.control.resumeClock();
  });

  after(() => scene.stop());

  it('a connection that Failed: deleted and created again on the same endpoint, until it is Active', async () => {
    const { workbench, sandbox } = scene;
    const panel = await letCreate(scene, instance);
    const first = await madeWhen(scene, instance, ({ connections }) => connections.length === 1);
    const [endpoint] = first.endpoints;
    assert.ok(endpoint);
    sandbox.control.setConnection(endpoint.endpointId, { state: 'FAILED', message: 'The zone is full.' });
    await shown(panel, /the connection is Failed: The zone is full/).waitFor();
    await scene.screenshot('failed');
    await workbench.person.click(panel.getByRole('button', { name: 'Delete and Create Again' }));
    await panel.getByRole('button', { name: 'Connect', exact: true }).waitFor();
    const { endpoints, connections } = madeFor(scene, instance);
    assert.deepEqual(
      endpoints.map(({ endpointId }) => endpointId),
      [endpoint.endpointId],
    );
    assert.deepEqual(
      connections.map(({ state }) => state),
      ['ACTIVE'],
    );
    assert.notEqual(connections[0]?.connectionId, first.connections[0]?.connectionId);
    assert.equal(sandbox.control.calls('tidb:DeletePrivateEndpointConnection'), 1);
  });

  it('an endpoint, from its row: asks, takes its connection first, and tells when it is gone', async () => {
    const { workbench, sandbox } = scene;
    const row = `tidb-${instance}`;
    await workbench.expandTreeRow(instance);
    await workbench.treeRow(row).getByText('Active').waitFor();
    await workbench.pickFromContextMenu(row, 'Delete Endpoint…');
    const question = workbench.dialog(new RegExp(`Delete the endpoint ${row}`));
    await question
      .getByText(/Its private endpoint connection in TiDB Cloud \(Active\) is deleted first/)
      .waitFor();
    await scene.screenshot('delete-endpoint');
    assert.equal(madeFor(scene, instance).connections[0]?.state, 'ACTIVE', 'not before the person agrees');
    sandbox.control.pauseClock();
    await workbench.clickDialogButton(new RegExp(`Delete the endpoint ${row}`), 'Delete Endpoint');
    await madeWhen(scene, instance, ({ connections }) => connections[0]?.state === 'DELETING');
    await workbench.treeRow(row).getByText('Deleting').waitFor();
    await workbench.notification(/Deleting the endpoint/).waitFor();
    await scene.screenshot('deleting');
    assert.equal(madeFor(scene, instance).endpoints[0]?.status, 'Active', 'the endpoint goes last');
    sandbox.control.resumeClock();
    await workbench.notification(/The endpoint .* is deleted/).waitFor();
    const { endpoints, connections } = madeFor(scene, instance);
    assert.deepEqual([endpoints.length, connections.length], [0, 0]);
    await workbench.treeRow(row).waitFor({ state: 'detached' });
    await workbench.notification(/Deleting the endpoint/).waitFor({ state: 'detached' });
    await scene.screenshot('deleted');
  });

  it('a connection alone, from its row: the endpoint stays', async () => {
    const { workbench } = scene;
    await provision(scene, other);
    await workbench.expandTreeRow(other);
    await workbench.treeRow('made-before').getByText('Active').waitFor();
    await workbench.pickFromContextMenu('made-before', 'Delete Private Endpoint Connection…');
    const question = workbench.dialog(/Delete the private endpoint connection of made-before/);
    await question.getByText(/The endpoint in Alibaba Cloud stays/).waitFor();
    await scene.screenshot('delete-connection');
    await workbench.clickDialogButton(/Delete the private endpoint connection/, 'Delete Connection');
    await workbench.notification(/The private endpoint connection of made-before .* is deleted/).waitFor();
    await workbench.treeRow('made-before').getByText('Not registered').waitFor();
    const { endpoints, connections } = madeFor(scene, other);
    assert.deepEqual(
      endpoints.map(({ status, zones }) => [status, zones.length]),
      [['Active', 1]],
    );
    assert.equal(connections.length, 0);
  });
});
