import assert from 'node:assert/strict';
import { StatementIndex } from '../../../src/services/statementIndex';

describe('StatementIndex', () => {
  const document = (text: string, version = 1) => ({ version, getText: () => text });

  it('reads a version of a document once', async () => {
    const index = new StatementIndex({ sleep: () => Promise.resolve() });
    let reads = 0;
    const counting = {
      version: 1,
      getText: () => {
        reads += 1;
        return `SELECT ${counting.version}; SELECT 0`;
      },
    };
    assert.deepEqual(
      (await index.of(counting)).map(({ text }) => text),
      ['SELECT 1', 'SELECT 0'],
    );
    await index.of(counting);
    assert.equal(reads, 1);
    counting.version = 2;
    assert.equal((await index.of(counting))[0]?.text, 'SELECT 2');
  });

  it('does not take the statements of a document that was closed for those of another', async () => {
    const index = new StatementIndex({ sleep: () => Promise.resolve() });
    await index.of(document('DROP TABLE a'));
    assert.equal((await index.of(document('SELECT 1')))[0]?.text, 'SELECT 1');
  });

  it('holds nobody up for 50 ms while it reads a dump of 5 MB', async () => {
    const row = `INSERT INTO t VALUES (1, 'it''s', "x;y", \`z\`); -- a comment; with one\n`;
    const text = row.repeat(Math.ceil(5_000_000 / row.length));
    let longest = 0;
    let since = performance.now();
    const lap = (): void => {
      longest = Math.max(longest, performance.now() - since);
    };
    const index = new StatementIndex({
      sleep: async () => {
        lap();
        await new Promise(setImmediate);
        since = performance.now();
      },
    });
    // Once without counting: the first time, the code itself is still being compiled.
    await index.of(document(text));
    longest = 0;
    since = performance.now();
    const statements = await index.of(document(text, 2));
    lap();
    assert.equal(statements.length, Math.ceil(5_000_000 / row.length));
    assert.ok(longest < 50, `${longest} ms`);
  });
});
