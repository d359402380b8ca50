import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { OPERATIONS } from '../../src/sandbox/alibabaCloud/operations';
import { ROUTES } from '../../src/sandbox/tidbCloud/routes';
import { FOREIGN, recordCalls } from './support/callRecord';

const record = recordCalls();

/** The table of README.md: operation → clients. A client's note in brackets is no part of its name. */
function readTable(): [string, Set<string>][] {
  const readme = readFileSync(path.join(__dirname, 'README.md'), 'utf8');
  const rows = readme.matchAll(/^\| ((?:sts|vpc|ecs|privatelink|tidb):\w+) +\| (.*\S) *\|$/gm);
  return [...rows].map(([, operation = '', clients = '']) => [
    operation,
    new Set(clients.split(', ').map((client) => client.replace(/ \(.*\)$/, ''))),
  ]);
}

function rootOf(suite: Mocha.Suite): Mocha.Suite {
  return suite.parent ?? suite;
}

/** Whether this run is the whole suite, and whether some of its tests were skipped. */
function extentOf(): { whole: boolean; skipped: boolean } {
  const root = rootOf(self);
  const loaded = new Set(root.suites.map(({ file }) => file));
  const files = readdirSync(__dirname, { recursive: true, encoding: 'utf8' });
  const missing = files
    .filter((file) => file.endsWith('.test.ts'))
    .some((file) => !loaded.has(path.join(__dirname, file)));
  const states: (string | undefined)[] = [];
  root.eachTest((test) => {
    if (test.parent !== self) {
      states.push(test.isPending() ? 'pending' : test.state);
    }
  });
  return {
    whole: !missing && states.every((state) => state === 'passed' || state === 'pending'),
    skipped: states.includes('pending'),
  };
}

const self = describe('The table of operations and clients', () => {
  it('names each operation of the sandbox once, and no other', () => {
    const answered = [
      ...OPERATIONS.map(({ product, action }) => `${product}:${action}`),
      ...ROUTES.map(({ operation }) => `tidb:${operation}`),
    ];
    assert.deepEqual(
      readTable()
        .map(([operation]) => operation)
        .sort(),
      answered.sort(),
    );
  });

  it('names the clients that called each, and no other', function () {
    const { whole, skipped } = extentOf();
    const wrong: string[] = [];
    for (const [operation, told] of readTable()) {
      const seen = record.get(operation) ?? new Set();
      const untold = [...seen].filter((client) => !told.has(client));
      const unseen = [...told].filter(
        (client) => !seen.has(client) && whole && !(skipped && FOREIGN.has(client)),
      );
      wrong.push(
        ...untold.map((client) => `${operation} was called by ${client}, which the table does not say`),
        ...unseen.map((client) => `${operation} was not called by ${client}, which the table says`),
      );
    }
    assert.deepEqual(wrong, []);
    if (!whole) {
      console.log('    NOT COMPARED: who called nothing shows only in a run of the whole suite that passes');
      this.skip();
    }
  });
});

// It is about what the others did: it goes to the end of the run before the run begins.
rootOf(self).beforeAll(() => {
  const { suites } = rootOf(self);
  suites.push(...suites.splice(suites.indexOf(self), 1));
});
