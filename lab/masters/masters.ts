import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Holdings } from '../network/index.ts';
import { type Extent, SECTOR } from '../ntfs/partition.ts';
import { buildBiosDisk, buildUefiDisk } from './disks.ts';
import { BIOS_LAYOUT, DISK_SECTORS, UEFI_LAYOUT } from './layout.ts';
import { buildVolume } from './volume.ts';

/** A sealed reference machine's disk. */
export interface Master {
  readonly firmware: 'bios' | 'uefi';
  /** A raw file that others use too: attach a copy. */
  readonly disk: string;
  readonly diskBytes: number;
  readonly windows: Extent;
  /** What its boot record or loader says on the serial line. */
  readonly bootLine: RegExp;
}

const DAY_MS = 24 * 3_600_000;
const KEEP = resolve(import.meta.dirname, '../../build/lab-masters');

/** Both masters; built when what makes them has changed since the last time (some ten seconds). */
export async function masters(): Promise<{ readonly bios: Master; readonly uefi: Master }> {
  const folder = join(KEEP, inputHash());
  if (!existsSync(folder)) await build(folder);
  return {
    bios: {
      firmware: 'bios',
      disk: join(folder, 'bios.raw'),
      diskBytes: DISK_SECTORS.bios * SECTOR,
      windows: BIOS_LAYOUT.windows,
      bootLine: /MIMEO-XP-MASTER BOOTED FROM DISK, volume ([0-9A-F]{16})/,
    },
    uefi: {
      firmware: 'uefi',
      disk: join(folder, 'uefi.raw'),
      diskBytes: DISK_SECTORS.uefi * SECTOR,
      windows: UEFI_LAYOUT.windows,
      bootLine: /MIMEO-UEFI-MASTER BOOTED FROM DISK/,
    },
  };
}

async function build(folder: string): Promise<void> {
  const holdings = new Holdings();
  const unfinished = `${folder}.${process.pid}`;
  const scratch = join(unfinished, 'scratch');
  await mkdir(scratch, { recursive: true });
  holdings.hold(unfinished, () => rmSync(unfinished, { recursive: true, force: true }));
  try {
    const volume = join(scratch, 'windows.ntfs');
    await buildVolume(volume, scratch, holdings);
    // The UEFI disk first: the BIOS disk's boot code goes into the same volume.
    await buildUefiDisk(join(unfinished, 'uefi.raw'), volume, scratch);
    await buildBiosDisk(join(unfinished, 'bios.raw'), volume, scratch);
    await rm(scratch, { recursive: true });
    // Another process may have been faster; both built the same.
    await rename(unfinished, folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
    await removeOldOnes();
  } finally {
    holdings.close();
  }
}

/** Masters of other sources go after a day; another run may still be copying younger ones. */
async function removeOldOnes(): Promise<void> {
  for (const name of await readdir(KEEP)) {
    const folder = join(KEEP, name);
    const { mtimeMs } = await stat(folder);
    if (Date.now() - mtimeMs > DAY_MS) await rm(folder, { recursive: true, force: true });
  }
}

/** What the masters are made from: every source file beside this one, and those that write NTFS. */
function inputHash(): string {
  const hash = createHash('sha256');
  const here = resolve(import.meta.dirname, '..');
  const sources = readdirSync(here, { recursive: true, encoding: 'utf8' })
    .filter((name) => /^(?:masters|ntfs)\/.*\.(?:ts|asm)$/.test(name) && !name.endsWith('.test.ts'))
    .sort();
  for (const name of sources) hash.update(name).update(readFileSync(join(here, name)));
  return hash.digest('hex').slice(0, 16);
}
