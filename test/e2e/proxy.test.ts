import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { createAuthority } from '../support/certificates';
import { openWorkbench, type WorkbenchWindow } from '../support/editor/browser';
import { installEditor } from '../support/editor/install';
import { startEditorServer, type EditorServer } from '../support/editor/server';
import { EDITOR_VERSIONS } from '../support/editor/versions';
import { Workbench } from '../support/editor/workbench';
import { startProxy, type Proxy } from '../support/proxy';

const root = path.join(__dirname, '..', '..');
const tidbCloudHost = 'cloud.tidbapi.com';
const alibabaCloudHosts = ['privatelink', 'vpc', 'ecs'].map((name) => `${name}.ap-southeast-1.aliyuncs.com`);

/** The settings name no address: the clouds' own hosts are asked, which only the editor's proxy can reach. */
for (const version of EDITOR_VERSIONS) {
  describe(`behind the editor's proxy, editor ${version}`, () => {
    let folder: string;
    let sandbox: Sandbox;
    let proxy: Proxy;
    let server: EditorServer;
    let window: WorkbenchWindow;
    let workbench: Workbench;

    before(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'proxy-'));
      sandbox = await startSandbox({ timeScale: 60 });
      const authority = createAuthority('Company CA');
      const { privatelink } = sandbox.alibabaCloud.endpoints;
      const tidbCloud = new URL(sandbox.tidbCloud.baseUrl).origin;
      proxy = await startProxy({
        authority,
        hosts: {
          [tidbCloudHost]: tidbCloud,
          ...Object.fromEntries(alibabaCloudHosts.map((host) => [host, privatelink])),
        },
      });
      const caFile = path.join(folder, 'ca.pem');
      await writeFile(caFile, authority.certificatePem);
      server = await startEditorServer(await installEditor(version), {
        // The proxy is a setting of the person's: the editor reads it on their side. Without the system's certificates it
        // trusts what Node trusts, and so the company's.
        userSettings: {
          'http.proxy': proxy.url,
          'http.proxySupport': 'override',
          'http.systemCertificates': false,
        },
        env: {
          NODE_EXTRA_CA_CERTS: caFile,
          TIDBCLOUD_PUBLIC_KEY: sandbox.tidbCloud.publicKey,
          TIDBCLOUD_PRIVATE_KEY: sandbox.tidbCloud.privateKey,
          ALIBABA_CLOUD_ACCESS_KEY_ID: sandbox.alibabaCloud.accessKeyId,
          ALIBABA_CLOUD_ACCESS_KEY_SECRET: sandbox.alibabaCloud.accessKeySecret,
        },
        unpacked: [root],
      });
      window = await openWorkbench(server);
      workbench = new Workbench(window.page);
    });

    afterEach(async function () {
      if (this.currentTest?.state === 'failed') {
        await workbench.screenshot(path.join(root, '.cache', 'screenshots', 'proxy', `${version}.png`));
        console.log(proxy.connects.join('\n'));
      }
    });

    after(async () => {
      await window.close();
      await server.stop();
      await proxy.stop();
      await sandbox.stop();
      await rm(folder, { recursive: true, force: true });
    });

    it('reaches both clouds through it, with the company’s certificate trusted', async () => {
      await workbench.openViewContainer('TiDB Private Endpoint');
      await workbench.clickInlineAction('orders-prod', 'Create Private Endpoint…');
      const panel = await workbench.webview('Create Private Endpoint: orders-prod');
      const create = panel.getByRole('button', { name: 'Create Endpoint', exact: true });
      await create.and(panel.locator(':enabled')).waitFor();
      for (const host of [tidbCloudHost, ...alibabaCloudHosts]) {
        assert.ok(proxy.connects.includes(`${host}:443`), `${host} was not asked through the proxy`);
      }
    });

    it('says what is wrong when the proxy is gone', async () => {
      await proxy.stop();
      await workbench.runCommand('TiDB Private Endpoint: Refresh');
      await workbench.page
        .getByRole('treeitem', { name: /cannot be reached/ })
        .first()
        .waitFor();
    });
  });
}
