import assert from 'node:assert/strict';
import type { PrivateEndpoint } from '../../../../src/core/health';
import { settleMs } from '../../../../src/core/settling';
import { HealthBook, type SettledChange } from '../../../../src/services/health/book';
import { HealthHistory } from '../../../../src/services/health/history';
import { aConnection, anEndpoint, FakeState, RecordingLog } from '../../fakes';

const endpoint = (state: 'ACTIVE' | 'FAILED', endpointId = anEndpoint.id): PrivateEndpoint => ({
  instanceId: '1001',
  endpointId,
  connection: { ...aConnection, state, serviceState: 'ACTIVE' },
});

describe('the book of health', () => {
  let state: FakeState;
  let log: RecordingLog;
  let history: HealthHistory;
  let book: HealthBook;
  let changes: SettledChange[];

  beforeEach(() => {
    state = new FakeState();
    log = new RecordingLog();
    history = new HealthHistory(state, 'history', log);
    book = new HealthBook(history, log);
    changes = [];
    book.onDidSettle((change) => changes.push(change));
  });

  it('tells of a change once, and keeps it in the history', async () => {
    book.note({ endpoint: endpoint('ACTIVE') }, 0);
    book.note({ endpoint: endpoint('FAILED') }, 1000);
    assert.equal(book.isUnsettled, true);
    assert.equal(book.of(endpoint('FAILED'))?.verdict.word, 'Active');
    for (const later of [0, 1, 2]) {
      book.note({ endpoint: endpoint('FAILED') }, 1000 + settleMs + later);
    }
    assert.deepEqual(
      changes.map(({ ref, to, atMs }) => [ref.endpointId, to.word, atMs]),
      [[anEndpoint.id, 'Failed', 1000]],
    );
    assert.equal(book.isUnsettled, false);
    assert.deepEqual(
      history.of(endpoint('FAILED')).map(({ word, isFirst }) => [word, isFirst]),
      [
        ['Failed', undefined],
        ['Active', true],
      ],
    );
    const again = new HealthHistory(state, 'history', log);
    await Promise.resolve();
    assert.equal(again.recent()[0]?.endpointId, anEndpoint.id);
  });

  it('keeps what was measured until something else is, and a bounded number of samples', () => {
    for (let at = 0; at < 300; at += 1) {
      book.note({ endpoint: endpoint('ACTIVE'), reach: { kind: 'reached', latencyMs: at } }, at);
    }
    book.note({ endpoint: endpoint('ACTIVE') }, 300);
    const record = book.of(endpoint('ACTIVE'));
    assert.deepEqual(record?.reach, { kind: 'reached', latencyMs: 299 });
    assert.deepEqual([record.samples.length, record.samples.at(-1)?.latencyMs], [120, 299]);
  });

  it('shows a look without an answer as a gap, and one from the wrong place not at all', () => {
    book.note({ endpoint: endpoint('ACTIVE'), reach: { kind: 'broken', reason: 'refused' } }, 0);
    book.note({ endpoint: endpoint('ACTIVE'), reach: { kind: 'notFromHere', reason: 'unknown' } }, 1);
    assert.deepEqual(book.of(endpoint('ACTIVE'))?.samples, [{ atMs: 0, latencyMs: undefined }]);
    book.forgetReach();
    assert.equal(book.of(endpoint('ACTIVE'))?.reach, undefined);
  });
});

describe('the history of health', () => {
  it('is bounded, newest first, and copes with what is no history', () => {
    const state = new FakeState();
    state.kept.set('history', { a: 'nonsense' });
    const history = new HealthHistory(state, 'history', new RecordingLog());
    for (let at = 0; at < 80; at += 1) {
      const word = at % 2 === 0 ? 'Failed' : 'Locked';
      const change = { atMs: at, level: 'failed' as const, word, explanation: '' };
      history.add({ instanceId: '1', endpointId: 'ep-1' }, change);
    }
    const kept = history.of({ instanceId: '1', endpointId: 'ep-1' });
    assert.deepEqual([kept.length, kept[0]?.atMs], [50, 79]);
    assert.deepEqual(history.of({ instanceId: '1', endpointId: 'ep-2' }), []);
  });
});
