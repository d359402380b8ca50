import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { OPERATIONS } from '../../src/sandbox/alibabaCloud/operations';
import { ROUTES } from '../../src/sandbox/tidbCloud/routes';

describe('The table of operations and clients', () => {
  it('names each operation of the sandbox once, and no other', () => {
    const readme = readFileSync(path.join(__dirname, 'README.md'), 'utf8');
    const named = [...readme.matchAll(/^\| ((?:sts|vpc|ecs|privatelink|tidb):\w+) +\| (.*\S) *\|$/gm)].map(
      (row) => row[1],
    );
    const answered = [
      ...OPERATIONS.map(({ product, action }) => `${product}:${action}`),
      ...ROUTES.map(({ operation }) => `tidb:${operation}`),
    ];
    assert.deepEqual([...named].sort(), [...answered].sort());
  });
});
