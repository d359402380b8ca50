import assert from 'node:assert/strict';
import { writtenAt } from '../../../../src/core/completion/written';
import { statementsOf } from '../../../../src/core/statements';

/** What is written at the bar, up to it. */
function at(marked: string): string {
  const offset = marked.indexOf('|');
  const text = marked.replace('|', '');
  const { text: written, start } = writtenAt(text, [...statementsOf(text)], offset);
  assert.equal(text.slice(start, start + written.length), written);
  return written;
}

describe('The statement that is being written', () => {
  it('is the one that the place is in', () => {
    assert.equal(at('SELECT 1; SELECT | 2 ; SELECT 3'), 'SELECT  2');
  });

  it('goes on behind its last sign, also on other lines', () => {
    assert.equal(at('SELECT 1;\nSELECT *\nFROM t\n  |\n'), 'SELECT *\nFROM t\n  ');
    assert.equal(at('SELECT * FROM |;'), 'SELECT * FROM ');
    assert.equal(at('SELECT * FROM -- which?\n|'), 'SELECT * FROM -- which?\n');
  });

  it('is a new one behind the delimiter', () => {
    assert.equal(at('SELECT 1; |'), ' ');
    assert.equal(at('SELECT 1\\G |\nSELECT 2'), ' ');
    assert.equal(at('SELECT 1; -- note |\nSELECT 2'), ' -- note ');
    assert.equal(at('DELIMITER //\nSELECT 1; //  |'), '  ');
    assert.equal(at('-- |'), '-- ');
    assert.equal(at('|'), '');
  });
});
