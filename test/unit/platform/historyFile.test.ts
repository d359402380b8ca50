import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { SqlHistoryEntry } from '../../../src/core/ports';
import { HistoryFile } from '../../../src/platform/historyFile';
import { RecordingLog } from '../fakes';

const entry = (id: string): SqlHistoryEntry => ({
  ...{ id, statement: 'SELECT 1', instanceId: '1', endpointId: 'ep', connection: 'c' },
  ...{ atMs: 1, elapsedMs: 2, ended: 'done' },
});

describe('HistoryFile', () => {
  let folder: string;
  let file: string;
  let log: RecordingLog;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'history-'));
    file = path.join(folder, 'new', 'sqlHistory.json');
    log = new RecordingLog();
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is empty before anything was written, and holds what was', async () => {
    const history = new HistoryFile(file, log);
    assert.deepEqual(await history.read(), []);
    await history.change(() => [entry('a'), { ...entry('b'), masked: true }]);
    assert.deepEqual(await new HistoryFile(file, log).read(), [entry('a'), { ...entry('b'), masked: true }]);
  });

  it('takes the changes of several windows one after the other', async () => {
    const windows = Array.from({ length: 4 }, () => new HistoryFile(file, log));
    await Promise.all(
      windows.flatMap((history, window) =>
        Array.from({ length: 5 }, (_, nth) =>
          history.change((entries) => [...entries, entry(`${window}.${nth}`)]),
        ),
      ),
    );
    const ids = (await windows[0]?.read())?.map(({ id }) => id);
    assert.equal(new Set(ids).size, 20);
    assert.deepEqual(await readdir(path.dirname(file)), ['sqlHistory.json']);
    assert.deepEqual(log.errors, []);
  });

  it('is for its owner alone', async () => {
    await new HistoryFile(file, log).change(() => [entry('a')]);
    assert.equal((await stat(file)).mode & 0o077, 0);
  });

  it('leaves out what it does not understand', async () => {
    const history = new HistoryFile(file, log);
    await history.change(() => [entry('a')]);
    const [kept] = JSON.parse(await readFile(file, 'utf8')) as unknown[];
    await writeFile(file, JSON.stringify([kept, { id: 3 }, 'x', null]));
    assert.deepEqual(await history.read(), [entry('a')]);
    await writeFile(file, '{"half');
    assert.deepEqual(await history.read(), []);
    assert.equal(log.errors.length, 1);
    await history.change((entries) => [...entries, entry('b')]);
    assert.deepEqual(await history.read(), [entry('b')]);
  });

  it('lets a change fail alone', async () => {
    const history = new HistoryFile(file, log);
    await assert.rejects(
      history.change(() => {
        throw new Error('no');
      }),
    );
    await history.change(() => [entry('a')]);
    assert.deepEqual(await history.read(), [entry('a')]);
  });
});
