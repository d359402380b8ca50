import assert from 'node:assert/strict';
import type { Plan, PlanNode } from '../../../../src/core/plan';
import { planOf } from '../../../../src/core/plan/planOf';
import { fieldsOf, goDuration } from '../../../../src/core/plan/tidbExecution';
import { recordedPlan } from './recorded';

const text = (lines: string): Plan =>
  planOf({ columns: [{ name: 'EXPLAIN', type: 'TEXT' }], rows: [[lines]] });

const tidb = (...rows: readonly (readonly string[])[]): Plan =>
  planOf({
    columns: [
      'id',
      'estRows',
      'actRows',
      'task',
      'access object',
      'execution info',
      'operator info',
      'memory',
      'disk',
    ].map((name) => ({ name, type: 'CHAR' })),
    rows,
  });

/** Operators by their depth, with their marks. */
const shape = ({ root }: Plan): readonly string[] => {
  const lines = (node: PlanNode, depth: number): readonly string[] => [
    `${' '.repeat(depth)}${[node.operator, ...node.warnings].join(' ')}`,
    ...node.children.flatMap((child) => lines(child, depth + 1)),
  ];
  return root === undefined ? [] : lines(root, 0);
};

function find({ root }: Plan, operator: string): PlanNode {
  const all = (node: PlanNode): readonly PlanNode[] => [node, ...node.children.flatMap(all)];
  return (root ? all(root) : []).find((node) => node.operator === operator) ?? assert.fail(operator);
}

const blog = `-> Table scan on <temporary>  (actual time=0.001..0.001 rows=2 loops=1)
    -> Aggregate using temporary table  (actual time=58.104..58.104 rows=2 loops=1)
        -> Nested loop inner join  (cost=1757.30 rows=1787) (actual time=0.816..46.135 rows=2844 loops=1)
            -> Table scan on staff  (cost=3.20 rows=2) (actual time=0.047..0.051 rows=2 loops=1)
            -> Filter: (payment.payment_date like '2005-08%')  (cost=117.43 rows=894) (actual time=0.464..22.767 rows=1422 loops=2)
                -> Index lookup on payment using idx_fk_staff_id (staff_id=staff.staff_id)  (cost=117.43 rows=8043) (actual time=0.450..19.988 rows=8024 loops=2)
`;

