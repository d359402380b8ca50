/** The thread of the practice database's engine; started by engineThread.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import { makeCertificate } from './certificate';
import { answer } from './engine/answer';
import { Databases } from './engine/databases';
import { seed } from './engine/seed';
import { Session } from './engine/session';
import { Sqlite } from './engine/sqlite';
import { toSqlError } from './engine/sqlError';
import type { SqlError } from './engine/sqlError';
import type { EngineSettings, Reply, Request, SessionSettings } from './messages';
import type { ServerError } from './wire/answers';

const SEED_SESSION: SessionSettings = { connectionId: 0, user: 'root', database: undefined };

/** One connection as this thread sees it. */
interface Seat {
  readonly session: Session;
  /** Of the running statement. */
  statement: number;
  running: boolean;
  closed: boolean;
  /** Ends the wait that the running statement is in. */
  wake: (() => void) | undefined;
}

const port = parentPort;
if (port === null) {
  throw new Error('engineWorker runs in a thread of its own.');
}
const { names, stops } = workerData as EngineSettings;
const stopOf = new Int32Array(stops);
const databases = new Databases();
const seats = new Map<number, Seat>();
const reply = (message: Reply): void => port.postMessage(message);
const plain = ({ code, sqlState, message }: SqlError): ServerError => ({ code, sqlState, message });

async function start(): Promise<void> {
  const [sqlite, certificate] = await Promise.all([Sqlite.load(), makeCertificate(names)]);
  sqlite.checkStopping();
  const seeder = new Session({ sqlite, databases, settings: SEED_SESSION, sleep: () => false });
  seed(seeder);
  seeder.close();
  port?.on('message', (request: Request) => take(sqlite, request));
  reply({ kind: 'ready', ...certificate });
}

function take(sqlite: Sqlite, request: Request): void {
  const seat = seats.get(request.place);
  switch (request.kind) {
    case 'open':
      open(sqlite, request.place, request.session);
      break;
    case 'query':
    case 'use':
      if (seat !== undefined) {
        void run(sqlite, request.place, seat, request);
      }
      break;
    case 'more':
      if (seat?.statement === request.statement) {
        seat.wake?.();
      }
      break;
    case 'close':
      seats.delete(request.place);
      if (seat !== undefined) {
        close(seat);
      }
  }
}

function open(sqlite: Sqlite, place: number, settings: SessionSettings): void {
  try {
    const session = new Session({
      sqlite,
      databases,
      settings,
      sleep: (seconds) => {
        const running = seats.get(place)?.statement ?? 0;
        const before = Atomics.load(stopOf, place);
        return before === running || Atomics.wait(stopOf, place, before, seconds * 1000) !== 'timed-out';
      },
    });
    seats.set(place, { session, statement: 0, running: false, closed: false, wake: undefined });
    reply({ kind: 'opened', place });
  } catch (error) {
    reply({ kind: 'opened', place, error: plain(toSqlError(error, undefined)) });
  }
}

function close(seat: Seat): void {
  seat.closed = true;
  seat.wake?.();
  if (!seat.running) {
    seat.session.close();
  }
}

async function run(
  sqlite: Sqlite,
  place: number,
  seat: Seat,
  request: Extract<Request, { kind: 'query' | 'use' }>,
): Promise<void> {
  const { statement } = request;
  seat.statement = statement;
  seat.running = true;
  const stopped = (): boolean => seat.closed || Atomics.load(stopOf, place) === statement;
  await answer({
    session: seat.session,
    sequence: request.kind === 'query' ? request.sequence : 1,
    begin: () =>
      request.kind === 'query'
        ? seat.session.run(request.sql)
        : (seat.session.use(request.database), { kind: 'done', affectedRows: 0, lastInsertId: 0 }),
    compute: (work) => sqlite.during(stopped, work),
    stopped,
    wait: (ms) =>
      new Promise((resolve) => {
        const timer = ms === undefined ? undefined : setTimeout(() => seat.wake?.(), ms);
        seat.wake = () => {
          clearTimeout(timer);
          seat.wake = undefined;
          resolve();
        };
      }),
    send: (bytes, last) => {
      if (last) {
        seat.running = false;
      }
      if (!seat.closed) {
        reply({ kind: 'packets', place, statement, bytes, last });
      }
    },
  });
  if (seat.closed) {
    seat.session.close();
  }
}

void start();
