import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { open, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { run } from '../../../src/command.ts';
import { labNeeds } from '../../needs.ts';
import { blankVolume, contentOf, MIB, scratch } from './volume-map.ts';

const BYTES = 64 * MIB;

interface Whole {
  readonly name: string;
  readonly tools: readonly string[];
  readonly make: (file: string) => Promise<unknown>;
  /** What util-linux calls it. */
  readonly type: string;
  readonly words: RegExp;
}

const VOLUMES: readonly Whole[] = [
  luks('luks1', /encrypted by LUKS \(version 1\)/),
  luks('luks2', /encrypted by LUKS \(version 2\)/),
  {
    name: 'bcache',
    tools: ['make-bcache', 'losetup'],
    make: (file) => onLoop(file, (device) => run(['make-bcache', '-B', device])),
    type: 'bcache',
    words: /belongs to bcache/,
  },
  // The kernel that could make a RAID is not everywhere; util-linux judges whether these look like one.
  ...[0, 1, 2].map((minor) => raid(`1.${minor}`, (file) => writeRaid1(file, minor))),
  raid('0.90', writeRaid0),
  bitLocker('a BitLocker volume', '-FVE-FS-', 160, /encrypted by BitLocker:/),
  bitLocker('a BitLocker To Go volume', 'MSWIN4.1', 424, /encrypted by BitLocker To Go:/),
  {
    name: 'VMFS',
    tools: [],
    make: (file) => patch(file, 2 * MIB, Buffer.from('5ef1ab2f', 'hex')),
    type: 'VMFS',
    words: /VMware's VMFS/,
  },
];

for (const { name, tools, make, type, words } of VOLUMES) {
  test(`${name} is stored whole, and why is said`, { skip: labNeeds('blkid', ...tools) }, async (t) => {
    const file = await blankVolume(join(await scratch(t), 'volume'), BYTES);
    await make(file);
    assert.match(await blkidType(file), new RegExp(type));
    const { filesystem, free, warnings } = await contentOf(file);
    assert.deepEqual({ filesystem, free }, { filesystem: 'raw', free: [] });
    assert.match(warnings.join(), words);
    assert.match(warnings.join(), /^Partition 1 of .*stored whole, free space included\.$/);
  });
}

test('a filesystem in a RAID is not taken for one on the disk', { skip: labNeeds('mke2fs') }, async (t) => {
  const file = await blankVolume(join(await scratch(t), 'volume'), BYTES);
  await run(['mke2fs', '-q', '-F', file, '60M']);
  assert.equal((await contentOf(file)).filesystem, 'ext');
  await writeRaid1(file, 0);
  assert.equal((await contentOf(file)).filesystem, 'raw');
});

test('what nobody knows is stored whole without words', async (t) => {
  const file = join(await scratch(t), 'volume');
  await writeFile(file, randomBytes(4 * MIB));
  const { filesystem, free, warnings } = await contentOf(file);
  assert.deepEqual({ filesystem, free, warnings }, { filesystem: 'raw', free: [], warnings: [] });
});

test('of a swap area only its header matters', { skip: labNeeds('mkswap', 'blkid') }, async (t) => {
  for (const pageBytes of [4096, 65_536]) {
    const file = await makeSwap(t, ['--pagesize', String(pageBytes), '--label', 'auslagern']);
    const before = await blkid(file);
    const { filesystem, label, free, warnings } = await contentOf(file);
    assert.deepEqual(
      { filesystem, label, warnings },
      { filesystem: 'swap', label: 'auslagern', warnings: [] },
    );
    assert.deepEqual(free, [{ start: pageBytes, length: BYTES - pageBytes }]);
    await patch(file, pageBytes, Buffer.alloc(BYTES - pageBytes, 0xaa));
    assert.equal(await blkid(file), before);
  }
});

test('a swap area in which a system sleeps is refused', { skip: labNeeds('mkswap', 'blkid') }, async (t) => {
  const file = await makeSwap(t, []);
  for (const signature of ['S1SUSPEND\0', 'ULSUSPEND\0', 'LINHIB0001']) {
    await patch(file, 4096 - 10, Buffer.from(signature));
    assert.match(await blkidType(file), /swsuspend/);
    await assert.rejects(contentOf(file), {
      code: 'volume-hibernated',
      message: /partition 1/,
      next: /poweroff/,
    });
  }
});

async function makeSwap(t: TestContext, options: readonly string[]): Promise<string> {
  const file = await blankVolume(join(await scratch(t), 'swap'), BYTES);
  await run(['mkswap', ...options, file]);
  return file;
}

function luks(type: string, words: RegExp): Whole {
  const make = async (file: string): Promise<void> => {
    const key = join(dirname(file), 'key');
    await writeFile(key, randomBytes(64));
    const quick = ['--pbkdf', 'pbkdf2', '--pbkdf-force-iterations', '1000'];
    await run([
      'cryptsetup',
      'luksFormat',
      '--batch-mode',
      '--type',
      type,
      ...quick,
      '--key-file',
      key,
      file,
    ]);
  };
  return { name: type, tools: ['cryptsetup'], make, type: 'crypto_LUKS', words };
}

function raid(version: string, make: (file: string) => Promise<unknown>): Whole {
  const words = /is a part of a software RAID/;
  return {
    name: `a part of a RAID of version ${version}`,
    tools: [],
    make,
    type: 'linux_raid_member',
    words,
  };
}

const RAID_MAGIC = 0xa92b_4efc;

/** A superblock of version 1 (linux/raid/md_p.h), with the checksum that util-linux wants to see. */
function writeRaid1(file: string, minor: number): Promise<void> {
  const sector = [Math.floor((BYTES / 512 - 16) / 8) * 8, 0, 8][minor] ?? 0;
  const block = Buffer.alloc(512);
  block.writeUInt32LE(RAID_MAGIC, 0);
  block.writeUInt32LE(1, 4);
  block.writeBigUInt64LE(BigInt(sector), 144);
  block.writeUInt32LE(128, 220);
  let sum = 0;
  for (let at = 0; at < block.length; at += 4) sum += block.readUInt32LE(at);
  block.writeUInt32LE(((sum % 2 ** 32) + Math.floor(sum / 2 ** 32)) >>> 0, 216);
  return patch(file, sector * 512, block);
}

function writeRaid0(file: string): Promise<void> {
  const block = Buffer.alloc(512);
  block.writeUInt32LE(RAID_MAGIC, 0);
  block.writeUInt32LE(90, 8);
  return patch(file, BYTES - 65_536, block);
}

/** No tool of Linux makes one: a boot sector that leads to structures of BitLocker, which util-linux looks for. */
function bitLocker(name: string, system: string, guidAt: number, words: RegExp): Whole {
  const make = async (file: string): Promise<void> => {
    const sector = Buffer.alloc(512);
    sector.set([0xeb, 0x58, 0x90]);
    sector.write(system, 3, 'latin1');
    sector.writeUInt16LE(512, 11);
    sector.writeUInt8(8, 13);
    sector.write('FAT32', 82, 'latin1');
    Buffer.from('3bd66749292ed84a8399f6a339e3d001', 'hex').copy(sector, guidAt);
    sector.writeBigUInt64LE(BigInt(MIB), guidAt + 16);
    sector.writeUInt16LE(0xaa55, 510);
    await patch(file, 0, sector);
    const structures = Buffer.alloc(64);
    structures.write('-FVE-FS-', 'latin1');
    structures.writeUInt16LE(64, 8);
    structures.writeUInt16LE(2, 10);
    await patch(file, MIB, structures);
  };
  return { name, tools: [], make, type: 'BitLocker', words };
}

async function onLoop(file: string, use: (device: string) => Promise<unknown>): Promise<void> {
  const { stdout } = await run(['losetup', '--find', '--show', file]);
  const device = stdout.toString().trim();
  try {
    await use(device);
  } finally {
    await run(['losetup', '--detach', device]);
  }
}

async function blkid(file: string): Promise<string> {
  return (await run(['blkid', '--probe', '--output', 'export', file])).stdout.toString();
}

async function blkidType(file: string): Promise<string> {
  return /^TYPE=(.*)$/m.exec(await blkid(file))?.[1] ?? 'nothing';
}

async function patch(file: string, offset: number, bytes: Buffer): Promise<void> {
  await using handle = await open(file, 'r+');
  await handle.write(bytes, 0, bytes.length, offset);
}
