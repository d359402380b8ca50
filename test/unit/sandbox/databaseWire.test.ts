import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import { startPracticeDatabase } from '../../../src/sandbox';
import type { PracticeDatabase } from '../../../src/sandbox';
import { MalformedPacket, PayloadReader, PayloadWriter } from '../../../src/sandbox/database/wire/bytes';
import { proves } from '../../../src/sandbox/database/wire/login';
import { PacketReader, PacketTooLarge, PacketWriter } from '../../../src/sandbox/database/wire/packets';

describe('the practice database’s packets', () => {
  it('come out as they went in, however the bytes arrive', () => {
    const payloads = [Buffer.from('one'), Buffer.alloc(300, 7), Buffer.alloc(0)];
    const writer = new PacketWriter(0);
    payloads.forEach((payload) => writer.add(payload));
    const bytes = writer.take();
    const reader = new PacketReader(1000);
    const found: Buffer[] = [];
    for (const byte of bytes) {
      reader.push(Buffer.from([byte]));
      for (let payload = reader.next(); payload !== undefined; payload = reader.next()) {
        found.push(Buffer.from(payload));
      }
    }
    assert.deepEqual(found, payloads);
    assert.equal(reader.sequence, 3);
  });

  it('are refused when they are too long or out of order', () => {
    const long = new PacketReader(10);
    long.push(new PacketWriter(0).add(Buffer.alloc(11)).take());
    assert.throws(() => long.next(), PacketTooLarge);
    const late = new PacketReader(10);
    late.push(new PacketWriter(1).add(Buffer.from('x')).take());
    assert.throws(() => late.next(), MalformedPacket);
  });

  it('hold lengths of every size, and say when a payload is cut short', () => {
    for (const length of [0, 250, 251, 65_535, 65_536, 0xffffff]) {
      assert.equal(
        new PayloadReader(new PayloadWriter().lengthEncoded(length).done()).lengthEncoded(),
        length,
      );
    }
    assert.throws(() => new PayloadReader(Buffer.from([1, 2])).int(4), MalformedPacket);
    assert.throws(() => new PayloadReader(Buffer.from('no end')).nullTerminated(), MalformedPacket);
  });

  it('prove a password as mysql_native_password says', () => {
    // SHA1("secret") XOR SHA1(salt + SHA1(SHA1("secret"))) for a salt of twenty letters a, computed with another program.
    const proof = Buffer.from('512ae2a4d1572c011140a7362190e07e79eb03d2', 'hex');
    const salt = Buffer.from('a'.repeat(20));
    assert.equal(proves(proof, 'secret', salt), true);
    assert.equal(proves(proof, 'secret2', salt), false);
    assert.equal(proves(Buffer.alloc(0), 'secret', salt), false);
  });
});

