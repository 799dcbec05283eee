import { MimeoError } from '../../errors.ts';
import { hasXfsChecksum } from './checksum.ts';

const CRC_AT = 224;
/** ftype, sparse inodes, meta_uuid, bigtime, nrext64, exchange range, parent pointers. */
const KNOWN_INCOMPAT = 0xef;
const META_UUID = 0x4;
const NEEDS_REPAIR = 0x10;
/** free inode tree, reverse mapping, reference counts, inode tree counters. */
const KNOWN_RO_COMPAT = 0xf;

/** What a superblock says about the places of things; all numbers on the volume are big-endian. */
export interface XfsSuperblock {
  readonly version: 4 | 5;
  readonly blockBytes: number;
  readonly sectorBytes: number;
  readonly blocks: number;
  readonly groupBlocks: number;
  readonly groups: number;
  /** What blocks of this volume are marked with; not what a user sees when that was changed. */
  readonly uuid: Buffer;
  readonly log: XfsLogPlace;
}

/** The log within the volume, in bytes. */
export interface XfsLogPlace {
  readonly start: number;
  readonly length: number;
}

/**
 * Reads the superblock of an XFS ("XFS Algorithms & Data Structures", chapter "Superblocks").
 *
 * @param bytes the volume's first sector, 512 bytes at least (more where its own sectors are larger)
 * @throws MimeoError `volume-damaged` when it uses what we do not know, or makes no sense
 */
export function parseXfsSuperblock(bytes: Buffer, lengthBytes: number): XfsSuperblock {
  const version = bytes.readUInt16BE(100) & 0xf;
  if (bytes.toString('latin1', 0, 4) !== 'XFSB' || (version !== 4 && version !== 5)) {
    throw damaged(`version ${version} is not known`);
  }
  const sectorBytes = bytes.readUInt16BE(102);
  if (version === 5) checkVersion5(bytes, sectorBytes);
  if (bytes.readUInt8(126) !== 0) throw damaged('it was never completely made');
  if (bytes.readBigUInt64BE(16) !== 0n) throw damaged('a part of it lies on another device (realtime)');
  const logStart = bytes.readBigUInt64BE(48);
  if (logStart === 0n) throw damaged('its log lies on another device');
  const blockBytes = bytes.readUInt32BE(4);
  const groupBlocks = bytes.readUInt32BE(84);
  const groupLog = bytes.readUInt8(124);
  const blocks = Number(bytes.readBigUInt64BE(8));
  const hasMetaUuid = version === 5 && (bytes.readUInt32BE(216) & META_UUID) !== 0;
  const log = {
    start: placeOf(logStart, groupLog, groupBlocks) * blockBytes,
    length: bytes.readUInt32BE(96) * blockBytes,
  };
  const superblock: XfsSuperblock = {
    version,
    blockBytes,
    sectorBytes,
    blocks,
    groupBlocks,
    groups: bytes.readUInt32BE(88),
    uuid: hasMetaUuid ? bytes.subarray(248, 264) : bytes.subarray(32, 48),
    log,
  };
  if (!makesSense(superblock, lengthBytes) || groupBlocks > 2 ** groupLog || groupLog > 31) {
    throw damaged('its superblock makes no sense');
  }
  return superblock;
}

function checkVersion5(bytes: Buffer, sectorBytes: number): void {
  const [roCompat, incompat] = [bytes.readUInt32BE(212), bytes.readUInt32BE(216)];
  if (sectorBytes > bytes.length || !hasXfsChecksum(bytes.subarray(0, sectorBytes), CRC_AT)) {
    throw damaged('the checksum of its superblock is wrong');
  }
  if ((incompat & NEEDS_REPAIR) !== 0) throw damaged('it is marked for xfs_repair');
  const unknown = ((incompat & ~KNOWN_INCOMPAT) | (roCompat & ~KNOWN_RO_COMPAT)) >>> 0;
  if (unknown !== 0) throw damaged(`it has features that are not known (0x${unknown.toString(16)})`);
}

/** A filesystem block number has the group in its upper bits. */
function placeOf(block: bigint, groupLog: number, groupBlocks: number): number {
  const shift = BigInt(groupLog);
  return Number(block >> shift) * groupBlocks + Number(block & ((1n << shift) - 1n));
}

function makesSense(
  { blockBytes, sectorBytes, blocks, groupBlocks, groups, log }: XfsSuperblock,
  lengthBytes: number,
): boolean {
  return (
    isPower(blockBytes, 512, 65_536) &&
    isPower(sectorBytes, 512, 32_768) &&
    sectorBytes <= blockBytes &&
    blocks * blockBytes <= lengthBytes &&
    // No tool makes groups smaller than 16 MiB, old ones not smaller than 64 blocks.
    groupBlocks >= 64 &&
    groups >= 1 &&
    groups === Math.ceil(blocks / groupBlocks) &&
    log.length > 0 &&
    log.start + log.length <= blocks * blockBytes
  );
}

function isPower(value: number, least: number, most: number): boolean {
  return value >= least && value <= most && (value & (value - 1)) === 0;
}

/** What is wrong with an XFS, as an error. */
export function damaged(words: string): MimeoError {
  return new MimeoError('volume-damaged', `The XFS cannot be understood: ${words}.`);
}
