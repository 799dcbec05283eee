import { isExtended, refuseUnwritable } from '../disk/index.ts';
import { MimeoError } from '../errors.ts';
import type { DiskLayout, PartitionLayout, SourceDisk, SourceRegion } from '../image/index.ts';
import type { ImportFile } from './codec/import-file.ts';
import { partitionFormatOf } from './partition-formats.ts';
import type { PartitionImage } from './partition-image.ts';
import { rawImage } from './raw-image.ts';
import { regionOf } from './region-of.ts';
import { holdsSwap, type SwapFacts, swapImage } from './swap-image.ts';

/** As at a capture: no loader reaches further. */
const GAP_END = 1_048_576;

/** Less than this is what rounding to blocks leaves. */
const SHRUNK = 16 * 1_048_576;

/** What a folder has of one partition. */
export type PartContent =
  | {
      readonly kind: 'file';
      readonly file: ImportFile;
      /** Without a mark of its own it is a byte-by-byte copy. */
      readonly raw: boolean;
    }
  | { readonly kind: 'swap'; readonly facts: SwapFacts };

/** A disk's table and boot code. */
export interface DiskTable {
  readonly layout: DiskLayout;
  /** What followed the MBR up to the first partition; null when it was not saved. */
  readonly loader: Buffer | null;
  readonly warnings: readonly string[];
}

export interface DiskParts extends Pick<DiskTable, 'layout' | 'loader'> {
  readonly contents: ReadonlyMap<number, PartContent>;
}

/**
 * Puts a disk together from its table and its partitions' files.
 * @throws MimeoError `import-damaged`, `import-unknown` when a partition's file is of no known format,
 * `table-unwritable` when no disk could be given this table
 */
export async function assembleDisk(
  { layout, loader, contents }: DiskParts,
  signal: AbortSignal,
): Promise<{ disk: SourceDisk; warnings: readonly string[] }> {
  await refuseUnwritable(layout);
  const regions: SourceRegion[] = gapRegion(layout, loader);
  const warnings: string[] = [];
  for (const partition of layout.partitions) {
    if (isExtended(layout, partition)) continue;
    const content = contents.get(partition.number);
    if (content === undefined || (content.kind === 'swap' && !holdsSwap(partition))) {
      warnings.push(
        `Partition ${partition.number} has no content in the image: it stays as it is on the disk.`,
      );
      continue;
    }
    const { number, startByte, lengthBytes } = partition;
    const path = content.kind === 'file' ? content.file.path : '';
    const image = await imageOf(content, partition, signal);
    const place = { partition: number, startByte, lengthBytes, path };
    const { region, warnings: said } = await regionOf(image, place, signal);
    regions.push(region);
    warnings.push(...said);
    if (lengthBytes - image.lengthBytes >= SHRUNK) {
      const [has, of] = [image.lengthBytes, lengthBytes].map((bytes) => Math.round(bytes / 1_048_576));
      warnings.push(
        `The filesystem of partition ${number} has ${has} of the partition's ${of} MiB: it was shrunk. It fills the partition again when it is deployed.`,
      );
    }
  }
  return { disk: { layout, regions }, warnings };
}

async function imageOf(
  content: PartContent,
  { lengthBytes }: PartitionLayout,
  signal: AbortSignal,
): Promise<PartitionImage> {
  if (content.kind === 'swap') return swapImage(content.facts, lengthBytes);
  const { file } = content;
  const head = await file.head(signal);
  const format = partitionFormatOf(head);
  if (format !== null) return await format.open(file, signal);
  if (content.raw) return rawImage(file, lengthBytes);
  throw new MimeoError(
    'import-unknown',
    `${file.path} is of no known format: it begins with ${head.toString('hex', 0, 16)}.`,
  );
}

/** Boot loaders of MBR disks live between the table and the first partition. */
function gapRegion(layout: DiskLayout, loader: Buffer | null): SourceRegion[] {
  const startByte = layout.sectorBytes;
  const end = Math.min(GAP_END, ...layout.partitions.map((partition) => partition.startByte));
  const bytes = loader?.subarray(0, end - startByte);
  if (layout.table !== 'mbr' || bytes === undefined || bytes.length === 0) return [];
  return [
    {
      kind: 'gap',
      partition: 0,
      filesystem: 'raw',
      label: '',
      startByte,
      lengthBytes: end - startByte,
      usedBytes: bytes.length,
      async *read(signal) {
        signal.throwIfAborted();
        yield { offset: 0, bytes };
      },
    },
  ];
}
