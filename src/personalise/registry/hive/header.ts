import { MimeoError } from '../../../errors.ts';
import { BINS } from './cells.ts';

/** The first block of a hive. */
export interface HiveHeader {
  /** 3 is Windows XP, 5 Windows 10. */
  readonly minorVersion: number;
  /** Of the root's cell, counted from the first bin. */
  readonly root: number;
  /** Bytes of all bins. */
  readonly binsSize: number;
  /** The end of the name that Windows gave it: `\SystemRoot\System32\Config\SYSTEM`. */
  readonly fileName: string;
  /** Windows was writing it, or left changes in its logs: what is read may be old or half of a change. */
  readonly dirty: boolean;
}

/**
 * Reads and checks the base block (format: Maxim Suhanov, “Windows registry file format specification”).
 *
 * @param block the first 4096 bytes
 * @param fileLength of the whole file
 * @param where names the file in messages
 * @throws MimeoError `hive-invalid`
 */
export function readHeader(block: Buffer, fileLength: number, where: string): HiveHeader {
  const invalid = (offset: number, words: string): MimeoError =>
    new MimeoError('hive-invalid', `${where}, offset ${offset}: ${words}.`);
  if (block.length < BINS) throw invalid(0, `it has only ${fileLength} bytes, which is no registry hive`);
  if (block.toString('latin1', 0, 4) !== 'regf')
    throw invalid(0, 'it does not begin with "regf": it is no registry hive');
  const checksum = checksumOf(block);
  if (checksum !== block.readUInt32LE(508)) throw invalid(508, 'the checksum of the first block is wrong');
  const major = block.readUInt32LE(20);
  const minorVersion = block.readUInt32LE(24);
  if (major !== 1 || minorVersion < 2 || minorVersion > 6) {
    throw invalid(20, `hives of version ${major}.${minorVersion} are not known`);
  }
  if (block.readUInt32LE(28) !== 0) throw invalid(28, 'it is the log of a hive, not the hive');
  const binsSize = block.readUInt32LE(40);
  if (binsSize === 0 || binsSize % 4096 !== 0)
    throw invalid(40, `the bins have the size ${binsSize}, which cannot be`);
  if (BINS + binsSize > fileLength) {
    throw invalid(fileLength, `the file ends, and the hive should have ${BINS + binsSize} bytes`);
  }
  return {
    minorVersion,
    root: block.readUInt32LE(36),
    binsSize,
    fileName: block.toString('utf16le', 48, 112).split('\0', 1)[0] ?? '',
    dirty: block.readUInt32LE(4) !== block.readUInt32LE(8),
  };
}

/** All dwords before it, by exclusive or; two results are reserved. */
function checksumOf(block: Buffer): number {
  let sum = 0;
  for (let at = 0; at < 508; at += 4) sum ^= block.readInt32LE(at);
  if (sum === 0) return 1;
  return sum === -1 ? 0xffff_fffe : sum >>> 0;
}
