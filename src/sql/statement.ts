import type { Connection } from 'mysql2';
import type { ColumnDefinition } from './values';

/** Takes the answers to a statement as they arrive. */
export interface AnswerSink {
  /** A result set begins. Whoever is returned takes its rows; without one they are dropped. */
  begin(columns: readonly ColumnDefinition[]): RowTaker | undefined;
  /** A statement without rows is done. */
  done(done: StatementDone): void;
}

export interface RowTaker {
  /** The row's bytes, as in `rowBytes.ts`; good until this returns. What this throws ends the connection. */
  row(bytes: Buffer, start: number, end: number): void;
  /** Not called where an error takes the place of the end. */
  end(warningCount: number): void;
}

export interface StatementDone {
  readonly affectedRows: number;
  readonly info: string;
  readonly warningCount: number;
}

export const ignoreAnswers: AnswerSink = { begin: () => undefined, done: () => undefined };

/** MySQL's limit (TiDB and MariaDB have lower ones). */
const mostColumns = 4096;

/**
 * What is used of the driver's own commands and packets: rows are taken before the driver makes values of them, and a
 * result set's warning count can be read nowhere else. That is why package.json names one exact version of the driver;
 * with one that works otherwise no statement runs.
 */
interface Packet {
  readonly buffer: Buffer;
  readonly offset: number;
  readonly end: number;
  isEOF(): boolean;
  isError(): boolean;
  eofWarningCount(): number;
}
interface Command {
  next: unknown;
  readonly row: unknown;
  readonly readField: unknown;
  readonly _fieldCount: number;
  execute(packet: Packet | undefined, connection: unknown): boolean;
}

interface Ok {
  readonly affectedRows: number;
  readonly info?: string;
  readonly warningStatus?: number;
}

/**
 * Sends one statement by the text protocol and streams its answers to `sink`. Rejects with the driver's error when the
 * server answers with one; a lost link is not noticed here but by whoever watches the connection.
 */
export function execute(connection: Connection, statement: string, sink: AnswerSink): Promise<void> {
  return new Promise((resolve, reject) => {
    let taker: RowTaker | undefined;
    const query = connection.query({ sql: statement, rowsAsArray: true, typeCast: false });
    const command = query as unknown as Command;
    const readPacket = command.execute.bind(command);
    command.execute = (packet, owner) => {
      if (packet !== undefined && command.next === command.row && !packet.isError()) {
        if (!packet.isEOF()) {
          taker?.row(packet.buffer, packet.offset, packet.end);
          return false;
        }
        // The driver reads it as a signed number.
        taker?.end(packet.eofWarningCount() & 0xffff);
        taker = undefined;
      }
      if (command.next === command.readField && command._fieldCount > mostColumns) {
        throw new Error('it describes more columns than there can be');
      }
      return readPacket(packet, owner);
    };

    query.on('fields', (columns: readonly ColumnDefinition[] | undefined) => {
      if (columns !== undefined) {
        taker = sink.begin(columns);
      }
    });
    query.on('result', (result: unknown) => {
      if (Array.isArray(result)) {
        throw new Error('the driver has made values of a row');
      }
      const { affectedRows, info = '', warningStatus = 0 } = result as Ok;
      sink.done({ affectedRows, info: withoutLength(info).trim(), warningCount: warningStatus });
    });
    query.once('error', (error: Error) => {
      query.removeAllListeners('end');
      reject(error);
    });
    query.once('end', () => resolve());
  });
}

/** MySQL and MariaDB end the packet with the text; TiDB writes its length before it, which the driver takes for text. */
const withoutLength = (info: string): string =>
  info.length > 1 && info.charCodeAt(0) === Buffer.byteLength(info) - 1 ? info.slice(1) : info;
