import { MimeoError } from '../errors.ts';
import type { ByteRun, Filesystem } from '../image/index.ts';
import { isDirtyExfat } from './exfat/boot-sector.ts';
import { refuseUncleanExt } from './ext/check-ext.ts';
import { farContent, isRaidByItsEnd } from './far-signatures.ts';
import { isDirtyFat } from './fat/dirty-fat.ts';
import { type Recognised, recogniseFilesystem, SNIFF_BYTES, whole } from './filesystem.ts';
import { lvmContent } from './lvm/lvm-content.ts';
import { refuseUncleanNtfs } from './ntfs/check-ntfs.ts';
import { ntfsLabel } from './ntfs/ntfs-label.ts';
import { NtfsVolume } from './ntfs/ntfs-volume.ts';
import { refuseSuspendedSwap } from './swap/check-swap.ts';
import { usedRunsOf } from './used-runs.ts';
import { boundedReader, type VolumeReader } from './volume-reader.ts';
import { refuseUncleanXfs } from './xfs/check-xfs.ts';

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

/** A run of bytes that may hold a filesystem. */
export interface Volume {
  readonly read: VolumeReader;
  readonly lengthBytes: number;
  /** How it is called in messages: "partition 2 of /dev/sda". */
  readonly name: string;
}

/**
 * Looks into a volume without changing it: which filesystem, whether it is at rest, which of its bytes are used.
 * Contents of pagefile, hibernation file and swapfile of Windows do not count as used.
 *
 * @param inner whether it is a logical volume
 * @throws MimeoError `volume-dirty`, `volume-hibernated`, `volume-damaged` when it must not be captured, `disk-failed`
 */
export async function volumeContent(
  volume: Volume,
  signal?: AbortSignal,
  inner = false,
): Promise<PartitionContent> {
  try {
    return await contentOf(volume, signal, inner);
  } catch (error) {
    throw named(error, volume.name);
  }
}

/** Readers of filesystems do not know which volume it is that they refuse. */
function named(error: unknown, name: string): unknown {
  if (!(error instanceof MimeoError) || !error.code.startsWith('volume-') || error.message.includes(name))
    return error;
  const words = `${sentenceStart(name)}: ${error.message}`;
  return new MimeoError(error.code, words, { next: error.next, cause: error });
}

async function contentOf(
  { read: source, lengthBytes, name }: Volume,
  signal: AbortSignal | undefined,
  inner: boolean,
): Promise<PartitionContent> {
  const read = boundedReader(source, lengthBytes, name);
  const head = await read(0, Math.min(SNIFF_BYTES, lengthBytes));
  const recognised = await recognise(read, lengthBytes, head);
  const { filesystem, note } = recognised;
  // A group within a logical volume of another one is no layout that anybody boots from.
  if (filesystem === 'lvm' && !inner) {
    return lvmContent({ read, lengthBytes, name }, (volume) => volumeContent(volume, signal, true));
  }
  const ntfs = filesystem === 'ntfs' ? await NtfsVolume.open(read) : null;
  if (ntfs !== null) await refuseUncleanNtfs(ntfs, name);
  if (filesystem === 'ext') refuseUncleanExt(head, name);
  if (filesystem === 'swap') refuseSuspendedSwap(head, name);
  if (filesystem === 'xfs') await refuseUncleanXfs(read, lengthBytes, name);
  const unclean =
    (filesystem === 'fat' && (await isDirtyFat(read, lengthBytes))) ||
    (filesystem === 'exfat' && isDirtyExfat(head));
  const used = await usedRunsOf(read, filesystem, lengthBytes, signal);
  const notes = [note, used.note, unclean ? UNCLEAN : null].filter((words) => words !== null);
  return {
    filesystem,
    label: ntfs === null ? recognised.label : await ntfsLabel(ntfs),
    used: used.runs,
    warnings: notes.map((words) => `${sentenceStart(name)} ${words}.`),
  };
}

/** By its first bytes, and by others where those do not say it or may not be believed. */
async function recognise(read: VolumeReader, lengthBytes: number, head: Buffer): Promise<Recognised> {
  const recognised = recogniseFilesystem(head);
  // Windows' own filesystems do not clear what an earlier RAID left at the end, and do not lie in one.
  if (['ntfs', 'exfat', 'fat'].includes(recognised.filesystem)) return recognised;
  if (await isRaidByItsEnd(read, lengthBytes)) return whole('is a part of a software RAID (mdraid)');
  if (recognised.filesystem !== 'raw' || recognised.note !== null) return recognised;
  const far = await farContent(read, lengthBytes);
  return far === null ? recognised : whole(far);
}

/** FAT has no journal that would have to be replayed: what is stored is what the master itself would find. */
const UNCLEAN =
  'was not unmounted cleanly: check it on the master (chkdsk, fsck) and capture again if files are missing';

function sentenceStart(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
