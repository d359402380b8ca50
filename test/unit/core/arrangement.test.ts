import assert from 'node:assert/strict';
import { arrange, type Group, type Surroundings } from '../../../src/core/arrangement';
import type { Instance } from '../../../src/core/model';
import { aConnection, anEndpoint, anInstance } from '../fakes';

const regions = ['alicloud-ap-southeast-1', 'alicloud-eu-central-1'];
const many = (count: number): readonly Instance[] =>
  Array.from({ length: count }, (_, i) => ({
    ...anInstance,
    id: String(i),
    name: `orders-${i}`,
    regionId: regions[i % 2] ?? '',
    regionName: i % 2 === 0 ? 'Singapore' : 'Frankfurt',
    projectId: `p${i % 3}`,
  }));

const around = (over: Partial<Surroundings> = {}): Surroundings => ({
  accountOf: (id) => ({ id: `a${Number(id) % 2}`, name: Number(id) % 2 === 0 ? 'Account 0' : 'Account-Odd' }),
  accountCount: 1,
  endpointsOf: () => [],
  ...over,
});

const shape = (groups: readonly Group[]): readonly unknown[] =>
  groups.map(({ label, instances, groups: inner }) => [label, instances.length, ...shape(inner)]);

describe('arranging the instances', () => {
  it('groups nothing by itself while there are few', () => {
    const { groups, instances } = arrange(many(50), 'automatic', '', around());
    assert.deepEqual(groups, []);
    assert.equal(instances.length, 50);
  });

  it('groups by project and region by itself where there are many', () => {
    const { groups } = arrange(many(60), 'automatic', '', around());
    assert.deepEqual(shape(groups), [
      ['Project p0', 20, ['Frankfurt', 10], ['Singapore', 10]],
      ['Project p1', 20, ['Frankfurt', 10], ['Singapore', 10]],
      ['Project p2', 20, ['Frankfurt', 10], ['Singapore', 10]],
    ]);
  });

  it('leaves out a level that tells nothing', () => {
    const oneProject = many(60).map((each) => ({ ...each, projectId: 'p' }));
    assert.deepEqual(shape(arrange(oneProject, 'automatic', '', around()).groups), [
      ['Frankfurt', 30],
      ['Singapore', 30],
    ]);
  });

  it('leaves the outer groups where they are when another level comes to tell something', () => {
    const all = many(120);
    const early = arrange(
      all.slice(0, 60).map((each) => ({ ...each, projectId: 'p' })),
      'automatic',
      '',
      around(),
    );
    assert.deepEqual(early.levels, ['region']);
    const late = arrange(all, 'automatic', '', around(), early.levels);
    assert.deepEqual(late.levels, ['region', 'project']);
    const paths = (groups: readonly Group[]): readonly string[] => groups.map(({ path }) => path.join());
    assert.deepEqual(paths(late.groups), paths(early.groups));
    assert.deepEqual(arrange(all, 'automatic', '', around(), ['account']).levels, ['project', 'region']);
  });

  it('groups a few by account where there are several', () => {
    assert.deepEqual(shape(arrange(many(4), 'automatic', '', around({ accountCount: 2 })).groups), [
      ['Account 0', 2],
      ['Account-Odd', 2],
    ]);
  });

  for (const [grouping, expected] of [
    ['none', []],
    ['region', ['Frankfurt', 'Singapore']],
    ['project', ['Project p0', 'Project p1', 'Project p2']],
    ['account', ['Account 0', 'Account-Odd']],
  ] as const) {
    it(`groups by ${grouping} as asked`, () => {
      const { groups } = arrange(many(6), grouping, '', around());
      assert.deepEqual(
        groups.map(({ label }) => label),
        expected,
      );
    });
  }

  it('loses no instance and shows none twice, however it groups', () => {
    for (const grouping of ['automatic', 'projectAndRegion', 'region', 'project', 'account'] as const) {
      const leaves = (groups: readonly Group[]): readonly Instance[] =>
        groups.flatMap((group) => (group.groups.length > 0 ? leaves(group.groups) : group.instances));
      const ids = leaves(arrange(many(123), grouping, '', around()).groups).map(({ id }) => Number(id));
      assert.deepEqual(
        [...ids].sort((a, b) => a - b),
        Array.from({ length: 123 }, (_, i) => i),
      );
    }
  });

  describe('filters by', () => {
    const found = (text: string, over: Partial<Surroundings> = {}): readonly string[] =>
      arrange(many(12), 'none', text, around(over)).instances.map(({ id }) => id);
    const endpoint = {
      instanceId: '7',
      endpointId: 'ep-t4nabc',
      endpoint: { ...anEndpoint, name: 'from-the-office' },
      connection: aConnection,
    };
    const endpointsOf = (id: string) => (id === '7' ? [endpoint] : []);

    it('name and id, whatever the case', () => assert.deepEqual(found('ORDERS-11'), ['11']));
    it('region', () => assert.equal(found('frankfurt').length, 6));
    it('region id', () => assert.equal(found('eu-central').length, 6));
    it('project', () => assert.equal(found('p2').length, 4));
    it('account', () => assert.equal(found('aCCount-odd').length, 6));
    it('endpoint id', () => assert.deepEqual(found('ep-t4n', { endpointsOf }), ['7']));
    it('endpoint name', () => assert.deepEqual(found('office', { endpointsOf }), ['7']));
    it('every word', () => assert.deepEqual(found('frankfurt p2 orders-5'), ['5']));
    it('nothing that is not there', () => assert.deepEqual(found('frankfurt singapore'), []));
    it('nothing when only spaces are typed', () => assert.equal(found('  ').length, 12));
  });

  it('keeps the order in which TiDB Cloud lists them', () => {
    const { groups } = arrange(many(9), 'region', '', around());
    assert.deepEqual(
      groups[1]?.instances.map(({ id }) => id),
      ['0', '2', '4', '6', '8'],
    );
  });
});
