import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import fc from 'fast-check';
import * as v from 'valibot';
import { fromResultsSchema } from '../../../src/protocol/results';
import { limits } from '../../../src/protocol/resultsLimits';

const accepted = (message: unknown): boolean => v.safeParse(fromResultsSchema, message).success;

const rows = { type: 'rows', requestId: 1, tab: 't', view: 0, from: 0, to: limits.rowsAtOnce };
const arrange = { type: 'arrange', requestId: 1, tab: 't', filter: '' };
const copy = { type: 'copy', tab: 't', view: 3, format: 'csv', headers: true };
const selection = { rows: { from: 0, to: 1 }, columns: { from: 2, to: 4 } };
const place = { tab: 't', view: 0, row: 0, column: 0 };

describe('messages of the results page', () => {
  for (const message of [
    { type: 'ready' },
    { type: 'cancel' },
    { type: 'show', tab: 't' },
    { type: 'export', tab: 't' },
    { type: 'act', tab: 't', action: 'retry' },
    { type: 'copyStatement', tab: 't' },
    { type: 'copyPlan', tab: 't' },
    { type: 'copyValue', ...place },
    { type: 'openValue', ...place, pretty: true },
    { type: 'whole', requestId: 7, ...place },
    rows,
    arrange,
    { ...arrange, sort: { column: 3, descending: true }, filter: 'x'.repeat(limits.filter) },
    copy,
    { ...copy, selection },
  ]) {
    it(`are taken: ${JSON.stringify(message).slice(0, 80)}`, () => assert.equal(accepted(message), true));
  }

  for (const message of [
    undefined,
    'ready',
    {},
    { type: 'ready', more: 1 },
    { type: 'run', statement: 'DROP TABLE t' },
    { type: 'show', tab: '' },
    { type: 'show', tab: 'x'.repeat(300) },
    { ...rows, to: limits.rowsAtOnce + 1 },
    { ...rows, from: 5, to: 4 },
    { ...rows, from: -1 },
    { ...rows, from: 0.5 },
    { ...rows, to: NaN },
    { ...rows, to: Infinity },
    { ...rows, requestId: 0 },
    { ...rows, tab: 1 },
    { ...arrange, filter: 'x'.repeat(limits.filter + 1) },
    { ...arrange, sort: { column: -1, descending: false } },
    { ...arrange, sort: { column: 0, descending: 'yes' } },
    { ...copy, format: 'xml' },
    { ...copy, selection: { ...selection, rows: { from: 3, to: 3 } } },
    { ...copy, selection: { rows: selection.rows } },
    { type: 'act', tab: 't', action: 'x'.repeat(65) },
  ]) {
    it(`are refused: ${inspect(message, { breakLength: Infinity }).slice(0, 80)}`, () =>
      assert.equal(accepted(message), false));
  }

  it('never make the reader fail, whatever they are', () => {
    fc.assert(
      fc.property(fc.anything(), (message) => {
        accepted(message);
      }),
    );
  });
});
