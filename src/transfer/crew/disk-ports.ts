import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Disk } from '../../disk/index.ts';
import type { DiskPorts } from './job.ts';

/** An open disk's {@link DiskPorts}, until they are closed; no job may use them then. */
export interface OpenPorts extends AsyncDisposable {
  readonly ports: DiskPorts;
}

/**
 * Opens a disk's second way, past the kernel's cache: what is read comes from the disk itself, and what is
 * written costs no second copy and no memory. Where the filesystem of a plain file cannot do that there is none.
 */
export async function openPorts(disk: Disk, mode: 'read' | 'write'): Promise<OpenPorts> {
  const access = mode === 'read' ? constants.O_RDONLY : constants.O_RDWR;
  // The very file that is open, whatever its name means by now.
  const same = `/proc/self/fd/${disk.handle.fd}`;
  const direct: FileHandle | null = await open(same, access | constants.O_DIRECT).catch(() => null);
  return {
    ports: { direct: direct?.fd ?? null, plain: disk.handle.fd },
    [Symbol.asyncDispose]: async () => await direct?.close(),
  };
}
