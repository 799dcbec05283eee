import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface DiskIdentity {
  readonly model: string;
  readonly serial: string;
}

/** SCSI's vital product data page with the unit's serial number: page code, then length, then text (SPC-4, 7.8.15). */
const SERIAL_PAGE = 0x80;
const PAGE_HEAD = 4;

/**
 * What the kernel itself knows of a disk, for the boot environment: lsblk asks udev for most serial numbers, and
 * there is none. '' where the disk does not say.
 *
 * @param name the kernel's, `sda`
 * @param sysRoot where sysfs is mounted
 */
export async function readDiskIdentity(name: string, sysRoot = '/sys'): Promise<DiskIdentity> {
  const folder = join(sysRoot, 'block', name);
  const text = async (...paths: string[]): Promise<string> => {
    for (const path of paths) {
      const bytes = await readFile(join(folder, path)).catch(() => null);
      const words = bytes === null ? '' : printable(bytes);
      if (words !== '') return words;
    }
    return '';
  };
  return {
    // virtio; NVMe and MMC; what is spoken to as SCSI: SATA and USB too.
    serial: (await text('serial', 'device/serial')) || (await serialPage(join(folder, 'device/vpd_pg80'))),
    model: await text('device/model', 'device/name'),
  };
}

async function serialPage(path: string): Promise<string> {
  const page = await readFile(path).catch(() => null);
  if (page === null || page.length < PAGE_HEAD || page[1] !== SERIAL_PAGE) return '';
  return printable(page.subarray(PAGE_HEAD, PAGE_HEAD + page.readUInt16BE(2)));
}

function printable(bytes: Buffer): string {
  return bytes
    .toString('latin1')
    .replace(/[^ -~]/g, '')
    .trim();
}
