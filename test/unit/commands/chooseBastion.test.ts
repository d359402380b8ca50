import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { commands, settings } from '../../../src/ids';
import { aSpec } from '../fakes';
import { Deleting } from './deleting';
import { editor, fakeEditor, withoutEditor } from './editor';

interface Item {
  readonly label: string;
  readonly description?: string;
}

describe('Choose Bastion', () => {
  const { vpcId } = aSpec;
  const realHome = process.env.HOME;
  let home: string;
  let scene: Deleting;
  let written: Record<string, string> | undefined;
  let bastions: Record<string, string>;
  let shown: readonly Item[];
  let typed: string | undefined;
  let complaint: (text: string) => string | undefined;

  beforeEach(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'home-'));
    await mkdir(path.join(home, '.ssh'));
    await writeFile(path.join(home, '.ssh', 'config'), 'Host bastion\nUser ops\nHost *.internal\n');
    process.env.HOME = home;
    scene = new Deleting();
    [written, bastions, shown, typed] = [undefined, {}, [], undefined];
    Object.assign(fakeEditor.vscode, {
      QuickPickItemKind: { Separator: -1 },
      ConfigurationTarget: { Global: 1 },
    });
    Object.assign(fakeEditor.vscode.window, {
      showInputBox: (options: { readonly validateInput: typeof complaint }) => {
        complaint = options.validateInput;
        return Promise.resolve(typed);
      },
    });
    const { workspace } = fakeEditor.vscode as unknown as { workspace: object };
    Object.assign(workspace, {
      getConfiguration: () => ({
        get: (key: string) => (key === settings.sqlBastions ? bastions : undefined),
        update: (key: string, value: Record<string, string>, target: number) => {
          assert.deepEqual([key, target], [settings.sqlBastions, 1]);
          written = value;
          return Promise.resolve();
        },
      }),
    });
  });

  afterEach(async () => {
    process.env.HOME = realHome;
    await rm(home, { recursive: true });
  });

  const choose = async (label: string, argument: unknown): Promise<void> => {
    editor.pick = (items) => {
      shown = items;
      return items.find((item) => item.label === label);
    };
    const { chooseBastion } = await withoutEditor(() => import('../../../src/commands/chooseBastion'));
    await chooseBastion.handler(scene.services)(argument);
  };

  it('offers the hosts of the person’s ssh, and keeps the choice for the VPC', async () => {
    const endpointId = await scene.endpoint();
    await choose('bastion', { instanceId: '1001', endpointId });
    assert.deepEqual(
      shown.map(({ label }) => label),
      ['Directly from This Machine', 'Through a bastion, with your own ssh', 'bastion', 'Enter…'],
    );
    assert.equal(shown[0]?.description, 'now');
    assert.deepEqual(written, { [vpcId]: 'bastion' });
    assert.match(fakeEditor.asked[0]?.message ?? '', /through bastion/);
  });

  it('finds the endpoint by the domain that could not be reached, and connects after', async () => {
    const endpointId = await scene.endpoint();
    await scene.running.inventory.refreshInstances();
    await scene.running.inventory.refreshDetails('1001');
    const domain = scene.running.inventory.endpoint('1001', endpointId)?.connection?.host;
    assert.ok(domain);
    typed = ' ops@10.0.0.1 ';
    fakeEditor.answer = () => 'Connect';
    await choose('Enter…', { domain });
    assert.deepEqual(written, { [vpcId]: 'ops@10.0.0.1' });
    assert.deepEqual(fakeEditor.executed, [[commands.connect, { instanceId: '1001', endpointId }]]);
    for (const bad of ['', '-oProxyCommand=x', 'a b', '$(x)']) {
      assert.ok(complaint(bad), bad);
    }
    for (const good of ['bastion', 'ops@10.0.0.1', 'ssh://ops@[::1]:2222']) {
      assert.equal(complaint(good), undefined, good);
    }
  });

  it('goes back to direct, and leaves the others', async () => {
    bastions = { [vpcId]: 'bastion', 'vpc-other': 'elsewhere' };
    const endpointId = await scene.endpoint();
    await choose('Directly from This Machine', { instanceId: '1001', endpointId });
    assert.deepEqual(written, { 'vpc-other': 'elsewhere' });
    assert.equal(shown.find(({ label }) => label === 'bastion')?.description, 'ops · now');
  });

  it('keeps the choice for the endpoint where its VPC is not known', async () => {
    scene = new Deleting({ ali: false });
    const endpointId = await scene.endpoint();
    await choose('bastion', { instanceId: '1001', endpointId });
    assert.deepEqual(written, { [endpointId]: 'bastion' });
  });

  it('changes nothing when the person cancels', async () => {
    const endpointId = await scene.endpoint();
    await assert.rejects(choose('no such', { instanceId: '1001', endpointId }), { name: 'AbortError' });
    await assert.rejects(choose('Enter…', { instanceId: '1001', endpointId }), { name: 'AbortError' });
    assert.equal(written, undefined);
  });
});
