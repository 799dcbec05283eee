import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { run } from '../../src/command.ts';
import { type Holdings, runNow } from '../network/holdings.ts';
import { mountsBelow } from '../network/sweep.ts';
import { LabProcess } from '../process.ts';

export interface NtfsMount {
  readonly folder: string;
  /** Unmounts; when it resolves, all that was written is in the file. */
  unmount(): Promise<void>;
}

/**
 * Mounts a file that holds an NTFS volume; streams appear as extended attributes `user.NAME`. No loop
 * device is needed: ntfs-3g reads the file itself.
 *
 * ntfs-3g stays in the foreground as our child, because for a plain file `umount` returns before it has
 * written everything: its end is the only sign.
 */
export async function mountNtfs(
  file: string,
  folder: string,
  options: { readonly holdings: Holdings; readonly readOnly: boolean },
): Promise<NtfsMount> {
  mkdirSync(folder, { recursive: true });
  const flags = `${options.readOnly ? 'ro' : 'rw,compression'},streams_interface=xattr,noatime,no_detach`;
  const release = options.holdings.hold(`mount ${folder}`, () => {
    if (isMounted(folder, runNow(['cat', '/proc/mounts']))) runNow(['umount', folder]);
  });
  const driver = await LabProcess.start(['ntfs-3g', '-o', flags, file, folder], {
    name: `ntfs-3g on ${file}`,
    holdings: options.holdings,
  });
  await mounted(folder, driver);
  return {
    folder,
    unmount: async () => {
      release();
      const how = await driver.ended;
      if (how !== 'it ended with status 0')
        throw new Error(`ntfs-3g on ${file}: ${how}\n${driver.said.tail()}`);
    },
  };
}

/** A mount appears some time after ntfs-3g has started; nothing tells when, so we look. */
async function mounted(folder: string, driver: LabProcess): Promise<void> {
  while (!isMounted(folder, await readFile('/proc/mounts', 'utf8'))) {
    if (!driver.running) throw new Error(`${folder} was not mounted: ${driver.said.tail()}`);
    await Promise.race([driver.ended, new Promise((resolve) => setTimeout(resolve, 10))]);
  }
  // A first look also waits until the driver answers.
  await run(['stat', '--file-system', folder]);
}

function isMounted(folder: string, mounts: string): boolean {
  return mountsBelow(dirname(folder), mounts).includes(folder);
}
