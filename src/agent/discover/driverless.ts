import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { listFolder, readFact } from './sysfs.ts';

/** PCI base classes that matter to us: mass storage and network controllers. */
const CLASSES = ['0x01', '0x02'];
const MOST = 64;

/** Modaliases of storage and network controllers that no loaded driver serves. */
export async function readDriverless(sysRoot = '/sys'): Promise<string[]> {
  const folder = join(sysRoot, 'bus/pci/devices');
  const aliases: string[] = [];
  for (const device of await listFolder(folder)) {
    const pciClass = await readFact(join(folder, device, 'class'));
    if (pciClass === null || !CLASSES.includes(pciClass.slice(0, 4))) continue;
    const served = await access(join(folder, device, 'driver')).then(
      () => true,
      () => false,
    );
    const alias = served ? null : await readFact(join(folder, device, 'modalias'));
    if (alias !== null) aliases.push(alias);
  }
  return [...new Set(aliases)].slice(0, MOST);
}
