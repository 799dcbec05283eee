/** How a disk hangs on the machine, as lsblk says (`TRAN`), in our own words. */
export type DiskTransport = 'sata' | 'nvme' | 'virtio' | 'scsi' | 'usb' | 'mmc' | 'other';

/** One whole disk of this machine. */
export interface DiskInfo {
  /** The whole-disk node, `/dev/sda`. */
  readonly device: string;
  readonly sizeBytes: number;
  /** Logical sector size. */
  readonly sectorBytes: number;
  /** '' when the disk does not say. */
  readonly model: string;
  /** '' when the disk does not say. */
  readonly serial: string;
  readonly transport: DiskTransport;
  readonly removable: boolean;
  readonly readOnly: boolean;
}

/**
 * Which disk a deployment or capture means. Every field that is there must match; without any field the
 * rule is "the only internal disk, or the only NVMe disk beside slower ones".
 */
export interface DiskRule {
  /** The node, `/dev/sda`; says it all, also for a USB disk. */
  readonly device?: string | undefined;
  /** The whole serial number; says it all, too. */
  readonly serial?: string | undefined;
  /** A part of the model's name, in any case. */
  readonly model?: string | undefined;
  /** Sizes in bytes; a disk matches when it lies between them, ends included. */
  readonly minBytes?: number | undefined;
  readonly maxBytes?: number | undefined;
  readonly transport?: DiskTransport | undefined;
}
