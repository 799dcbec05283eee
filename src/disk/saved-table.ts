import { createHash } from 'node:crypto';
import { BinaryReader, BinaryWriter } from '../binary.ts';
import { MimeoError } from '../errors.ts';

/** What a disk held where we make it unbootable, so that it can be put back while no data was written. */
export interface SavedTable {
  readonly diskBytes: number;
  readonly pieces: readonly { readonly offset: number; readonly bytes: Buffer }[];
}

const MAGIC = Buffer.from('MIMEOTBL');
const VERSION = 1;
const DIGEST_BYTES = 32;
const MOST_PIECES = 16;

/** Magic, version, disk size, pieces (offset, length, bytes), then SHA-256 of all that. Little-endian. */
export function encodeSavedTable(saved: SavedTable): Buffer {
  const size = saved.pieces.reduce((sum, { bytes }) => sum + bytes.length + 12, MAGIC.length + 16);
  const writer = new BinaryWriter(size).bytes(MAGIC).u32le(VERSION).u64le(saved.diskBytes);
  writer.u32le(saved.pieces.length);
  for (const { offset, bytes } of saved.pieces) writer.u64le(offset).u32le(bytes.length).bytes(bytes);
  const body = writer.toBuffer();
  return Buffer.concat([body, createHash('sha256').update(body).digest()]);
}

/** @throws MimeoError `table-unreadable` when the bytes are no saved table or are damaged */
export function decodeSavedTable(bytes: Buffer): SavedTable {
  const body = bytes.subarray(0, Math.max(0, bytes.length - DIGEST_BYTES));
  const digest = createHash('sha256').update(body).digest();
  if (!digest.equals(bytes.subarray(body.length))) throw damaged('its checksum is wrong');
  const reader = new BinaryReader(body);
  try {
    if (!reader.bytes(MAGIC.length).equals(MAGIC)) throw damaged('it is something else');
    const version = reader.u32le();
    if (version !== VERSION) throw damaged(`it is of version ${version}`);
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

function damaged(words: string): MimeoError {
  return new MimeoError('table-unreadable', `The saved partition table cannot be used: ${words}.`);
}