describe('the plan that a statement took', () => {
  it("is read from TiDB's rows", () => {
    const plan = recordedPlan('tidb-join');
    assert.deepEqual(shape(plan), [
      'Sort_10',
      ' Projection_12',
      '  HashAgg_13',
      '   IndexHashJoin_22 slow',
      '    IndexReader_49(Build)',
      '     IndexRangeScan_48',
      '    IndexLookUp_19(Probe)',
      '     IndexRangeScan_17(Build)',
      '     TableRowIDScan_18(Probe)',
    ]);
    const scan = find(plan, 'IndexRangeScan_48');
    assert.equal(scan.task, 'cop[tikv]');
    assert.equal(scan.target, 'table:c, index:by_region(region)');
    assert.deepEqual([scan.estimatedRows, scan.actualRows], [200, 200]);
    assert.match(scan.execution, /^tikv_task:/);
    assert.match(plan.text, /^id\testRows\tactRows\t/);
  });

  it('has the tables of a WITH under the operator that reads them first, and counts their time once', () => {
    const plan = recordedPlan('tidb-cte');
    const readers = [find(plan, 'CTEFullScan_41'), find(plan, 'CTEFullScan_38')];
    assert.deepEqual(
      readers.map(({ children }) => children.map(({ operator }) => operator)),
      [['CTE_0'], []],
    );
    assert.ok(readers.every(({ ownTimeMs }) => (ownTimeMs ?? 99) < 1));
  });

  it("is read from MariaDB's JSON", () => {
    const plan = recordedPlan('mariadb-join');
    assert.deepEqual(shape(plan), [
      'Query block 1',
      ' Sort',
      '  Temporary table',
      '   Nested loop',
      '    Index lookup',
      '    Index lookup',
    ]);
    const [first, second] = find(plan, 'Nested loop').children;
    assert.equal(first?.target, 'c, index:by_region');
    assert.deepEqual([second?.estimatedRows, second?.actualRows], [800, 2000]);
    assert.match(second?.execution ?? '', /pages_accessed: \d+/);
    assert.match(first.details, /used_key_parts: region/);
  });

  it('marks what was slow and what read everything', () => {
    assert.deepEqual(find(recordedPlan('mariadb-cte'), 'Index scan').warnings, ['fullScan']);
    assert.deepEqual(find(recordedPlan('tidb-scan'), 'TableFullScan_11').warnings, ['slow', 'fullScan']);
    assert.deepEqual(shape(recordedPlan('tidb-point')).concat(shape(recordedPlan('mariadb-point'))), [
      'Point_Get_1',
      'Query block 1',
      ' Constant row',
    ]);
  });

  it("is read from MySQL's tree, with times and rows of all loops", () => {
    const plan = text(blog);
    assert.deepEqual(shape(plan), [
      'Table scan',
      ' Aggregate using temporary table',
      '  Nested loop inner join',
      '   Table scan',
      '   Filter',
      '    Index lookup slow',
    ]);
    const lookup = find(plan, 'Index lookup');
    assert.equal(lookup.target, 'payment, index:idx_fk_staff_id');
    assert.deepEqual([lookup.estimatedRows, lookup.actualRows], [16_086, 16_048]);
    assert.ok(Math.abs((lookup.timeMs ?? 0) - 39.976) < 1e-9);
    assert.match(find(plan, 'Filter').details, /2005-08%/);
    assert.equal(plan.text, blog);
  });

  it('reads what was measured behind a condition of several lines', () => {
    const plan = text(
      "-> Filter: (t.a = 'x\ny')  (cost=1 rows=9) (actual time=0.1..0.2 rows=8 loops=1)\n    -> Table scan on t  (cost=1 rows=9) (actual time=0.1..0.1 rows=9 loops=1)\n",
    );
    const filter = find(plan, 'Filter');
    assert.equal(filter.details, "(t.a = 'x\ny')");
    assert.deepEqual([filter.estimatedRows, filter.actualRows, filter.timeMs], [9, 8, 0.2]);
    assert.deepEqual(shape(plan), ['Filter', ' Table scan']);
  });

  it('says so where an operator never ran', () => {
    const plan = text(
      '-> Limit: 1 row(s)  (cost=1 rows=1) (actual time=0.1..0.2 rows=0 loops=1)\n    -> Table scan on t  (cost=1 rows=5000) (never executed)\n',
    );
    assert.deepEqual(find(plan, 'Table scan').warnings, []);
    assert.equal(find(plan, 'Table scan').timeMs, 0);
  });

  it('marks what was misjudged where it begins, and what went to disk', () => {
    const plan = tidb(
      ['Sort_1', '10.00', '5000', 'root', '', 'time:1.5s, loops:5', 'a', '1 MB', '0 Bytes'],
      ['└─HashAgg_2', '10.00', '5000', 'root', '', 'time:1.2s, loops:5', 'b', '9 MB', '12.5 MB'],
      ['  └─TableReader_3', '10.00', '5000', 'root', '', 'time:3ms, loops:5', 'c', '1 MB', 'N/A'],
    );
    assert.deepEqual(shape(plan), ['Sort_1', ' HashAgg_2 slow spilled', '  TableReader_3 misestimated']);
    assert.equal(Math.round(plan.root?.ownTimeMs ?? 0), 300);
  });

  it('is text alone where the form is not known', () => {
    for (const lines of ['', 'Rows fetched before execution', '{"a": 1}', '{broken', '{"query_block": 5}']) {
      assert.deepEqual(text(lines), { text: lines });
    }
    assert.equal(tidb().root, undefined);
    assert.equal(
      planOf({
        columns: [
          { name: 'a', type: '' },
          { name: 'b', type: '' },
        ],
        rows: [[null, 'x\ty']],
      }).text,
      'a\tb\nNULL\tx y',
    );
  });

  it('does not end in a stack that is too deep', () => {
    const deep = (open: string, close: string): string => `${open.repeat(5000)}${close.repeat(5000)}`;
    assert.ok(
      text(`{"query_block": ${deep('{"x":', '').slice(0, -1)}:1${'}'.repeat(5000)}}`).text.length > 0,
    );
    const rows = Array.from({ length: 3000 }, (_, depth) => [
      `${'  '.repeat(depth)}A_${depth}`,
      '1',
      '1',
      '',
      '',
      '',
      '',
      '',
      '',
    ]);
    assert.ok(tidb(...rows).root !== undefined);
  });
});

describe('the execution of an operator of TiDB', () => {
  it('has times as Go writes them', () => {
    const cases = {
      '683.8µs': 0.6838,
      '1.2ms': 1.2,
      '1m3.5s': 63_500,
      '1h0m0.5s': 3_600_500,
      '0s': 0,
      '150ns': 0.00015,
    };
    for (const [written, ms] of Object.entries(cases)) {
      assert.ok(Math.abs((goDuration(written) ?? NaN) - ms) < 1e-9, written);
    }
    for (const none of ['', 'N/A', '5', 'ms', '1.2ms, x']) {
      assert.equal(goDuration(none), undefined, none);
    }
  });

  it('has fields, some with fields of their own', () => {
    const fields = fieldsOf('time:1.2ms, cop_task: {num: 1, max: 3ms, rpc:{a:1}}, loops:2');
    assert.deepEqual(
      [...fields],
      [
        ['time', '1.2ms'],
        ['cop_task', 'num: 1, max: 3ms, rpc:{a:1}'],
        ['loops', '2'],
      ],
    );
  });
});
