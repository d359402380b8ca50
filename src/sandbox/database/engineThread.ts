import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { EngineSettings, Reply, Request, SessionSettings } from './messages';
import type { ServerError } from './wire/answers';

/** More connections than this are refused. */
export const MOST_CONNECTIONS = 64;
const GONE: ServerError = { code: 1053, sqlState: '08S01', message: 'Server shutdown in progress' };

/** Bundled, the thread's code is a file beside this one (scripts/build.mjs); from source it needs the TypeScript loader. */
const fromSource = __filename.endsWith('.ts');
const entry = path.join(__dirname, fromSource ? 'engineWorker.ts' : 'sandboxDatabase.js');

/** Takes the framed packets of one answer. Calls `more` when it can take the next ones. */
type PacketSink = (bytes: Uint8Array, last: boolean, more: () => void) => void;

export interface Certificate {
  readonly caCertificatePem: string;
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

/** One connection's way to the engine. Statements are sent one at a time. */
export interface EngineSession {
  query(sql: string, sequence: number, sink: PacketSink): void;
  use(database: string, sink: PacketSink): void;
  /** Stops the running statement with error 1317; nothing happens where none runs. */
  interrupt(): void;
  close(): void;
}

interface Place {
  opened: ((error: ServerError | undefined) => void) | undefined;
  sink: PacketSink | undefined;
  /** Of the present statement, or the last one. */
  statement: number;
}

/**
 * The thread in which SQLite runs: a statement may compute for as long as it likes without holding up this one. All
 * connections share the thread, so a statement waits while another one computes.
 */
export class EngineThread {
  readonly #worker: Worker;
  readonly #stops: Int32Array;
  readonly #places = new Map<number, Place>();

  private constructor(
    worker: Worker,
    stops: Int32Array,
    readonly certificate: Certificate,
    onFailure: (error: Error) => void,
  ) {
    this.#worker = worker;
    this.#stops = stops;
    worker.on('message', (reply: Reply) => this.#take(reply));
    worker.on('error', onFailure);
  }

  /** Resolves when the data is in place. `onFailure`: the thread died of a fault of its own later on. */
  static async start(names: readonly string[], onFailure: (error: Error) => void): Promise<EngineThread> {
    const stops = new SharedArrayBuffer(MOST_CONNECTIONS * Int32Array.BYTES_PER_ELEMENT);
    const workerData: EngineSettings = { names, stops };
    const worker = new Worker(entry, {
      workerData,
      ...(fromSource ? { execArgv: ['--require', 'tsx/cjs'] } : {}),
    });
    const certificate = await new Promise<Certificate>((resolve, reject) => {
      worker.once('error', reject);
      worker.once('message', (reply: Reply) => {
        worker.off('error', reject);
        if (reply.kind === 'ready') {
          resolve(reply);
        } else {
          reject(new Error(`the engine began with ${reply.kind}`));
        }
      });
    });
    return new EngineThread(worker, new Int32Array(stops), certificate, onFailure);
  }

  /** Rejects with a `ServerError` where there are too many connections or no such database. */
  async open(settings: SessionSettings): Promise<EngineSession> {
    const place = Array.from({ length: MOST_CONNECTIONS }, (_, at) => at).find((at) => !this.#places.has(at));
    if (place === undefined) {
      throw serverError({ code: 1040, sqlState: '08004', message: 'Too many connections' });
    }
    const state: Place = { opened: undefined, sink: undefined, statement: 0 };
    this.#places.set(place, state);
    Atomics.store(this.#stops, place, 0);
    const opened = new Promise<ServerError | undefined>((resolve) => (state.opened = resolve));
    this.#send({ kind: 'open', place, session: settings });
    // Without a database nothing can go wrong, and who comes to stop a statement must not wait for its end.
    const error = settings.database === undefined ? undefined : await opened;
    if (error !== undefined) {
      this.#places.delete(place);
      throw serverError(error);
    }
    return this.#session(place, state);
  }

  async stop(): Promise<void> {
    for (const { opened } of this.#places.values()) {
      opened?.(GONE);
    }
    this.#places.clear();
    await this.#worker.terminate();
  }

  #session(place: number, state: Place): EngineSession {
    const begin = (sink: PacketSink): number => {
      state.sink = sink;
      state.statement += 1;
      return state.statement;
    };
    return {
      query: (sql, sequence, sink) =>
        this.#send({ kind: 'query', place, statement: begin(sink), sql, sequence }),
      use: (database, sink) => this.#send({ kind: 'use', place, statement: begin(sink), database }),
      interrupt: () => {
        if (state.sink !== undefined) {
          Atomics.store(this.#stops, place, state.statement);
          Atomics.notify(this.#stops, place);
          // A statement that waits for its client, or sleeps, is not looking at the stops.
          this.#send({ kind: 'more', place, statement: state.statement });
        }
      },
      close: () => {
        Atomics.store(this.#stops, place, state.statement);
        Atomics.notify(this.#stops, place);
        state.sink = undefined;
        // The place is free again when the engine has closed it, which is before it reads the next `open`.
        this.#send({ kind: 'close', place });
        this.#places.delete(place);
      },
    };
  }

  #take(reply: Reply): void {
    if (reply.kind === 'ready') {
      return;
    }
    const state = this.#places.get(reply.place);
    if (reply.kind === 'opened') {
      const opened = state?.opened;
      if (state !== undefined) {
        state.opened = undefined;
      }
      opened?.(reply.error);
      return;
    }
    const { place, statement } = reply;
    const sink = state?.sink;
    if (state === undefined || sink === undefined || statement !== state.statement) {
      return;
    }
    if (reply.last) {
      state.sink = undefined;
    }
    sink(reply.bytes, reply.last, () => this.#send({ kind: 'more', place, statement }));
  }

  #send(request: Request): void {
    this.#worker.postMessage(request);
  }
}

/** A `ServerError` that can be thrown. */
export const serverError = (error: ServerError): Error & ServerError =>
  Object.assign(new Error(error.message), error);
