import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Redactor } from '../../../src/core/redact';

/** Not the star, which is what stands in a secret's place. */
const character = fc.constantFrom(...Array.from('abcXYZ01 "\'\\/%&=:@?#ä😀\ud800\n$'));

describe('Redactor', () => {
  for (const [text, clean] of [
    ['Authorization: Digest username="u", response="abc"', 'Authorization: ***'],
    ['{"authorization":"ACS3-HMAC-SHA256 Credential=x,Signature=y"}', '{"authorization":***'],
    ['x-acs-security-token: CAIS+abc/def==', 'x-acs-security-token: ***'],
    ['"accessKeySecret":"abc,def"', '"accessKeySecret":"***"'],
    ['access_key_secret=abc def', 'access_key_secret=*** def'],
    ['"privateKey": "one two three", "x": 1', '"privateKey": "***", "x": 1'],
    ['"password":"with \\"quotes\\" inside","x":1', '"password":"***","x":1'],
    ['password=hunter2;host=db', 'password=***;host=db'],
    ['mysql://root:hunter2@db.test:4000/', 'mysql://root:***@db.test:4000/'],
    ['http://proxy-user:p%40ss@proxy.test', 'http://proxy-user:***@proxy.test'],
    ['https://x.test/?Action=A&Signature=abc%3D&b=1', 'https://x.test/?Action=A&Signature=***&b=1'],
  ] as const) {
    it(`hides what looks like a secret: ${text}`, () => assert.equal(new Redactor().redact(text), clean));
  }

  for (const text of [
    'GET https://cloud.test/v1beta2/tidbs?pageSize=100 200 in 12 ms',
    'DescribeVpcs ap-southeast-1: 3 VPCs',
    'The password for root was refused',
    'mysql://db.test:4000/shop',
  ]) {
    it(`leaves alone: ${text}`, () => assert.equal(new Redactor().redact(text), text));
  }

  it('hides a secret it was told of in every form it may be written', () => {
    const redactor = new Redactor();
    redactor.learn('p&ss "word"/ä');
    for (const form of ['p&ss "word"/ä', 'p%26ss%20%22word%22%2F%C3%A4', 'p&ss \\"word\\"/ä']) {
      assert.equal(redactor.redact(`before ${form} after`), 'before *** after');
    }
  });

  it('does not leave the end of a secret that begins with another one', () => {
    const redactor = new Redactor();
    redactor.learn('root');
    redactor.learn('root-and-more');
    assert.equal(redactor.redact('it is root-and-more'), 'it is ***');
  });

  it('leaves texts too short to be replaced everywhere', () => {
    const redactor = new Redactor();
    redactor.learn('abc');
    assert.equal(redactor.redact('abcdef'), 'abcdef');
  });

  it('never shows a learnt secret and never fails, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: character, minLength: 4, maxLength: 12 }), { minLength: 1, maxLength: 3 }),
        fc.string(),
        (secrets, around) => {
          const redactor = new Redactor();
          secrets.forEach((secret) => redactor.learn(secret));
          for (const secret of secrets) {
            const clean = redactor.redact(`[${secret}]`);
            assert.ok(!clean.includes(secret), clean);
          }
          redactor.redact(around);
        },
      ),
    );
  });

  it('does not fail on half a character', () => {
    const redactor = new Redactor();
    redactor.learn('half \ud800 of it');
    assert.equal(redactor.redact('so: half \ud800 of it'), 'so: ***');
  });
});
