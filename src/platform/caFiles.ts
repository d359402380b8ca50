import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import type { CaFiles } from '../core/ports';

/** In the person's home: programs that use them outlive a window, an extension's own storage may not be theirs to read. */
const folder = (): string => path.join(homedir(), '.tidb-private-endpoint');

export const caFiles: CaFiles = {
  write: async (instanceId, pem) => {
    const file = path.join(folder(), `ca-${instanceId.replace(/[^\w-]/g, '_')}.pem`);
    const before = await readFile(file, 'utf8').catch(() => undefined);
    if (before !== pem) {
      await mkdir(folder(), { recursive: true });
      // A program that reads it meanwhile gets one of the two, whole.
      const draft = `${file}.${process.pid}.new`;
      await writeFile(draft, pem, { mode: 0o644 });
      await rename(draft, file);
    }
    return file;
  },
};
