import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../command.ts';
import { toMimeoError } from '../errors.ts';
import type { ByteRun, Filesystem } from '../image/index.ts';
import { subtractRuns } from './byte-runs.ts';
import { freeRunsOfMap } from './rescue-map.ts';

/**
 * The partclone that knows a filesystem's free space. btrfs loses data in some versions: it is copied whole.
 * NTFS is read by ourselves (`ntfs/`), which its state has to be anyway.
 */
const PARTCLONE: Partial<Record<Filesystem, string>> = {
  fat: 'partclone.fat',
  exfat: 'partclone.exfat',
  ext: 'partclone.extfs',
  xfs: 'partclone.xfs',
  f2fs: 'partclone.f2fs',
};

/** A swap area is its header (label, UUID); 64 KiB is the largest page any kernel uses. */
const SWAP_HEADER_BYTES = 65_536;

export interface UsedRuns {
  /** From the partition's start; sorted, joined. */
  readonly runs: ByteRun[];
  /** Set when free space could not be told and everything counts as used. */
  readonly note: string | null;
}

/**
 * Which bytes of a filesystem are in use, as partclone maps it. Where no map can be had everything counts
 * as used: larger, never wrong.
 *
 * @param device a block device or file with the partition's content; it is only read
 */
export async function usedRunsOf(
  device: string,
  filesystem: Filesystem,
  lengthBytes: number,
  signal?: AbortSignal,
): Promise<UsedRuns> {
  const whole = [{ start: 0, length: lengthBytes }];
  if (filesystem === 'swap')
    return { runs: [{ start: 0, length: Math.min(lengthBytes, SWAP_HEADER_BYTES) }], note: null };
  if (filesystem === 'raw') return { runs: whole, note: null };
  const program = PARTCLONE[filesystem];
  if (program === undefined) {
    return {
      runs: whole,
      note: `holds ${filesystem}, whose free space cannot be told safely: it is stored whole`,
    };
  }
  try {
    const free = freeRunsOfMap(await domainMap(program, device, signal));
    return { runs: subtractRuns(whole, free), note: null };
  } catch (error) {
    signal?.throwIfAborted();
    const words = toMimeoError(error).message;
    return {
      runs: whole,
      note: `holds ${filesystem}, but its free space could not be told (${words}): it is stored whole`,
    };
  }
}

async function domainMap(program: string, device: string, signal: AbortSignal | undefined): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mimeo-map-'));
  try {
    const map = join(folder, 'map');
    await run(
      [program, '-D', '-q', '-s', device, '-o', map, '-L', join(folder, 'log')],
      signal ? { signal } : {},
    );
    return await readFile(map, 'utf8');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
