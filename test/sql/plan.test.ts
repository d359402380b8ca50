import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { planStatement } from '../../src/core/plan/explained';
import type { Plan, PlanNode } from '../../src/core/plan';
import { planOf } from '../../src/core/plan/planOf';
import type { SqlSession } from '../../src/core/ports';
import { startMariadb } from '../support/mariadb';
import type { SqlServer } from '../support/mariadb';
import { startTidb } from '../support/tidb';
import { tidbServer } from '../support/tidbServer';
import { connector, password, run, targetOf } from './fixtures';

/** With these set, what the servers answer is kept for the unit tests: `RECORD_PLANS=1 npm run test:sql`. */
const recorded = path.join(__dirname, '../unit/core/plan/recorded');

const setUp = [
  'CREATE TABLE customer (id INT PRIMARY KEY, region VARCHAR(20) NOT NULL, KEY by_region (region))',
  'CREATE TABLE purchase (id INT PRIMARY KEY, customer_id INT NOT NULL, amount DECIMAL(10,2), note VARCHAR(50), KEY by_customer (customer_id))',
  `INSERT INTO customer ${numbered(2000, "n, CONCAT('r', n % 10)")}`,
  `INSERT INTO purchase ${numbered(20_000, "n, n % 2000, n / 7, CONCAT('note ', n)")}`,
  'ANALYZE TABLE customer, purchase',
];

function numbered(count: number, columns: string): string {
  const digit =
    '(SELECT 0 d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)';
  const n = 'a.d + b.d * 10 + c.d * 100 + e.d * 1000 + f.d * 10000';
  const from = `${digit} a, ${digit} b, ${digit} c, ${digit} e, ${digit} f`;
  return `SELECT ${columns} FROM (SELECT ${n} AS n FROM ${from}) numbers WHERE n < ${count}`;
}

const statements = {
  scan: "SELECT COUNT(*) FROM purchase WHERE note LIKE '%9%'",
  point: 'SELECT * FROM purchase WHERE id = 7',
  join: "SELECT c.region, SUM(p.amount) FROM customer c JOIN purchase p ON p.customer_id = c.id WHERE c.region = 'r3' GROUP BY c.region ORDER BY 2 DESC",
  subquery:
    'SELECT * FROM customer c WHERE id IN (SELECT customer_id FROM purchase WHERE amount > 2800) ORDER BY region LIMIT 5',
  cte: 'WITH big AS (SELECT customer_id, SUM(amount) s FROM purchase GROUP BY customer_id) SELECT a.customer_id FROM big a JOIN big b ON a.customer_id = b.customer_id + 1 WHERE a.s > b.s',
  union: "SELECT id FROM customer WHERE region = 'r1' UNION SELECT id FROM purchase WHERE amount < 10",
  window: 'SELECT id, SUM(amount) OVER (PARTITION BY customer_id ORDER BY id) FROM purchase',
  update: "UPDATE purchase SET note = 'x' WHERE customer_id = 3",
  empty: 'SELECT * FROM customer WHERE 1 = 0',
} as const;

const nodesOf = (node: PlanNode): readonly PlanNode[] => [node, ...node.children.flatMap(nodesOf)];

for (const product of ['MariaDB', 'TiDB'] as const) {
  describe(`the plan that a statement took, against ${product}`, function () {
    if (product === 'TiDB' && tidbServer() === undefined) {
      it('is not tested here, because there is no tidb-server');
      return;
    }
    this.timeout(90_000);
    let server: SqlServer;
    let session: SqlSession;

    before(async () => {
      server = await (product === 'TiDB' ? startTidb : startMariadb)({ password });
      session = await connector().open(targetOf(server));
      for (const statement of setUp) {
        await run(session, statement);
      }
    });
    after(async () => {
      await session.close();
      await server.stop();
    });

    const plan = async (name: keyof typeof statements): Promise<Plan> => {
      const answer = await run(session, planStatement(statements[name], session.serverVersion));
      if (process.env['RECORD_PLANS'] !== undefined) {
        const { columns, rows } = answer;
        const file = path.join(recorded, `${product.toLowerCase()}-${name}.json`);
        await writeFile(file, `${JSON.stringify({ columns, rows }, null, 2)}\n`);
      }
      return planOf(answer);
    };

    for (const name of Object.keys(statements) as (keyof typeof statements)[]) {
      it(`reads: ${name}`, async () => {
        const { root, text } = await plan(name);
        assert.ok(root !== undefined, text);
        for (const node of nodesOf(root)) {
          assert.notEqual(node.operator, '', text);
          const { timeMs, ownTimeMs } = node;
          assert.ok(ownTimeMs === undefined || timeMs === undefined || ownTimeMs <= timeMs + 1e-6, text);
        }
      });
    }

    it('marks the whole table that a query had to read', async () => {
      const { root, text } = await plan('scan');
      const marked = (root ? nodesOf(root) : []).filter(({ warnings }) => warnings.includes('fullScan'));
      assert.equal(marked.length, 1, text);
      assert.match(marked[0]?.target ?? '', /purchase/);
      assert.ok((root?.timeMs ?? 0) > 0, text);
    });

    it('counts the rows that came, and has run what changes them', async () => {
      const { root, text } = await plan('update');
      assert.ok(
        nodesOf(root ?? assert.fail(text)).some(({ actualRows }) => actualRows === 10),
        text,
      );
      const { rows } = await run(session, "SELECT COUNT(*) FROM purchase WHERE note = 'x'");
      assert.equal(rows[0]?.[0], '10');
    });
  });
}
