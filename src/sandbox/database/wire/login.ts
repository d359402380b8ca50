import { createHash, randomInt, timingSafeEqual } from 'node:crypto';
import { PayloadReader, PayloadWriter } from './bytes';

/** Capability flags of the protocol, as far as this server knows them. */
const LONG_PASSWORD = 0x0000_0001;
const LONG_FLAG = 0x0000_0004;
const CONNECT_WITH_DB = 0x0000_0008;
const PROTOCOL_41 = 0x0000_0200;
const SSL = 0x0000_0800;
const TRANSACTIONS = 0x0000_2000;
const SECURE_CONNECTION = 0x0000_8000;
const PLUGIN_AUTH = 0x0008_0000;
const CONNECT_ATTRIBUTES = 0x0010_0000;
const PLUGIN_AUTH_LENENC = 0x0020_0000;

const OFFERED =
  LONG_PASSWORD |
  LONG_FLAG |
  CONNECT_WITH_DB |
  PROTOCOL_41 |
  SSL |
  TRANSACTIONS |
  SECURE_CONNECTION |
  PLUGIN_AUTH |
  CONNECT_ATTRIBUTES |
  PLUGIN_AUTH_LENENC;

const PLUGIN = 'mysql_native_password';
const UTF8MB4 = 45;
const AUTOCOMMIT = 0x0002;
const SALT_BYTES = 20;
const SSL_REQUEST_BYTES = 32;

/** Random bytes without zeros: clients read the salt as a text that ends with one. */
export const newSalt = (): Buffer => Buffer.from(Array.from({ length: SALT_BYTES }, () => randomInt(1, 128)));

export function greetingPayload(version: string, connectionId: number, salt: Buffer): Buffer {
  return new PayloadWriter()
    .int(10, 1)
    .nullTerminated(version)
    .int(connectionId, 4)
    .bytes(salt.subarray(0, 8))
    .int(0, 1)
    .int(OFFERED & 0xffff, 2)
    .int(UTF8MB4, 1)
    .int(AUTOCOMMIT, 2)
    .int(OFFERED >>> 16, 2)
    .int(SALT_BYTES + 1, 1)
    .bytes(Buffer.alloc(10))
    .bytes(salt.subarray(8))
    .int(0, 1)
    .nullTerminated(PLUGIN)
    .done();
}

/** Whether a client's first packet asks for TLS, and is not a login already. */
export function asksForTls(payload: Buffer): boolean {
  return payload.length === SSL_REQUEST_BYTES && (new PayloadReader(payload).int(4) & SSL) !== 0;
}

export interface Login {
  readonly user: string;
  readonly database: string | undefined;
  readonly proof: Buffer;
  /** False: the proof is another plugin's, and has to be asked for again. */
  readonly proofIsOurs: boolean;
}

/** Reads HandshakeResponse41; undefined for a client older than MySQL 4.1. Throws `MalformedPacket`. */
export function readLogin(payload: Buffer): Login | undefined {
  const reader = new PayloadReader(payload);
  const flags = reader.int(4);
  if ((flags & PROTOCOL_41) === 0) {
    return undefined;
  }
  reader.take(SSL_REQUEST_BYTES - 4);
  const user = reader.nullTerminated();
  const proof = reader.take((flags & PLUGIN_AUTH_LENENC) !== 0 ? reader.lengthEncoded() : reader.int(1));
  const database = (flags & CONNECT_WITH_DB) !== 0 && reader.rest > 0 ? reader.nullTerminated() : '';
  const plugin = (flags & PLUGIN_AUTH) !== 0 && reader.rest > 0 ? reader.nullTerminated() : PLUGIN;
  return {
    user,
    database: database === '' ? undefined : database,
    proof,
    proofIsOurs: plugin === PLUGIN,
  };
}

/** Asks a client that began with another plugin for the proof that this server checks. */
export function switchPluginPayload(salt: Buffer): Buffer {
  return new PayloadWriter().int(0xfe, 1).nullTerminated(PLUGIN).bytes(salt).int(0, 1).done();
}

/** mysql_native_password: SHA1(password) XOR SHA1(salt + SHA1(SHA1(password))). */
export function proves(proof: Buffer, password: string, salt: Buffer): boolean {
  const once = sha1(Buffer.from(password, 'utf8'));
  const mask = sha1(Buffer.concat([salt, sha1(once)]));
  const expected = once.map((byte, at) => byte ^ (mask[at] ?? 0));
  return proof.length === expected.length && timingSafeEqual(proof, expected);
}

const sha1 = (bytes: Buffer): Buffer => createHash('sha1').update(bytes).digest();
