import type { PartitionLayout } from '../image/index.ts';

/** Microsoft's reserved partition, and the room for GRUB on a GPT (Microsoft's and GNU's lists of types). */
const TYPES = new Set(['E3C9E316-0B5C-4DB8-817D-F92DF00215AE', '21686148-6449-6E6F-744E-656564454649']);

/** Whether a partition is of a kind that has no files: an image without it may be whole. */
export function isEmptyByNature({ type }: PartitionLayout): boolean {
  return TYPES.has(type.toUpperCase());
}
