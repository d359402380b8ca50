/** Builds the payload of one MySQL packet. */
export class PayloadWriter {
  readonly #parts: Buffer[] = [];

  int(value: number, bytes: 1 | 2 | 3 | 4): this {
    const part = Buffer.alloc(bytes);
    part.writeUIntLE(value, 0, bytes);
    return this.bytes(part);
  }

  lengthEncoded(value: number): this {
    return this.bytes(lengthEncodedInt(value));
  }

  bytes(part: Uint8Array): this {
    this.#parts.push(Buffer.from(part.buffer, part.byteOffset, part.byteLength));
    return this;
  }

  text(text: string): this {
    return this.bytes(Buffer.from(text, 'utf8'));
  }

  nullTerminated(text: string): this {
    return this.text(text).int(0, 1);
  }

  lengthEncodedText(text: string): this {
    const part = Buffer.from(text, 'utf8');
    return this.lengthEncoded(part.length).bytes(part);
  }

  done(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

export function lengthEncodedInt(value: number): Buffer {
  if (value < 0xfb) {
    return Buffer.from([value]);
  }
  const [mark, bytes] = value <= 0xffff ? [0xfc, 2] : value <= 0xffffff ? [0xfd, 3] : [0xfe, 8];
  const part = Buffer.alloc(1 + bytes);
  part[0] = mark;
  if (bytes === 8) {
    part.writeBigUInt64LE(BigInt(value), 1);
  } else {
    part.writeUIntLE(value, 1, bytes);
  }
  return part;
}

/** A packet that does not hold what the protocol says; the connection is over. */
export class MalformedPacket extends Error {}

/** Reads one packet's payload. Every method throws `MalformedPacket` where the payload is too short. */
export class PayloadReader {
  #at = 0;

  constructor(readonly payload: Buffer) {}

  get rest(): number {
    return this.payload.length - this.#at;
  }

  int(bytes: 1 | 2 | 3 | 4): number {
    return this.take(bytes).readUIntLE(0, bytes);
  }

  lengthEncoded(): number {
    const first = this.int(1);
    if (first < 0xfb) {
      return first;
    }
    if (first === 0xfc) {
      return this.int(2);
    }
    if (first === 0xfd) {
      return this.int(3);
    }
    throw new MalformedPacket('a length that makes no sense here');
  }

  take(bytes: number): Buffer {
    if (this.rest < bytes) {
      throw new MalformedPacket('the packet is too short');
    }
    this.#at += bytes;
    return this.payload.subarray(this.#at - bytes, this.#at);
  }

  nullTerminated(): string {
    const end = this.payload.indexOf(0, this.#at);
    if (end < 0) {
      throw new MalformedPacket('a text has no end');
    }
    const text = this.take(end - this.#at).toString('utf8');
    this.#at += 1;
    return text;
  }
}
