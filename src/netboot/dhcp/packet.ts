import { BinaryReader, BinaryWriter } from '../../binary.ts';
import { formatAddress, parseAddress } from './address.ts';
import { type DhcpOptions, decodeOptions, encodeOptions, OPTION, sizeOfOptions } from './options.ts';

/** BOOTP `op`: 1 from a client, 2 from a server. */
export const BOOT_REQUEST = 1;
export const BOOT_REPLY = 2;

/** Bit of `flags`: the client cannot receive unicast yet, answer by broadcast [RFC 2131, figure 2]. */
export const BROADCAST_FLAG = 0x8000;

/** The header is 236 bytes, then comes the magic cookie [RFC 2131]. */
const HEADER_LENGTH = 236;
const MAGIC_COOKIE = 0x63825363;
const SNAME_LENGTH = 64;
const FILE_LENGTH = 128;
/** The shortest packet every BOOTP client accepts: the 64-byte vendor area was once of fixed size [RFC 1542, 2.1]. */
const SHORTEST_PACKET = 300;

/** One DHCP packet. Addresses are dotted IPv4; options of the same code are joined, overload undone. */
export interface DhcpPacket {
  readonly op: number;
  readonly htype: number;
  readonly hlen: number;
  readonly hops: number;
  readonly xid: number;
  readonly secs: number;
  readonly flags: number;
  readonly ciaddr: string;
  readonly yiaddr: string;
  readonly siaddr: string;
  readonly giaddr: string;
  /** All 16 bytes of the hardware address field; the first `hlen` are the address. */
  readonly chaddr: Buffer;
  /** Header field `sname`, up to its first NUL; empty where option 52 gave the field to options. */
  readonly sname: string;
  /** Header field `file`, up to its first NUL; empty where option 52 gave the field to options. */
  readonly file: string;
  readonly options: DhcpOptions;
}

/**
 * Reads one packet from the wire.
 *
 * @returns null for anything that is no well-formed DHCP packet: too short, without the magic cookie (plain
 * BOOTP), or with an option that runs past its field. It never throws: this is called for every datagram
 * that anybody sends to the port.
 */
export function decodeDhcp(bytes: Buffer): DhcpPacket | null {
  if (bytes.length < HEADER_LENGTH + 4 || bytes.readUInt32BE(HEADER_LENGTH) !== MAGIC_COOKIE) return null;
  const reader = new BinaryReader(bytes);
  const op = reader.u8();
  const htype = reader.u8();
  const hlen = reader.u8();
  if (hlen > 16) return null;
  const hops = reader.u8();
  const xid = reader.u32be();
  const secs = reader.u16be();
  const flags = reader.u16be();
  const ciaddr = formatAddress(reader.bytes(4));
  const yiaddr = formatAddress(reader.bytes(4));
  const siaddr = formatAddress(reader.bytes(4));
  const giaddr = formatAddress(reader.bytes(4));
  const chaddr = Buffer.from(reader.bytes(16));
  const sname = reader.bytes(SNAME_LENGTH);
  const file = reader.bytes(FILE_LENGTH);
  const decoded = decodeOptions({ options: bytes.subarray(HEADER_LENGTH + 4), file, sname });
  if (decoded === null) return null;
  return {
    op,
    htype,
    hlen,
    hops,
    xid,
    secs,
    flags,
    ciaddr,
    yiaddr,
    siaddr,
    giaddr,
    chaddr,
    sname: decoded.snameIsOptions ? '' : untilNul(sname),
    file: decoded.fileIsOptions ? '' : untilNul(file),
    options: decoded.options,
  };
}

/**
 * Writes one packet for the wire: at least 300 bytes, names ending in NUL, options above 255 bytes split
 * [RFC 3396], option 82 last as relays want it [RFC 3046].
 *
 * @throws RangeError when `sname` or `file` is too long for its field (63 and 127 bytes).
 */
export function encodeDhcp(packet: DhcpPacket): Buffer {
  const writer = new BinaryWriter(HEADER_LENGTH + 5 + sizeOfOptions(packet.options) + SHORTEST_PACKET);
  writer.u8(packet.op).u8(packet.htype).u8(packet.hlen).u8(packet.hops);
  writer.u32be(packet.xid).u16be(packet.secs).u16be(packet.flags);
  for (const address of [packet.ciaddr, packet.yiaddr, packet.siaddr, packet.giaddr]) {
    writer.bytes(parseAddress(address));
  }
  writer.bytes(packet.chaddr.subarray(0, 16)).zeros(16 - Math.min(16, packet.chaddr.length));
  writeName(writer, packet.sname, SNAME_LENGTH);
  writeName(writer, packet.file, FILE_LENGTH);
  writer.u32be(MAGIC_COOKIE);
  encodeOptions(packet.options, writer);
  writer.u8(OPTION.end);
  if (writer.length < SHORTEST_PACKET) writer.zeros(SHORTEST_PACKET - writer.length);
  return writer.toBuffer();
}

/** The client's MAC as `aa:bb:cc:dd:ee:ff`, or null where the hardware is not Ethernet. */
export function macOf(packet: DhcpPacket): string | null {
  if (packet.htype !== 1 || packet.hlen !== 6) return null;
  const digits = packet.chaddr.toString('hex', 0, 6);
  return digits.replace(/(..)(?=.)/g, '$1:');
}

function untilNul(field: Buffer): string {
  const end = field.indexOf(0);
  return field.toString('latin1', 0, end === -1 ? field.length : end);
}

function writeName(writer: BinaryWriter, name: string, length: number): void {
  const bytes = Buffer.from(name, 'latin1');
  if (bytes.length >= length) throw new RangeError(`${bytes.length} bytes do not fit a field of ${length}`);
  writer.bytes(bytes).zeros(length - bytes.length);
}
