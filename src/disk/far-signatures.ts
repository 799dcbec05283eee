import { FAR, hasSignature } from './signatures.ts';
import type { VolumeReader } from './volume-reader.ts';

const RAID_MAGIC = 0xa92b_4efc;
const KIB = 1024;

/**
 * Whether the end of a volume holds the superblock of a software RAID (md, versions 0.90 and 1.0). Its start then
 * looks like what is in the RAID.
 */
export async function isRaidByItsEnd(read: VolumeReader, lengthBytes: number): Promise<boolean> {
  const [version1At, version0At] = [
    // 8 to 12 KiB before the end, on a boundary of 4 KiB.
    Math.floor((lengthBytes - 8 * KIB) / (4 * KIB)) * 4 * KIB,
    // The last 64 KiB that start on a boundary of 64 KiB.
    (Math.floor(lengthBytes / (64 * KIB)) - 1) * 64 * KIB,
  ];
  if (version1At < 0) return false;
  const version1 = await read(version1At, 512);
  const known1 =
    version1.readUInt32LE(0) === RAID_MAGIC &&
    version1.readUInt32LE(4) === 1 &&
    version1.readBigUInt64LE(144) === BigInt(version1At / 512);
  if (known1 || version0At < 0) return known1;
  const version0 = await read(version0At, 512);
  return (
    version0.readUInt32LE(0) === RAID_MAGIC &&
    version0.readUInt32LE(4) === 0 &&
    version0.readUInt32LE(8) === 90
  );
}

/** The name of a content that only shows further inside; null when there is none. */
export async function farContent(read: VolumeReader, lengthBytes: number): Promise<string | null> {
  for (const signature of FAR) {
    if (signature.offset + 512 > lengthBytes) continue;
    if (hasSignature(await read(signature.offset, 512), { ...signature, offset: 0 })) return signature.name;
  }
  return null;
}
