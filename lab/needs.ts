import { accessSync, constants, existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Why a test of the lab cannot run here, or false when it can: for node:test's `skip`.
 *
 * @param tools programs it needs on the PATH
 */
export function labNeeds(...tools: string[]): string | false {
  if (process.getuid?.() !== 0) return 'the lab needs root: run the tests as root or with sudo';
  const missing = tools.filter((tool) => !isOnPath(tool));
  if (missing.length > 0) return `not installed: ${missing.join(', ')}`;
  return false;
}

/** The programs of the virtual machines. */
export const QEMU = 'qemu-system-x86_64';

/** The programs that build and compare masters. */
export const MASTER_TOOLS = [
  'mkntfs',
  'ntfs-3g',
  'ntfsfix',
  'setfattr',
  'getfattr',
  'nasm',
  'hivexsh',
  'sfdisk',
  'dd',
  'mcopy',
  'mkfs.vfat',
  'grub-mkimage',
] as const;

function isOnPath(tool: string): boolean {
  // Daemons and filesystem tools live in folders that a user's PATH may lack.
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/sbin'];
  return folders.some((folder) => {
    const path = join(folder, tool);
    if (!existsSync(path)) return false;
    accessSync(path, constants.X_OK);
    return true;
  });
}
