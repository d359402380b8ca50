import assert from 'node:assert/strict';
import type { CommandServices } from '../../../src/commands/command';
import type * as FilterModule from '../../../src/commands/filter';
import type { InstancesTree } from '../../../src/tree/instancesTree';
import { aConnection, settle } from '../fakes';
import { editor, withoutEditor } from '../commands/editor';
import { stage, type Stage } from '../services/stage';
import { fill, labels, ShownTree } from './shownTree';

describe('the tree, filtered', () => {
  let Tree: typeof InstancesTree;
  let filterModule: typeof FilterModule;
  let s: Stage;
  let shown: ShownTree;

  before(async () => {
    ({ InstancesTree: Tree } = await withoutEditor(() => import('../../../src/tree/instancesTree')));
    filterModule = await withoutEditor(() => import('../../../src/commands/filter'));
  });
  beforeEach(() => {
    editor.reset();
    s = stage();
    shown = new ShownTree(Tree, s);
  });
  afterEach(() => {
    editor.input?.escape();
    shown.tree.dispose();
  });

  const filter = (): unknown =>
    filterModule.filter.handler({ shape: shown.shape } as unknown as CommandServices)(undefined);
  const clearFilter = (): unknown =>
    filterModule.clearFilter.handler({ shape: shown.shape } as unknown as CommandServices)(undefined);

  it('opens groups only as far as there is room for a page of rows', async () => {
    fill(s.world, 3_000, 50);
    await shown.roots();
    shown.shape.filterBy('instance');
    const rows = await shown.drawn();
    assert.equal(rows.filter((row) => row.parent === undefined).length, 50);
    assert.ok(rows.length > 200 && rows.length <= 50 + 200, `${rows.length} rows`);
    shown.shape.filterBy('instance-0000');
    const few = await shown.drawn();
    assert.equal(few.filter((row) => row.instanceId !== undefined).length, 10, 'all that is found is open');
  });

  it('opens the first group, however much is in it', async () => {
    fill(s.world, 3_000);
    await shown.shape.groupBy('projectAndRegion');
    shown.shape.filterBy('instance');
    const rows = await shown.drawn();
    assert.equal(rows.filter((row) => row.instanceId !== undefined).length, 200);
  });

  it('does not keep the rows of what is not shown any more', async () => {
    fill(s.world, 60);
    const [group] = await shown.roots();
    const [first] = await shown.open(group);
    await shown.open(first);
    assert.deepEqual(shown.tree.inView(), ['00000']);
    shown.shape.filterBy('00011');
    await shown.drawn();
    await shown.drawn();
    const { rows } = shown.tree as unknown as {
      readonly rows: { readonly nodes: ReadonlyMap<string, unknown> };
    };
    assert.deepEqual([...rows.nodes.keys()], ['00011']);
    assert.deepEqual(
      shown.tree.inView(),
      [],
      'neither what does not match nor what is in a group that is gone',
    );
  });

  it('keeps what is in view there until the editor has asked for it again', async () => {
    fill(s.world, 60);
    await shown.shape.groupBy('projectAndRegion');
    const [project] = await shown.roots();
    const [region] = await shown.open(project);
    await shown.open((await shown.open(region))[0]);
    await shown.roots();
    await shown.roots();
    assert.deepEqual(shown.tree.inView(), ['00000'], 'whoever looks at what is in view goes on');
    await shown.open((await shown.roots())[0]);
    await shown.open(region);
    assert.deepEqual(shown.tree.inView(), ['00000']);
    s.world.instances.delete('00000');
    await s.inventory.refreshInstances();
    await shown.roots();
    assert.deepEqual(shown.tree.inView(), []);
  });

  it('keeps what is typed when the person goes to what is found', async () => {
    fill(s.world, 60);
    await shown.roots();
    void filter();
    editor.input?.type('00011');
    editor.input?.leave();
    assert.equal(shown.shape.filter, '00011');
    editor.input?.escape();
    assert.equal(shown.shape.filter, '', 'only Escape takes it back');
  });

  it('can be cleared, and asked for again, while its box is open', async () => {
    fill(s.world, 60);
    await shown.roots();
    void filter();
    editor.input?.type('00011');
    void clearFilter();
    assert.equal(shown.shape.filter, '');
    void filter();
    editor.input?.type('00012');
    void filter();
    assert.equal(shown.shape.filter, '00012');
    editor.input?.type('00013');
    editor.input?.escape();
    assert.equal(shown.shape.filter, '', 'as it was before the first box');
  });

  it('finds an endpoint once it is read, and says that others are not searched', async () => {
    fill(s.world, 3);
    await shown.roots();
    shown.shape.filterBy(aConnection.endpointId);
    await settle();
    assert.deepEqual(await shown.roots(), []);
    assert.match(editor.view.message, /only those read so far are searched/);
    shown.fired.length = 0;
    s.world.connections.push({ ...aConnection, instanceId: '00001', postedAtMs: 0 });
    await s.inventory.refreshDetails('00001');
    await settle();
    assert.deepEqual(shown.fired, [undefined]);
    assert.deepEqual(labels(await shown.roots()), ['instance-00001']);
    shown.fired.length = 0;
    await s.inventory.refreshDetails('00001');
    await s.inventory.refreshDetails('00002');
    await settle();
    assert.deepEqual(shown.fired, [], 'what is found is the same');
    await s.inventory.refreshDetails('00000');
    shown.tree.render();
    assert.doesNotMatch(editor.view.message, /read so far/, 'all of them are read');
  });

  it('leaves the pages of what is not filtered as they were', async () => {
    fill(s.world, 1_000);
    const [group] = await shown.roots();
    shown.shape.showMore(group?.id);
    shown.shape.filterBy('instance');
    const [found] = await shown.roots();
    assert.equal((await shown.open(found)).length, 201);
    shown.shape.filterBy('');
    assert.equal((await shown.open((await shown.roots())[0])).length, 401);
  });
});
