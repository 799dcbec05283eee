import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Holdings } from '../network/index.ts';
import type { Extent } from '../ntfs/partition.ts';
import { buildBiosDisk, buildRoot, buildUefiDisk } from './disks.ts';
import { BIOS_LAYOUT, UEFI_LAYOUT } from './layout.ts';
import { debianMirror } from './mirror.ts';
import { buildTree } from './tree.ts';

/** A Debian's disk that boots, as it was left by whoever installed it. */
export interface LinuxMaster {
  readonly firmware: 'bios' | 'uefi';
  /** A raw file that others use too: attach a copy. */
  readonly disk: string;
  readonly root: Extent;
}

/** The programs that build them. */
export const LINUX_MASTER_TOOLS = [
  'debootstrap',
  'chroot',
  'mke2fs',
  'sfdisk',
  'grub-mkimage',
  'mkfs.vfat',
  'mcopy',
] as const;

const KEEP = resolve(import.meta.dirname, '../../build/lab-linux');

/**
 * Both masters; built when what makes them has changed since the last time (two minutes, most of it fetching packages).
 *
 * @returns null when this machine's apt knows no mirror of Debian
 */
export async function linuxMasters(): Promise<{
  readonly bios: LinuxMaster;
  readonly uefi: LinuxMaster;
} | null> {
  const folder = join(KEEP, inputHash());
  if (!existsSync(folder)) {
    const mirror = await debianMirror();
    if (mirror === null) return null;
    await build(folder, mirror);
  }
  return {
    bios: { firmware: 'bios', disk: join(folder, 'bios.raw'), root: BIOS_LAYOUT.root },
    uefi: { firmware: 'uefi', disk: join(folder, 'uefi.raw'), root: UEFI_LAYOUT.root },
  };
}

async function build(folder: string, mirror: string): Promise<void> {
  const holdings = new Holdings();
  const unfinished = `${folder}.${process.pid}`;
  const scratch = join(unfinished, 'scratch');
  await mkdir(scratch, { recursive: true });
  holdings.hold(unfinished, () => rmSync(unfinished, { recursive: true, force: true }));
  try {
    const tree = join(scratch, 'tree');
    const root = join(scratch, 'root.ext4');
    await buildTree(tree, mirror);
    await buildRoot(root, tree);
    await buildBiosDisk(join(unfinished, 'bios.raw'), root, scratch);
    await buildUefiDisk(join(unfinished, 'uefi.raw'), root, scratch);
    await rm(scratch, { recursive: true });
    // Another process may have been faster; both built the same.
    await rename(unfinished, folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
    await removeOldOnes(folder);
  } finally {
    holdings.close();
  }
}

/** Those of other sources; one that is being built belongs to a process that lives, or is left over. */
async function removeOldOnes(kept: string): Promise<void> {
  for (const name of await readdir(KEEP)) {
    const owner = /\.(\d+)$/.exec(name)?.[1];
    const lives = owner !== undefined && existsSync(`/proc/${owner}`);
    if (join(KEEP, name) !== kept && !lives) await rm(join(KEEP, name), { recursive: true, force: true });
  }
}

function inputHash(): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(import.meta.dirname).sort()) {
    hash.update(name).update(readFileSync(join(import.meta.dirname, name)));
  }
  return hash.digest('hex').slice(0, 16);
}
