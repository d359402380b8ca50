import type { SqlValue } from '../../../src/core/ports';
import type { ResultsState, TabOutcome } from '../../../src/protocol/results';
import { recordedPlan } from '../../unit/core/plan/recorded';
import { without } from '../../unit/fakes';

const connection = { connection: 'orders · ep-t4n5d7f8g9h0j1k2', statement: 'SELECT * FROM customers' };

export const columns = [
  { name: 'id', type: 'BIGINT' },
  { name: 'name', type: 'VARCHAR' },
  { name: 'city', type: 'VARCHAR' },
  { name: 'note', type: 'TEXT' },
  { name: 'created_at', type: 'DATETIME' },
];

/** What stands in a row of the answers below. */
export const customer = (row: number): readonly SqlValue[] => [
  String(9_007_199_254_740_993n + BigInt(row)),
  `Customer ${row}`,
  row % 3 === 0 ? null : 'Singapore',
  row % 4 === 0 ? '' : 'A note that is a little longer than the rest of them',
  '2026-01-02 03:04:05.000006',
];

export type RowsOutcome = Extract<TabOutcome, { kind: 'rows' }>;

export const rowsOutcome = (count: number, change: Partial<RowsOutcome> = {}): RowsOutcome => ({
  kind: 'rows',
  ...{ columns, count, ended: true, truncated: false, runningForMs: 42, elapsedMs: 42, warnings: [] },
  ...change,
});

/** Rows that still arrive. */
export const arriving = (count: number): TabOutcome =>
  without(rowsOutcome(count, { ended: false, runningForMs: 3000 }), 'elapsedMs');

export const oneTab = (outcome: TabOutcome): ResultsState => ({
  tabs: [{ id: 't1', ...connection, outcome }],
});

const warning = { level: 'Warning', code: '1292', message: "Truncated incorrect DOUBLE value: 'a'" };
const failed: TabOutcome = {
  kind: 'failed',
  message: "Table 'test.customers' doesn't exist",
  nextStep: 'Check the name of the table and the database in use.',
  actions: [{ id: 'retry', label: 'Retry' }],
};
const done: TabOutcome = {
  kind: 'done',
  ...{ affectedRows: 1, info: '', elapsedMs: 7, warnings: [warning] },
};

export const resultsStates = {
  empty: { tabs: [] },
  waiting: oneTab({ kind: 'waiting' }),
  running: oneTab({ kind: 'running', runningForMs: 3000 }),
  arriving: oneTab(arriving(12_000)),
  rows: oneTab(rowsOutcome(40)),
  truncated: oneTab(rowsOutcome(40, { truncated: true, elapsedMs: 1240, warnings: [warning, warning] })),
  none: oneTab(rowsOutcome(0)),
  done: oneTab(done),
  plan: oneTab({ kind: 'plan', plan: recordedPlan('tidb-join'), elapsedMs: 18 }),
  planOfMariadb: oneTab({ kind: 'plan', plan: recordedPlan('mariadb-cte'), elapsedMs: 139 }),
  planAsText: oneTab({ kind: 'plan', plan: { text: 'Rows fetched before execution' }, elapsedMs: 12 }),
  cancelled: oneTab({ kind: 'cancelled', actions: [{ id: 'retry', label: 'Run Again' }] }),
  skipped: oneTab({ kind: 'skipped' }),
  failed: oneTab(failed),
  several: {
    tabs: [
      { id: 't1', ...connection, outcome: rowsOutcome(1000) },
      { id: 't2', ...connection, statement: 'UPDATE customers SET city = NULL WHERE id = 1', outcome: done },
      { id: 't3', ...connection, statement: 'SELECT * FROM nowhere', outcome: failed },
      {
        id: 't4',
        ...connection,
        statement: 'DELETE FROM customers WHERE id = 2',
        outcome: { kind: 'skipped' },
      },
    ],
  },
} satisfies Record<string, ResultsState>;

export type ResultsStateName = keyof typeof resultsStates;

export const resultsStateNames = Object.keys(resultsStates) as ResultsStateName[];
