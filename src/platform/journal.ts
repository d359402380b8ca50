import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Disposable } from '../core/emitter';
import { cancellation } from '../core/errors';
import type { CreationJournal, JournalRecord, Lease, Log } from '../core/ports';
import { FolderWatch } from './folderWatch';
import { readRecord, writeRecord } from './journalRecord';

/** A window that died loses its leases after so long. */
const leaseMs = 10_000;
const ending = '.json';

/** One file for each creation in global storage, so that every window sees the same ones. */
export class FileJournal implements CreationJournal {
  private readonly watch: FolderWatch;
  /** What this window wrote last into each file, and before that: the system may tell of it late. */
  private readonly own = new Map<string, readonly (string | undefined)[]>();
  private readonly held = new Map<string, HeldLease>();

  /** @param staleMs how long a lease outlives the window that held it; at least 2,000 */
  constructor(
    private readonly folder: string,
    private readonly log: Log,
    private readonly staleMs = leaseMs,
  ) {
    this.watch = new FolderWatch(folder, log);
  }

  async list(): Promise<readonly JournalRecord[]> {
    let names: string[];
    try {
      names = await readdir(this.folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
        return [];
      }
      throw error;
    }
    const records = await Promise.all(
      names.filter((name) => name.endsWith(ending)).map((name) => this.read(name)),
    );
    return records.filter((record) => record !== undefined);
  }

  /**
   * Written beside and renamed, so that a crash leaves the old record or the new one, never half of one. With a lease
   * that was lost nothing is written: it throws the lease's reason.
   */
  async write(record: JournalRecord): Promise<void> {
    const { id } = record.creation;
    await this.held.get(id)?.confirm();
    await mkdir(this.folder, { recursive: true });
    const name = `${fileNameOf(id)}${ending}`;
    const content = writeRecord(record);
    const beside = path.join(this.folder, `${name}.${process.pid}.tmp`);
    await writeFile(beside, content, { mode: 0o600, flush: true });
    this.own.set(name, [this.own.get(name)?.[1], content]);
    await renameOver(beside, path.join(this.folder, name));
  }

  /** With a lease that was lost nothing is removed: it throws the lease's reason. */
  async forget(creationId: string): Promise<void> {
    await this.held.get(creationId)?.confirm();
    const name = `${fileNameOf(creationId)}${ending}`;
    await rm(path.join(this.folder, name), { force: true });
    this.own.delete(name);
  }

  onDidChange(listener: (creationId: string) => void): Disposable {
    const told = new Map<string, string>();
    const tellIfNew = async (name: string): Promise<void> => {
      const content = await this.contentOf(name);
      if (
        content === undefined ||
        this.own.get(name)?.includes(content) === true ||
        content === told.get(name)
      ) {
        return;
      }
      told.set(name, content);
      const record = readRecord(content);
      if (record !== undefined) {
        listener(record.creation.id);
      }
    };
    return this.watch.onDidChange((name) => {
      if (name.endsWith(ending)) {
        tellIfNew(name).catch((error: unknown) => this.log.error(`A listener of ${name} failed`, error));
      }
    });
  }

  async lease(creationId: string): Promise<Lease | undefined> {
    await mkdir(this.folder, { recursive: true });
    const file = path.join(this.folder, fileNameOf(creationId));
    const lost = new AbortController();
    const lose = (): void => lost.abort(cancellation());
    const { lock } = await import('proper-lockfile');
    let unlock: () => Promise<void>;
    try {
      unlock = await lock(file, {
        stale: this.staleMs,
        update: this.staleMs / 4,
        realpath: false,
        onCompromised: lose,
      });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ELOCKED') {
        return undefined;
      }
      throw error;
    }
    const lease = new HeldLease(`${file}.owner`, lost, unlock, () => {
      if (this.held.get(creationId) === lease) {
        this.held.delete(creationId);
      }
    });
    this.held.set(creationId, lease);
    try {
      await lease.claim();
    } catch (error) {
      await lease.release().catch((again: unknown) => this.log.error('Give a lease back: failed', again));
      throw error;
    }
    return lease;
  }

  private async read(name: string): Promise<JournalRecord | undefined> {
    const content = await this.contentOf(name);
    if (content === undefined) {
      return undefined;
    }
    const record = readRecord(content);
    if (record === undefined) {
      this.log.warn(`The creation record ${name} cannot be read and is left alone.`);
    }
    return record;
  }

  private async contentOf(name: string): Promise<string | undefined> {
    try {
      return await readFile(path.join(this.folder, name), 'utf8');
    } catch (error) {
      // One that was forgotten meanwhile is no trouble.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
        this.log.error(`The creation record ${name} cannot be read`, error);
      }
      return undefined;
    }
  }
}

/**
 * Two windows that find the lease of a dead one at the same moment may both take it, and the one that was first learns of
 * it only when it next touches the lock. So each signs a file beside, and the last signature counts.
 */
class HeldLease implements Lease {
  private readonly signature = `${process.pid} ${crypto.randomUUID()}`;
  readonly lost: AbortSignal;

  constructor(
    private readonly file: string,
    private readonly loss: AbortController,
    private readonly unlock: () => Promise<void>,
    private readonly ended: () => void,
  ) {
    this.lost = loss.signal;
  }

  claim(): Promise<void> {
    return writeFile(this.file, this.signature, { mode: 0o600 });
  }

  /** @throws the reason of `lost` */
  async confirm(): Promise<void> {
    if (!this.lost.aborted && (await this.signedBy()) !== this.signature) {
      this.loss.abort(cancellation());
    }
    this.lost.throwIfAborted();
  }

  async release(): Promise<void> {
    this.ended();
    if (this.lost.aborted) {
      return;
    }
    try {
      if ((await this.signedBy()) === this.signature) {
        await rm(this.file, { force: true });
      }
    } finally {
      await this.unlock();
    }
  }

  private async signedBy(): Promise<string | undefined> {
    try {
      return await readFile(this.file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
        return undefined;
      }
      throw error;
    }
  }
}

/** Ids are the extension's own, but a record's file decides where is written. */
const fileNameOf = (id: string): string => encodeURIComponent(id);

const renameAgainMs = [20, 50, 100, 200];

/** On Windows a file cannot be replaced in the moment in which another window reads it. */
async function renameOver(from: string, to: string): Promise<void> {
  for (const waitMs of renameAgainMs) {
    try {
      await rename(from, to);
      return;
    } catch (error) {
      if (!['EPERM', 'EBUSY', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) {
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
  await rename(from, to);
}
