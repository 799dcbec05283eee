import { ATTRIBUTE, withoutFixups } from './mft-record.ts';
import { type NtfsVolume, RECORD } from './ntfs-volume.ts';

const NAME = '$I30';
/** Root folders of Windows hold a few dozen names; this is room for thousands of times that. */
const MOST_INDEX_BYTES = 64 * 1_048_576;
const LAST_ENTRY = 2;

/**
 * The files of the volume's root folder: upper-cased name → record number. All index blocks are read, in
 * whatever order they lie; blocks that are not in use are skipped by their magic.
 */
export async function rootFiles(volume: NtfsVolume): Promise<Map<string, number>> {
  const files = new Map<string, number>();
  const root = await volume.value(RECORD.root, ATTRIBUTE.indexRoot, NAME);
  if (root?.resident != null) addEntries(root.resident, 16, files);
  const blocks = await volume.value(RECORD.root, ATTRIBUTE.indexAllocation, NAME);
  if (blocks === null) return files;
  const { indexBytes } = volume.boot;
  for (let at = 0; at + indexBytes <= Math.min(blocks.size, MOST_INDEX_BYTES); at += indexBytes) {
    const block = withoutFixups(await volume.readValue(blocks, at, indexBytes), 'INDX');
    if (block !== null) addEntries(block, 24, files);
  }
  return files;
}

/** @param headerAt where the index header lies: it says where the entries start and end */
function addEntries(bytes: Buffer, headerAt: number, files: Map<string, number>): void {
  if (headerAt + 16 > bytes.length) return;
  let at = headerAt + bytes.readUInt32LE(headerAt);
  const end = Math.min(bytes.length, headerAt + bytes.readUInt32LE(headerAt + 4));
  while (at + 16 <= end) {
    const length = bytes.readUInt16LE(at + 8);
    const keyLength = bytes.readUInt16LE(at + 10);
    if ((bytes.readUInt16LE(at + 12) & LAST_ENTRY) !== 0 || length < 16 || at + length > end) return;
    if (keyLength >= 66 && at + 16 + keyLength <= end) {
      const nameAt = at + 16 + 66;
      const name = bytes.toString('utf16le', nameAt, nameAt + bytes.readUInt8(at + 16 + 64) * 2);
      files.set(name.toUpperCase(), bytes.readUIntLE(at, 6));
    }
    at += length;
  }
}
