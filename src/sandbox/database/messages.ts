import type { ServerError } from './wire/answers';

/** What the thread of the engine is started with. */
export interface EngineSettings {
  /** Subject alternative names of the server's certificate. */
  readonly names: readonly string[];
  /** One Int32 per place of a connection: the number of the statement that is to stop. */
  readonly stops: SharedArrayBuffer;
}

/** To the engine. `place` is the connection's, statements are numbered from 1 within it. */
export type Request =
  | { readonly kind: 'open'; readonly place: number; readonly session: SessionSettings }
  | {
      readonly kind: 'query';
      readonly place: number;
      readonly statement: number;
      readonly sql: string;
      readonly sequence: number;
    }
  | { readonly kind: 'use'; readonly place: number; readonly statement: number; readonly database: string }
  /** The client has taken the last batch of rows. */
  | { readonly kind: 'more'; readonly place: number; readonly statement: number }
  | { readonly kind: 'close'; readonly place: number };

export interface SessionSettings {
  readonly connectionId: number;
  readonly user: string;
  readonly database: string | undefined;
}

/** From the engine. */
export type Reply =
  | {
      readonly kind: 'ready';
      readonly caCertificatePem: string;
      readonly certificatePem: string;
      readonly privateKeyPem: string;
    }
  | { readonly kind: 'opened'; readonly place: number; readonly error?: ServerError }
  /** Framed packets; when `last`, the statement is over, else `more` is asked for. */
  | {
      readonly kind: 'packets';
      readonly place: number;
      readonly statement: number;
      readonly bytes: Uint8Array;
      readonly last: boolean;
    };
