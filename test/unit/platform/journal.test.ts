import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { JournalRecord } from '../../../src/core/ports';
import { FileJournal } from '../../../src/platform/journal';
import { aConnection, aCreation, anEndpoint, aService, aZone, without } from '../fakes';

const aRecord: JournalRecord = { creation: aCreation };
const staleMs = 2_000;

describe('the journal in files', () => {
  let folder: string;
  let journal: FileJournal;
  let logged: string[];

  const aJournal = (): FileJournal => {
    const note = (message: string): void => void logged.push(message);
    return new FileJournal(folder, { debug: note, info: note, warn: note, error: note }, staleMs);
  };

  beforeEach(async () => {
    folder = path.join(await mkdtemp(path.join(tmpdir(), 'journal-')), 'creations');
    logged = [];
    journal = aJournal();
  });

  afterEach(() => rm(path.dirname(folder), { recursive: true }));

  it('is empty before the first record', async () => {
    assert.deepEqual(await journal.list(), []);
  });

  it('gives back what was written last, and leaves nothing else behind', async () => {
    await journal.write(aRecord);
    const finished: JournalRecord = {
      creation: {
        ...aCreation,
        ...{ endpointSentAtMs: 1, connectionSentAtMs: 2, recreate: 'pec-1' },
        removal: { connection: true, endpoint: false },
        finished: { atMs: 5, outcome: 'removed' },
      },
      shown: {
        seen: { atMs: 4, service: aService, endpoint: anEndpoint, connection: aConnection, zones: [aZone] },
        decision: { kind: 'blocked', reason: 'connectionFailed', message: 'why' },
        error: { code: 'quota', details: { source: 'Alibaba Cloud', reason: 'too many' } },
      },
    };
    await journal.write(finished);
    assert.deepEqual(await journal.list(), [finished]);
    assert.deepEqual(await readdir(folder), [`${aCreation.id}.json`]);
  });

  it('lists the others beside records that cannot be read', async () => {
    await journal.write(aRecord);
    await writeFile(path.join(folder, 'half.json'), '{"id": "half');
    await writeFile(path.join(folder, 'other.json'), JSON.stringify({ id: 'other' }));
    await mkdir(path.join(folder, 'folder.json'));
    assert.deepEqual(await journal.list(), [aRecord]);
    assert.equal(logged.length, 3);
    for (const name of ['half.json', 'other.json', 'folder.json']) {
      assert.ok(
        logged.some((line) => line.includes(name)),
        name,
      );
    }
  });

  it('keeps what the clouds leave empty', async () => {
    const creation = { ...aCreation, accountId: '42', recreate: '', endpointDomain: '' };
    await journal.write({ creation });
    assert.deepEqual(await journal.list(), [{ creation }]);
  });

  it('forgets a record, also one that is not there, without a word in the other windows', async () => {
    await journal.write(aRecord);
    await journal.write({ creation: { ...aCreation, id: 'c2' } });
    const other = aJournal();
    const seen = new Promise<void>((resolve) => {
      const subscription = other.onDidChange((id) => {
        if (id === 'c3') {
          subscription.dispose();
          resolve();
        }
      });
    });
    await journal.forget('c1');
    await journal.forget('c1');
    const writing = setInterval(() => {
      void journal.write({ creation: { ...aCreation, id: 'c3', startedAtMs: Date.now() } });
    }, 20);
    await seen;
    clearInterval(writing);
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name === 'c1.json' || name === 'c2.json'),
      ['c2.json'],
    );
    assert.deepEqual(logged, []);
  });

  describe('written by an older version', () => {
    const old = { ...aCreation, endpointId: anEndpoint.id, registeredAtMs: 7 };
    const read = async (content: object): Promise<JournalRecord | undefined> => {
      await mkdir(folder, { recursive: true });
      await writeFile(path.join(folder, 'c1.json'), JSON.stringify(content));
      return (await journal.list())[0];
    };

    it('is read; what it may have made is its own', async () => {
      assert.deepEqual(await read(old), {
        creation: { ...old, endpointSentAtMs: aCreation.startedAtMs, connectionSentAtMs: 7 },
      });
    });

    it('made nothing that the person made', async () => {
      const byHand = { ...without(old, 'spec'), acceptance: 'console' as const };
      assert.deepEqual(await read(byHand), { creation: byHand });
    });
  });

  it('leaves out what a newer version shows and this one does not know', async () => {
    await mkdir(folder, { recursive: true });
    const newer = { creation: aCreation, shown: { decision: { kind: 'dance' } } };
    await writeFile(path.join(folder, 'c1.json'), JSON.stringify(newer));
    assert.deepEqual(await journal.list(), [aRecord]);
  });

  describe('tells', () => {
    /** Resolves with the id that is told next. */
    const told = (from: FileJournal): Promise<string> =>
      new Promise((resolve) => {
        const subscription = from.onDidChange((id) => {
          subscription.dispose();
          resolve(id);
        });
      });

    it('what another window wrote', async () => {
      await journal.write(aRecord);
      const other = aJournal();
      const ids = told(journal);
      // The watch begins a moment later.
      const writing = setInterval(() => {
        void other.write({ creation: { ...aCreation, startedAtMs: Date.now() } });
      }, 20);
      assert.equal(await ids, 'c1');
      clearInterval(writing);
    });

    it('not what this window wrote', async () => {
      const ids: string[] = [];
      const other = aJournal();
      const writing = setInterval(() => {
        void journal.write({ creation: { ...aCreation, startedAtMs: Date.now() } });
        void other.write({ creation: { ...aCreation, id: 'c2', startedAtMs: Date.now() } });
      }, 20);
      await new Promise<void>((resolve) => {
        const subscription = journal.onDidChange((id) => {
          if (ids.push(id) === 3) {
            subscription.dispose();
            resolve();
          }
        });
      });
      clearInterval(writing);
      assert.deepEqual(new Set(ids), new Set(['c2']));
    });
  });

  describe('a lease', () => {
    it('is held by one window at a time, each record its own', async () => {
      const other = aJournal();
      const lease = await journal.lease('c1');
      assert.ok(lease);
      assert.equal(await other.lease('c1'), undefined);
      assert.equal(await journal.lease('c1'), undefined);
      const second = await other.lease('c2');
      assert.ok(second);
      await lease.release();
      const taken = await other.lease('c1');
      assert.ok(taken);
      await Promise.all([taken.release(), second.release()]);
      assert.deepEqual(await readdir(folder), []);
    });

    it('that cannot be signed is given back', async () => {
      await mkdir(path.join(folder, 'c1.owner'), { recursive: true });
      await assert.rejects(journal.lease('c1'), { code: 'EISDIR' });
      await rm(path.join(folder, 'c1.owner'), { recursive: true });
      const lease = await journal.lease('c1');
      assert.ok(lease);
      await lease.release();
    });

    it('is taken by exactly one of many that ask at once', async () => {
      const leases = await Promise.all(Array.from({ length: 20 }, () => aJournal().lease('c1')));
      const held = leases.filter((lease) => lease !== undefined);
      assert.equal(held.length, 1);
      await held[0]?.release();
    });

    it('of a process that was killed is free within seconds', async () => {
      const child = fork(path.join(__dirname, 'leaseHolder.ts'), [folder, String(staleMs)], {
        execArgv: ['--import', 'tsx'],
      });
      await once(child, 'message');
      assert.equal(await journal.lease('c1'), undefined);
      child.kill('SIGKILL');
      await once(child, 'exit');
      assert.equal(await journal.lease('c1'), undefined, 'not before it has run out');
      const startedAt = Date.now();
      let lease = await journal.lease('c1');
      while (lease === undefined && Date.now() - startedAt < 2 * staleMs) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        lease = await journal.lease('c1');
      }
      assert.ok(lease);
      await lease.release();
    });

    it('that another window took is lost: nothing is written with it, and releasing it leaves the other’s', async () => {
      const lease = await journal.lease('c1');
      assert.ok(lease);
      // As after a sleep of the machine.
      const longAgo = new Date(Date.now() - 60_000);
      await utimes(path.join(folder, 'c1.lock'), longAgo, longAgo);
      const other = aJournal();
      const taken = await other.lease('c1');
      assert.ok(taken);
      await assert.rejects(journal.write(aRecord), { name: 'AbortError' });
      assert.equal(lease.lost.aborted, true);
      await lease.release();
      assert.equal(taken.lost.aborted, false);
      await other.write(aRecord);
      assert.equal(await aJournal().lease('c1'), undefined);
      await taken.release();
    });
  });

  it('keeps its files in its folder, whatever the id', async () => {
    await journal.write({ creation: { ...aCreation, id: '../outside' } });
    assert.deepEqual(await readdir(path.dirname(folder)), ['creations']);
  });
});
