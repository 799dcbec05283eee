import { type DiskInfo, isExtended, readPresentTable } from '../../disk/index.ts';
import type { Inventory } from './inventory.ts';

type InventoryDisk = Inventory['disks'][number];

/** A disk that does not answer holds up no hello. */
const PATIENCE_MS = 5000;
const MOST_PARTITIONS = 128;

/**
 * The disks as the protocol knows them, with what their partition tables say: whether something can be kept is
 * known to the server before anything is ordered. What cannot be read is left out, never a failure.
 */
export function describeDisks(disks: readonly DiskInfo[]): Promise<InventoryDisk[]> {
  return Promise.all(
    disks.map(async (disk) => {
      const { device, sizeBytes, sectorBytes, model, serial, transport, removable } = disk;
      const table = removable || transport === 'usb' ? undefined : await tableOf(disk);
      const own = { device, sizeBytes, sectorBytes, model: orNull(model), serial: orNull(serial) };
      return { ...own, transport, removable, ...(table === undefined ? {} : { table }) };
    }),
  );
}

async function tableOf({ device }: DiskInfo): Promise<InventoryDisk['table']> {
  const { promise: tooLate, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(() => resolve(null), PATIENCE_MS);
  try {
    const reading = readPresentTable(device, () => Promise.resolve(null));
    const present = await Promise.race([reading, tooLate]);
    if (present === null) return undefined;
    const { layout, labels } = present;
    return {
      kind: layout.table,
      partitions: layout.partitions.slice(0, MOST_PARTITIONS).map((one) => ({
        number: one.number,
        startByte: one.startByte,
        lengthBytes: one.lengthBytes,
        type: one.type,
        active: one.active,
        label: isExtended(layout, one) ? '' : (labels.get(one.number) ?? '').slice(0, 200),
        gpt: one.gpt === null ? null : { id: one.gpt.id, name: one.gpt.name.slice(0, 200) },
      })),
    };
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

function orNull(text: string): string | null {
  return text === '' ? null : text.slice(0, 200);
}
