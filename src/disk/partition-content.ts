import { MimeoError } from '../errors.ts';
import type { ByteRun, DiskLayout, Filesystem, PartitionLayout } from '../image/index.ts';
import { subtractRuns } from './byte-runs.ts';
import { refuseUncleanExt } from './check-ext.ts';
import { isDirtyFat } from './fat-state.ts';
import { recogniseFilesystem, SNIFF_BYTES } from './filesystem.ts';
import { refuseUncleanNtfs } from './ntfs/check-ntfs.ts';
import { leftoverRuns } from './ntfs/leftovers.ts';
import { ntfsLabel } from './ntfs/ntfs-label.ts';
import { NtfsVolume } from './ntfs/ntfs-volume.ts';
import { freeRunsOfNtfs } from './ntfs/used-clusters.ts';
import { type Disk, readAt } from './open-disk.ts';
import { withPartition } from './partition-view.ts';
import { usedRunsOf } from './used-runs.ts';

/** What a partition holds and which of its bytes matter. */
export interface PartitionContent {
  readonly filesystem: Filesystem;
  /** '' when it has none. */
  readonly label: string;
  /** Used bytes from the partition's start; sorted, joined. */
  readonly used: ByteRun[];
  /** For the technician, whole sentences. */
  readonly warnings: readonly string[];
}

/**
 * Looks into a partition without changing it: which filesystem, whether it is at rest, which blocks are
 * used. Contents of pagefile, hibernation file and swapfile of Windows do not count as used.
 *
 * @throws MimeoError `volume-dirty`, `volume-hibernated`, `volume-damaged` when it must not be captured
 */
export async function readContent(
  disk: Disk,
  layout: DiskLayout,
  partition: PartitionLayout,
  signal?: AbortSignal,
): Promise<PartitionContent> {
  const { startByte, lengthBytes, number } = partition;
  const name = `partition ${number} of ${disk.path}`;
  const read = (offset: number, length: number): Promise<Buffer> => {
    if (offset < 0 || offset + length > lengthBytes) {
      throw new MimeoError('volume-damaged', `The filesystem in ${name} reaches past its partition.`);
    }
    return readAt(disk, startByte + offset, length);
  };
  const head = await read(0, Math.min(SNIFF_BYTES, lengthBytes));
  const { filesystem, label, note } = recogniseFilesystem(head);
  const volume = filesystem === 'ntfs' ? await NtfsVolume.open(read) : null;
  if (volume !== null) await refuseUncleanNtfs(volume, name);
  if (filesystem === 'ext') refuseUncleanExt(head, name);
  if (volume !== null) {
    const free = [...(await freeRunsOfNtfs(volume)), ...(await leftoverRuns(volume))];
    const used = subtractRuns([{ start: 0, length: lengthBytes }], free);
    return { filesystem, label: await ntfsLabel(volume), used, warnings: [] };
  }
  const unclean = await isDirtyFat(filesystem, head, read);
  const used = await withPartition(
    { disk: disk.path, sectorBytes: layout.sectorBytes, partition },
    { readOnly: true },
    (device) => usedRunsOf(device, filesystem, lengthBytes, signal),
  );
  const notes = [note, used.note, unclean ? UNCLEAN : null].filter((words) => words !== null);
  return {
    filesystem,
    label,
    used: used.runs,
    warnings: notes.map((words) => `${sentenceStart(name)} ${words}.`),
  };
}

/** FAT has no journal that would have to be replayed: what is stored is what the master itself would find. */
const UNCLEAN =
  'was not unmounted cleanly: check it on the master (chkdsk, fsck) and capture again if files are missing';

function sentenceStart(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
