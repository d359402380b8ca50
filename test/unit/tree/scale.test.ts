import assert from 'node:assert/strict';
import type { FileDecoration, TreeItem, Uri } from 'vscode';
import { commands } from '../../../src/ids';
import type { CommandServices } from '../../../src/commands/command';
import type * as FilterModule from '../../../src/commands/filter';
import type * as RefreshModule from '../../../src/commands/refresh';
import { TreeShape } from '../../../src/services/treeShape';
import type { InstancesTree } from '../../../src/tree/instancesTree';
import type { TreeNode } from '../../../src/tree/nodes/node';
import { aConnection, anInstance, aService, settle, tidbError } from '../fakes';
import { editor, withoutEditor } from '../commands/editor';
import { instanceNamed, manyAccounts } from '../services/manyAccounts';
import { stage, type Stage } from '../services/stage';
import { withoutHealth, withoutSql } from './without';

const pageLength = 100;

describe('the tree with many instances', () => {
  let Tree: typeof InstancesTree;
  let filterModule: typeof FilterModule;
  let refreshModule: typeof RefreshModule;
  let s: Stage;
  let shape: TreeShape;
  let tree: InstancesTree;
  let fired: (TreeNode | TreeNode[] | undefined)[];

  before(async () => {
    ({ InstancesTree: Tree } = await withoutEditor(() => import('../../../src/tree/instancesTree')));
    filterModule = await withoutEditor(() => import('../../../src/commands/filter'));
    refreshModule = await withoutEditor(() => import('../../../src/commands/refresh'));
  });

  function show(): void {
    editor.reset();
    shape = new TreeShape(s.state, 'grouping', s.log);
    const runner = { unfinished: () => [], onDidChange: () => ({ dispose: () => undefined }) };
    tree = new Tree({
      inventory: s.inventory,
      runner,
      shape,
      sql: withoutSql(s.log),
      isSandbox: () => false,
      health: withoutHealth,
    });
    fired = [];
    tree.onDidChangeTreeData((node) => fired.push(node));
  }

  function fill(count: number, regions = 2): void {
    s.world.instances.clear();
    for (let i = 0; i < count; i++) {
      const id = String(i).padStart(5, '0');
      const regionId = `alicloud-region-${i % regions}`;
      s.world.instances.set(id, instanceNamed(id, { regionId, regionName: `Region ${i % regions}` }));
      s.world.services.set(id, { ...aService, instanceId: id });
    }
  }

  beforeEach(() => {
    s = stage();
    show();
  });
  afterEach(() => tree.dispose());

  const roots = (): Promise<TreeNode[]> => tree.getChildren();
  const item = (node: TreeNode | undefined): TreeItem => (node ?? assert.fail('no row')).item();
  const labels = (nodes: readonly TreeNode[]): readonly unknown[] => nodes.map((node) => node.item().label);
  async function open(node: TreeNode | undefined): Promise<TreeNode[]> {
    return tree.getChildren(node ?? assert.fail('no row'));
  }
  const last = <T>(all: readonly T[]): T => all.at(-1) ?? assert.fail('nothing there');

  it('shows the first page while the others are on their way, and says so', async () => {
    fill(3 * pageLength);
    let release = (): void => undefined;
    s.world.tidbCloud.listInstancePages = async function* () {
      const all = [...s.world.instances.values()];
      yield all.slice(0, pageLength);
      await new Promise<void>((resolve) => (release = resolve));
      yield all.slice(pageLength);
    };
    const first = await roots();
    assert.deepEqual(labels(first), ['Region 0', 'Region 1', 'More instances are on their way…']);
    assert.equal(item(first[2]).description, '100 so far');
    release();
    await settle();
    assert.ok(fired.includes(undefined), 'the view is drawn anew');
    assert.deepEqual(labels(await roots()), ['Region 0', 'Region 1']);
  });

  it('shows a list of one page once, without being asked for it again', async () => {
    fill(10);
    assert.equal((await roots()).length, 10);
    await settle();
    assert.deepEqual(fired, []);
    s.world.instances.delete('00009');
    await s.inventory.refreshInstances();
    await settle();
    assert.deepEqual(fired, [undefined]);
  });

  it('reads no details and makes no rows of instances in groups that are closed', async () => {
    fill(1_000);
    await roots();
    assert.deepEqual(s.script.calls, ['listInstances']);
    assert.deepEqual(tree.inView(), []);
  });

  it('shows a group in pages', async () => {
    fill(1_000);
    const [group] = await roots();
    assert.match(String(item(group).description), /500 instances/);
    const page = await open(group);
    assert.equal(page.length, 201);
    const more = item(last(page));
    assert.deepEqual([more.label, more.description], ['Show 200 More…', '300 not shown']);
    assert.equal(more.command?.command, commands.showMore);
    const { groupId } = more.command.arguments?.[0] as { readonly groupId: string };
    shape.showMore(groupId);
    await settle();
    const [again] = await roots();
    assert.equal((await open(again)).length, 401);
    shape.showMore(groupId);
    assert.equal((await open((await roots())[0])).length, 500);
  });

  it('keeps the object of a row, whatever is read anew', async () => {
    fill(10);
    const before = await roots();
    s.world.instances.set('00003', instanceNamed('00003', { name: 'renamed' }));
    await s.inventory.refreshInstances();
    const after = await roots();
    assert.equal(after[3], before[3]);
    assert.equal(item(before[3]).label, 'renamed');
    assert.equal(tree.getParent(last(after)), undefined);
  });

  it('draws one row anew for a change of one instance, once for a burst of changes', async () => {
    fill(1_000);
    const [group] = await roots();
    const [first] = await open(group);
    await open(first);
    fired.length = 0;
    s.world.connections.push({ ...aConnection, instanceId: '00000', postedAtMs: 0 });
    await s.inventory.refreshDetails('00000');
    await settle();
    assert.deepEqual(fired.flat(), [first]);
    fired.length = 0;
    for (let i = 0; i < 5; i++) {
      s.inventory.noteObserved('00000', { connections: [{ ...aConnection, instanceId: '00000' }] });
    }
    await settle();
    assert.deepEqual(fired, [first]);
    fired.length = 0;
    await s.inventory.refreshDetails('00500');
    await settle();
    assert.deepEqual(fired, [], 'a row that is closed shows nothing of it');
  });

  it('knows which instances are in view: open, in open groups, in a view that is visible', async () => {
    fill(1_000);
    const [group] = await roots();
    const [first] = await open(group);
    await open(first);
    assert.deepEqual(tree.inView(), ['00000']);
    editor.view.collapse(group);
    assert.deepEqual(tree.inView(), []);
    await open(group);
    editor.view.visible = false;
    assert.deepEqual(tree.inView(), []);
  });

  it('marks what needs the person: badge, decoration, group, and takes the marks away again', async () => {
    fill(60);
    const [group] = await roots();
    await open(group);
    s.world.connections.push({ ...aConnection, instanceId: '00000', state: 'FAILED', postedAtMs: 0 });
    await s.inventory.refreshDetails('00000');
    await settle();
    assert.equal(editor.view.badge?.value, 1);
    assert.match(editor.view.badge.tooltip, /1 private endpoint needs your attention/);
    assert.ok(fired.flat().includes(group), 'the group is drawn anew');
    assert.match(String(item(group).description), /1 needs attention/);
    assert.match(String(item((await roots())[0]).description), /1 needs attention/);
    const [decorations] = editor.decorations as [
      { provideFileDecoration: (uri: Uri) => FileDecoration | undefined },
    ];
    const uri = (await open((await roots())[0])).map((row) => row.item().resourceUri)[0] ?? assert.fail();
    assert.equal(decorations.provideFileDecoration(uri)?.badge, '1');
    s.world.connections.length = 0;
    await s.inventory.refreshDetails('00000');
    assert.equal(editor.view.badge, undefined);
    assert.equal(decorations.provideFileDecoration(uri), undefined);
  });

  it('makes a tooltip when somebody looks at it, with what the state means', async () => {
    fill(3);
    s.world.instances.set('00001', instanceNamed('00001', { state: 'PAUSED' }));
    const [, paused] = await roots();
    const made = item(paused);
    assert.equal(made.tooltip, undefined);
    const resolved = tree.resolveTreeItem(made, paused ?? assert.fail());
    assert.match((resolved.tooltip as { readonly value: string }).value, /Resume it in TiDB Cloud/);
  });

  it('shows an account that cannot be listed as a row, beside the instances of the others', async () => {
    const m = manyAccounts();
    m.worlds.two.instances.set('2002', instanceNamed('2002'));
    await m.signIn();
    m.worlds.two.script.fail('listInstances', tidbError('credentialsRejected'));
    s = { ...s, inventory: m.inventory };
    show();
    const rows = await roots();
    assert.match(labels(rows).join(), /^public-two: /);
    assert.equal(item(rows[0]).command?.command, commands.signInTidbCloud);
    assert.ok(labels(rows).length === 2);
  });

  describe('filtered', () => {
    const filter = (argument?: unknown): unknown =>
      filterModule.filter.handler({ shape } as unknown as CommandServices)(argument);

    beforeEach(async () => {
      fill(1_000);
      await roots();
    });

    it('shows what matches while it is typed, and how much that is', async () => {
      void filter();
      editor.input?.type('instance-0001');
      const rows = await roots();
      assert.deepEqual(labels(rows), ['Region 0', 'Region 1']);
      assert.equal(item(rows[0]).collapsibleState, 2);
      assert.deepEqual(
        labels(await open(rows[0])),
        [10, 12, 14, 16, 18].map((n) => `instance-000${n}`),
      );
      assert.match(editor.view.message, /Showing 10 of 1,000 instances/);
      editor.input?.type('instance-00011');
      assert.deepEqual(labels(await open((await roots())[0])), ['instance-00011']);
    });

    it('stays so after Enter, and is put back by Escape', async () => {
      void filter();
      editor.input?.type('00011');
      editor.input?.enter();
      assert.equal(shape.filter, '00011');
      void filter();
      editor.input?.type('something else');
      editor.input?.escape();
      assert.equal(shape.filter, '00011');
      void filterModule.clearFilter.handler({ shape } as unknown as CommandServices)(undefined);
      assert.equal((await roots()).length, 2);
      assert.equal(editor.view.message, '');
    });

    it('says when nothing matches', async () => {
      shape.filterBy('nothing like it');
      assert.deepEqual(await roots(), []);
      assert.match(editor.view.message, /Showing 0 of 1,000/);
    });
  });

  it('remembers how it is grouped', async () => {
    fill(60);
    await shape.groupBy('none');
    assert.equal((await roots()).length, 60);
    show();
    assert.equal((await roots()).length, 60);
    s.state.kept.set('grouping', 'by mood');
    assert.equal((await roots()).length > 0, true);
    assert.equal(shape.grouping, 'automatic');
  });

  describe('refreshed', () => {
    const refresh = (argument?: unknown, selection?: unknown): unknown => {
      const { catalog } = withoutSql(s.log);
      const services = { inventory: s.inventory, catalog, inView: () => tree.inView() };
      return refreshModule.refresh.handler(services as unknown as CommandServices)(argument, selection);
    };

    beforeEach(async () => {
      fill(100);
      await roots();
      s.script.calls.length = 0;
    });

    it('reads the instances of all selected rows, each once', async () => {
      const endpoint = { instanceId: '00002', endpointId: 'ep-1' };
      await refresh({ instanceId: '00001' }, [{ instanceId: '00001' }, { instanceId: '00002' }, endpoint]);
      assert.equal(s.script.count('listConnections'), 2);
      assert.equal(s.script.count('listInstances'), 0);
    });

    it('reads of a group what was read before', async () => {
      const [group] = await roots();
      await s.inventory.refreshDetails('00000');
      s.script.calls.length = 0;
      await refresh(group);
      assert.equal(s.script.count('listConnections'), 1);
      assert.equal(s.script.count('listInstances'), 0);
    });

    it('without a row lists the instances, and reads what is in view where much was read before', async () => {
      for (let i = 0; i < 30; i++) {
        await s.inventory.refreshDetails(String(i).padStart(5, '0'));
      }
      const [group] = await roots();
      await open((await open(group))[0]);
      s.script.calls.length = 0;
      await refresh();
      assert.equal(s.script.count('listInstances'), 1);
      assert.equal(s.script.count('listConnections'), 1);
    });
  });

  it('copies nothing for one change among 10,000 instances', async () => {
    fill(10_000);
    await roots();
    await s.inventory.refreshDetails('00000');
    const { snapshot } = s.inventory;
    s.inventory.noteObserved('00000', { connections: [{ ...aConnection, instanceId: '00000' }] });
    await settle();
    assert.equal(s.inventory.snapshot, snapshot);
    assert.equal(s.inventory.endpoint('00000', aConnection.endpointId)?.connection?.state, 'ACTIVE');
  });

  it('names the instance in the words of the editor’s screen reader', async () => {
    s.world.instances.set(anInstance.id, anInstance);
    const [row] = await roots();
    assert.match(item(row).accessibilityInformation?.label ?? '', /orders, ap-southeast-1, ACTIVE/);
  });
});
