export { chunkIdOf, chunkIdOfAsync, isChunkId, ZERO_CHUNK_ID } from './chunk-id.ts';
export { ChunkList } from './chunk-list.ts';
export { ChunkTableBuilder } from './chunk-table.ts';
export { type ChunkSum, diffImages, type ImageDiff, type RegionDiff } from './diff.ts';
export { decodeIndex, encodeIndex } from './index-codec.ts';
export { LIMITS } from './index-rules.ts';
export {
  applyMask,
  type ByteRun,
  countUsed,
  countUsedBytes,
  emptyMask,
  fullMask,
  isEmpty,
  isFull,
  isUsed,
  MASK_BYTES,
  markUsed,
  unusedRuns,
  usedRuns,
} from './mask.ts';
export {
  checkImageName,
  checkLabel,
  formatImageReference,
  type ImageReference,
  imageNameFault,
  imageNameKey,
  isImageName,
  labelFault,
  parseImageReference,
} from './name.ts';
export { chunkCount, chunkLength, regionMasks } from './region-masks.ts';
export {
  exportSigningKey,
  generateSigningKey,
  importSigningKey,
  keyIdOf,
  type PublicKey,
  publicKeyOf,
  signIndex,
  verifyIndex,
} from './signature.ts';
export type { ImageSource, SourceDisk, SourcePiece, SourceRegion } from './source.ts';
export {
  allDisks,
  allRegions,
  BLOCK_BYTES,
  BLOCKS_PER_CHUNK,
  CHUNK_BYTES,
  type ChunkId,
  type ChunkTable,
  type DiskImage,
  type DiskLayout,
  type Filesystem,
  type ImageIndex,
  type PartitionLayout,
  type Region,
} from './types.ts';
