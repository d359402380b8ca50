import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { EDITOR_VERSIONS } from '../support/editor/versions';
import { setScene, type Scene } from './scene';

for (const version of EDITOR_VERSIONS) {
  describe(`the main job, editor ${version}`, () => {
    let scene: Scene;

    before(async () => {
      scene = await setScene({ version, name: `main-job-${version}` });
    });

    afterEach(async function () {
      await scene.tellFailure(this.currentTest?.state === 'failed');
    });

    after(() => scene.stop());

    it('goes from an empty sign-in to rows through the private domain', async () => {
      const { workbench, sandbox, database } = scene;
      const { person, quickInput, page } = workbench;

      await workbench.openViewContainer('TiDB Private Endpoint');
      await page.getByRole('button', { name: 'Sign In to TiDB Cloud' }).waitFor();
      await scene.screenshot('welcome');
      await person.click(page.getByRole('button', { name: 'Sign In to TiDB Cloud' }));
      await quickInput.message(/Public key/).waitFor();
      await quickInput.type(sandbox.tidbCloud.publicKey);
      await quickInput.accept();
      await quickInput.message('Private key').waitFor();
      await quickInput.type(sandbox.tidbCloud.privateKey);
      await quickInput.accept();
      await workbench.treeRow('orders-prod').waitFor();

      await workbench.runCommand('TiDB Private Endpoint: Sign In to Alibaba Cloud…');
      await quickInput.pick('AccessKey');
      await quickInput.message(/AccessKey ID/).waitFor();
      await quickInput.type(sandbox.alibabaCloud.accessKeyId);
      await quickInput.accept();
      await quickInput.message(/AccessKey secret/).waitFor();
      await quickInput.type(sandbox.alibabaCloud.accessKeySecret);
      await quickInput.accept();
      await quickInput.message(/Security token/).waitFor();
      await quickInput.accept();
      await page
        .getByText(/Signed in to Alibaba Cloud: /)
        .first()
        .waitFor();
      await workbench.expandTreeRow('legacy-aws');
      await workbench.treeRow('Hosted on AWS: no Alibaba Cloud private endpoint').waitFor();
      await scene.screenshot('instances');

      person.startCounting();
      await workbench.clickInlineAction('orders-prod', 'Create Private Endpoint…');
      const panel = await scene.creationPanel('orders-prod');
      const create = panel.getByRole('button', { name: 'Create Endpoint', exact: true });
      await create.and(panel.locator(':enabled')).waitFor();
      await scene.screenshot('ready-to-create');
      await person.click(create);
      await workbench.dialog(/interface endpoint/).waitFor();
      await scene.screenshot('asked-once');
      await workbench.clickDialogButton(/interface endpoint/, 'Create');
      await panel.getByText('Pending', { exact: false }).first().waitFor();
      await scene.screenshot('pending');
      const connect = panel.getByRole('button', { name: 'Connect', exact: true });
      await connect.waitFor();
      await workbench.notification(/is Active/).waitFor();
      await scene.screenshot('active');
      await person.click(connect);
      await quickInput.message(/Password of the database user root/).waitFor();
      await quickInput.type(database.password);
      await quickInput.accept();
      await workbench.editorTab(/orders-prod-.*\.sql/).waitFor();
      await page.locator('.monaco-editor .view-line').getByText('CURRENT_USER').first().waitFor();
      await person.click(page.getByRole('button', { name: /^Run SQL/ }));
      const results = await workbench.webview('Results');
      await results.getByRole('gridcell', { name: /root@/ }).waitFor();
      const { actions } = person;
      await scene.screenshot('first-row');
      console.log(`actions: ${actions}`);
      assert.ok(actions <= 8, `${actions} actions`);

      await workbench.statusBarItem(/1 endpoint healthy/).waitFor();
    });

    it('went through the private domain, over TLS', async () => {
      const log = await scene.database.connectionLog();
      assert.match(log, /SELECT VERSION\(\), CURRENT_USER\(\), NOW\(\)/);
      const { endpoints, connections } = scene.sandbox.control.getState();
      assert.equal(endpoints.length, 1);
      assert.equal(connections.length, 1);
      assert.equal(scene.sandbox.control.calls('CreateVpcEndpoint'), 2, 'one dry run and one create');
    });

    it('has left no secret in log, settings or state, nor in the browser', async () => {
      const { sandbox, database, server } = scene;
      const log = await scene.log();
      assert.match(
        log,
        /Creation for orders-prod: createEndpoint was answered/,
        'the log at hand is the one that was written',
      );
      const browser = JSON.stringify(await scene.window.context.storageState({ indexedDB: true }));
      assert.match(browser, /health\.followed/, 'the state at hand is the one that was written');
      const secrets = [sandbox.tidbCloud.privateKey, sandbox.alibabaCloud.accessKeySecret, database.password];
      for (const secret of secrets) {
        assert.ok(!browser.includes(secret), 'a secret is in the browser');
      }
      for (const name of await readdir(server.folder, { recursive: true })) {
        const content = await readFile(path.join(server.folder, name)).catch(() => Buffer.alloc(0));
        for (const secret of secrets) {
          assert.ok(!content.includes(secret), `a secret is in ${name}`);
        }
      }
    });
  });
}
