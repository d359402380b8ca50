import assert from 'node:assert/strict';
import type { Instance } from '../../../src/core/model';
import type * as RefreshModule from '../../../src/commands/refresh';
import type { CommandServices } from '../../../src/commands/command';
import type { CreationProgress } from '../../../src/services/provisioning/progress';
import type { InstancesTree } from '../../../src/tree/instancesTree';
import type { TreeNode } from '../../../src/tree/nodes/node';
import { aConnection, aCreation, anEndpoint, anInstance, settle, tidbError } from '../fakes';
import { editor, withoutEditor } from '../commands/editor';
import { manyAccounts } from '../services/manyAccounts';
import { stage, type Stage } from '../services/stage';
import { fill, item, labels, ShownTree, spoken } from './shownTree';
import { withoutSql } from './without';

describe('what the tree tells, and when', () => {
  let Tree: typeof InstancesTree;
  let refreshModule: typeof RefreshModule;
  let s: Stage;
  let shown: ShownTree;

  before(async () => {
    ({ InstancesTree: Tree } = await withoutEditor(() => import('../../../src/tree/instancesTree')));
    refreshModule = await withoutEditor(() => import('../../../src/commands/refresh'));
  });
  beforeEach(() => {
    editor.reset();
    s = stage();
    shown = new ShownTree(Tree, s);
  });
  afterEach(() => shown.tree.dispose());

  const failing = (instanceId: string): void =>
    void s.world.connections.push({ ...aConnection, instanceId, state: 'FAILED', postedAtMs: 0 });
  const refresh = (argument?: unknown, selection?: unknown): unknown => {
    const { catalog } = withoutSql(s.log);
    const { inventory } = s;
    const selected = (): readonly unknown[] => shown.tree.selection;
    const services = { inventory, catalog, selected, inView: () => shown.tree.inView() };
    return refreshModule.refresh.handler(services as unknown as CommandServices)(argument, selection);
  };

  describe('what needs the person', () => {
    it('is told of a group that was never opened', async () => {
      fill(s.world, 60);
      const [group] = await shown.roots();
      failing('00000');
      await s.inventory.refreshDetails('00000');
      await settle();
      assert.ok(shown.fired.flat().includes(group), 'the group is drawn anew');
      assert.match(String(item(group).description), /1 needs attention/);
      failing('00002');
      await s.inventory.refreshDetails('00002');
      assert.match(spoken(group), /2 need attention/);
    });

    it('is told of a group that was closed again, after the view was drawn anew', async () => {
      fill(s.world, 60);
      await shown.open((await shown.roots())[0]);
      await shown.roots();
      const [group] = await shown.roots();
      shown.fired.length = 0;
      failing('00000');
      await s.inventory.refreshDetails('00000');
      await settle();
      assert.ok(shown.fired.flat().includes(group), 'the group that the editor has now');
    });

    it('is told of the outer and the inner group', async () => {
      fill(s.world, 60);
      await shown.shape.groupBy('projectAndRegion');
      const [project] = await shown.roots();
      const [region] = await shown.open(project);
      failing('00000');
      await s.inventory.refreshDetails('00000');
      await settle();
      assert.ok(shown.fired.flat().includes(project) && shown.fired.flat().includes(region));
    });

    it('is in the words of an instance for the screen reader', async () => {
      fill(s.world, 3);
      const [row] = await shown.roots();
      assert.doesNotMatch(spoken(row), /attention/);
      failing('00000');
      await s.inventory.refreshDetails('00000');
      await settle();
      assert.match(spoken(row), /^Instance instance-00000, region-0, ACTIVE, 1 needs attention$/);
      assert.ok(shown.fired.flat().includes(row));
    });
  });

  it('says label and description of every row to the screen reader, not its tooltip', async () => {
    fill(s.world, 1);
    const [service] = await shown.open((await shown.roots())[0]);
    assert.equal(spoken(service), 'Private link service, Active');
    s.script.fail('listConnections', tidbError('unreachable'));
    await s.inventory.refreshDetails('00000');
    const below = await shown.open((await shown.roots())[0]);
    const problem = below.find((row) => item(row).contextValue === 'problem');
    assert.match(spoken(problem), /, Retry…$/);
  });

  describe('a row', () => {
    it('is not drawn anew by its own first load, nor by a look that shows nothing new', async () => {
      fill(s.world, 3);
      s.world.connections.push({ ...aConnection, instanceId: '00000', postedAtMs: 0 });
      const [row] = await shown.roots();
      shown.fired.length = 0;
      await shown.open(row);
      await s.inventory.refreshDetails('00000');
      await s.inventory.refreshDetails('00000', { light: true, withInstance: true });
      await settle();
      assert.deepEqual(shown.fired, []);
    });

    it('is drawn anew when an endpoint, an error or its words are others', async () => {
      fill(s.world, 3);
      const [row] = await shown.roots();
      await shown.open(row);
      const drawn = async (): Promise<number> => {
        shown.fired.length = 0;
        await s.inventory.refreshDetails('00000');
        await settle();
        const times = shown.fired.length;
        await shown.open(row);
        return times;
      };
      s.world.connections.push({ ...aConnection, instanceId: '00000', postedAtMs: 0 });
      assert.equal(await drawn(), 1);
      s.script.fail('listConnections', tidbError('unreachable'));
      assert.equal(await drawn(), 1);
      s.script.fail('listConnections', tidbError('unreachable'));
      assert.equal(await drawn(), 0, 'the same again');
      s.script.fail('listConnections', tidbError('timeout'));
      assert.equal(await drawn(), 1);
      assert.equal(await drawn(), 1, 'it works again');
    });
  });

  describe('a creation whose instance is not listed', () => {
    const progress = { creation: aCreation, readOnly: false } as CreationProgress;
    beforeEach(() => {
      shown.tree.dispose();
      shown = new ShownTree(Tree, s, {
        runner: { unfinished: () => [progress], onDidChange: () => ({ dispose: () => undefined }) },
      });
    });
    const orphans = async (): Promise<number> =>
      (await shown.roots()).filter(({ creationId }) => creationId !== undefined).length;

    it('is shown as one of an instance that is gone', async () => {
      fill(s.world, 3);
      assert.equal(await orphans(), 1);
    });

    it('is not, while a page of the list could not be read', async () => {
      fill(s.world, 3);
      const { tidbCloud } = s.world;
      const pages = tidbCloud.listInstancePages.bind(tidbCloud);
      tidbCloud.listInstancePages = async function* () {
        yield [...s.world.instances.values()].slice(0, 2);
        await Promise.resolve();
        throw tidbError('unreachable');
      };
      assert.equal(await orphans(), 0);
      tidbCloud.listInstancePages = pages;
      s.world.instances.set(aCreation.instanceId, anInstance);
      await s.inventory.refreshInstances();
      assert.equal(await orphans(), 0);
    });

    it('is not, while the list of another key could not be read', async () => {
      const m = manyAccounts();
      await m.signIn();
      m.worlds.one.instances.clear();
      m.worlds.two.script.fail('listInstances', tidbError('unreachable'));
      shown.tree.dispose();
      shown = new ShownTree(Tree, m, {
        runner: { unfinished: () => [progress], onDidChange: () => ({ dispose: () => undefined }) },
      });
      assert.equal(await orphans(), 0);
      await m.inventory.refreshInstances();
      assert.equal(await orphans(), 1);
    });
  });

  describe('an error', () => {
    it('of Alibaba Cloud names its account, each its own', async () => {
      const m = manyAccounts();
      await m.signIn();
      shown.tree.dispose();
      shown = new ShownTree(Tree, m);
      for (const [name, code] of [
        ['one', 'notAllowed'],
        ['two', 'credentialsRejected'],
      ] as const) {
        m.worlds[name].script.fail('listEndpoints', tidbError(code, { source: 'Alibaba Cloud' }));
      }
      const below = async (): Promise<TreeNode[]> =>
        shown.open((await shown.open((await shown.roots())[0]))[0]);
      const rows = await below();
      const problems = rows.filter((row) => item(row).contextValue === 'problem');
      assert.match(labels(problems).join('\n'), /^one \(111\): .*\ntwo \(222\): /);
      assert.equal(new Set(problems.map(({ id }) => id)).size, 2);
      await m.inventory.refreshDetails(anInstance.id, { everyAccount: true });
      const after = await below();
      assert.ok(after.every((row) => item(row).contextValue !== 'problem'));
    });

    it('of one account alone needs no name', async () => {
      fill(s.world, 1);
      s.world.instances.set('00000', { ...anInstance, id: '00000' });
      s.script.fail('listEndpoints', tidbError('notAllowed', { source: 'Alibaba Cloud' }));
      const rows = await shown.open((await shown.roots())[0]);
      const [problem] = rows.filter((row) => item(row).contextValue === 'problem');
      assert.doesNotMatch(labels([problem ?? assert.fail()]).join(), /LTAI/);
    });

    it('that has another remedy can be tried again all the same', async () => {
      fill(s.world, 2);
      s.script.fail('listConnections', tidbError('credentialsRejected'));
      const [row] = await shown.roots();
      const [problem] = await shown.open(row);
      assert.equal(item(problem).contextValue, 'problem');
      s.script.calls.length = 0;
      await refresh(problem);
      assert.equal(s.script.count('listConnections'), 1);
      assert.equal(s.script.count('listInstances'), 0);
      assert.ok((await shown.open(row)).every((each) => item(each).contextValue !== 'problem'));
    });

    it('of the list is tried again by listing', async () => {
      s.script.fail('listInstances', tidbError('notAllowed'));
      const [problem] = await shown.roots();
      assert.equal(item(problem).contextValue, 'problem');
      await refresh(problem);
      assert.deepEqual(labels(await shown.roots()), ['orders']);
    });
  });

  it('shows more of every list when it is asked without a row', async () => {
    fill(s.world, 1_000);
    await shown.roots();
    shown.shape.showMore(undefined);
    assert.equal((await shown.open((await shown.roots())[0])).length, 401);
    await shown.shape.groupBy('none');
    assert.equal((await shown.roots()).length, 201);
  });

  it('leaves an opened group where it is while more projects come', async () => {
    fill(s.world, 300);
    const all = [...s.world.instances.values()].map((each, i): Instance => ({
      ...each,
      projectId: i < 100 ? 'p0' : 'p1',
    }));
    let release = (): void => undefined;
    s.world.tidbCloud.listInstancePages = async function* () {
      yield all.slice(0, 100);
      await new Promise<void>((resolve) => (release = resolve));
      yield all.slice(100);
    };
    const [early] = await shown.roots();
    release();
    await settle();
    await settle();
    const [late] = await shown.roots();
    assert.equal(late?.id, early?.id);
    assert.deepEqual(labels(await shown.open(late)), ['Project p0', 'Project p1']);
  });

  describe('Refresh', () => {
    it('by its key is of what is selected, and of all where nothing is', async () => {
      fill(s.world, 60);
      const [group] = await shown.roots();
      const [first, second] = await shown.open(group);
      editor.view.selection = [first, second] as TreeNode[];
      s.script.calls.length = 0;
      await refresh({ selected: true });
      assert.equal(s.script.count('listConnections'), 2);
      assert.equal(s.script.count('listInstances'), 0);
      editor.view.selection = [];
      await refresh({ selected: true });
      assert.equal(s.script.count('listInstances'), 1);
    });

    it('of a group of which nothing was read lists the instances', async () => {
      fill(s.world, 60);
      const [group] = await shown.roots();
      s.script.calls.length = 0;
      await refresh(group);
      assert.deepEqual(s.script.calls, ['listInstances']);
    });

    it('shows in the view that it goes on', async () => {
      fill(s.world, 60);
      const release = s.script.hold('listInstances');
      const done = refresh();
      await settle();
      assert.deepEqual(
        editor.progress.map((each) => each.done),
        [false],
      );
      release();
      await done;
      assert.deepEqual(
        editor.progress.map((each) => each.done),
        [true],
      );
    });
  });

  it('keeps nothing of endpoints and creations that are gone', async () => {
    fill(s.world, 1);
    s.world.endpoints.push({ ...anEndpoint, token: 't', createdAtMs: 0 });
    s.world.connections.push({ ...aConnection, instanceId: '00000', postedAtMs: 0 });
    await shown.open((await shown.roots())[0]);
    const { belowInstances } = shown.tree as unknown as {
      readonly belowInstances: ReadonlyMap<string, unknown>;
    };
    assert.equal(belowInstances.size, 1);
    s.world.instances.clear();
    await s.inventory.refreshInstances();
    await shown.roots();
    await shown.roots();
    assert.equal(belowInstances.size, 0);
  });
});
