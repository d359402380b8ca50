import assert from 'node:assert/strict';
import { parseEnv } from 'node:util';
import fc from 'fast-check';
import { envText, envValue, mergeEnv } from '../../../../src/core/connectWith/dotenv';

const entries = [
  ['TIDB_HOST', 'private.example'],
  ['TIDB_PASSWORD', 'p$a "s" #1'],
] as const;

describe('Connect With: .env files', () => {
  it('are read back by Node', () => {
    const readable = fc.string({
      unit: fc.constantFrom(...Array.from(`ab1é王%@:/$#?&;=+{}()[]<>!*"\\~^| .-`)),
      maxLength: 20,
    });
    fc.assert(
      fc.property(readable, (value) => {
        assert.equal(parseEnv(envText([['NAME', value]]))['NAME'], value);
      }),
    );
  });

  it('quote what needs it', () => {
    assert.equal(envValue('/home/me/ca-1.pem'), '/home/me/ca-1.pem');
    assert.equal(envValue('p#1'), "'p#1'");
    assert.equal(envValue(`it's "$5" \\`), `"it's \\"\\$5\\" \\\\"`);
    assert.equal(envValue('two\nlines'), '"two\\nlines"');
  });

  it('begin with our values', () => {
    assert.equal(mergeEnv('', entries), `TIDB_HOST=private.example\nTIDB_PASSWORD='p$a "s" #1'\n`);
  });

  it('keep everything that is not ours, and change what is', () => {
    const before = [
      '# the shop',
      'export TIDB_HOST = "old host" # of last year',
      'TIDB_HOSTNAME=other',
      '# TIDB_PASSWORD=not this one',
      "KEY='-----BEGIN",
      'TIDB_HOST=inside a text',
      "-----END'",
      '',
      '  TIDB_PASSWORD=old# no comment',
      'LAST=1',
    ];
    const after = [...before];
    after[1] = 'export TIDB_HOST = private.example # of last year';
    after[8] = `  TIDB_PASSWORD='p$a "s" #1'`;
    assert.equal(mergeEnv(before.join('\n'), entries), after.join('\n'));
  });

  it('keep their line ends, their byte order mark and their last line', () => {
    assert.equal(
      mergeEnv('\uFEFFA=1\r\nTIDB_HOST=\r\nB=2', entries),
      `\uFEFFA=1\r\nTIDB_HOST=private.example\r\nB=2\r\nTIDB_PASSWORD='p$a "s" #1'\r\n`,
    );
    assert.equal(mergeEnv('\uFEFFTIDB_HOST=a', entries.slice(0, 1)), '\uFEFFTIDB_HOST=private.example');
  });

  it('change a name that is there twice in both places', () => {
    assert.equal(
      mergeEnv('TIDB_HOST=a\nTIDB_HOST=b\n', entries.slice(0, 1)),
      'TIDB_HOST=private.example\nTIDB_HOST=private.example\n',
    );
  });

  it('leave alone what is to be kept, where it is there', () => {
    const keep = ['TIDB_PASSWORD'];
    assert.equal(mergeEnv('TIDB_PASSWORD=mine\n', entries.slice(1), keep), 'TIDB_PASSWORD=mine\n');
    assert.equal(mergeEnv('TIDB_PASSWORD=\n', entries.slice(1), keep), `TIDB_PASSWORD='p$a "s" #1'\n`);
  });

  it('come out the same when written twice', () => {
    const lines = [
      'A=1',
      "# it's",
      'TIDB_HOST=x',
      'B="a b"',
      "C='x\n y'",
      '',
      'export TIDB_PASSWORD="q" # c',
      'D=',
    ];
    const files = fc
      .tuple(fc.array(fc.constantFrom(...lines), { maxLength: 8 }), fc.constantFrom('\n', '\r\n'))
      .map(([own, eol]) => own.join(eol));
    fc.assert(
      fc.property(files, (before) => {
        const once = mergeEnv(before, entries);
        assert.equal(mergeEnv(once, entries), once);
        const read = parseEnv(once);
        assert.deepEqual(
          [read['TIDB_HOST'], read['TIDB_PASSWORD']],
          entries.map(([, value]) => value),
        );
      }),
    );
  });
});
