import { chunkCount, chunkLength, countUsedBytes, type ImageIndex } from '../../image/index.ts';
import type { ImageSummary } from '../../store/index.ts';
import type { ImageDetailView, ImageView } from '../schemas/index.ts';

export function imageView(image: ImageSummary): ImageView {
  return { ...image, filesystems: [...image.filesystems] };
}

export function imageDetail(image: ImageSummary, index: ImageIndex): ImageDetailView {
  const partitions = index.regions
    .filter((region) => region.kind === 'partition')
    .map(({ partition, filesystem, label, startByte, lengthBytes, chunks }) => {
      let usedBytes = 0;
      for (let i = 0; i < chunks.count; i++)
        usedBytes += countUsedBytes(chunks.mask(i), chunkLength(lengthBytes, i));
      return { number: partition, filesystem, label, startByte, lengthBytes, usedBytes };
    });
  const chunks = index.regions.reduce((sum, region) => sum + chunkCount(region.lengthBytes), 0);
  return { ...imageView(image), partitions, chunks };
}
