import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { run } from '../command.ts';
import { readDiskIdentity } from './disk-identity.ts';
import type { DiskInfo, DiskTransport } from './disk-info.ts';

/** Block devices that are no disks of the machine: loop, RAM, compressed RAM, network, optical, floppy. */
const NOT_A_DISK = /^(loop|ram|zram|nbd|sr|fd|dm-|md)/;
/** eMMC boot areas look like disks of a few MiB. */
const EMMC_AREA = /^mmcblk\d+(boot\d+|rpmb|gp\d+)$/;

const flag = z.union([z.boolean(), z.stringFormat('flag', /^[01]$/).transform((text) => text === '1')]);
const text = z.string().nullable().optional();

const lsblkSchema = z.object({
  blockdevices: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      size: z.coerce.number(),
      'log-sec': z.coerce.number(),
      model: text,
      serial: text,
      tran: text,
      rm: flag,
      ro: flag,
    }),
  ),
});

/** Every whole disk of this machine, in the kernel's order. */
export async function listDisks(): Promise<DiskInfo[]> {
  const columns = 'NAME,TYPE,SIZE,LOG-SEC,MODEL,SERIAL,TRAN,RM,RO';
  const { stdout } = await run(['lsblk', '--json', '--bytes', '--nodeps', '--output', columns]);
  const disks = parseLsblk(stdout.toString());
  return await Promise.all(
    disks.map(async (disk) => {
      const known = await readDiskIdentity(disk.device.slice('/dev/'.length));
      const removable = disk.removable || (await isCard(disk.device));
      return { ...disk, removable, model: disk.model || known.model, serial: disk.serial || known.serial };
    }),
  );
}

/** An SD card says of itself that it is fixed, just as soldered eMMC does; the kernel knows which is which. */
async function isCard(device: string): Promise<boolean> {
  if (!device.startsWith('/dev/mmcblk')) return false;
  const type = await readFile(`/sys/block/${device.slice(5)}/device/type`, 'utf8').catch(() => 'SD');
  return type.trim() === 'SD';
}

/** Pure half of {@link listDisks}: the JSON of `lsblk --json --bytes --nodeps`. */
export function parseLsblk(json: string): DiskInfo[] {
  return lsblkSchema
    .parse(JSON.parse(json))
    .blockdevices.filter(({ name, type, size }) => {
      return type === 'disk' && size > 0 && !NOT_A_DISK.test(name) && !EMMC_AREA.test(name);
    })
    .map((row) => ({
      device: `/dev/${row.name}`,
      sizeBytes: row.size,
      sectorBytes: row['log-sec'],
      model: row.model?.trim() ?? '',
      serial: row.serial?.trim() ?? '',
      transport: transportOf(row.name, row.tran ?? ''),
      removable: row.rm,
      readOnly: row.ro,
    }));
}

function transportOf(name: string, tran: string): DiskTransport {
  if (name.startsWith('nvme')) return 'nvme';
  if (name.startsWith('vd') || tran === 'virtio') return 'virtio';
  if (name.startsWith('mmcblk')) return 'mmc';
  if (tran === 'usb') return 'usb';
  if (tran === 'sata' || tran === 'ata') return 'sata';
  return ['sas', 'spi', 'fc', 'iscsi'].includes(tran) ? 'scsi' : 'other';
}
