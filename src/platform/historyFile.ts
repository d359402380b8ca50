import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import type { Log, SqlHistoryEntry, SqlHistoryStore } from '../core/ports';

const text = v.string();
const entrySchema = v.object({
  ...{ id: text, statement: text, instanceId: text, endpointId: text, connection: text },
  atMs: v.number(),
  elapsedMs: v.number(),
  ended: v.picklist(['done', 'failed', 'cancelled']),
  masked: v.optional(v.literal(true)),
});

const lockTimes = { stale: 5_000, update: 2_000 } as const;
const tryAgainMs = 25;
const giveUpMs = 10_000;

/** The history as one file, which windows change one after the other. */
export class HistoryFile implements SqlHistoryStore {
  private changing: Promise<void> = Promise.resolve();

  constructor(
    private readonly file: string,
    private readonly log: Log,
  ) {}

  async read(): Promise<readonly SqlHistoryEntry[]> {
    let content: string;
    try {
      content = await readFile(this.file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
        return [];
      }
      throw error;
    }
    return this.parse(content);
  }

  change(change: (entries: readonly SqlHistoryEntry[]) => readonly SqlHistoryEntry[]): Promise<void> {
    const changed = this.changing.then(() => this.locked(async () => this.write(change(await this.read()))));
    this.changing = changed.catch(() => undefined);
    return changed;
  }

  /** What is not an entry, for example of a later version, is left out. */
  private parse(content: string): readonly SqlHistoryEntry[] {
    let parsed: unknown;
    try {
      parsed = JSON.parse(content);
    } catch (error) {
      this.log.error(`The SQL history ${this.file} cannot be read; it begins anew`, error);
      return [];
    }
    const entries: readonly unknown[] = Array.isArray(parsed) ? parsed : [];
    return entries.flatMap((entry): readonly SqlHistoryEntry[] => {
      const { success, output } = v.safeParse(entrySchema, entry);
      if (!success) {
        return [];
      }
      const { masked, ...rest } = output;
      return [{ ...rest, ...(masked && { masked }) }];
    });
  }

  /** Written beside and renamed: a crash leaves the old history or the new one. */
  private async write(entries: readonly SqlHistoryEntry[]): Promise<void> {
    const beside = `${this.file}.${process.pid}.tmp`;
    await writeFile(beside, JSON.stringify(entries), { mode: 0o600 });
    await rename(beside, this.file);
  }

  private async locked(work: () => Promise<void>): Promise<void> {
    await mkdir(path.dirname(this.file), { recursive: true });
    const release = await this.lock();
    try {
      await work();
    } finally {
      await release().catch((error: unknown) => this.log.error('Unlock the SQL history: failed', error));
    }
  }

  private async lock(): Promise<() => Promise<void>> {
    const { lock } = await import('proper-lockfile');
    const end = Date.now() + giveUpMs;
    for (;;) {
      try {
        return await lock(this.file, {
          ...lockTimes,
          realpath: false,
          onCompromised: (error) => this.log.error('The lock of the SQL history was lost', error),
        });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ELOCKED' || Date.now() >= end) {
          throw error;
        }
        await new Promise((resolve) => setTimeout(resolve, tryAgainMs));
      }
    }
  }
}
