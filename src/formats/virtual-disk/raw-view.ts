import { dirname, join } from 'node:path';
import { run } from '../../command.ts';
import { noRoom, workFolder } from '../work-room.ts';
import { canShowDisks, fuseView } from './fuse-view.ts';
import { type QemuDisk, qemuName, qemuNode, showsWhole } from './qemu-node.ts';

/** A virtual disk as a raw file that may be read while it is not disposed. */
export interface RawView extends AsyncDisposable {
  readonly path: string;
  /** Whether it had to be copied. */
  readonly copied: boolean;
}

/**
 * Shows a virtual disk as a raw file; where that is not possible, copies it into a sparse one.
 * @param dataBytes of the disk, for the copy
 * @throws MimeoError `import-no-room`, `command-failed`
 */
export async function rawView(
  disk: QemuDisk,
  dataBytes: number,
  options: { workFolder?: string | undefined; signal: AbortSignal },
): Promise<RawView> {
  if ((await canShowDisks()) && (await showsWhole(disk))) {
    const view = await fuseView(qemuNode(disk), 'read', options.signal).catch(() => null);
    // A container may have /dev/fuse and forbid mounts all the same: only trying tells.
    if (view !== null)
      return { path: view.path, copied: false, [Symbol.asyncDispose]: () => view[Symbol.asyncDispose]() };
    options.signal.throwIfAborted();
  }
  return await rawCopy(disk, dataBytes, options);
}

/** Copies a virtual disk into a sparse raw file; errors as {@link rawView}. */
async function rawCopy(
  disk: QemuDisk,
  dataBytes: number,
  { workFolder: parent, signal }: { workFolder?: string | undefined; signal: AbortSignal },
): Promise<RawView> {
  const folder = await workFolder(parent, dataBytes);
  try {
    const path = join(folder.path, 'disk');
    await run(['qemu-img', 'convert', '-O', 'raw', qemuName(disk), path], { signal });
    return { path, copied: true, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
  } catch (error) {
    await folder[Symbol.asyncDispose]();
    throw noRoom(error, dirname(folder.path), 'import-no-room');
  }
}
