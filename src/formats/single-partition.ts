import type { ImageSource } from '../image/index.ts';
import { readBootArea } from './boot-area.ts';
import { diskInImage, holdsDisk } from './disk-in-image.ts';
import type { ImportFormat, ImportOptions } from './import.ts';
import { loneDisk } from './lone-partition.ts';
import type { PartitionFormat, PartitionImage } from './partition-image.ts';
import { regionOf } from './region-of.ts';

/** A file with one partition's content: a disk is made around it. */
export function singlePartition(format: PartitionFormat): ImportFormat {
  return {
    name: format.name,
    recognises: (place) => place.kind === 'file' && format.recognises(place.head),
    open: async (place, options) => {
      if (place.kind !== 'file') throw new TypeError('a partition image is a file');
      const image = await format.open(place.file, options.signal);
      if (await holdsDisk(image, options.signal)) return await diskInImage(image, place.path, options);
      return { kind: 'source', source: await diskAround(image, place.path, options) };
    },
  };
}

/** @throws MimeoError `import-damaged`, and `import-unsupported` for a boot code file that is none */
export async function diskAround(
  image: PartitionImage,
  path: string,
  options: ImportOptions,
): Promise<ImageSource> {
  const lone = loneDisk({
    filesystem: image.filesystem,
    lengthBytes: image.lengthBytes,
    boot: options.mbr === undefined ? (image.boot ?? null) : await readBootArea(options.mbr),
    ...(image.mbrType === undefined ? {} : { mbrType: image.mbrType }),
    ...(options.partitionTable === undefined ? {} : { table: options.partitionTable }),
  });
  const [partition] = lone.layout.partitions;
  const lengthBytes = partition?.lengthBytes ?? 0;
  const place = { partition: 1, startByte: lone.startByte, lengthBytes, path };
  const { region, warnings } = await regionOf(image, place, options.signal);
  return {
    disks: [{ layout: lone.layout, regions: lone.gap === null ? [region] : [lone.gap, region] }],
    description: `${image.description} ${path}`,
    warnings: [...warnings, ...lone.warnings],
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
