import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { AppError } from '../../core/errors';

/** A file that appears under its name when it is whole, and not at all otherwise. */
export class ExportFile {
  private constructor(
    private readonly file: FileHandle,
    private readonly partial: string,
    private readonly path: string,
  ) {}

  static async create(path: string): Promise<ExportFile> {
    const partial = `${path}.${crypto.randomUUID().slice(0, 8)}.part`;
    try {
      return new ExportFile(await open(partial, 'wx', 0o600), partial, path);
    } catch (error) {
      throw diskError(error, path);
    }
  }

  async write(text: string): Promise<void> {
    try {
      await this.file.writeFile(text);
    } catch (error) {
      throw diskError(error, this.path);
    }
  }

  async finish(): Promise<void> {
    try {
      await this.file.close();
      await rename(this.partial, this.path);
    } catch (error) {
      throw diskError(error, this.path);
    }
  }

  /** Leaves nothing behind. */
  async discard(): Promise<void> {
    await this.file.close().catch(() => undefined);
    await rm(this.partial, { force: true });
  }
}

export function diskError(cause: unknown, subject: string): AppError {
  const { code } = cause as NodeJS.ErrnoException;
  const words: Readonly<Record<string, string>> = {
    ENOSPC: 'there is no space left',
    EDQUOT: 'the quota is used up',
    EACCES: 'it is not allowed',
    EPERM: 'it is not allowed',
    EROFS: 'it is read-only',
    ENOENT: 'the folder is not there',
    EISDIR: 'it is a folder',
  };
  return new AppError('diskFailed', {
    source: 'Extension',
    subject,
    reason: words[code ?? ''] ?? (cause instanceof Error ? cause.message : 'it cannot be written'),
    ...(code !== undefined && { serviceCode: code }),
    cause,
  });
}
