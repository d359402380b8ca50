import assert from 'node:assert/strict';
import fc from 'fast-check';
import { prettyJson } from '../../../src/core/prettyJson';

describe('JSON laid out', () => {
  it('means the same, as JSON.stringify lays it out', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        assert.equal(prettyJson(text), JSON.stringify(JSON.parse(text), undefined, 2));
      }),
    );
  });

  it('keeps every number and every escape as it is written', () => {
    assert.equal(
      prettyJson('{"a":9007199254740993,"b":[1.0,1e2],"c":"\\u00e9\\"{,}"}'),
      '{\n  "a": 9007199254740993,\n  "b": [\n    1.0,\n    1e2\n  ],\n  "c": "\\u00e9\\"{,}"\n}',
    );
  });

  it('is undefined for what is no JSON', () => {
    assert.equal(prettyJson('{a:1}'), undefined);
    assert.equal(prettyJson(''), undefined);
  });
});
