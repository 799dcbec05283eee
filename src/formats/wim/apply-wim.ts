import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { run } from '../../command.ts';
import { MimeoError } from '../../errors.ts';
import { damaged } from '../damage.ts';
import type { WimImage } from './wim-images.ts';

const MIB = 1_048_576;
/** wimlib has a status of its own for each kind of failure. */
const ANY_STATUS = Array.from({ length: 256 }, (_, status) => status);
/** An MFT record and, on average, half a cluster and an index entry. */
const ENTRY_BYTES = 4096;
/** The journal, bitmaps and the like of a fresh NTFS. */
const VOLUME_BYTES = 96 * MIB;

/** So many bytes the volume of an image takes; somewhat generous, and a deployment makes it as large as the disk. */
export function volumeBytes({ bytes, entries }: WimImage): number {
  return Math.ceil((bytes * 1.05 + entries * ENTRY_BYTES + VOLUME_BYTES) / MIB) * MIB;
}

/**
 * Makes an NTFS volume in a sparse file and unpacks an image of a WIM into it, with its ACLs, streams, short names
 * and links. Root is not needed.
 *
 * @param wim.parts the other files of a split one
 * @param volume.startByte where the partition will be on its disk: Windows' loader wants to know
 * @throws MimeoError `import-damaged` with wimlib's words, `import-no-room`
 */
export async function applyWim(
  wim: { readonly path: string; readonly parts: readonly string[]; readonly image: WimImage },
  volume: { readonly path: string; readonly startByte: number },
  signal: AbortSignal,
): Promise<void> {
  await using file = await open(volume.path, 'wx');
  await file.truncate(volumeBytes(wim.image));
  const geometry = [
    '--partition-start',
    String(volume.startByte / 512),
    '--heads',
    '255',
    '--sectors-per-track',
    '63',
  ];
  await run(['mkntfs', '--quick', '--force', '--quiet', '--sector-size', '512', ...geometry, volume.path], {
    signal,
  });
  const parts = wim.parts.map((part) => `--ref=${literal(resolve(part))}`);
  const argv = [
    'wimlib-imagex',
    'apply',
    resolve(wim.path),
    String(wim.image.index),
    volume.path,
    '--quiet',
    ...parts,
  ];
  // Its words say where the damage is, more of them than an error of run() has.
  const { status, stderr } = await run(argv, { signal, env: { LC_ALL: 'C.UTF-8' }, allowStatus: ANY_STATUS });
  if (status !== 0) throw explained(stderr, wim.path);
}

/** wimlib takes the names of parts for patterns. */
function literal(path: string): string {
  return path.replaceAll(/[*?[\]\\]/g, '\\$&');
}

function explained(words: string, path: string): MimeoError {
  const said = words.replaceAll(/\s+/g, ' ').trim().slice(-600);
  if (/no space left/i.test(words)) {
    return new MimeoError('import-no-room', `The image in ${path} did not fit: ${said}`);
  }
  const offset = /Resource offset in WIM: (\d+)/.exec(words)?.[1];
  if (offset !== undefined) {
    return damaged(
      { path, offset: Number(offset), compressed: false },
      'what is stored there has another SHA-1',
    );
  }
  return new MimeoError('import-damaged', `${path} cannot be unpacked; wimlib says: ${said}`);
}
