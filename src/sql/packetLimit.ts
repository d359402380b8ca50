import type { Connection } from 'mysql2';

/** The protocol cuts what is longer than 16 MB into parts, which the driver collects without a bound. */
const mostParts = 16;

/** The driver's own field: parts of the packet that is coming. */
type Collecting = Connection & { readonly packetParser: { readonly largePacketParts: Buffer[] } };

/** Ends a connection whose server sends a packet that would fill the memory. */
export function limitPackets(connection: Connection): void {
  const { largePacketParts } = (connection as Collecting).packetParser;
  largePacketParts.push = (part) => {
    if (largePacketParts.length < mostParts) {
      return Array.prototype.push.call(largePacketParts, part);
    }
    largePacketParts.length = 0;
    connection.emit('error', new Error('it sends more than 256 MB as one row'));
    connection.destroy();
    return 0;
  };
}
