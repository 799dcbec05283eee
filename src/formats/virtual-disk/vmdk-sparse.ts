import { stat } from 'node:fs/promises';
import { MimeoError } from '../../errors.ts';
import { damaged } from '../damage.ts';
import { readRange } from '../read-range.ts';

/** Places in the header of a sparse extent (VMware's "Virtual Disk Format 5.0"), little-endian. */
const CAPACITY = 12;
const GRAIN_SECTORS = 20;
const DESCRIPTOR_AT = 28;
const DESCRIPTOR_SECTORS = 36;
const ENTRIES_PER_TABLE = 44;
const DIRECTORY_AT = 56;
const FLAGS = 8;
const COMPRESSED = 0x1_0000;
const DIRECTORY_AT_END = 0xffff_ffff_ffff_ffffn;
const SECTOR = 512;
const MIB = 1_048_576;
/** A sparse extent of 2 TiB, the largest that VMware makes, has half as many. */
const MOST_TABLES = 2 ** 17;

/**
 * Looks whether a sparse extent is whole: every grain that its tables name must lie in the file. qemu would
 * read zeros for what a shortened file lacks.
 *
 * @returns the descriptor inside it, when it has one
 * @throws MimeoError `import-damaged`, `import-unsupported`
 */
export async function checkSparseExtent(path: string): Promise<string | null> {
  const head = await readRange(path, 0, SECTOR, 'the VMDK header');
  if (head.toString('latin1', 0, 4) !== 'KDMV') {
    throw new MimeoError(
      'import-unsupported',
      `${path} is a sparse VMDK of an ESX server, which is not known.`,
      {
        next: 'Export the machine as OVF or OVA there, and import that disk.',
      },
    );
  }
  if (head.readBigUInt64LE(CAPACITY) === 0n) {
    // To qemu this is a descriptor of other files.
    throw damaged({ path, offset: CAPACITY, compressed: false }, 'the disk has no size');
  }
  if (
    (head.readUInt32LE(FLAGS) & COMPRESSED) === 0 &&
    head.readBigUInt64LE(DIRECTORY_AT) !== DIRECTORY_AT_END
  ) {
    await checkGrains(path, head);
  }
  const sectors = Number(head.readBigUInt64LE(DESCRIPTOR_SECTORS));
  if (sectors === 0 || sectors * SECTOR > MIB) return null;
  const at = Number(head.readBigUInt64LE(DESCRIPTOR_AT)) * SECTOR;
  const bytes = await readRange(path, at, sectors * SECTOR, 'the descriptor');
  return bytes.toString('latin1').split('\0', 1)[0] ?? '';
}

async function checkGrains(path: string, head: Buffer): Promise<void> {
  const { size } = await stat(path);
  const capacity = Number(head.readBigUInt64LE(CAPACITY));
  const grain = Number(head.readBigUInt64LE(GRAIN_SECTORS));
  const perTable = head.readUInt32LE(ENTRIES_PER_TABLE);
  const tables = Math.ceil(capacity / (grain * perTable));
  if (!Number.isFinite(tables) || tables > MOST_TABLES || perTable > 512) {
    throw damaged(
      { path, offset: GRAIN_SECTORS, compressed: false },
      'the sizes of grains and tables make no sense',
    );
  }
  const directoryAt = Number(head.readBigUInt64LE(DIRECTORY_AT)) * SECTOR;
  const directory = await readRange(path, directoryAt, tables * 4, 'the grain directory');
  for (let i = 0; i < tables; i++) {
    const tableAt = directory.readUInt32LE(i * 4) * SECTOR;
    if (tableAt === 0) continue;
    const table = await readRange(path, tableAt, perTable * 4, `grain table ${i}`);
    for (let at = 0; at < table.length; at += 4) {
      const sector = table.readUInt32LE(at);
      // 1 says that the grain is all zeros.
      if (sector <= 1 || (sector + grain) * SECTOR <= size) continue;
      throw damaged(
        { path, offset: tableAt + at, compressed: false },
        `the table there leads to byte ${sector * SECTOR}, and the file has ${size} bytes`,
      );
    }
  }
}
