import {
  allDisks,
  allRegions,
  type ChunkId,
  chunkLength,
  countUsedBytes,
  diffImages,
  type ImageIndex,
} from '../../image/index.ts';
import type { ImageSummary } from '../../store/index.ts';
import type { ImageDetailView, ImageDiffView, ImageView } from '../schemas/index.ts';

/**
 * @param onlyBytes what no other version holds, where it was asked for
 * @param lostChunks how many of its chunks are known to be lost, where it was asked for
 */
export function imageView(
  image: ImageSummary,
  onlyBytes: number | null = null,
  lostChunks: number | null = null,
): ImageView {
  const { labels, filesystems, diskSizes, ...facts } = image;
  const lists = { labels: [...labels], filesystems: [...filesystems], diskSizes: [...diskSizes] };
  return { ...facts, ...lists, onlyBytes, lostChunks };
}

export function imageDetail(
  image: ImageSummary,
  index: ImageIndex,
  onlyBytes: number,
  lostChunks: number,
): ImageDetailView {
  const partitions = allDisks(index).flatMap(({ regions }, disk) =>
    regions
      .filter((region) => region.kind === 'partition')
      .map(({ partition, filesystem, label, startByte, lengthBytes, chunks }) => {
        let usedBytes = 0;
        for (let i = 0; i < chunks.count; i++)
          usedBytes += countUsedBytes(chunks.mask(i), chunkLength(lengthBytes, i));
        return { disk, number: partition, filesystem, label, startByte, lengthBytes, usedBytes };
      }),
  );
  const chunks = new Set<ChunkId>();
  for (const { chunks: table } of allRegions(index)) {
    for (let i = 0; i < table.count; i++) {
      const id = table.id(i);
      if (id !== null) chunks.add(id);
    }
  }
  return { ...imageView(image, onlyBytes, lostChunks), partitions, chunks: chunks.size };
}

export function diffView(first: ImageIndex, second: ImageIndex): ImageDiffView {
  const { layout, regions, ...sums } = diffImages(first, second);
  return {
    first: `${first.name}@${first.version}`,
    second: `${second.name}@${second.version}`,
    layout: [...layout],
    regions: regions.map((region) => ({ ...region, filesystems: [...region.filesystems] })),
    ...sums,
  };
}
