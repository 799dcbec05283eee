import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../../src/command.ts';
import { readAt, SECTOR, writeAt } from '../../ntfs/partition.ts';

/** The NTFS parameter block ends where the boot code begins. */
const NTFS_CODE = 0x54;
const SIGNATURE = 0x1fe;
const HIDDEN_SECTORS = 0x1c;

/** Writes the BIOS master's boot code into sector 0; signature and partition table stay. */
export async function writeMasterBootRecord(disk: string, scratch: string): Promise<void> {
  await writeAt(disk, 0, await assemble('mbr', scratch));
}

/** Writes the boot code of the BIOS master's Windows volume into its boot record and the copy at its end. */
export async function writeVolumeBootRecord(volume: string, bytes: number, scratch: string): Promise<void> {
  const code = await assemble('volume', scratch);
  const record = await readAt(volume, 0, SECTOR);
  Buffer.from([0xeb, NTFS_CODE - 2, 0x90]).copy(record, 0); // jump over the parameter block
  code.copy(record, NTFS_CODE);
  record.writeUInt16LE(0xaa55, SIGNATURE);
  await writeBoth(volume, bytes, record);
}

/** Tells the volume where on the disk it stands. */
export async function setHiddenSectors(volume: string, bytes: number, startSector: number): Promise<void> {
  const record = await readAt(volume, 0, SECTOR);
  record.writeUInt32LE(startSector, HIDDEN_SECTORS);
  await writeBoth(volume, bytes, record);
}

async function writeBoth(volume: string, bytes: number, record: Buffer): Promise<void> {
  await writeAt(volume, 0, record);
  await writeAt(volume, bytes - SECTOR, record);
}

async function assemble(name: 'mbr' | 'volume', scratch: string): Promise<Buffer> {
  const output = join(scratch, `${name}.bin`);
  await run(['nasm', '-f', 'bin', '-o', output, join(import.meta.dirname, `${name}.asm`)]);
  return readFile(output);
}
