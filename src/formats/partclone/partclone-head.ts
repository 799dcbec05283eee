import { crc32 } from 'node:zlib';
import { BinaryReader } from '../../binary.ts';
import type { ByteStream } from '../codec/byte-stream.ts';
import { damaged } from '../damage.ts';

/** What a partclone image says of itself before its bitmap. */
export interface PartcloneHead {
  readonly version: 1 | 2;
  /** As written: `NTFS`, `EXTFS`, `raw`… */
  readonly filesystem: string;
  readonly deviceBytes: number;
  readonly blocks: number;
  readonly blockBytes: number;
  readonly checksum: ChecksumMode;
  /** 0 without checksums. In images of version 1 more may follow: `wide-checksums.ts` finds out. */
  readonly checksumBytes: number;
  readonly blocksPerChecksum: number;
  /** Whether each checksum starts anew, or goes on from the last one. */
  readonly reseed: boolean;
  readonly bitmap: 'none' | 'bit' | 'byte';
}

type ChecksumMode = 'none' | 'crc32' | 'xxh64' | 'xxh128' | 'version1';

export const MAGIC = 'partclone-image';
export const V2_HEAD_BYTES = 110;
const V1_HEAD_BYTES = 4160;
const LITTLE_ENDIAN = 0xc0de;
const MODES = new Map<number, { mode: ChecksumMode; bytes: number }>([
  [0x00, { mode: 'none', bytes: 0 }],
  [0x20, { mode: 'crc32', bytes: 4 }],
  [0x30, { mode: 'xxh64', bytes: 8 }],
  [0x31, { mode: 'xxh128', bytes: 16 }],
  [0xff, { mode: 'version1', bytes: 4 }],
]);
const BITMAPS = new Map<number, PartcloneHead['bitmap']>([
  [0, 'none'],
  [1, 'bit'],
  [8, 'byte'],
]);
/** A bitmap of 1 GiB: 32 TiB in blocks of 4 KiB. More is a damaged number. */
const MOST_BLOCKS = 2 ** 33;
const MOST_BLOCK_BYTES = 64 * 1024 * 1024;

/**
 * Reads the head; afterwards the stream stands at the bitmap.
 * Layouts: partclone's `IMAGE_FORMATS.md` for version 2, its image structures for version 1.
 *
 * @throws MimeoError `import-damaged` with the offset of the first field that cannot be
 */
export async function readPartcloneHead(stream: ByteStream): Promise<PartcloneHead> {
  const bytes = Buffer.from(await stream.read(V2_HEAD_BYTES, 'its head'));
  if (bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) {
    throw damaged(stream.place(0), `"${MAGIC}" should stand there`);
  }
  if (bytes.toString('latin1', 30, 34) === '0001') {
    await stream.skip(V1_HEAD_BYTES - V2_HEAD_BYTES, 'its head');
    return parseV1(bytes, stream);
  }
  const version = bytes.toString('latin1', 30, 34);
  if (version !== '0002') {
    throw damaged(stream.place(30), `the version should be 0001 or 0002, it is ${JSON.stringify(version)}`);
  }
  return parseV2(bytes, stream);
}

function parseV2(bytes: Buffer, stream: ByteStream): PartcloneHead {
  const expected = bytes.readUInt32LE(106);
  const found = partcloneCrc(bytes.subarray(0, 106));
  if (found !== expected) {
    throw damaged(
      stream.place(106),
      `its head should have the checksum ${hex(expected)}, it has ${hex(found)}`,
    );
  }
  if (bytes.readUInt16LE(34) !== LITTLE_ENDIAN) {
    throw damaged(stream.place(34), 'it was written on a big-endian machine, or is no partclone image');
  }
  const checksum = MODES.get(bytes.readUInt16LE(96));
  const bitmap = BITMAPS.get(bytes.readUInt8(105));
  if (checksum === undefined) {
    throw damaged(stream.place(96), `checksum mode ${hex(bytes.readUInt16LE(96))} is not known`);
  }
  if (bitmap === undefined) {
    throw damaged(stream.place(105), `bitmap mode ${bytes.readUInt8(105)} is not known`);
  }
  const sizeBytes = bytes.readUInt16LE(98);
  if (checksum.mode !== 'none' && sizeBytes !== checksum.bytes) {
    throw damaged(stream.place(98), `a checksum should have ${checksum.bytes} bytes, not ${sizeBytes}`);
  }
  const { mode } = checksum;
  const perChecksum = bytes.readUInt32LE(100);
  return {
    version: 2,
    filesystem: text(bytes, 36, 16),
    ...sizes(bytes, { device: 52, blocks: 60, blockBytes: 84 }, stream),
    // Without blocks per checksum none is ever written, whatever the mode.
    checksum: perChecksum === 0 ? 'none' : mode,
    checksumBytes: perChecksum === 0 ? 0 : checksum.bytes,
    blocksPerChecksum: perChecksum,
    reseed: bytes.readUInt8(104) !== 0,
    bitmap,
  };
}

function parseV1(bytes: Buffer, stream: ByteStream): PartcloneHead {
  return {
    version: 1,
    filesystem: text(bytes, 15, 15),
    ...sizes(bytes, { device: 40, blocks: 48, blockBytes: 36 }, stream),
    checksum: 'version1',
    checksumBytes: 4,
    blocksPerChecksum: 1,
    reseed: false,
    bitmap: 'byte',
  };
}

function sizes(
  bytes: Buffer,
  at: { device: number; blocks: number; blockBytes: number },
  stream: ByteStream,
): Pick<PartcloneHead, 'deviceBytes' | 'blocks' | 'blockBytes'> {
  const number = (offset: number, what: string): number => {
    try {
      return new BinaryReader(bytes, offset).u64le();
    } catch (error) {
      throw damaged(stream.place(offset), `${what} cannot be that large`, error);
    }
  };
  const deviceBytes = number(at.device, 'the device');
  const blocks = number(at.blocks, 'the number of blocks');
  const blockBytes = bytes.readUInt32LE(at.blockBytes);
  if (blockBytes === 0 || blockBytes % 512 !== 0 || blockBytes > MOST_BLOCK_BYTES) {
    throw damaged(stream.place(at.blockBytes), `a block cannot have ${blockBytes} bytes`);
  }
  if (blocks === 0 || blocks > MOST_BLOCKS || !Number.isSafeInteger(blocks * blockBytes)) {
    throw damaged(stream.place(at.blocks), `there cannot be ${blocks} blocks of ${blockBytes} bytes`);
  }
  return { deviceBytes, blocks, blockBytes };
}

/** partclone's CRC32 lacks the inversion at its end that everybody else's has. */
export function partcloneCrc(bytes: Uint8Array): number {
  return (crc32(bytes) ^ 0xffff_ffff) >>> 0;
}

export function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}

function text(bytes: Buffer, offset: number, length: number): string {
  return bytes.toString('latin1', offset, offset + length).split('\0', 1)[0] ?? '';
}
