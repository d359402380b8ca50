import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const cleanups = new Set<() => void>();
let watching = false;

/**
 * Has `cleanup` called when this process ends: by itself, by process.exit, or by SIGINT, SIGTERM or SIGHUP. Last come,
 * first called. Returns what takes it back.
 */
export function atOwnEnd(cleanup: () => void): () => void {
  watch();
  cleanups.add(cleanup);
  return () => {
    cleanups.delete(cleanup);
  };
}

/** A folder under the system's temporary one that is gone after remove() or with this process, whichever is first. */
export async function temporaryFolder(
  name: string,
): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), `${name}-`));
  // What was using it may need a moment to be gone.
  const how = { recursive: true, force: true, maxRetries: 5, retryDelay: 50 };
  const takeBack = atOwnEnd(() => {
    rmSync(path, how);
  });
  return {
    path,
    remove: async () => {
      await rm(path, how);
      takeBack();
    },
  };
}

function watch(): void {
  if (watching) {
    return;
  }
  watching = true;
  process.on('exit', cleanUp);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    const onSignal = (): void => {
      if (process.listenerCount(signal) > 1) {
        // Someone else decides how this process ends; 'exit' then does the rest.
        return;
      }
      cleanUp();
      process.removeListener(signal, onSignal);
      process.kill(process.pid, signal);
    };
    // First in line: a listener that goes after its first call would not be counted any more.
    process.prependListener(signal, onSignal);
  }
}

function cleanUp(): void {
  for (const cleanup of [...cleanups].reverse()) {
    cleanup();
  }
  cleanups.clear();
}
