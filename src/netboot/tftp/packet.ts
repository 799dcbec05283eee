import { BinaryReader, BinaryWriter } from '../../binary.ts';

const OP = { rrq: 1, wrq: 2, data: 3, ack: 4, error: 5, oack: 6 } as const;

/** Error codes [RFC 1350, RFC 2347]. */
export const TFTP_ERROR = {
  undefined: 0,
  notFound: 1,
  forbidden: 2,
  full: 3,
  illegal: 4,
  unknownTransfer: 5,
  badOptions: 8,
} as const;

/** A request is one datagram of at most 512 bytes [RFC 2347]; longer ones are nothing a boot ROM sends. */
const LONGEST_REQUEST = 512;

export type TftpPacket =
  | {
      readonly op: 'rrq' | 'wrq';
      readonly file: string;
      /** Lower case: `octet`, `netascii`. */
      readonly mode: string;
      /** Names in lower case; the first of a repeated name counts. */
      readonly options: ReadonlyMap<string, string>;
    }
  | { readonly op: 'data'; readonly block: number; readonly data: Buffer }
  | { readonly op: 'ack'; readonly block: number }
  | { readonly op: 'error'; readonly code: number; readonly message: string }
  | { readonly op: 'oack'; readonly options: ReadonlyMap<string, string> };

/** Reads one datagram; null for anything that is no TFTP. It never throws. */
export function decodeTftp(bytes: Buffer): TftpPacket | null {
  if (bytes.length < 2) return null;
  const reader = new BinaryReader(bytes);
  const op = reader.u16be();
  switch (op) {
    case OP.rrq:
    case OP.wrq:
      return bytes.length > LONGEST_REQUEST ? null : decodeRequest(op === OP.rrq ? 'rrq' : 'wrq', bytes);
    case OP.data:
      return reader.remaining < 2 ? null : { op: 'data', block: reader.u16be(), data: bytes.subarray(4) };
    case OP.ack:
      return reader.remaining < 2 ? null : { op: 'ack', block: reader.u16be() };
    case OP.error: {
      if (reader.remaining < 2) return null;
      const code = reader.u16be();
      // Some boot ROMs leave out the closing NUL, or the whole message.
      return { op: 'error', code, message: strings(bytes.subarray(4))[0] ?? '' };
    }
    case OP.oack:
      return { op: 'oack', options: pairs(strings(bytes.subarray(2))) };
    default:
      return null;
  }
}

/** Writes one datagram. Text must be free of NUL. */
export function encodeTftp(packet: TftpPacket): Buffer {
  const writer = new BinaryWriter(sizeOf(packet));
  writer.u16be(OP[packet.op]);
  switch (packet.op) {
    case 'rrq':
    case 'wrq':
      text(writer, packet.file);
      text(writer, packet.mode);
      for (const [name, value] of packet.options) text(text(writer, name), value);
      break;
    case 'data':
      writer.u16be(packet.block).bytes(packet.data);
      break;
    case 'ack':
      writer.u16be(packet.block);
      break;
    case 'error':
      text(writer.u16be(packet.code), packet.message);
      break;
    case 'oack':
      for (const [name, value] of packet.options) text(text(writer, name), value);
      break;
  }
  return writer.toBuffer();
}

function sizeOf(packet: TftpPacket): number {
  if (packet.op === 'data') return 4 + packet.data.length;
  if (packet.op === 'ack') return 4;
  if (packet.op === 'error') return 5 + packet.message.length;
  const options = [...packet.options].reduce((sum, [name, value]) => sum + name.length + value.length + 2, 0);
  return 2 + options + (packet.op === 'oack' ? 0 : packet.file.length + packet.mode.length + 2);
}

function decodeRequest(op: 'rrq' | 'wrq', bytes: Buffer): TftpPacket | null {
  const [file, mode, ...rest] = strings(bytes.subarray(2));
  if (file === undefined || mode === undefined) return null;
  return { op, file, mode: mode.toLowerCase(), options: pairs(rest) };
}

/** NUL-terminated strings one after the other; a last one without its NUL counts too. */
function strings(bytes: Buffer): string[] {
  const found: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    const nul = bytes.indexOf(0, at);
    const end = nul === -1 ? bytes.length : nul;
    found.push(bytes.toString('latin1', at, end));
    at = end + 1;
  }
  return found;
}

function pairs(words: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (let i = 0; i + 1 < words.length; i += 2) {
    const name = (words[i] ?? '').toLowerCase();
    if (name === '') break; // padding: some ROMs send a request of fixed length
    if (!found.has(name)) found.set(name, words[i + 1] ?? '');
  }
  return found;
}

function text(writer: BinaryWriter, words: string): BinaryWriter {
  return writer.bytes(Buffer.from(words, 'latin1')).u8(0);
}
