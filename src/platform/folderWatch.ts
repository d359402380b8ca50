import { watch, type FSWatcher } from 'node:fs';
import { mkdir, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { Emitter, type Disposable } from '../core/emitter';
import type { Log } from '../core/ports';

/** Where the system tells of no changes, for example on some network drives. */
const pollMs = 2_000;

/** Tells the names of files that were written in a folder, by whichever process. Watches only while somebody listens. */
export class FolderWatch {
  private readonly changed: Emitter<string>;
  private listeners = 0;
  private end: (() => void) | undefined;

  constructor(
    private readonly folder: string,
    private readonly log: Log,
  ) {
    this.changed = new Emitter((error) => log.error('A listener of the journal failed', error));
  }

  onDidChange(listener: (name: string) => void): Disposable {
    const subscription = this.changed.event(listener);
    if (this.listeners++ === 0) {
      this.begin();
    }
    let isOver = false;
    return {
      dispose: () => {
        subscription.dispose();
        if (!isOver && --this.listeners === 0) {
          this.end?.();
          this.end = undefined;
        }
        isOver = true;
      },
    };
  }

  private begin(): void {
    let ended = false;
    let stop = (): void => undefined;
    this.end = () => {
      ended = true;
      stop();
    };
    const poll = (error: unknown): void => {
      stop();
      if (!ended) {
        this.log.warn(
          `The system does not tell of changes in the journal (${String(error)}); looking instead`,
        );
        stop = this.poll();
      }
    };
    mkdir(this.folder, { recursive: true })
      .then(() => {
        if (!ended) {
          const watcher = this.watch(poll);
          stop = () => watcher.close();
        }
      }, poll)
      .catch(poll);
  }

  private watch(onError: (error: unknown) => void): FSWatcher {
    const watcher = watch(this.folder, { persistent: false }, (_, name) => {
      if (name !== null) {
        this.changed.fire(name);
      }
    });
    return watcher.on('error', onError);
  }

  private poll(): () => void {
    const seen = new Map<string, number>();
    const look = async (): Promise<void> => {
      for (const name of await readdir(this.folder)) {
        const { mtimeMs } = await stat(path.join(this.folder, name));
        if (seen.get(name) !== mtimeMs) {
          seen.set(name, mtimeMs);
          this.changed.fire(name);
        }
      }
    };
    const timer = setInterval(() => {
      // A file that went meanwhile is no change to tell of.
      look().catch((error: unknown) => this.log.debug(`Look into the journal: ${String(error)}`));
    }, pollMs).unref();
    return () => clearInterval(timer);
  }
}
