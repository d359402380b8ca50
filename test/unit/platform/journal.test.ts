import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FileJournal } from '../../../src/platform/storage';
import { aCreation } from '../fakes';

describe('the journal in files', () => {
  let folder: string;
  let journal: FileJournal;
  let logged: string[];

  beforeEach(async () => {
    folder = path.join(await mkdtemp(path.join(tmpdir(), 'journal-')), 'creations');
    logged = [];
    const note = (message: string): void => void logged.push(message);
    const log = { debug: note, info: note, warn: note, error: note };
    journal = new FileJournal(folder, log);
  });

  afterEach(() => rm(path.dirname(folder), { recursive: true }));

  it('is empty before the first record', async () => {
    assert.deepEqual(await journal.list(), []);
  });

  it('gives back what was written last, and leaves nothing else behind', async () => {
    await journal.write(aCreation);
    const finished = { ...aCreation, finished: { atMs: 5, outcome: 'active' as const } };
    await journal.write(finished);
    assert.deepEqual(await journal.list(), [finished]);
    assert.deepEqual(await readdir(folder), [`${aCreation.id}.json`]);
  });

  it('lists the others beside records that cannot be read', async () => {
    await journal.write(aCreation);
    await writeFile(path.join(folder, 'half.json'), '{"id": "half');
    await writeFile(path.join(folder, 'other.json'), JSON.stringify({ id: 'other' }));
    await mkdir(path.join(folder, 'folder.json'));
    assert.deepEqual(await journal.list(), [aCreation]);
    assert.equal(logged.length, 3);
    for (const name of ['half.json', 'other.json', 'folder.json']) {
      assert.ok(
        logged.some((line) => line.includes(name)),
        name,
      );
    }
  });
});
