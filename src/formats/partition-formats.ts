import { ntfscloneFormat } from './ntfsclone/ntfsclone-format.ts';
import { partcloneFormat } from './partclone/partclone-format.ts';
import { partimageFormat } from './partimage/partimage-format.ts';
import type { PartitionFormat } from './partition-image.ts';

/** Every format whose file is one partition; Clonezilla and FOG folders hold such files too. */
export const PARTITION_FORMATS: readonly PartitionFormat[] = [
  partcloneFormat,
  ntfscloneFormat,
  partimageFormat,
];

/** The format of a file by its decompressed head; null when it is none of them. */
export function partitionFormatOf(head: Buffer): PartitionFormat | null {
  return PARTITION_FORMATS.find((format) => format.recognises(head)) ?? null;
}
