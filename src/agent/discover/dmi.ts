import { join } from 'node:path';
import { readFact } from './sysfs.ts';

/** What the firmware says of the machine; null where it says nothing or refuses. */
export interface DmiFacts {
  readonly uuid: string | null;
  readonly serial: string | null;
  readonly manufacturer: string | null;
  readonly product: string | null;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * Reads the SMBIOS facts below `/sys/class/dmi/id`.
 *
 * The kernel prints the UUID with its first three fields turned to little endian from SMBIOS 2.6 on, and as
 * they stand before that; iPXE's `${uuid}` does the same, DHCP option 97 does not. Values that vendors left
 * at their factory default are passed on: the fleet room knows which ones mean nothing.
 */
export async function readDmi(sysRoot = '/sys'): Promise<DmiFacts> {
  const folder = join(sysRoot, 'class/dmi/id');
  const fact = (name: string) => readFact(join(folder, name));
  const uuid = (await fact('product_uuid'))?.toLowerCase() ?? null;
  return {
    uuid: uuid !== null && UUID.test(uuid) ? uuid : null,
    serial: (await fact('product_serial')) ?? (await fact('chassis_serial')),
    manufacturer: (await fact('sys_vendor')) ?? (await fact('board_vendor')),
    product: (await fact('product_name')) ?? (await fact('board_name')),
  };
}
