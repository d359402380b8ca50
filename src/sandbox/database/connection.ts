import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { SecureContext } from 'node:tls';
import type { EngineSession } from './engineThread';
import type { SessionSettings } from './messages';
import { errorPayload, okPayload } from './wire/answers';
import type { ServerError } from './wire/answers';
import { MalformedPacket } from './wire/bytes';
import { asksForTls, greetingPayload, newSalt, proves, readLogin, switchPluginPayload } from './wire/login';
import type { Login } from './wire/login';
import { PacketReader, PacketTooLarge, PacketWriter } from './wire/packets';

/** What a connection needs from the server it belongs to. */
export interface Surroundings {
  readonly version: string;
  readonly user: string;
  readonly password: string;
  readonly secureContext: SecureContext;
  openSession(settings: SessionSettings): Promise<EngineSession>;
  /** Stops the statement of a connection, or ends it all. False: there is no such connection. */
  kill(connectionId: number, whole: boolean): boolean;
}

/** Greeting, TLS and login have to be done by then. */
const LOGIN_LIMIT_MS = 10_000;
const LONGEST_LOGIN_BYTES = 16 * 1024;
const LONGEST_COMMAND_BYTES = 4 * 1024 * 1024;

const COM_QUIT = 0x01;
const COM_INIT_DB = 0x02;
const COM_QUERY = 0x03;
const COM_PING = 0x0e;

const KILL = /^\s*KILL\s+(?:(QUERY|CONNECTION|TIDB(?:\s+QUERY)?)\s+)?(\d{1,20})\s*;?\s*$/i;

/** One client, from the greeting to the end. */
export class Connection {
  readonly #id: number;
  readonly #raw: Socket;
  readonly #around: Surroundings;
  readonly #salt = newSalt();
  readonly #reader = new PacketReader(LONGEST_LOGIN_BYTES);
  readonly #deadline: NodeJS.Timeout;
  #stream: Socket;
  #handle: (payload: Buffer) => void = (payload) => this.#takeTlsRequest(payload);
  #session: EngineSession | undefined;
  /** While an answer is being made, further packets wait. */
  #busy = false;
  #ended = false;

