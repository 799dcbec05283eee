import { Option } from 'commander';
import type { DiskRule } from '../../disk/index.ts';

export function diskOption(): Option {
  return new Option(
    '--disk <rule>',
    'which disk of a machine, when it has several: /dev/sda, serial=S4X, model=Samsung, nvme, "size>=200GB"; with commas between',
  );
}

/** @throws MimeoError `disk-rule` naming what is not understood */
export async function diskRule(text: string): Promise<DiskRule> {
  // Loaded only where a rule is read: it brings along all that is known of disks.
  const { parseDiskRule } = await import('../../disk/index.ts');
  return parseDiskRule(text);
}
