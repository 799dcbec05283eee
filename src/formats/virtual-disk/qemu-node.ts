import { run } from '../../command.ts';
import type { VirtualFormat } from './virtual-format.ts';

/** A virtual disk that was looked at: all that qemu needs, and all that it may open. */
export interface QemuDisk {
  readonly path: string;
  readonly format: VirtualFormat | 'raw';
  /** The disk it is a difference to; null when it is whole by itself. */
  readonly backing: QemuDisk | null;
  /** Of a raw disk that does not go to the end of its file, and of a dynamic VHD. */
  readonly sizeBytes?: number;
}

/** A node of qemu's block layer (QAPI `BlockdevOptions`). */
export type QemuNode = { readonly [key: string]: string | number | boolean | null | QemuNode };

/**
 * Describes the disk to qemu. Nothing is left to its probing, and a base that the file itself names is not
 * opened: only what stands here is.
 */
export function qemuNode({ path, format, backing, sizeBytes }: QemuDisk): QemuNode {
  const file = { driver: 'file', filename: path, 'read-only': true };
  const size = format === 'raw' && sizeBytes !== undefined ? { size: sizeBytes } : {};
  const below =
    format === 'qcow2' || format === 'vmdk' ? { backing: backing === null ? null : qemuNode(backing) } : {};
  return { driver: format, 'read-only': true, file, ...size, ...below };
}

/**
 * As the file name of a qemu-img command. Of the two sizes in a VHD, which differ in those of VirtualBox, qemu
 * takes the one by cylinders, which is smaller, unless it is told; qemu-storage-daemon cannot be told.
 */
export function qemuName(disk: QemuDisk): string {
  const calc = disk.format === 'vpc' ? { force_size_calc: 'current_size' } : {};
  return `json:${JSON.stringify({ ...qemuNode(disk), ...calc })}`;
}

/** Whether qemu-storage-daemon would show the whole of it. */
export async function showsWhole(disk: QemuDisk): Promise<boolean> {
  if (disk.format !== 'vpc') return true;
  const { stdout } = await run([
    'qemu-img',
    'info',
    '--output=json',
    `json:${JSON.stringify(qemuNode(disk))}`,
  ]);
  return /"virtual-size": (\d+)/.exec(stdout.toString())?.[1] === String(disk.sizeBytes);
}
