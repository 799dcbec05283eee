import { MimeoError, toMimeoError } from '../errors.ts';
import type { ByteRun, Filesystem } from '../image/index.ts';
import { freeRunsOfBtrfs } from './btrfs/free-runs.ts';
import { subtractRuns } from './byte-runs.ts';
import { freeRunsOfExfat } from './exfat/free-runs.ts';
import { freeRunsOfExt } from './ext/free-runs.ts';
import { freeRunsOfF2fs } from './f2fs/free-runs.ts';
import { freeRunsOfFat } from './fat/free-runs.ts';
import { leftoverRuns } from './ntfs/leftovers.ts';
import { NtfsVolume } from './ntfs/ntfs-volume.ts';
import { freeRunsOfNtfs } from './ntfs/used-clusters.ts';
import { freeRunsOfSwap } from './swap/free-runs.ts';
import type { VolumeReader } from './volume-reader.ts';
import { freeRunsOfXfs } from './xfs/free-runs.ts';

/**
 * The bytes of a volume that its filesystem calls free. What is not explicitly free counts as used: also what
 * lies behind the filesystem's end, where other programs keep their own (mdraid, DRBD, boot loaders).
 *
 * @throws MimeoError `volume-damaged` when it meets anything it does not know or that makes no sense
 */
export type FreeRunsReader = (
  read: VolumeReader,
  lengthBytes: number,
  signal?: AbortSignal,
) => Promise<ByteRun[]>;

/** Who reads the free space of what; null where nobody does and the volume is stored whole. */
const FREE_RUNS: Record<Filesystem, FreeRunsReader | null> = {
  ntfs: async (read, lengthBytes, signal) => {
    const volume = await NtfsVolume.open(read);
    // Contents of pagefile, hibernation file and swapfile count as free, too.
    return [...(await freeRunsOfNtfs(volume, lengthBytes, signal)), ...(await leftoverRuns(volume))];
  },
  btrfs: freeRunsOfBtrfs,
  f2fs: freeRunsOfF2fs,
  fat: freeRunsOfFat,
  exfat: freeRunsOfExfat,
  ext: freeRunsOfExt,
  xfs: freeRunsOfXfs,
  swap: freeRunsOfSwap,
  raw: async () => [],
  // A physical volume has its own way; only one inside a logical volume of another group comes here.
  lvm: null,
};

export interface UsedRuns {
  /** From the volume's start; sorted, joined. */
  readonly runs: ByteRun[];
  /** Set when free space could not be told and everything counts as used. */
  readonly note: string | null;
}

/**
 * Which bytes of a filesystem are in use. Where its free space cannot be told for sure everything counts as
 * used: larger, never wrong.
 *
 * @throws MimeoError `disk-failed`, `volume-dirty`, `volume-hibernated`
 */
export async function usedRunsOf(
  read: VolumeReader,
  filesystem: Filesystem,
  lengthBytes: number,
  signal?: AbortSignal,
): Promise<UsedRuns> {
  const whole = [{ start: 0, length: lengthBytes }];
  const reader = FREE_RUNS[filesystem];
  if (reader === null) {
    const note = `holds ${filesystem}, whose free space cannot be told safely: it is stored whole`;
    return { runs: whole, note };
  }
  try {
    return { runs: subtractRuns(whole, await reader(read, lengthBytes, signal)), note: null };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof MimeoError && REFUSED.has(error.code)) throw error;
    const words = toMimeoError(error).message.replace(/\.$/, '');
    return {
      runs: whole,
      note: `holds ${filesystem}, but its free space could not be told (${words}): it is stored whole`,
    };
  }
}

/** Storing the volume whole would help against none of these. */
const REFUSED: ReadonlySet<string> = new Set(['disk-failed', 'volume-dirty', 'volume-hibernated']);
