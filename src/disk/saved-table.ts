import { createHash } from 'node:crypto';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { BinaryReader, BinaryWriter } from '../binary.ts';
import { MimeoError } from '../errors.ts';

/** What a disk held where we make it unbootable, so that it can be put back while no data was written. */
export interface SavedTable {
  readonly diskBytes: number;
  readonly pieces: readonly { readonly offset: number; readonly bytes: Buffer }[];
}

const MAGIC = Buffer.from('MIMEOTBL');
/** 1 is the same without compression. */
const VERSION = 2;
const DIGEST_BYTES = 32;
const MOST_PIECES = 16;
/** Far more than is ever saved; what claims to be longer is damaged. */
const MOST_BYTES = 64 * 1_048_576;

/**
 * Magic, version, then compressed (zstd) the disk's size and the pieces (offset, length, bytes), then SHA-256 of all
 * that. Little-endian. Compressed because it is a MiB and more of nearly nothing, which a whole lab sends to the server
 * at the same moment.
 */
export function encodeSavedTable(saved: SavedTable): Buffer {
  const size = saved.pieces.reduce((sum, { bytes }) => sum + bytes.length + 12, 12);
  const writer = new BinaryWriter(size).u64le(saved.diskBytes).u32le(saved.pieces.length);
  for (const { offset, bytes } of saved.pieces) writer.u64le(offset).u32le(bytes.length).bytes(bytes);
  const head = new BinaryWriter(MAGIC.length + 4).bytes(MAGIC).u32le(VERSION).toBuffer();
  const body = Buffer.concat([head, zstdCompressSync(writer.toBuffer())]);
  return Buffer.concat([body, createHash('sha256').update(body).digest()]);
}

/** @throws MimeoError `table-unreadable` when the bytes are no saved table or are damaged */
export function decodeSavedTable(bytes: Buffer): SavedTable {
  const body = bytes.subarray(0, Math.max(0, bytes.length - DIGEST_BYTES));
  const digest = createHash('sha256').update(body).digest();
  if (!digest.equals(bytes.subarray(body.length))) throw damaged('its checksum is wrong');
  const head = new BinaryReader(body);
  try {
    if (!head.bytes(MAGIC.length).equals(MAGIC)) throw damaged('it is something else');
    const version = head.u32le();
    if (version !== 1 && version !== VERSION) throw damaged(`it is of version ${version}`);
    const rest = body.subarray(MAGIC.length + 4);
    const reader = new BinaryReader(version === 1 ? rest : decompressed(rest));
    const diskBytes = reader.u64le();
    const count = reader.u32le();
    if (count > MOST_PIECES) throw damaged(`it has ${count} pieces`);
    const pieces = Array.from({ length: count }, () => {
      const offset = reader.u64le();
      return { offset, bytes: Buffer.from(reader.bytes(reader.u32le())) };
    });
    return { diskBytes, pieces };
  } catch (error) {
    if (error instanceof RangeError) throw damaged(error.message);
    throw error;
  }
}

function decompressed(bytes: Buffer): Buffer {
  try {
    return zstdDecompressSync(bytes, { maxOutputLength: MOST_BYTES });
  } catch (cause) {
    throw damaged(String(cause));
  }
}

function damaged(words: string): MimeoError {
  return new MimeoError('table-unreadable', `The saved partition table cannot be used: ${words}.`);
}
