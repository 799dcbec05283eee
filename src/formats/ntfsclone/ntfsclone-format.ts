import { MimeoError } from '../../errors.ts';
import type { SourcePiece } from '../../image/index.ts';
import type { ImportFile } from '../codec/import-file.ts';
import type { PartitionFormat, PartitionImage } from '../partition-image.ts';
import { NTFSCLONE_MAGIC, readNtfscloneHead } from './ntfsclone-head.ts';
import { readClusters } from './read-clusters.ts';

/** The special image format of ntfsclone (`--save-image`), as old Clonezilla folders hold it too. */
export const ntfscloneFormat: PartitionFormat = {
  name: 'ntfsclone image',
  recognises: (head) => head.toString('latin1', 0, NTFSCLONE_MAGIC.length) === NTFSCLONE_MAGIC,
  open: openNtfsclone,
};

async function openNtfsclone(file: ImportFile, signal: AbortSignal): Promise<PartitionImage> {
  await using stream = file.stream(signal);
  const head = await readNtfscloneHead(stream);
  for await (const { bytes } of readClusters(stream, head)) {
    if (Buffer.from(bytes).toString('latin1', 3, 11) === 'NTFS    ') break;
    throw new MimeoError(
      'import-unsupported',
      `${file.path} does not begin with the boot sector of an NTFS volume: ntfsclone saves such images with --metadata, without the content of files.`,
      { next: 'Make the image again without --metadata.' },
    );
  }
  return {
    description: `ntfsclone image, format ${head.version}`,
    filesystem: 'ntfs',
    lengthBytes: head.deviceBytes,
    usedBytes: head.usedClusters * head.clusterBytes,
    warnings: [`${file.path} is of a format without checksums: damage inside its clusters cannot be told.`],
    read: (readSignal) => readNtfsclone(file, readSignal),
  };
}

async function* readNtfsclone(file: ImportFile, signal: AbortSignal): AsyncGenerator<SourcePiece> {
  await using stream = file.stream(signal);
  yield* readClusters(stream, await readNtfscloneHead(stream));
  await stream.expectEnd();
}
