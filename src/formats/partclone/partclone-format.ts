import type { Filesystem, SourcePiece } from '../../image/index.ts';
import type { ImportFile } from '../codec/import-file.ts';
import type { PartitionFormat, PartitionImage } from '../partition-image.ts';
import { countBlocks, readBlockMap } from './block-map.ts';
import { MAGIC, readPartcloneHead } from './partclone-head.ts';
import { readBlocks } from './read-blocks.ts';
import { bytesAfterChecksum } from './wide-checksums.ts';

/** By the names that partclone writes; what is not here has no name of its own with us. */
const FILESYSTEMS: Readonly<Record<string, Filesystem>> = {
  NTFS: 'ntfs',
  EXTFS: 'ext',
  EXT2: 'ext',
  EXT3: 'ext',
  EXT4: 'ext',
  FAT: 'fat',
  FAT12: 'fat',
  FAT16: 'fat',
  FAT32: 'fat',
  EXFAT: 'exfat',
  XFS: 'xfs',
  BTRFS: 'btrfs',
  F2FS: 'f2fs',
};

/** Images of partclone, versions 0001 and 0002 of its format. */
export const partcloneFormat: PartitionFormat = {
  name: 'partclone image',
  recognises: (head) => head.toString('latin1', 0, MAGIC.length) === MAGIC,
  open: openPartclone,
};

async function openPartclone(file: ImportFile, signal: AbortSignal): Promise<PartitionImage> {
  await using stream = file.stream(signal);
  const head = await readPartcloneHead(stream);
  const map = await readBlockMap(stream, head);
  return {
    description: `partclone image of ${head.filesystem}, format ${head.version}`,
    filesystem: FILESYSTEMS[head.filesystem] ?? 'raw',
    // Old versions wrote a device smaller than its own blocks.
    lengthBytes: Math.max(head.deviceBytes, head.blocks * head.blockBytes),
    usedBytes: countBlocks(map) * head.blockBytes,
    warnings: warningsOf(file.path, head.checksum === 'none', head.version),
    read: (readSignal) => readPartclone(file, readSignal),
  };
}

async function* readPartclone(file: ImportFile, signal: AbortSignal): AsyncGenerator<SourcePiece> {
  await using stream = file.stream(signal);
  const head = await readPartcloneHead(stream);
  const map = await readBlockMap(stream, head);
  yield* readBlocks(stream, head, map, await bytesAfterChecksum(stream, head));
  await stream.expectEnd();
}

function warningsOf(path: string, unchecked: boolean, version: 1 | 2): string[] {
  if (unchecked) return [`${path} was made without checksums: damage inside its blocks cannot be told.`];
  if (version === 1) {
    return [`${path} is of partclone's first format, whose checksums see only the first byte of each block.`];
  }
  return [];
}
