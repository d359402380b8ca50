import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A file that nobody else can read and that is gone when it is closed or the process ends: on systems that allow it, it
 * has no name from the start.
 */
export class SpillFile {
  private constructor(
    private readonly file: FileHandle,
    private readonly folder: string,
  ) {}

  static async create(): Promise<SpillFile> {
    // The folder is made with mode 0700.
    const folder = await mkdtemp(join(tmpdir(), 'tidb-private-endpoint-'));
    try {
      const file = await open(join(folder, 'rows'), 'wx+', 0o600);
      if (process.platform !== 'win32') {
        await rm(folder, { recursive: true });
      }
      return new SpillFile(file, folder);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  async write(bytes: Buffer, position: number): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      const { bytesWritten } = await this.file.write(bytes, done, bytes.length - done, position + done);
      done += bytesWritten;
    }
  }

  async read(length: number, position: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafe(length);
    for (let done = 0; done < length;) {
      const { bytesRead } = await this.file.read(bytes, done, length - done, position + done);
      if (bytesRead === 0) {
        throw new Error('the file with the rows is shorter than it was written');
      }
      done += bytesRead;
    }
    return bytes;
  }

  async close(): Promise<void> {
    await this.file.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
