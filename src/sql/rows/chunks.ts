import { SpillFile } from './spillFile';

/** How many rows of one result set stay in memory; what comes after goes to a file. */
export interface ChunkLimits {
  readonly memoryBytes: number;
  /** How much may wait to be written before no more should come. */
  readonly waitingBytes: number;
}

export const usualLimits: ChunkLimits = { memoryBytes: 16 * 1024 * 1024, waitingBytes: 8 * 1024 * 1024 };

const chunkBytes = 256 * 1024;
const cachedChunks = 8;

interface Chunk {
  readonly firstRow: number;
  used: number;
  /** Undefined once it is in the file alone. */
  bytes: Buffer | undefined;
  position: number;
}

/** Where a row is: in `bytes` from `start` to `end`. Good until the next await. */
export interface RowPlace {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

export interface ChunkEvents {
  /** What was waiting to be written is written: more may come. */
  readonly onDrained: () => void;
  /** The file could not be written. The rows that are in memory stay. */
  readonly onFailed: (cause: unknown) => void;
}

/** Rows as bytes, one after the other: the first ones in memory, outside the heap, the others in a file. */
export class Chunks {
  private readonly chunks: Chunk[] = [];
  /** Where each row begins in its chunk. */
  private starts = new Uint32Array(1024);
  private rows = 0;
  private inMemory = 0;
  private waiting = 0;
  private filled = 0;
  private spare: Buffer | undefined;
  private file: Promise<SpillFile> | undefined;
  private writing: Promise<void> = Promise.resolve();
  private readonly cache = new Map<Chunk, Promise<Buffer>>();
  private over = false;

  constructor(
    private readonly limits: ChunkLimits,
    private readonly events: ChunkEvents,
  ) {}

  get count(): number {
    return this.rows;
  }

  /** Copies a row. @returns false when no more should come until `onDrained` */
  append(from: Buffer, start: number, end: number): boolean {
    const length = end - start;
    let chunk = this.chunks.at(-1);
    if (chunk?.bytes === undefined || chunk.used + length > chunk.bytes.length) {
      if (chunk !== undefined) {
        this.complete(chunk);
      }
      chunk = this.begin(length);
    }
    from.copy(chunk.bytes as Buffer, chunk.used, start, end);
    if (this.rows === this.starts.length) {
      const grown = new Uint32Array(this.starts.length * 2);
      grown.set(this.starts);
      this.starts = grown;
    }
    this.starts[this.rows] = chunk.used;
    this.rows += 1;
    chunk.used += length;
    return this.waiting <= this.limits.waitingBytes;
  }

  /** Calls `visit` with the places of the rows from `from` on, as many as lie together; returns how many. */
  async visit(from: number, to: number, visit: (place: RowPlace, row: number) => void): Promise<number> {
    const index = this.chunkOf(from);
    const chunk = this.chunks[index];
    if (chunk === undefined) {
      return 0;
    }
    const chunkEnd = this.chunks[index + 1]?.firstRow ?? this.rows;
    const end = Math.min(to, chunkEnd);
    // Where the last row ends may change while the file is read.
    const { used } = chunk;
    const bytes = chunk.bytes ?? (await this.fromFile(chunk));
    for (let row = from; row < end; row += 1) {
      const after = row + 1 < chunkEnd ? (this.starts[row + 1] ?? used) : used;
      visit({ bytes, start: this.starts[row] ?? 0, end: after }, row);
    }
    return end - from;
  }

  /** Frees everything. What is on its way to the file is awaited first. */
  dispose(): void {
    this.over = true;
    this.chunks.length = 0;
    this.cache.clear();
    this.spare = undefined;
    this.rows = 0;
    const { file } = this;
    if (file !== undefined) {
      void this.writing.then(async () => (await file).close()).catch(() => undefined);
    }
  }

  private chunkOf(row: number): number {
    let low = 0;
    let high = this.chunks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.chunks[middle]?.firstRow ?? 0) <= row) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  private begin(length: number): Chunk {
    const size = Math.max(chunkBytes, length);
    const reusable = this.spare?.length === size ? this.spare : undefined;
    this.spare = reusable === undefined ? this.spare : undefined;
    const chunk: Chunk = {
      firstRow: this.rows,
      used: 0,
      bytes: reusable ?? Buffer.allocUnsafeSlow(size),
      position: -1,
    };
    this.chunks.push(chunk);
    return chunk;
  }

  private complete(chunk: Chunk): void {
    if (this.inMemory + chunk.used <= this.limits.memoryBytes) {
      this.inMemory += chunk.used;
      return;
    }
    chunk.position = this.filled;
    this.filled += chunk.used;
    this.waiting += chunk.used;
    this.writing = this.writing.then(() => this.spill(chunk));
  }

  private async spill(chunk: Chunk): Promise<void> {
    const { bytes } = chunk;
    if (this.over || bytes === undefined) {
      return;
    }
    try {
      this.file ??= SpillFile.create();
      await (await this.file).write(bytes.subarray(0, chunk.used), chunk.position);
    } catch (error) {
      this.events.onFailed(error);
      return;
    }
    chunk.bytes = undefined;
    this.spare = bytes;
    const wasFull = this.waiting > this.limits.waitingBytes;
    this.waiting -= chunk.used;
    if (wasFull && this.waiting <= this.limits.waitingBytes) {
      this.events.onDrained();
    }
  }

  private fromFile(chunk: Chunk): Promise<Buffer> {
    const known = this.cache.get(chunk);
    this.cache.delete(chunk);
    const bytes = known ?? this.read(chunk);
    this.cache.set(chunk, bytes);
    const [oldest] = this.cache.keys();
    if (this.cache.size > cachedChunks && oldest !== undefined) {
      this.cache.delete(oldest);
    }
    return bytes;
  }

  private async read(chunk: Chunk): Promise<Buffer> {
    if (this.file === undefined) {
      throw new Error('the rows are gone');
    }
    return (await this.file).read(chunk.used, chunk.position);
  }
}
