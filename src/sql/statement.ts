import type { Connection } from 'mysql2';
import type { SqlColumn, SqlValue } from '../core/ports';
import { decoderOf, describeColumn } from './values';
import type { ColumnDefinition, Decode } from './values';

/** Takes a statement's rows as they arrive. */
export interface RowSink {
  columns(columns: readonly SqlColumn[]): void;
  /** Called for every row until it says that it wants no more; later rows are not even decoded. */
  row(values: SqlValue[]): boolean;
}

export const ignoreRows: RowSink = { columns: () => undefined, row: () => false };

export interface StatementEnd {
  readonly affectedRows: number;
  readonly warningCount: number;
}

/** The driver's own packet and command: the only place where the warning count of a result set can be read. */
interface Packet {
  eofWarningCount(): number;
}
interface Command {
  execute(packet: Packet | undefined, connection: unknown): boolean;
}

/**
 * Sends one statement by the text protocol and streams its first result set to `sink`; a procedure's further result
 * sets are read and dropped. Rejects with the driver's error when the server answers with one; a lost link is not
 * noticed here but by whoever watches the connection.
 */
export function execute(connection: Connection, statement: string, sink: RowSink): Promise<StatementEnd> {
  return new Promise((resolve, reject) => {
    let decoders: readonly Decode[] | undefined;
    let wanted = true;
    let affectedRows = 0;
    let warningCount: number | undefined;
    let lastPacket: Packet | undefined;

    const query = connection.query({ sql: statement, rowsAsArray: true, typeCast: false });
    const command = query as unknown as Command;
    const readPacket = command.execute.bind(command);
    command.execute = (packet, owner) => {
      lastPacket = packet;
      return readPacket(packet, owner);
    };

    const onRow = (row: readonly (Buffer | null)[], decode: readonly Decode[]): void => {
      wanted = sink.row(row.map((bytes, index) => decode[index]?.(bytes) ?? null));
    };
    query.on('fields', (columns: readonly ColumnDefinition[] | undefined) => {
      if (columns !== undefined && decoders === undefined) {
        decoders = columns.map(decoderOf);
        sink.columns(columns.map(describeColumn));
      }
    });
    query.on('result', (result: unknown, resultIndex?: number) => {
      if (Array.isArray(result)) {
        if (resultIndex === 0 && wanted && decoders !== undefined) {
          onRow(result as (Buffer | null)[], decoders);
        }
        return;
      }
      const ok = result as { readonly affectedRows: number; readonly warningStatus?: number };
      affectedRows = ok.affectedRows;
      warningCount = ok.warningStatus ?? 0;
    });
    query.once('error', (error: Error) => {
      query.removeAllListeners('end');
      reject(error);
    });
    query.once('end', () =>
      resolve({ affectedRows, warningCount: warningCount ?? (lastPacket?.eofWarningCount() ?? 0) & 0xffff }),
    );
  });
}
