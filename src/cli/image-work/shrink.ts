import { gigabytes, type PartitionShrink, planShrink } from '../../disk/index.ts';
import { MimeoError } from '../../errors.ts';
import { noRoom, workFolder } from '../../formats/index.ts';
import {
  type ChunkId,
  chunkLength,
  countUsedBytes,
  type DiskLayout,
  type ImageIndex,
  type Region,
  type SourceRegion,
} from '../../image/index.ts';
import { type ChunkSink, importSource } from '../../transfer/index.ts';
import { joined, type Session } from '../session.ts';
import { shrunkRegion } from './shrunk-region.ts';
import { openStoredImage } from './stored-image.ts';
import { type Uploaded, upload } from './upload.ts';

/** Ids asked for at once. */
const ASKED = 1000;

export interface ShrinkWish {
  /** Size of the disk that the new image shall fit. */
  readonly toBytes: number;
  /** Name of the new image. */
  readonly as: string;
  /** Where the partitions that become smaller are written; they need as much room as they use. */
  readonly workFolder: string | null;
}

export interface Shrunk extends Uploaded {
  /** What happened to the partitions, a clause each. */
  readonly plan: readonly string[];
}

/**
 * Makes an image that fits a smaller disk of one that does not. Only the partitions that become smaller are read and
 * stored anew; the first image stays as it is.
 *
 * @throws MimeoError `request-invalid` when there is nothing to make smaller, `disk-too-small` and `import-no-room` with
 * numbers
 */
export async function shrinkImage(session: Session, ref: string, wish: ShrinkWish): Promise<Shrunk> {
  const { signal } = session;
  const image = await openStoredImage(session, ref);
  const { index } = image;
  const name = `${index.name}@${index.version}`;
  if (index.otherDisks.length > 0) {
    throw new MimeoError(
      'request-invalid',
      `${name} has several disks; only an image of one disk can be shrunk.`,
      {
        next: 'Capture the machine again with --disk, one disk at a time.',
      },
    );
  }
  refuseSameSize(index, name, wish.toBytes);
  const { layout, shrinks, words } = planShrink(index, wish.toBytes);
  if (!session.json)
    session.terminal.err(joined(words.length > 0 ? words : ['No partition has to become smaller.']));
  const jobs = shrinks.map((shrink) => ({ shrink, region: regionOf(index, shrink.partition.number) }));
  const chunk = image.reader(
    'fetching',
    jobs.map(({ region }) => region),
  );
  await using folder = await workFolder(wish.workFolder ?? undefined, usedBytes(jobs));
  const within = { layout, chunk, folder: folder.path, name, signal };
  try {
    const regions: SourceRegion[] = [];
    for (const job of jobs) regions.push(await shrunkRegion({ ...job, ...within }));
    const notes = index.notes === '' ? `${name}, made smaller` : index.notes;
    const uploaded = await upload(session, wish.as, async ({ sink, onProgress }) => {
      const source = { disks: [{ layout, regions }], description: name, warnings: [], ...nothingToClose };
      const made = await importSource({ source, name: wish.as, notes, sink, onProgress, signal });
      const kept = keptRegions(index, layout, shrinks);
      await claim(kept, sink, signal);
      const all = [...made.index.regions, ...kept].sort((a, b) => a.startByte - b.startByte);
      return { ...made, index: { ...made.index, regions: all } };
    });
    return { ...uploaded, plan: words };
  } catch (error) {
    throw noRoom(error, folder.path, 'import-no-room');
  }
}

/** An image goes to a disk of its own size or a larger one as it is: a second one of the same would only be in the way. */
function refuseSameSize({ layout }: ImageIndex, name: string, toBytes: number): void {
  if (toBytes < layout.diskBytes) return;
  throw new MimeoError(
    'request-invalid',
    `${name} is of a disk of ${gigabytes(layout.diskBytes)} and goes to one of ${gigabytes(toBytes)} as it is: nothing was made.`,
    { next: 'Deploy it as it is, or name a smaller size with --to.' },
  );
}

/** Bytes that are written into the work folder: unused ones stay holes. */
function usedBytes(jobs: readonly { readonly region: Region }[]): number {
  let bytes = 0;
  for (const { region } of jobs) {
    for (let i = 0; i < region.chunks.count; i++)
      bytes += countUsedBytes(region.chunks.mask(i), chunkLength(region.lengthBytes, i));
  }
  return bytes;
}

const nothingToClose = { [Symbol.asyncDispose]: async (): Promise<void> => undefined };

function regionOf({ regions }: ImageIndex, number: number): Region {
  const region = regions.find(({ kind, partition }) => kind === 'partition' && partition === number);
  if (region === undefined)
    throw new MimeoError('internal', `partition ${number} was to shrink and holds nothing`);
  return region;
}

/** The regions that keep their content, where the smaller disk has them. */
function keptRegions(
  { regions }: ImageIndex,
  { partitions }: DiskLayout,
  shrinks: readonly PartitionShrink[],
): Region[] {
  return regions.flatMap((region): Region[] => {
    if (region.kind === 'gap') return [region];
    if (shrinks.some((shrink) => shrink.partition.number === region.partition)) return [];
    const place = partitions.find(({ number }) => number === region.partition);
    if (place === undefined) return [];
    return [{ ...region, startByte: place.startByte }];
  });
}

/** Makes the chunks that are taken over as they are part of the upload: none of them goes away meanwhile. */
async function claim(regions: readonly Region[], sink: ChunkSink, signal: AbortSignal): Promise<void> {
  const ids = new Set<ChunkId>();
  for (const { chunks } of regions) {
    for (let i = 0; i < chunks.count; i++) {
      const id = chunks.id(i);
      if (id !== null) ids.add(id);
    }
  }
  const all = [...ids];
  for (let at = 0; at < all.length; at += ASKED) {
    const [lost] = await sink.missing(all.slice(at, at + ASKED), signal);
    if (lost !== undefined) {
      throw new MimeoError(
        'chunk-missing',
        `The image was deleted while it was made smaller: chunk ${lost} is gone.`,
      );
    }
  }
}
