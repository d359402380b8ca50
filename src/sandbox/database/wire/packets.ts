import { MalformedPacket } from './bytes';

/** Protocol: a payload of this length is continued in the next packet. */
const LONGEST_PAYLOAD = 0xffffff;
const HEADER = 4;

/** A packet, or rather what it belongs to, is longer than the reader takes. */
export class PacketTooLarge extends Error {}

/**
 * Cuts a byte stream into MySQL packets. Throws `MalformedPacket` when the sequence number is not the one that is due,
 * `PacketTooLarge` when a header announces more than `limitBytes`; before the bytes themselves are kept.
 */
export class PacketReader {
  #received: Buffer = Buffer.alloc(0);
  #sequence = 0;

  constructor(public limitBytes: number) {}

  /** The sequence number that the next packet, in whichever direction, has to carry. */
  get sequence(): number {
    return this.#sequence;
  }

  set sequence(next: number) {
    this.#sequence = next & 0xff;
  }

  push(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
  }

  next(): Buffer | undefined {
    if (this.#received.length < HEADER) {
      return undefined;
    }
    const length = this.#received.readUIntLE(0, 3);
    if (this.#received[3] !== this.#sequence) {
      throw new MalformedPacket('packets out of order');
    }
    if (length > this.limitBytes || length === LONGEST_PAYLOAD) {
      throw new PacketTooLarge();
    }
    if (this.#received.length < HEADER + length) {
      return undefined;
    }
    const payload = this.#received.subarray(HEADER, HEADER + length);
    this.#received = this.#received.subarray(HEADER + length);
    this.sequence += 1;
    return payload;
  }

  /** What came after the last packet, for whoever reads the stream from here on. */
  takeRest(): Buffer {
    const rest = this.#received;
    this.#received = Buffer.alloc(0);
    return rest;
  }
}

/** Frames payloads, counting on from `sequence`; a payload of 16 MiB or more becomes several packets. */
export class PacketWriter {
  readonly #parts: Buffer[] = [];
  #bytes = 0;

  constructor(public sequence: number) {}

  get bytes(): number {
    return this.#bytes;
  }

  add(payload: Buffer): this {
    let at = 0;
    let length: number;
    do {
      length = Math.min(payload.length - at, LONGEST_PAYLOAD);
      const header = Buffer.alloc(HEADER);
      header.writeUIntLE(length, 0, 3);
      header[3] = this.sequence;
      this.sequence = (this.sequence + 1) & 0xff;
      this.#parts.push(header, payload.subarray(at, at + length));
      this.#bytes += HEADER + length;
      at += length;
    } while (length === LONGEST_PAYLOAD);
    return this;
  }

  /** What was added since the last call. */
  take(): Buffer {
    this.#bytes = 0;
    return Buffer.concat(this.#parts.splice(0));
  }
}
