import { labelInRecord, recogniseFilesystem, SNIFF_BYTES, volumeRecordPlace } from '../disk/index.ts';
import { CHUNK_BYTES, LIMITS, type SourcePiece, type SourceRegion } from '../image/index.ts';
import { damaged } from './damage.ts';
import { withBackupBootSector } from './ntfs-backup-boot.ts';
import type { PartitionImage } from './partition-image.ts';
import { watchBytes } from './watch-bytes.ts';

export interface RegionPlace {
  /** The partition's number. */
  readonly partition: number;
  readonly startByte: number;
  readonly lengthBytes: number;
  /** The image's file, for errors. */
  readonly path: string;
}

/** What a region's chunk table can hold: 64 TiB. */
const MOST_BYTES = LIMITS.chunks * CHUNK_BYTES;

/**
 * A partition of the disk with the content of an image file. Reads as much of the image as tells its filesystem.
 * The label of NTFS lies further back: it is known when that place has been read.
 *
 * @throws MimeoError `import-damaged`
 */
export async function regionOf(
  image: PartitionImage,
  place: RegionPlace,
  signal: AbortSignal,
): Promise<{ region: SourceRegion; warnings: readonly string[] }> {
  if (place.lengthBytes > MOST_BYTES) {
    const words = `its partition would have ${place.lengthBytes} bytes, and an image holds at most ${MOST_BYTES}`;
    throw damaged({ path: place.path, offset: 0, compressed: false }, words);
  }
  const head = await headOf(image, Math.min(SNIFF_BYTES, place.lengthBytes), signal);
  const found = recogniseFilesystem(head);
  const filesystem = found.filesystem === 'raw' ? image.filesystem : found.filesystem;
  const { partition, startByte, lengthBytes, path } = place;
  const note = found.note === null ? [] : [`Partition ${partition} ${found.note}.`];
  const volumeRecord = filesystem === 'ntfs' ? volumeRecordPlace(head) : null;
  let label = found.label;
  const region: SourceRegion = {
    kind: 'partition',
    partition,
    filesystem,
    get label() {
      return label;
    },
    startByte,
    lengthBytes,
    usedBytes: image.usedBytes,
    read: (readSignal) => {
      const within = withinRegion(image.read(readSignal), lengthBytes, path);
      const watched =
        volumeRecord === null
          ? within
          : watchBytes(within, volumeRecord, (bytes) => {
              label = labelInRecord(bytes);
            });
      return filesystem === 'ntfs' ? withBackupBootSector(watched, lengthBytes) : watched;
    },
  };
  return { region, warnings: [...image.warnings, ...note] };
}

/** The partition's first bytes; what the image does not hold is zero. */
export async function headOf(image: PartitionImage, length: number, signal: AbortSignal): Promise<Buffer> {
  const head = Buffer.alloc(length);
  for await (const { offset, bytes } of image.read(signal)) {
    if (offset >= length) break;
    head.set(bytes.subarray(0, length - offset), offset);
    if (offset + bytes.length >= length) break;
  }
  return head;
}

/** A last block may be cut by the partition's end: nothing but zeros can have been read there. */
async function* withinRegion(
  pieces: AsyncIterable<SourcePiece>,
  lengthBytes: number,
  path: string,
): AsyncGenerator<SourcePiece> {
  for await (const piece of pieces) {
    const over = piece.offset + piece.bytes.length - lengthBytes;
    if (over <= 0) {
      yield piece;
      continue;
    }
    const kept = Math.max(0, piece.bytes.length - over);
    if (piece.bytes.subarray(kept).some((byte) => byte !== 0)) {
      throw damaged(
        { path, offset: 0, compressed: false },
        `it holds data past the end of its partition, which has ${lengthBytes} bytes`,
      );
    }
    if (kept > 0) yield { offset: piece.offset, bytes: piece.bytes.subarray(0, kept) };
  }
}
