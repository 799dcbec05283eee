import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { run } from '../command.ts';
import { MimeoError } from '../errors.ts';

/** A run of bytes of a disk, seen as a block device of its own. */
export interface LoopRange {
  /** The whole-disk node or plain file. */
  readonly disk: string;
  readonly startByte: number;
  readonly lengthBytes: number;
  readonly readOnly: boolean;
  /** Logical sector size of the disk; default 512. */
  readonly sectorBytes?: number;
}

/** A loop device whose last user has not let go after this long is reported, not waited for. */
const DETACH_MS = 15_000;

/**
 * Shows part of a disk as a loop device while `use` runs. Reads and writes go through the whole disk's own
 * page cache, so both views agree; the kernel needs to know no partition.
 */
export async function withLoop<T>(range: LoopRange, use: (device: string) => Promise<T>): Promise<T> {
  const { stdout } = await run([
    'losetup',
    '--find',
    '--show',
    '--offset',
    String(range.startByte),
    '--sizelimit',
    String(range.lengthBytes),
    ...(range.sectorBytes === undefined || range.sectorBytes === 512
      ? []
      : ['--sector-size', String(range.sectorBytes)]),
    ...(range.readOnly ? ['--read-only'] : []),
    range.disk,
  ]);
  const device = stdout.toString().trim();
  const own = await attachment(device);
  let result: T;
  try {
    result = await use(device);
  } catch (error) {
    // The first error is the one that explains; a second one on the way out would hide it.
    await detach(device, own, range).catch(() => undefined);
    throw error;
  }
  await detach(device, own, range);
  return result;
}

async function detach(device: string, own: string | null, range: LoopRange): Promise<void> {
  if (!range.readOnly) await run(['blockdev', '--flushbufs', device]);
  await run(['losetup', '--detach', device]);
  // While somebody still holds it (ntfs-3g on its way out) the kernel only promises to detach it.
  const deadline = performance.now() + DETACH_MS;
  while (own !== null && (await attachment(device)) === own) {
    if (performance.now() > deadline) {
      throw new MimeoError(
        'disk-busy',
        `${device}, a view of ${range.disk}, is still in use after its work ended.`,
      );
    }
    await delay(5);
  }
}

/** What a loop device shows, as the kernel says; null when it is free. Another program may take it at any time. */
async function attachment(device: string): Promise<string | null> {
  const folder = `/sys/block/${device.replace(/^\/dev\//, '')}/loop`;
  try {
    const [file, offset] = await Promise.all(
      ['backing_file', 'offset'].map((name) => readFile(`${folder}/${name}`, 'utf8')),
    );
    return `${file?.trim().replace(/ \(deleted\)$/, '')} ${offset?.trim()}`;
  } catch {
    return null;
  }
}
