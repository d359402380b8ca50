import { createHash } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import type { SavedToken } from './alibabaCloud/idempotency';
import type { WorldState } from './world/model';

const FORMAT = 'tidb-private-endpoint sandbox';
const VERSION = 1;

/** Everything that a sandbox needs to go on where it was. */
export interface SavedState {
  readonly ports: { readonly tidbCloud: number; readonly alibabaCloud: number };
  /** The clouds' time; what passes while no sandbox runs does not count. */
  readonly elapsedMs: number;
  readonly world: WorldState;
  /** Steps that are due, and when on the clouds' clock. */
  readonly pending: Readonly<Record<string, number>>;
  readonly clientTokens: readonly SavedToken[];
}

/**
 * What an earlier sandbox left in `file`; undefined when there is no such file.
 * @throws Error that names the file when it cannot be read, is of another kind, or was damaged. It is left as it is.
 */
export async function readState(file: string): Promise<SavedState | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw new Error(`The sandbox cannot read its state file ${file}.`, { cause });
  }
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw unusable(file, 'it is damaged');
  }
  const { format, version, sha256, state } = { ...(content as Partial<FileContent> | null) };
  if (format !== FORMAT) {
    throw unusable(file, 'it was not written by a sandbox');
  }
  if (version !== VERSION) {
    throw unusable(file, `its version is ${String(version)}, not ${VERSION}`);
  }
  if (state === undefined || sha256 !== digestOf(JSON.stringify(state))) {
    throw unusable(file, 'it is damaged');
  }
  return state;
}

interface FileContent {
  readonly format: string;
  readonly version: number;
  /** Of the state as JSON: a file that was cut, mixed or edited is not taken for a state. */
  readonly sha256: string;
  readonly state: SavedState;
}

function digestOf(state: string): string {
  return createHash('sha256').update(state).digest('hex');
}

/** Made in one go, because the state goes on changing while it is written. */
function fileText(state: SavedState): string {
  const text = JSON.stringify(state);
  const head = JSON.stringify({ format: FORMAT, version: VERSION, sha256: digestOf(text) });
  return `${head.slice(0, -1)},"state":${text}}`;
}

function unusable(file: string, why: string): Error {
  return new Error(
    `The sandbox cannot go on from its state file ${file}: ${why}. Move it away to start anew.`,
  );
}

/**
 * Keeps a sandbox's state in a file. Each write replaces the whole file at once (a temporary file, then a rename), so it
 * is never half written. One write is under way at a time; changes meanwhile share the next.
 */
export class StateFile {
  private isDirty = false;
  private writing: Promise<void> | undefined;

  constructor(
    private readonly file: string,
    private readonly collect: () => SavedState,
    private readonly log: (line: string) => void,
  ) {}

  /** To be called after every change. Writes soon, also if nobody waits for it. */
  changed(): void {
    this.isDirty = true;
    setImmediate(() => {
      this.flushed().catch((error: unknown) => this.log(`sandbox state was not written: ${String(error)}`));
    });
  }

  /**
   * Resolves once every change so far is in the file.
   * @throws when the file cannot be written; the changes stay due.
   */
  async flushed(): Promise<void> {
    while (this.isDirty || this.writing) {
      this.writing ??= this.write().finally(() => {
        this.writing = undefined;
      });
      await this.writing;
    }
  }

  private async write(): Promise<void> {
    this.isDirty = false;
    try {
      const text = fileText(this.collect());
      const temporary = `${this.file}.tmp`;
      const handle = await open(temporary, 'w', 0o600);
      try {
        await handle.writeFile(text);
        await handle.datasync();
      } finally {
        await handle.close();
      }
      await rename(temporary, this.file);
    } catch (error) {
      this.isDirty = true;
      throw error;
    }
  }
}
