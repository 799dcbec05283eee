/**
 * The smallest registry hive: a base block and one bin with the root key and its security cell. No tool of
 * Debian makes one from nothing; all of them fill one. Layout as of Windows XP (version 1.3), little-endian;
 * offsets inside the bins count from the first bin.
 */
const BLOCK = 4096;
const NOTHING = 0xffffffff;
const ROOT_CELL = 0x20;
const SECURITY_CELL = 0x20 + 0x60;
const SECURITY_CELL_SIZE = 0x60;

/**
 * @param fileName what the hive says it is, at most 31 characters (`\SystemRoot\system32\config\...`)
 * @param time Windows file time: 100 ns since 1601
 */
export function emptyHive(fileName: string, time: bigint): Buffer {
  const hive = Buffer.concat([baseBlock(fileName, time), firstBin(time)]);
  let checksum = 0;
  for (let at = 0; at < 508; at += 4) checksum ^= hive.readUInt32LE(at);
  hive.writeUInt32LE(checksum >>> 0, 508);
  return hive;
}

function baseBlock(fileName: string, time: bigint): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.write('regf', 0, 'latin1');
  block.writeUInt32LE(1, 4); // the two sequence numbers are equal: the hive is clean
  block.writeUInt32LE(1, 8);
  block.writeBigUInt64LE(time, 12);
  block.writeUInt32LE(1, 20); // major version
  block.writeUInt32LE(3, 24); // minor version
  block.writeUInt32LE(0, 28); // a primary file, not a log
  block.writeUInt32LE(1, 32); // mapped directly
  block.writeUInt32LE(ROOT_CELL, 36);
  block.writeUInt32LE(BLOCK, 40); // size of all bins
  block.writeUInt32LE(1, 44);
  block.write(fileName.slice(-31), 48, 'utf16le');
  return block;
}

function firstBin(time: bigint): Buffer {
  const bin = Buffer.alloc(BLOCK);
  bin.write('hbin', 0, 'latin1');
  bin.writeUInt32LE(BLOCK, 8);
  bin.writeBigUInt64LE(time, 20);
  rootKey(bin.subarray(ROOT_CELL, SECURITY_CELL), time);
  security(bin.subarray(SECURITY_CELL, SECURITY_CELL + SECURITY_CELL_SIZE));
  const free = SECURITY_CELL + SECURITY_CELL_SIZE;
  bin.writeInt32LE(BLOCK - free, free); // a positive size marks a free cell
  return bin;
}

function rootKey(cell: Buffer, time: bigint): void {
  const name = '$$$PROTO.HIV';
  cell.writeInt32LE(-cell.length, 0);
  cell.write('nk', 4, 'latin1');
  cell.writeUInt16LE(0x2c, 6); // the hive's root, not to be deleted, name in Latin-1
  cell.writeBigUInt64LE(time, 8);
  cell.writeUInt32LE(NOTHING, 20); // parent
  for (const list of [32, 36, 44, 52]) cell.writeUInt32LE(NOTHING, list); // subkeys, values, class
  cell.writeUInt32LE(SECURITY_CELL, 48);
  cell.writeUInt16LE(name.length, 76);
  cell.write(name, 80, 'latin1');
}

function security(cell: Buffer): void {
  const descriptor = selfRelativeDescriptor();
  cell.writeInt32LE(-cell.length, 0);
  cell.write('sk', 4, 'latin1');
  cell.writeUInt32LE(SECURITY_CELL, 8); // the only one: its own neighbour on both sides
  cell.writeUInt32LE(SECURITY_CELL, 12);
  cell.writeUInt32LE(1, 16); // used once
  cell.writeUInt32LE(descriptor.length, 20);
  descriptor.copy(cell, 24);
}

/** Owner and group Administrators; full control to everyone. */
function selfRelativeDescriptor(): Buffer {
  const administrators = Buffer.from('01020000000000052000000020020000', 'hex');
  const everyone = Buffer.from('010100000000000100000000', 'hex');
  const entry = Buffer.concat([Buffer.from('000214003f000f00', 'hex'), everyone]);
  const list = Buffer.concat([Buffer.from('02001c0001000000', 'hex'), entry]);
  const head = Buffer.alloc(20);
  head.writeUInt8(1, 0);
  head.writeUInt16LE(0x8004, 2); // self-relative, a list is present
  head.writeUInt32LE(20, 4); // owner
  head.writeUInt32LE(20, 8); // group: the same
  head.writeUInt32LE(20 + administrators.length, 16);
  return Buffer.concat([head, administrators, list]);
}
