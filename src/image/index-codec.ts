import { createHash } from 'node:crypto';
import { BinaryWriter } from '../binary.ts';
import { MimeoError } from '../errors.ts';
import { HASH_ALGORITHM } from './chunk-id.ts';
import { encodeChunkTable, readChunkTable } from './chunk-table-codec.ts';
import { damaged, IndexReader } from './index-reader.ts';
import { checkIndex, FILESYSTEMS, LIMITS } from './index-rules.ts';
import { readLayout, writeLayout, writeText } from './layout-codec.ts';
import { chunkCount } from './region-masks.ts';
import { BLOCK_BYTES, CHUNK_BYTES, type DiskImage, type ImageIndex, type Region } from './types.ts';

/** The first eight bytes of every index. */
export const INDEX_MAGIC = Buffer.from('MIMEOIDX', 'latin1');
/** The format of an image of one disk. */
export const INDEX_FORMAT = 1;
/** The format of an image of several disks: the others follow. */
export const DISKS_FORMAT = 2;
/** An index ends with the SHA-256 of everything before it. */
export const DIGEST_BYTES = 32;

const KINDS = ['gap', 'partition'] as const;

/**
 * An index in its binary form (docs/image-format.md), without a signature. The same index always gives
 * the same bytes.
 * @throws RangeError when the index breaks a rule of the format (a mistake of the caller)
 */
export function encodeIndex(index: ImageIndex): Buffer {
  checkIndex(index);
  const several = index.otherDisks.length > 0;
  // Room for every text at its longest, so that the writer never has to grow.
  const writer = new BinaryWriter(80_000);
  writer.bytes(INDEX_MAGIC).u16le(several ? DISKS_FORMAT : INDEX_FORMAT);
  writeText(writer, HASH_ALGORITHM);
  writer.u32le(CHUNK_BYTES).u32le(BLOCK_BYTES);
  writeText(writer, index.name);
  writer.u32le(index.version);
  writeText(writer, index.createdAt);
  writeText(writer, index.notes);
  const least = leastSize(index);
  const body = Buffer.concat([
    writer.toBuffer(),
    ...encodeDisk(index, least),
    ...(several ? [new BinaryWriter(2).u16le(index.otherDisks.length).toBuffer()] : []),
    ...index.otherDisks.flatMap((disk) => encodeDisk(disk, least)),
  ]);
  return Buffer.concat([body, createHash('sha256').update(body).digest()]);
}

function encodeDisk({ layout, regions }: DiskImage, least: 0 | 1): Buffer[] {
  const writer = new BinaryWriter(4096 + layout.partitions.length * 1024);
  writeLayout(writer, layout);
  writer.u16le(regions.length);
  return [writer.toBuffer(), ...regions.flatMap((region) => encodeRegion(region, least))];
}

function encodeRegion(region: Region, least: 0 | 1): Buffer[] {
  const writer = new BinaryWriter(1024);
  writer.u8(KINDS.indexOf(region.kind)).u16le(region.partition);
  writeText(writer, region.filesystem);
  writeText(writer, region.label);
  writer.u64le(region.startByte).u64le(region.lengthBytes);
  return [writer.toBuffer(), ...encodeChunkTable(region.chunks, region.lengthBytes, least)];
}

/**
 * Reads the binary form. Nothing is allocated before the bytes for it are known to be there, and an index
 * is either read whole or refused.
 * @param bytes without a signature (see `verifyIndex`)
 * @throws MimeoError `index-damaged` with the offset of what is wrong
 */
export function decodeIndex(bytes: Uint8Array): ImageIndex {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!buffer.subarray(0, INDEX_MAGIC.length).equals(INDEX_MAGIC)) {
    throw damaged(0, 'it does not start with MIMEOIDX');
  }
  const end = buffer.length - DIGEST_BYTES;
  if (end < INDEX_MAGIC.length) throw damaged(buffer.length, 'it ends within its head');
  const body = buffer.subarray(0, end);
  if (!createHash('sha256').update(body).digest().equals(buffer.subarray(end))) {
    throw damaged(end, 'its checksum does not match: it was altered or cut short');
  }
  const reader = new IndexReader(body, INDEX_MAGIC.length);
  const format = reader.u16('format version');
  if (format !== INDEX_FORMAT && format !== DISKS_FORMAT) {
    throw new MimeoError(
      'index-damaged',
      `The index has format version ${format}; this Mimeo reads ${INDEX_FORMAT} and ${DISKS_FORMAT}.`,
      {
        next: 'Read it with the version of Mimeo that wrote it, or a newer one.',
      },
    );
  }
  reader.expect(reader.text('hash algorithm', 16), HASH_ALGORITHM, 'hash algorithm');
  reader.expect(reader.u32('chunk size'), CHUNK_BYTES, 'chunk size');
  reader.expect(reader.u32('block size'), BLOCK_BYTES, 'block size');
  const head = { name: reader.text('name', LIMITS.name), version: reader.u32('version') };
  const index: ImageIndex = {
    ...head,
    createdAt: reader.text('time', LIMITS.time),
    notes: reader.text('notes', LIMITS.notes),
    ...readDisk(reader, leastSize(head)),
    otherDisks:
      format === DISKS_FORMAT
        ? reader.list('other disks', LIMITS.disks - 1, () => readDisk(reader, leastSize(head)))
        : [],
  };
  reader.finish();
  // One index has one encoding.
  if (format === DISKS_FORMAT && index.otherDisks.length === 0) throw damaged(end, 'it has no other disks');
  try {
    checkIndex(index);
  } catch (error) {
    throw damaged(end, error instanceof Error ? error.message : String(error));
  }
  return index;
}

function readDisk(reader: IndexReader, least: 0 | 1): DiskImage {
  const layout = readLayout(reader);
  return { layout, regions: reader.list('regions', LIMITS.regions, () => readRegion(reader, least)) };
}

function readRegion(reader: IndexReader, least: 0 | 1): Region {
  const kind = reader.choice('kind of region', KINDS);
  const partition = reader.u16('partition number');
  const filesystem = reader.word('filesystem', FILESYSTEMS);
  const label = reader.text('label', LIMITS.label);
  const startByte = reader.u64('start of region');
  const lengthBytes = reader.u64('length of region');
  reader.atMost(chunkCount(lengthBytes), LIMITS.chunks, 'number of chunks');
  const chunks = readChunkTable(reader, lengthBytes, least);
  return { kind, partition, filesystem, label, startByte, lengthBytes, chunks };
}

/** Sizes of chunks may be left open (0) until the store commits the index and gives it a version. */
function leastSize(index: { readonly version: number }): 0 | 1 {
  return index.version === 0 ? 0 : 1;
}
