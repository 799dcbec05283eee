import type { Filesystem, SourcePiece } from '../../image/index.ts';
import type { ImportFile } from '../codec/import-file.ts';
import type { PartitionFormat, PartitionImage } from '../partition-image.ts';
import { readPartimageHead } from './partimage-head.ts';
import { readData } from './read-data.ts';
import { SummedStream } from './summed-stream.ts';
import { isVolume, openVolumes } from './volumes.ts';

/** By partimage's names; what is not here has no name of its own with us. */
const FILESYSTEMS: Readonly<Record<string, { readonly name: Filesystem; readonly mbrType?: string }>> = {
  ntfs: { name: 'ntfs' },
  fat12: { name: 'fat', mbrType: '01' },
  fat16: { name: 'fat', mbrType: '0E' },
  fat32: { name: 'fat' },
  ext2fs: { name: 'ext' },
  ext3fs: { name: 'ext' },
  xfs: { name: 'xfs' },
};

/** Images of partimage 0.6, of one volume or many, with or without compression. */
export const partimageFormat: PartitionFormat = {
  name: 'partimage image',
  recognises: isVolume,
  open: openPartimage,
};

async function openPartimage(file: ImportFile, signal: AbortSignal): Promise<PartitionImage> {
  await using stream = await openVolumes(file, signal);
  const head = await readPartimageHead(new SummedStream(stream));
  const { name, mbrType } = FILESYSTEMS[head.filesystem] ?? { name: 'raw' };
  return {
    description: `partimage image of ${head.device} (${head.filesystem}), format ${head.version}`,
    filesystem: name,
    lengthBytes: Math.max(head.partitionBytes, head.blocks * head.blockBytes),
    usedBytes: head.usedBlocks * head.blockBytes,
    warnings: [],
    boot: head.boot,
    ...(mbrType === undefined ? {} : { mbrType }),
    read: (readSignal) => readPartimage(file, readSignal),
  };
}

async function* readPartimage(file: ImportFile, signal: AbortSignal): AsyncGenerator<SourcePiece> {
  await using stream = await openVolumes(file, signal);
  const summed = new SummedStream(stream);
  yield* readData(summed, await readPartimageHead(summed));
}
