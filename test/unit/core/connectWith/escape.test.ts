import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { wellFormed } from '../../../../src/core/export/escape';
import * as escape from '../../../../src/core/connectWith/escape';

/** Passwords as people and generators make them, and worse. */
const special = `'"\\%@:/$#?&;=+{}()[]<>!*\`~^| \t\n\r\0`;
const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({
    unit: fc.constantFrom(
      ...Array.from(special),
      'a',
      'u',
      '0',
      'x',
      'é',
      '王',
      '😀',
      '\u2019',
      '\u0085',
      '\u2028',
    ),
    maxLength: 24,
  }),
);

const roundTrip = (write: (text: string) => string, read: (literal: string) => string): void =>
  fc.assert(
    fc.property(texts, (text) => {
      assert.equal(read(write(text)), wellFormed(text));
    }),
  );

describe('Connect With: how each language writes a text', () => {
  it('JavaScript, and all that share its escapes', () => {
    roundTrip(escape.doubleQuoted, (literal) => runInNewContext(literal) as string);
    roundTrip(escape.doubleQuoted, (literal) => JSON.parse(literal) as string);
    fc.assert(
      fc.property(texts, (text) => {
        // Go, Java, C# and Python know no other escapes than these.
        assert.match(escape.doubleQuoted(text), /^"(?:[^"\\\p{Cc}]|\\["\\bfnrt]|\\u[0-9a-f]{4})*"$/u);
      }),
    );
  });

  it('PHP and Ruby', () => {
    roundTrip(escape.singleQuoted, (literal) => {
      assert.match(literal, /^'(?:[^'\\]|\\['\\])*'$/);
      return literal.slice(1, -1).replace(/\\(['\\])/g, '$1');
    });
  });

  it('C', () => {
    roundTrip(escape.cString, (literal) => {
      assert.match(literal, /^"(?:[^"\\?\p{Cc}]|\\["\\?]|\\[0-7]{3})*"$/u);
      return literal
        .slice(1, -1)
        .replace(/\\([0-7]{3}|.)/g, (_, code: string) =>
          code.length === 3 ? String.fromCharCode(parseInt(code, 8)) : code,
        );
    });
  });

  it('Rust', () => {
    roundTrip(escape.rustString, (literal) => {
      assert.match(literal, /^"(?:[^"\\\p{Cc}]|\\["\\]|\\u\{[0-9a-f]+\})*"$/u);
      return literal
        .slice(1, -1)
        .replace(/\\(?:u\{([0-9a-f]+)\}|(.))/g, (_, code: string | undefined, other: string) =>
          code === undefined ? other : String.fromCodePoint(parseInt(code, 16)),
        );
    });
  });

  it('a shell, asked itself', () => {
    const samples = fc.sample(texts, { numRuns: 200, seed: 7 }).filter((text) => !/[\0\n]/.test(text));
    const script = samples.map((text) => `printf '%s\\n' ${escape.shellArgument(text, 'linux')}`).join('\n');
    const output = execFileSync('sh', ['-c', script], { encoding: 'utf8' });
    // An empty argument is one too.
    assert.deepEqual(output.split('\n').slice(0, -1), samples.map(wellFormed));
  });

  it('PowerShell: every kind of single quote is doubled', () => {
    assert.equal(escape.shellArgument("it's ’so‘", 'windows'), "'it''s ’’so‘‘'");
    assert.equal(escape.shellArgument('C:\\Users\\me\\ca.pem', 'windows'), "'C:\\Users\\me\\ca.pem'");
    assert.equal(escape.shellArgument('', 'linux'), "''");
  });

  it('a URI', () => {
    roundTrip(escape.uriPart, (part) => {
      assert.match(part, /^(?:[\w.~-]|%[0-9A-F]{2})*$/);
      return decodeURIComponent(part);
    });
    roundTrip(escape.uriValue, (value) => new URLSearchParams(`v=${value}`).get('v') ?? '');
    fc.assert(
      fc.property(texts, (text) => {
        const url = new URL(`mysql://u:${escape.uriPart(text)}@host:4000/db`);
        assert.deepEqual([decodeURIComponent(url.password), url.host], [wellFormed(text), 'host:4000']);
      }),
    );
  });

  it('a path as a URL of a file', () => {
    assert.equal(escape.fileUrl('/home/me/a b/ca#1.p12'), 'file:///home/me/a%20b/ca%231.p12');
    assert.equal(escape.fileUrl('C:\\Users\\é\\ca.p12'), 'file:///C:/Users/%C3%A9/ca.p12');
  });

  it('a Java property', () => {
    roundTrip(escape.javaProperty, (value) => {
      assert.match(value, /^[ -~]*$/);
      return value
        .replace(/^ +/, '')
        .replace(/\\(?:u([0-9a-f]{4})|(.))/g, (_, code: string | undefined, other: string) =>
          code === undefined ? other : String.fromCharCode(parseInt(code, 16)),
        );
    });
  });

  it('an attribute of XML', () => {
    roundTrip(escape.xmlAttribute, (value) => {
      assert.doesNotMatch(value, /[<>"\t\n\r]/);
      return value.replace(/&(?:amp|#(\d+));/g, (_, code: string | undefined) =>
        code === undefined ? '&' : String.fromCharCode(Number(code)),
      );
    });
  });

  it('connection strings', () => {
    assert.equal(escape.odbcValue('a;b}c'), '{a;b}}c}');
    assert.equal(escape.odbcValue('plain-1'), 'plain-1');
    assert.equal(escape.adoValue('a;"b'), '"a;""b"');
  });
});
