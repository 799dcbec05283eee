import type { VirtualFormat } from './virtual-format.ts';

/** A virtual disk that was looked at: all that qemu needs, and all that it may open. */
export interface QemuDisk {
  readonly path: string;
  readonly format: VirtualFormat | 'raw';
  /** The disk it is a difference to; null when it is whole by itself. */
  readonly backing: QemuDisk | null;
}

/** A node of qemu's block layer (QAPI `BlockdevOptions`). */
export type QemuNode = { readonly [key: string]: string | boolean | null | QemuNode };

/**
 * Describes the disk to qemu. Nothing is left to its probing, and a base that the file itself names is not
 * opened: only what stands here is.
 */
export function qemuNode({ path, format, backing }: QemuDisk): QemuNode {
  const below =
    format === 'qcow2' || format === 'vmdk' ? { backing: backing === null ? null : qemuNode(backing) } : {};
  return {
    driver: format,
    'read-only': true,
    file: { driver: 'file', filename: path, 'read-only': true },
    ...below,
  };
}

/** As the file name of a qemu-img command. */
export function qemuName(disk: QemuDisk): string {
  return `json:${JSON.stringify(qemuNode(disk))}`;
}
