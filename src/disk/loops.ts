import { readdir, readFile, realpath } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { run } from '../command.ts';
import { MimeoError } from '../errors.ts';

/** A loop device whose last user has not let go after this long is reported, not waited for. */
const DETACH_MS = 15_000;

/** What a loop device shows, as the kernel says; null when it is free. Another program may take it at any time. */
async function attachment(device: string): Promise<{ file: string; offset: string } | null> {
  const folder = `/sys/block/${device.replace(/^\/dev\//, '')}/loop`;
  try {
    const [file = '', offset = ''] = await Promise.all(
      ['backing_file', 'offset'].map((name) => readFile(`${folder}/${name}`, 'utf8')),
    );
    return { file: file.trim().replace(/ \(deleted\)$/, ''), offset: offset.trim() };
  } catch {
    return null;
  }
}

/** The loop devices that show a disk or parts of it. */
export async function loopsOver(path: string): Promise<string[]> {
  const real = await realpath(path);
  const names = (await readdir('/sys/block')).filter((name) => /^loop\d+$/.test(name));
  const devices = names.map((name) => `/dev/${name}`);
  const shown = await Promise.all(devices.map(attachment));
  return devices.filter((_, i) => shown[i]?.file === real);
}

/**
 * Frees a loop device and waits until it is free: while somebody still holds it (ntfs-3g on its way out) the
 * kernel only promises to detach it. One that has become free meanwhile, or shows another file by now because
 * another program took its number, is left alone.
 *
 * @param path what it shows
 * @throws MimeoError `disk-busy` when it is still in use after a while
 */
export async function detachLoop(device: string, path: string): Promise<void> {
  // Its file may have been removed by now.
  const real = await realpath(path).catch(() => path);
  const own = await attachment(device);
  if (own?.file !== real) return;
  await run(['losetup', '--detach', device]);
  const deadline = performance.now() + DETACH_MS;
  for (;;) {
    const now = await attachment(device);
    if (now === null || now.file !== own.file || now.offset !== own.offset) return;
    if (performance.now() > deadline) {
      throw new MimeoError(
        'disk-busy',
        `${device}, a view of ${own.file}, is still in use after its work ended.`,
      );
    }
    await delay(5);
  }
}
