import assert from 'node:assert/strict';
import { counted, grouped } from '../../../src/core/counted';

describe('counts in words', () => {
  it('group digits by three', () => {
    assert.deepEqual([0, 7, 999, 1000, 12_345, 1_234_567].map(grouped), [
      '0',
      '7',
      '999',
      '1,000',
      '12,345',
      '1,234,567',
    ]);
  });

  it('say one of one only', () => {
    assert.deepEqual(
      [counted(0, 'row'), counted(1, 'row'), counted(2, 'row'), counted(2, 'entry', 'entries')],
      ['0 rows', '1 row', '2 rows', '2 entries'],
    );
  });
});
