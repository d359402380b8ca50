import assert from 'node:assert/strict';
import { NEWEST_EDITOR } from '../support/editor/versions';
import { provision } from './creating';
import { setScene, type Scene } from './scene';

const instance = 'orders-prod';

describe('what goes wrong is said once, with the cause and the next step', () => {
  let scene: Scene;

  before(async () => {
    scene = await setScene({ version: NEWEST_EDITOR, name: 'failures' });
    await scene.workbench.openViewContainer('TiDB Private Endpoint');
  });

  afterEach(async function () {
    await scene.tellFailure(this.currentTest?.state === 'failed');
  });

  after(() => scene.stop());

  const signIn = async (privateKey: string): Promise<void> => {
    const { workbench, sandbox } = scene;
    const { quickInput } = workbench;
    await workbench.runCommand('TiDB Private Endpoint: Sign In to TiDB Cloud…');
    await quickInput.message(/Public key/).waitFor();
    await quickInput.type(sandbox.tidbCloud.publicKey);
    await quickInput.accept();
    await quickInput.message('Private key').waitFor();
    await quickInput.type(privateKey);
    await quickInput.accept();
  };

  const dismiss = (text: RegExp): Promise<void> =>
    scene.workbench.clickNotificationButton(text, 'Clear Notification');

  it('a wrong key', async () => {
    const { workbench } = scene;
    await signIn('wrong-private-key-1234');
    const message = workbench.notification(/TiDB Cloud refused the key/);
    await message.waitFor();
    await scene.screenshot('wrong-key');
    assert.equal(
      (await workbench.notificationTexts()).filter((text) => text.includes('refused the key')).length,
      1,
    );
    await message.getByRole('button', { name: 'Sign In to TiDB Cloud' }).waitFor();
    await message.getByRole('button', { name: 'Open Log' }).waitFor();
    assert.match(await scene.log(), /credentialsRejected/);
    assert.doesNotMatch(await scene.log(), /wrong-private-key-1234/);
    await message.hover();
    await dismiss(/refused the key/);
  });

  it('and then the right key works', async () => {
    await signIn(scene.sandbox.tidbCloud.privateKey);
    await scene.workbench.treeRow(instance).waitFor();
  });

  it('an expired token of Alibaba Cloud', async () => {
    const { workbench, sandbox } = scene;
    const { quickInput } = workbench;
    sandbox.control.fail({
      operation: 'GetCallerIdentity',
      times: 5,
      fault: {
        kind: 'error',
        status: 400,
        code: 'InvalidSecurityToken.Expired',
        message: 'Specified SecurityToken is expired.',
      },
    });
    await workbench.runCommand('TiDB Private Endpoint: Sign In to Alibaba Cloud…');
    await quickInput.pick('AccessKey');
    for (const [prompt, value] of [
      [/AccessKey ID/, sandbox.alibabaCloud.temporary.accessKeyId],
      [/AccessKey secret/, sandbox.alibabaCloud.temporary.accessKeySecret],
      [/Security token/, sandbox.alibabaCloud.temporary.securityToken],
    ] as const) {
      await quickInput.message(prompt).waitFor();
      await quickInput.type(value);
      await quickInput.accept();
    }
    const message = workbench.notification(/security token for Alibaba Cloud has expired/);
    await message.waitFor();
    await message.getByRole('button', { name: 'Sign In to Alibaba Cloud' }).waitFor();
    await scene.screenshot('expired-token');
    assert.ok(!(await scene.log()).includes(sandbox.alibabaCloud.temporary.securityToken));
    sandbox.control.clearFaults();
    await message.hover();
    await dismiss(/security token/);
  });

  for (const [what, fault, row] of [
    ['no network', { kind: 'reset' }, /TiDB Cloud cannot be reached from this machine/],
    [
      'an answer of 500',
      { kind: 'error', status: 500, code: 13, message: 'internal' },
      /TiDB Cloud has a problem of its own/,
    ],
    [
      'nonsense for an answer',
      { kind: 'html', status: 200 },
      /The answer that came from TiDB Cloud could not be understood/,
    ],
  ] as const) {
    it(`${what}: a row with a way on, and the instances when it is over`, async () => {
      const { workbench, sandbox, window } = scene;
      sandbox.control.fail({ operation: 'tidb:ListTidbs', times: 50, fault });
      await workbench.person.click(workbench.viewTitleAction('Refresh'));
      await window.page.getByRole('treeitem', { name: row }).waitFor();
      await workbench.treeRow(instance).waitFor();
      await scene.screenshot(what.replaceAll(' ', '-'));
      sandbox.control.clearFaults();
      await workbench.person.click(window.page.getByRole('treeitem', { name: row }));
      await window.page.getByRole('treeitem', { name: row }).waitFor({ state: 'detached' });
      await workbench.treeRow(instance).waitFor();
    });
  }

  it('a wrong database password is asked for again, and the right one then works', async () => {
    const { workbench, database } = scene;
    const { quickInput } = workbench;
    await provision(scene, instance);
    await workbench.expandTreeRow(instance);
    await workbench.runCommand('TiDB Private Endpoint: Refresh');
    await workbench.runCommand('TiDB Private Endpoint: Connect');
    await quickInput.message(/Password of the database user root/).waitFor();
    await quickInput.type('not-the-password');
    await quickInput.accept();
    await quickInput.message(/refused this password for root/).waitFor();
    await scene.screenshot('wrong-password');
    await quickInput.type(database.password);
    await quickInput.accept();
    await workbench.editorTab(/orders-prod-.*\.sql/).waitFor();
    assert.doesNotMatch(await scene.log(), /not-the-password/);
  });
});

describe('a server with a certificate for another host', () => {
  let scene: Scene;

  before(async () => {
    scene = await setScene({
      version: NEWEST_EDITOR,
      name: 'other-certificate',
      signedIn: { tidbCloud: true },
      database: { names: ['db.example.com'] },
    });
  });

  afterEach(async function () {
    await scene.tellFailure(this.currentTest?.state === 'failed');
  });

  after(() => scene.stop());

  it('is refused, and the reason is said', async () => {
    const { workbench, database } = scene;
    const { quickInput } = workbench;
    await provision(scene, instance);
    await workbench.openViewContainer('TiDB Private Endpoint');
    await workbench.treeRow(instance).waitFor();
    await workbench.runCommand('TiDB Private Endpoint: Connect');
    await quickInput.message(/Password of the database user root/).waitFor();
    await quickInput.type(database.password);
    await quickInput.accept();
    const message = workbench.notification(/certificate is for another host/);
    await message.waitFor();
    await scene.screenshot('refused');
    await message.getByText(/db\.example\.com/).waitFor();
    assert.doesNotMatch(await database.connectionLog(), /CURRENT_USER/);
  });
});
