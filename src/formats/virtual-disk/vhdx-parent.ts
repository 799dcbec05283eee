import { damaged } from '../damage.ts';
import { readRange } from '../read-range.ts';
import { differencing } from './vhd-footer.ts';

/** Places and marks of MS-VHDX, little-endian. */
const REGION_TABLE = 196_608;
const METADATA_REGION = '06a27c8b90479a4bb8fe575f050f886e';
const FILE_PARAMETERS = '3767a1ca36fa434db3b633f0aa44e76b';
const HAS_PARENT = 2;

/**
 * Refuses a VHDX that holds only the difference to another one.
 * @throws MimeoError `import-damaged`, `import-unsupported`
 */
export async function refuseVhdxParent(path: string): Promise<void> {
  const table = await readRange(path, REGION_TABLE, 65_536, 'the VHDX region table');
  if (table.toString('latin1', 0, 4) !== 'regi') {
    // Its second copy may be whole: qemu looks for it, and says what it finds.
    return;
  }
  for (const entry of entriesOf(table, 16, table.readUInt32LE(8))) {
    if (entry.subarray(0, 16).toString('hex') !== METADATA_REGION) continue;
    await checkMetadata(path, Number(entry.readBigUInt64LE(16)));
  }
}

async function checkMetadata(path: string, at: number): Promise<void> {
  if (!Number.isSafeInteger(at)) {
    throw damaged({ path, offset: REGION_TABLE, compressed: false }, 'the metadata lies past any file');
  }
  const table = await readRange(path, at, 65_536, 'the VHDX metadata');
  for (const entry of entriesOf(table, 32, table.readUInt16LE(10))) {
    if (entry.subarray(0, 16).toString('hex') !== FILE_PARAMETERS) continue;
    const item = await readRange(path, at + entry.readUInt32LE(16), 8, "the disk's parameters");
    if ((item.readUInt32LE(4) & HAS_PARENT) !== 0) throw differencing(path);
  }
}

/** 32 bytes each; as many as the table says, and as fit into it. */
function* entriesOf(table: Buffer, from: number, count: number): Generator<Buffer> {
  for (let at = from, i = 0; i < count && at + 32 <= table.length; at += 32, i++)
    yield table.subarray(at, at + 32);
}
