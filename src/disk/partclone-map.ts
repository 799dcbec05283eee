import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../command.ts';
import type { ByteRun, Filesystem } from '../image/index.ts';
import { freeRunsOfMap } from './rescue-map.ts';

/** The partclone that knows a filesystem's free space. */
const PARTCLONE: Partial<Record<Filesystem, string>> = {
  fat: 'partclone.fat',
  exfat: 'partclone.exfat',
  ext: 'partclone.extfs',
  xfs: 'partclone.xfs',
  f2fs: 'partclone.f2fs',
};

/**
 * The free bytes of a volume as partclone tells them; null for a filesystem that it is not asked about.
 * @param device a block device or file; it is only read
 */
export async function freeRunsOfPartclone(
  device: string,
  filesystem: Filesystem,
  signal?: AbortSignal,
): Promise<ByteRun[] | null> {
  const program = PARTCLONE[filesystem];
  if (program === undefined) return null;
  const folder = await mkdtemp(join(tmpdir(), 'mimeo-map-'));
  try {
    const map = join(folder, 'map');
    await run(
      [program, '-D', '-q', '-s', device, '-o', map, '-L', join(folder, 'log')],
      signal ? { signal } : {},
    );
    return freeRunsOfMap(await readFile(map, 'utf8'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