  constructor(id: number, socket: Socket, around: Surroundings) {
    this.#id = id;
    this.#raw = socket;
    this.#stream = socket;
    this.#around = around;
    this.#deadline = setTimeout(() => this.end(), LOGIN_LIMIT_MS);
    socket.setNoDelay(true);
    socket.on('error', () => this.end());
    socket.on('close', () => this.end());
    socket.on('data', this.#onData);
    this.#send(greetingPayload(around.version, id, this.#salt));
  }

  /** Stops what runs on behalf of this client, which is told. */
  interrupt(): void {
    this.#session?.interrupt();
  }

  end(): void {
    if (this.#ended) {
      return;
    }
    this.#ended = true;
    clearTimeout(this.#deadline);
    this.#session?.close();
    this.#stream.destroy();
    this.#raw.destroy();
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#reader.push(chunk);
    this.#read();
  };

  #read(): void {
    try {
      while (!this.#busy && !this.#ended) {
        const payload = this.#reader.next();
        if (payload === undefined) {
          return;
        }
        this.#handle(payload);
      }
    } catch (error) {
      if (error instanceof PacketTooLarge) {
        this.#refuse({
          code: 1153,
          sqlState: '08S01',
          message: "Got a packet bigger than 'max_allowed_packet' bytes",
        });
      } else if (error instanceof MalformedPacket) {
        this.#refuse({ code: 1043, sqlState: '08S01', message: 'Bad handshake' });
      } else {
        throw error;
      }
    }
  }

  #takeTlsRequest(payload: Buffer): void {
    if (!asksForTls(payload)) {
      this.#refuse({
        code: 3159,
        sqlState: 'HY000',
        message: 'Connections using insecure transport are prohibited while --require_secure_transport=ON.',
      });
      return;
    }
    this.#raw.off('data', this.#onData);
    this.#raw.pause();
    const rest = this.#reader.takeRest();
    if (rest.length > 0) {
      this.#raw.unshift(rest);
    }
    const stream = new TLSSocket(this.#raw, {
      isServer: true,
      secureContext: this.#around.secureContext,
      minVersion: 'TLSv1.2',
    });
    stream.on('error', () => this.end());
    stream.on('close', () => this.end());
    stream.on('data', this.#onData);
    this.#stream = stream;
    this.#handle = (login) => this.#takeLogin(login);
  }

  #takeLogin(payload: Buffer): void {
    const login = readLogin(payload);
    if (login === undefined) {
      throw new MalformedPacket('a client older than MySQL 4.1');
    }
    if (login.proofIsOurs) {
      this.#check(login, login.proof);
      return;
    }
    this.#handle = (proof) => this.#check(login, proof);
    this.#send(switchPluginPayload(this.#salt));
  }

  #check(login: Login, proof: Buffer): void {
    const { user, password } = this.#around;
    const proven = proves(proof, password, this.#salt);
    if (login.user !== user || !proven) {
      this.#refuse({
        code: 1045,
        sqlState: '28000',
        message: `Access denied for user '${login.user}'@'127.0.0.1' (using password: ${proof.length > 0 ? 'YES' : 'NO'})`,
      });
      return;
    }
    this.#busy = true;
    const settings = { connectionId: this.#id, user, database: login.database };
    this.#around.openSession(settings).then(
      (session) => this.#welcome(session),
      (error: unknown) => this.#refuse(error as ServerError),
    );
  }

  #welcome(session: EngineSession): void {
    if (this.#ended) {
      session.close();
      return;
    }
    clearTimeout(this.#deadline);
    this.#session = session;
    this.#reader.limitBytes = LONGEST_COMMAND_BYTES;
    this.#handle = (command) => this.#command(session, command);
    this.#ok();
    this.#idle();
  }

  #command(session: EngineSession, payload: Buffer): void {
    const text = payload.subarray(1).toString('utf8');
    switch (payload[0]) {
      case COM_QUIT:
        this.end();
        return;
      case COM_PING:
        this.#ok();
        break;
      case COM_INIT_DB:
        this.#busy = true;
        session.use(text, this.#forward);
        return;
      case COM_QUERY:
        if (!this.#kills(text)) {
          this.#busy = true;
          session.query(text, this.#reader.sequence, this.#forward);
          return;
        }
        break;
      default:
        this.#send(errorPayload({ code: 1047, sqlState: '08S01', message: 'Unknown command' }));
    }
    this.#idle();
  }

  /** KILL is answered here: the engine may be busy with the very statement that is meant. */
  #kills(text: string): boolean {
    const [, what, id] = KILL.exec(text) ?? [];
    if (id === undefined) {
      return false;
    }
    if (this.#around.kill(Number(id), what?.toUpperCase().includes('QUERY') !== true)) {
      if (!this.#ended) {
        this.#ok();
      }
    } else {
      this.#send(errorPayload({ code: 1094, sqlState: 'HY000', message: `Unknown thread id: ${id}` }));
    }
    return true;
  }

  readonly #forward = (bytes: Uint8Array, last: boolean, more: () => void): void => {
    if (this.#ended) {
      return;
    }
    const taken = this.#stream.write(bytes);
    if (last) {
      this.#idle();
    } else if (taken) {
      more();
    } else {
      this.#stream.once('drain', more);
    }
  };

  /** Ready for the next command, which begins counting anew. */
  #idle(): void {
    this.#busy = false;
    this.#reader.sequence = 0;
    // Not at once: packets that came meanwhile are read by the loop that may be running.
    setImmediate(() => this.#read());
  }

  #ok(): void {
    this.#send(okPayload({ affectedRows: 0, lastInsertId: 0, inTransaction: false, autocommit: true }));
  }

  #send(payload: Buffer): void {
    this.#stream.write(new PacketWriter(this.#reader.sequence).add(payload).take());
    this.#reader.sequence += 1;
  }

  /** Says why, and hangs up. */
  #refuse(error: ServerError): void {
    if (this.#ended) {
      return;
    }
    this.#busy = true;
    const bytes = new PacketWriter(this.#reader.sequence).add(errorPayload(error)).take();
    this.#stream.end(bytes, () => this.end());
    // A client that does not read its answer does not keep the connection.
    setTimeout(() => this.end(), LOGIN_LIMIT_MS).unref();
  }
}