describe('the practice database, to a client that is none', function () {
  this.timeout(20_000);
  let database: PracticeDatabase;
  before(async () => {
    database = await startPracticeDatabase();
  });
  after(() => database.stop());

  /** Sends bytes after the greeting; everything that came until the server hung up. */
  const talk = (bytes: Buffer): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      const received: Buffer[] = [];
      const socket: Socket = connect({ host: '127.0.0.1', port: database.port });
      socket.once('data', () => socket.write(bytes));
      socket.on('data', (chunk) => received.push(chunk));
      socket.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code !== 'ECONNRESET') {
          reject(error);
        }
      });
      socket.on('close', () => resolve(Buffer.concat(received)));
    });

  it('hangs up on garbage', async () => {
    const answer = await talk(Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'));
    assert.match(answer.toString('latin1'), /Bad handshake/);
  });

  it('hangs up on a packet that is announced as enormous', async () => {
    const answer = await talk(Buffer.from([0xff, 0xff, 0xff, 0x01]));
    assert.match(answer.toString('latin1'), /bigger than 'max_allowed_packet'/);
  });

  it('refuses a login without TLS, whatever its password', async () => {
    const login = new PayloadWriter()
      .int(0x0000_8200, 4)
      .bytes(Buffer.alloc(28))
      .nullTerminated('root')
      .int(0, 1)
      .done();
    const answer = await talk(new PacketWriter(1).add(login).take());
    const text = answer.toString('latin1');
    assert.match(text, /#HY000Connections using insecure transport are prohibited/);
    assert.equal(answer.readUInt16LE(answer.indexOf('#HY000') - 2), 3159);
  });

  it('hangs up on what is no TLS after asking for it', async () => {
    const request = new PayloadWriter().int(0x0000_8a00, 4).bytes(Buffer.alloc(28)).done();
    await talk(Buffer.concat([new PacketWriter(1).add(request).take(), Buffer.alloc(100, 1)]));
  });

  it('asks a client with another plugin for its proof again, then takes the commands it knows', async () => {
    const socket = connect({ host: '127.0.0.1', port: database.port });
    const greeting = await packet(socket);
    const salt = saltOf(greeting);
    socket.write(
      new PacketWriter(1).add(new PayloadWriter().int(0x0008_8a00, 4).bytes(Buffer.alloc(28)).done()).take(),
    );
    const secure = tlsConnect({ socket, ca: database.caCertificatePem, servername: 'localhost' });
    await once(secure, 'secureConnect');
    const login = new PayloadWriter()
      .int(0x0008_8a00, 4)
      .bytes(Buffer.alloc(28))
      .nullTerminated('root')
      .int(32, 1)
      .bytes(Buffer.alloc(32, 1))
      .nullTerminated('caching_sha2_password')
      .done();
    secure.write(new PacketWriter(2).add(login).take());
    const again = await packet(secure);
    assert.equal(again[0], 0xfe);
    assert.deepEqual(again.subarray(1, -1), Buffer.concat([Buffer.from('mysql_native_password\0'), salt]));
    secure.write(new PacketWriter(4).add(proofOf(database.password, salt)).take());
    assert.equal((await packet(secure))[0], 0x00);

    const command = async (...bytes: number[]): Promise<Buffer> => {
      secure.write(new PacketWriter(0).add(Buffer.from(bytes)).take());
      return packet(secure);
    };
    assert.equal((await command(0x0e))[0], 0x00);
    const unknown = await command(0x1f);
    assert.deepEqual([unknown[0], unknown.readUInt16LE(1)], [0xff, 1047]);
    assert.equal((await command(0x02, ...Buffer.from('shop')))[0], 0x00);
    assert.equal((await command(0x02, ...Buffer.from('nowhere'))).readUInt16LE(1), 1049);
    assert.equal((await command(0x03)).readUInt16LE(1), 1065);
    secure.write(Buffer.from([0x00, 0x00, 0x50, 0x00]));
    assert.equal((await packet(secure)).readUInt16LE(1), 1153);
    await once(secure, 'close');
  });
});

/** The payload of the one packet that comes next. */
async function packet(stream: Socket): Promise<Buffer> {
  let received = Buffer.alloc(0);
  while (received.length < 4 || received.length < 4 + received.readUIntLE(0, 3)) {
    const [chunk] = (await once(stream, 'data')) as [Buffer];
    received = Buffer.concat([received, chunk]);
  }
  return received.subarray(4);
}

/** 8 bytes behind version and connection id, 12 more behind the capabilities. */
function saltOf(greeting: Buffer): Buffer {
  const at = greeting.indexOf(0, 1) + 1 + 4;
  return Buffer.concat([greeting.subarray(at, at + 8), greeting.subarray(at + 27, at + 39)]);
}

function proofOf(secret: string, salt: Buffer): Buffer {
  const sha1 = (...parts: Buffer[]): Buffer => createHash('sha1').update(Buffer.concat(parts)).digest();
  const single = sha1(Buffer.from(secret));
  const mask = sha1(salt, sha1(single));
  return Buffer.from(single.map((byte, at) => byte ^ (mask[at] ?? 0)));
}
