import assert from 'node:assert/strict';
import type { TreeItem } from 'vscode';
import type { InstancesTree } from '../../../src/tree/instancesTree';
import type { TreeNode } from '../../../src/tree/nodes/node';
import { aCreation, tidbError } from '../fakes';
import { editor, withoutEditor } from '../commands/editor';
import { TreeShape } from '../../../src/services/treeShape';
import { byHand, minute, Running } from '../services/provisioning/running';
import { withoutHealth, withoutSql } from './without';

interface Row {
  readonly label: unknown;
  readonly description: unknown;
  readonly icon: string;
  readonly tokens: readonly string[];
  readonly opens: unknown;
  readonly tooltip: string;
}

describe('tree rows of what is not finished', () => {
  let Tree: typeof InstancesTree;
  let r: Running;
  let tree: InstancesTree;
  let fired: (TreeNode | TreeNode[] | undefined)[];

  before(async () => {
    ({ InstancesTree: Tree } = await withoutEditor(() => import('../../../src/tree/instancesTree')));
  });
  beforeEach(() => {
    editor.reset();
    r = new Running();
    const shape = new TreeShape(r.state, 'grouping', r.log);
    tree = new Tree({
      inventory: r.inventory,
      runner: r.runner,
      shape,
      sql: withoutSql(r.log),
      isSandbox: () => false,
      health: withoutHealth,
    });
    fired = [];
    tree.onDidChangeTreeData((node) => fired.push(node));
  });
  afterEach(() => {
    tree.dispose();
    r.dispose();
  });

  function shown(node: TreeNode): Row {
    const item = tree.resolveTreeItem(node.item(), node) as TreeItem & {
      readonly tooltip?: { readonly value?: string };
    };
    return {
      label: item.label,
      description: item.description,
      icon: (item.iconPath as { readonly id: string }).id,
      tokens: (item.contextValue ?? '').split(';').filter(Boolean),
      opens: item.command?.arguments,
      tooltip: item.tooltip?.value ?? '',
    };
  }
  const roots = (): Promise<TreeNode[]> => tree.getChildren();
  async function rows(): Promise<Row[]> {
    const [instance] = await roots();
    return (await tree.getChildren(instance)).map(shown);
  }
  const row = async (label: string): Promise<Row> =>
    (await rows()).find((each) => each.label === label) ?? assert.fail(`no row ${label}`);
  const labels = async (): Promise<unknown[]> => (await rows()).map(({ label }) => label);

  it('shows a creation before its endpoint exists, in place of the offer to create one', async () => {
    assert.ok((await labels()).includes('Create Private Endpoint…'));
    const release = r.script.hold('createEndpoint');
    await r.runner.start(aCreation);
    await r.clock.pass(0);
    const { description, icon, tokens, opens } = await row('tidb-orders');
    assert.deepEqual([description, icon, tokens], ['Creating', 'sync', ['creation']]);
    assert.deepEqual(opens, [{ instanceId: '1001' }]);
    assert.ok(!(await labels()).includes('Create Private Endpoint…'));
    release();
  });

  it('shows one row for one endpoint, from its creation to Active', async () => {
    await rows();
    await r.runner.start(aCreation);
    await r.clock.pass(2 * minute);
    const creating = (await rows()).filter(({ label }) => label === 'tidb-orders');
    assert.equal(creating.length, 1);
    const [now] = creating as [Row];
    assert.equal(now.description, 'Creating');
    assert.match(now.tooltip, /until TiDB Cloud has accepted/);
    assert.deepEqual(now.opens, [{ instanceId: '1001' }]);

    await r.clock.pass(10 * minute);
    r.assertDone();
    const active = (await rows()).filter(({ label }) => label === 'tidb-orders');
    assert.equal(active.length, 1);
    const { description, tokens, opens } = active[0] ?? assert.fail();
    assert.equal(description, 'Active');
    assert.equal(opens, undefined);
    for (const token of ['canConnect', 'canDeleteConnection', 'canDeleteEndpoint', 'canExport', 'endpoint']) {
      assert.ok(tokens.includes(token), token);
    }
  });

  it('shows Deleting while it goes, offers neither connecting nor deleting, and no row once it is gone', async () => {
    await rows();
    await r.runner.start(aCreation);
    await r.clock.pass(10 * minute);
    r.script.next('deleteConnection', 'before', () => new Promise(() => undefined));
    await r.runner.start({
      ...byHand,
      id: 'd1',
      removal: { connection: true, endpoint: true },
    });
    await r.clock.pass(0);
    const { description, icon, tokens, opens } = await row('tidb-orders');
    assert.deepEqual([description, icon], ['Deleting', 'sync']);
    assert.deepEqual(tokens, ['canExport', 'canReadAgain', 'endpoint', 'hasDomain']);
    assert.deepEqual(opens, [{ instanceId: '1001' }]);
  });

  it('says what waits for the person, and what has failed', async () => {
    await rows();
    r.world.offersCreateConnection = false;
    await r.runner.start(aCreation);
    await r.clock.pass(3 * minute);
    const asked = await row('tidb-orders');
    assert.deepEqual([asked.description, asked.icon], ['Accept in TiDB Cloud', 'warning']);

    r.script.fail('listConnections', tidbError('credentialsRejected'));
    await r.clock.pass(minute);
    const failed = await row('tidb-orders');
    assert.deepEqual([failed.description, failed.icon], ['Creating failed', 'error']);
    assert.match(failed.tooltip, /refused the key/);
  });

  it('stays at the root where the instance is gone, and can be given up there', async () => {
    await rows();
    const release = r.script.hold('createEndpoint');
    await r.runner.start(aCreation);
    await r.clock.pass(0);
    r.world.instances.clear();
    await r.inventory.refreshInstances();
    const [orphan, ...others] = await roots();
    assert.deepEqual(others, []);
    assert.ok(orphan);
    const { label, tokens, tooltip } = shown(orphan);
    assert.equal(label, 'orders: tidb-orders');
    assert.deepEqual(tokens, ['creation', 'instanceGone']);
    assert.match(tooltip, /does not list the instance orders any more/);
    assert.equal(orphan.creationId, 'c1');
    release();
    await r.clock.pass(0);
    await r.runner.abandon('c1');
    assert.deepEqual(await roots(), []);
  });

  it('is drawn anew when its words change, and not with every look', async () => {
    // The rows of the instance were not read: what is drawn anew is for the creation alone.
    const [instance] = await roots();
    await r.runner.start(aCreation);
    await r.clock.pass(10 * minute);
    r.assertDone();
    const drawn = fired.flat().filter((node) => node === instance).length;
    const words = new Set(r.progress.map(({ decision }) => JSON.stringify(decision)));
    assert.ok(drawn >= 3, `${drawn} times`);
    assert.ok(drawn <= words.size + 3, `${drawn} times, ${words.size} decisions, ${r.progress.length} looks`);
    assert.ok(r.progress.length > 2 * drawn, `${drawn} times, ${r.progress.length} looks`);
  });
});
