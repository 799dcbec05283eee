import type { ExtSuperblock } from './superblock.ts';

/** A run of blocks. */
export interface BlockRun {
  readonly first: number;
  readonly count: number;
}

export function groupStart({ firstDataBlock, blocksPerGroup }: ExtSuperblock, group: number): number {
  return firstDataBlock + group * blocksPerGroup;
}

export function groupEnd(superblock: ExtSuperblock, group: number): number {
  return Math.min(superblock.blocks, groupStart(superblock, group + 1));
}

export function descriptorsPerBlock({ blockBytes, descriptorBytes }: ExtSuperblock): number {
  return blockBytes / descriptorBytes;
}

/** How many blocks all descriptors together fill. */
export function descriptorBlocks(superblock: ExtSuperblock): number {
  return Math.ceil(superblock.groups / descriptorsPerBlock(superblock));
}

/** Whether a group starts with a copy of the superblock: all, or 0, 1 and the powers of 3, 5 and 7, or two. */
function holdsCopy({ copies }: ExtSuperblock, group: number): boolean {
  if (group === 0 || copies === 'all') return true;
  if (copies !== 'sparse') return copies.includes(group);
  return group === 1 || [3, 5, 7].some((base) => isPowerOf(base, group));
}

/** Where block `index` of the descriptors lies (its first copy). */
export function descriptorBlockAt(superblock: ExtSuperblock, index: number): number {
  const { firstMetaGroup } = superblock;
  if (firstMetaGroup === null || index < firstMetaGroup) return superblockOf(superblock, 0) + 1 + index;
  const group = index * descriptorsPerBlock(superblock);
  return holdsCopy(superblock, group) ? superblockOf(superblock, group) + 1 : groupStart(superblock, group);
}

/**
 * The blocks at a group's start that hold copies of superblock and descriptors, and room for more of those.
 * A group whose bitmap was never written has nothing else but its own bitmaps and inode table.
 */
export function copiesIn(superblock: ExtSuperblock, group: number): BlockRun {
  const { firstMetaGroup, reservedDescriptorBlocks } = superblock;
  const first = groupStart(superblock, group);
  const perBlock = descriptorsPerBlock(superblock);
  const copy = holdsCopy(superblock, group);
  let end = copy ? superblockOf(superblock, group) + 1 : first;
  if (firstMetaGroup === null || group < firstMetaGroup * perBlock) {
    const descriptors = Math.min(descriptorBlocks(superblock), firstMetaGroup ?? Number.POSITIVE_INFINITY);
    if (copy) end += descriptors + reservedDescriptorBlocks;
  } else if ([0, 1, perBlock - 1].includes(group % perBlock)) {
    end += 1;
  }
  return { first, count: end - first };
}

/** With bigalloc and blocks of 1 KiB block 0 is part of group 0, and the superblock the block after it. */
function superblockOf(superblock: ExtSuperblock, group: number): number {
  const start = groupStart(superblock, group);
  return start === 0 && superblock.blockBytes === 1024 ? 1 : start;
}

function isPowerOf(base: number, value: number): boolean {
  let power = base;
  while (power < value) power *= base;
  return power === value;
}
