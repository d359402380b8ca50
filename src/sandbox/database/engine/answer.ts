import { columnPayload, endOfRowsPayload, errorPayload, okPayload, rowPayload } from '../wire/answers';
import { PayloadWriter } from '../wire/bytes';
import { PacketWriter } from '../wire/packets';
import type { Outcome, RowsOutcome } from './outcome';
import { rowsOf } from './outcome';
import type { Session } from './session';
import { SqlError } from './sqlError';
import type { Cell } from './sqlite';
import { computedShape } from './types';

/** The types of computed columns are told by the values of so many rows. */
const SAMPLED_ROWS = 100;
const BATCH_BYTES = 64 * 1024;
/** How long a change waits for another session's transaction, and how often it looks. */
const LOCK_WAIT_MS = 5000;
const LOCK_LOOK_MS = 20;
const LOCKED = 1205;
const INTERRUPTED = (): SqlError => new SqlError(1317, '70100', 'Query execution was interrupted');

export interface Asked {
  readonly session: Session;
  /** Of the first packet of the answer. */
  readonly sequence: number;
  begin(): Outcome;
  /** Runs work that is stopped with the statement. */
  compute<T>(work: () => T): T;
  stopped(): boolean;
  /** Resolves after this time, or when woken: by the client's wish for more, an interruption, the end. */
  wait(ms?: number): Promise<void>;
  send(bytes: Uint8Array, last: boolean): void;
}

/** Runs one statement and sends its answer, in batches that the client takes one by one. Never rejects. */
export async function answer(asked: Asked): Promise<void> {
  const writer = new PacketWriter(asked.sequence);
  try {
    const outcome = await beginWhenUnlocked(asked);
    if (outcome.kind === 'done') {
      writer.add(okPayload({ ...outcome, ...asked.session.state }));
    } else if (outcome.kind === 'sleep') {
      await sleep(asked, outcome.seconds * 1000);
      if (outcome.name === undefined) {
        writer.add(okPayload({ affectedRows: 0, lastInsertId: 0, ...asked.session.state }));
      } else {
        await sendRows(asked, writer, rowsOf([outcome.name], [[0]]));
      }
    } else {
      try {
        await sendRows(asked, writer, outcome);
      } finally {
        outcome.close();
      }
    }
  } catch (error) {
    writer.add(errorPayload(asked.session.failed(error)));
  }
  asked.send(writer.take(), true);
}

async function beginWhenUnlocked(asked: Asked): Promise<Outcome> {
  const end = Date.now() + LOCK_WAIT_MS;
  for (;;) {
    try {
      return asked.compute(() => asked.begin());
    } catch (error) {
      if (!(error instanceof SqlError && error.code === LOCKED) || Date.now() > end) {
        throw error;
      }
    }
    await asked.wait(LOCK_LOOK_MS);
    throwIfStopped(asked);
  }
}

async function sleep(asked: Asked, ms: number): Promise<void> {
  const end = Date.now() + ms;
  while (Date.now() < end) {
    throwIfStopped(asked);
    await asked.wait(end - Date.now());
  }
  throwIfStopped(asked);
}

async function sendRows(asked: Asked, writer: PacketWriter, rows: RowsOutcome): Promise<void> {
  const next = (): Cell[] | undefined => asked.compute(() => rows.next());
  const sample: Cell[][] = [];
  let row = next();
  for (; row !== undefined && sample.length < SAMPLED_ROWS; row = next()) {
    sample.push(row);
  }
  const shapes = rows.names.map(
    (_, column) => rows.declared[column] ?? computedShape(sample.map((cells) => cells[column] ?? null)),
  );
  writer.add(new PayloadWriter().lengthEncoded(rows.names.length).done());
  rows.names.forEach((name, column) => {
    const type = shapes[column]?.type;
    if (type !== undefined) {
      writer.add(columnPayload({ name, table: '', database: '', type }));
    }
  });
  writer.add(endOfRowsPayload(asked.session.state));
  const write = (cells: readonly Cell[]): void =>
    void writer.add(rowPayload(cells.map((cell, column) => shapes[column]?.format(cell) ?? null)));
  sample.forEach(write);
  for (; row !== undefined; row = next()) {
    write(row);
    if (writer.bytes >= BATCH_BYTES) {
      asked.send(writer.take(), false);
      await asked.wait();
      throwIfStopped(asked);
    }
  }
  writer.add(endOfRowsPayload(asked.session.state));
}

function throwIfStopped(asked: Asked): void {
  if (asked.stopped()) {
    throw INTERRUPTED();
  }
}
