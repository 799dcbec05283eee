import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../../src/command.ts';

const MODULES = [
  'part_gpt',
  'part_msdos',
  'fat',
  'ntfs',
  'ntfscomp',
  'normal',
  'search',
  'search_fs_file',
  'echo',
  'cat',
  'halt',
];

/**
 * What stands in for Windows' loader on the UEFI master: a GRUB that tells on the serial line that it came
 * from the disk, then reads the answer file from the Windows volume with its own NTFS driver (a second
 * opinion on what was deployed), and switches the machine off. The firmware's console is on the serial line.
 */
const SCRIPT = `echo
echo "MIMEO-UEFI-MASTER BOOTED FROM DISK"
search --no-floppy --file --set=root /Sysprep/sysprep.inf
cat /Sysprep/sysprep.inf
echo "MIMEO-UEFI-MASTER END OF SYSPREP.INF"
halt
`;

/** Makes the EFI program. */
export async function buildWindowsLoader(file: string, scratch: string): Promise<void> {
  const script = join(scratch, 'loader.cfg');
  await writeFile(script, SCRIPT);
  const target = ['--format', 'x86_64-efi', '--prefix', '/EFI', '--config', script];
  await run(['grub-mkimage', ...target, '--output', file, ...MODULES]);
}
