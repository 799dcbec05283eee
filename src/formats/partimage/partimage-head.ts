import { MimeoError } from '../../errors.ts';
import { type BootArea, bootAreaOf } from '../boot-area.ts';
import { damaged } from '../damage.ts';
import type { SummedStream } from './summed-stream.ts';
import { isVolume, parseVolumeHead, VOLUME_HEAD_BYTES } from './volumes.ts';

const BLOCK_BYTES = 16_384;
/** Places in the main header, little-endian. */
const DEVICE_AT = 4608;
const PARTITION_BYTES_AT = 9592;
const MBR_COUNT_AT = 9792;
const MBR_BYTES_AT = 9796;
const ENCRYPTION_AT = 9800;
/** Places in the copy of an MBR: the sector, a sum, the disk's name. */
const MBR_DEVICE_AT = 516;
const MOST_MBRS = 64;
const NAME_BYTES = 512;
/** What nobody's partimage wrote yet: room for later formats, each with its length. */
const EXTENSIONS = 10;
/** Enough for 2 TiB of NTFS; the map is kept in memory. */
const LARGEST_MAP = 128 * 1_048_576;

/** What stands before the data of a partimage image. */
export interface PartimageHead {
  readonly version: string;
  /** As partimage calls it: `ntfs`, `ext3fs`, `fat32`, … */
  readonly filesystem: string;
  /** The partition's device when it was saved: `/dev/hda1`. */
  readonly device: string;
  readonly partitionBytes: number;
  /** Of the disk that `device` is on; null when partimage did not save it. */
  readonly boot: BootArea | null;
  readonly blockBytes: number;
  readonly blocks: number;
  readonly usedBlocks: number;
  /** Bit `b` (least significant first in each byte) says whether block `b` is used. */
  readonly map: Buffer;
}

/**
 * Reads up to the first block of data.
 * @throws MimeoError `import-damaged`, `import-unsupported`
 */
export async function readPartimageHead(summed: SummedStream): Promise<PartimageHead> {
  const volume = await summed.stream.read(VOLUME_HEAD_BYTES, "the volume's head");
  const { version, volume: number } = parseVolumeHead(volume);
  const { path } = summed.stream.place();
  if (!isVolume(volume) || number !== 0)
    throw unsupported(path, `is volume ${number} of an image; name its volume 0`);
  if (!version.startsWith('0.6.'))
    throw unsupported(path, `is of version ${version} of partimage's format; 0.6 is known`);
  const main = await summed.checkedBlock(BLOCK_BYTES, 'the main header');
  if (main.readUInt32LE(ENCRYPTION_AT) !== 0) throw unsupported(path, 'is encrypted');
  const device = textAt(main, DEVICE_AT);
  const boot = await readMbrs(summed, main, device);
  for (let i = 0; i < EXTENSIONS; i++) {
    await summed.expect(`MAGIC-BEGIN-EXT${String(i).padStart(3, '0')}`);
    let left = (await summed.read(4, 'an extension')).readUInt32LE(0);
    for (; left > 0; left -= Math.min(left, BLOCK_BYTES)) {
      await summed.read(Math.min(left, BLOCK_BYTES), 'an extension');
    }
  }
  const partition = main.readBigUInt64LE(PARTITION_BYTES_AT);
  const local = await readBlocksHead(summed, partition);
  await summed.expect('MAGIC-BEGIN-INFO');
  await summed.checkedBlock(BLOCK_BYTES, "the filesystem's header");
  await summed.expect('MAGIC-BEGIN-DATABLOCKS');
  return { version, filesystem: textAt(main, 0), device, partitionBytes: Number(partition), boot, ...local };
}

async function readBlocksHead(
  summed: SummedStream,
  partition: bigint,
): Promise<Pick<PartimageHead, 'blockBytes' | 'blocks' | 'usedBlocks' | 'map'>> {
  await summed.expect('MAGIC-BEGIN-LOCALHEADER');
  const at = summed.stream.position;
  const local = await summed.checkedBlock(BLOCK_BYTES, 'the local header');
  const [size, used, count, mapSize] = [0, 8, 16, 24].map((offset) => local.readBigUInt64LE(offset));
  if (size === undefined || used === undefined || count === undefined || mapSize === undefined) {
    throw new RangeError('four numbers');
  }
  const power = size >= 512n && size <= 1_048_576n && (size & (size - 1n)) === 0n;
  const fits = partition < 2n ** 53n && count * size <= partition + size && used <= count;
  if (!power || !fits || mapSize * 8n < count || mapSize > LARGEST_MAP) {
    throw damaged(
      summed.stream.place(at),
      `the sizes there make no sense: ${count} blocks of ${size} bytes, ${used} used, a map of ${mapSize} bytes, on ${partition} bytes`,
    );
  }
  await summed.expect('MAGIC-BEGIN-BITMAP');
  const map = Buffer.from(await summed.read(Number(mapSize), 'the map of used blocks'));
  return { blockBytes: Number(size), blocks: Number(count), usedBlocks: Number(used), map };
}

/** The copies of the MBRs of all disks that the machine had. */
async function readMbrs(summed: SummedStream, main: Buffer, device: string): Promise<BootArea | null> {
  await summed.expect('MAGIC-BEGIN-MBRBACKUP');
  const [count, size] = [main.readUInt32LE(MBR_COUNT_AT), main.readUInt32LE(MBR_BYTES_AT)];
  if (count > MOST_MBRS || (count > 0 && (size < MBR_DEVICE_AT + NAME_BYTES || size > BLOCK_BYTES))) {
    throw damaged(summed.stream.place(), `${count} boot sectors of ${size} bytes make no sense`);
  }
  let boot: BootArea | null = null;
  for (let i = 0; i < count; i++) {
    const copy = Buffer.from(await summed.read(size, 'the boot sectors of the disks'));
    if (isDiskOf(textAt(copy, MBR_DEVICE_AT), device)) boot = bootAreaOf(copy.subarray(0, 512));
  }
  return boot;
}

/** `/dev/hda` is the disk of `/dev/hda1`, `/dev/nvme0n1` that of `/dev/nvme0n1p2`. */
function isDiskOf(disk: string, partition: string): boolean {
  return disk !== '' && partition.startsWith(disk) && /^p?\d+$/.test(partition.slice(disk.length));
}

function textAt(bytes: Buffer, at: number): string {
  return bytes.toString('latin1', at, at + NAME_BYTES).split('\0', 1)[0] ?? '';
}

function unsupported(path: string, words: string): MimeoError {
  return new MimeoError('import-unsupported', `${path} ${words}.`);
}
