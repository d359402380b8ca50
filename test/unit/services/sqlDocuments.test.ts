import assert from 'node:assert/strict';
import { SqlDocuments } from '../../../src/services/sqlDocuments';
import { FakeState, RecordingLog } from '../fakes';

const one = { instanceId: '1', endpointId: 'ep-1' };
const two = { instanceId: '2', endpointId: 'ep-2' };

describe('SqlDocuments', () => {
  let state: FakeState;
  let log: RecordingLog;
  const open = (): SqlDocuments => new SqlDocuments({ state, key: 'documents', log });

  beforeEach(() => {
    state = new FakeState();
    log = new RecordingLog();
  });

  it('knows which document runs where', () => {
    const documents = open();
    const changes: (readonly string[])[] = [];
    documents.onDidChange((uris) => changes.push(uris));
    documents.bind('a', one);
    documents.bind('b', two);
    assert.deepEqual(documents.endpointOf('a'), one);
    documents.unbind('a');
    documents.unbind('a');
    assert.equal(documents.endpointOf('a'), undefined);
    assert.deepEqual(changes, [['a'], ['a', 'b'], ['b']]);
  });

  it('knows it in the next window as well, and keeps nothing but URIs and ids', () => {
    open().bind('file:///a.sql', { ...one, connection: { password: 'x' } } as typeof one);
    assert.deepEqual(JSON.parse(JSON.stringify(state.kept.get('documents'))), [
      ['file:///a.sql', '1', 'ep-1'],
    ]);
    assert.deepEqual(open().endpointOf('file:///a.sql'), one);
  });

  it('takes nothing from a state that it did not write', () => {
    for (const kept of ['x', [1], [['a', 'b']], [['a', 'b', 3]], { a: 1 }]) {
      state.kept.set('documents', kept);
      assert.deepEqual(open().uris, []);
    }
  });

  it('follows files and folders that are renamed, with their session', () => {
    const documents = open();
    documents.bind('file:///w/a.sql', one);
    documents.bind('file:///w/sub/b.sql', two);
    documents.bind('file:///w/subway.sql', one);
    const slot = documents.slotOf('file:///w/a.sql');
    documents.rename('file:///w/a.sql', 'file:///w/c.sql');
    documents.rename('file:///w/sub', 'file:///w/other');
    assert.deepEqual(documents.endpointOf('file:///w/c.sql'), one);
    assert.equal(documents.slotOf('file:///w/c.sql'), slot);
    assert.equal(documents.endpointOf('file:///w/a.sql'), undefined);
    assert.deepEqual(documents.endpointOf('file:///w/other/b.sql'), two);
    assert.deepEqual(documents.endpointOf('file:///w/subway.sql'), one);
  });

  it('gives a new document of the same name a session of its own', () => {
    const documents = open();
    documents.bind('untitled:a.sql', one);
    documents.rename('untitled:a.sql', 'file:///a.sql');
    const next = documents.slotOf('untitled:a.sql');
    documents.bind('untitled:a.sql', two);
    assert.equal(documents.slotOf('untitled:a.sql'), next);
    assert.notEqual(documents.slotOf('untitled:a.sql'), documents.slotOf('file:///a.sql'));
  });

  it('forgets new documents that the editor did not bring back, and no files', () => {
    const documents = open();
    documents.bind('untitled:a.sql', one);
    documents.bind('untitled:b.sql', one);
    documents.bind('file:///a.sql', one);
    documents.forgetUntitled((uri) => uri === 'untitled:b.sql');
    assert.deepEqual(documents.uris, ['untitled:b.sql', 'file:///a.sql']);
  });

  it('keeps the last 200', () => {
    const documents = open();
    for (let i = 0; i < 201; i += 1) {
      documents.bind(`file:///${i}.sql`, one);
      documents.bind('file:///0.sql', one);
    }
    assert.equal(documents.uris.length, 200);
    assert.deepEqual(documents.endpointOf('file:///0.sql'), one);
    assert.equal(documents.endpointOf('file:///1.sql'), undefined);
  });

  it('goes on when the state cannot be written', async () => {
    state.set = () => Promise.reject(new Error('full'));
    const documents = open();
    documents.bind('a', one);
    await new Promise(setImmediate);
    assert.deepEqual(documents.endpointOf('a'), one);
    assert.equal(log.errors.length, 1);
  });
});
