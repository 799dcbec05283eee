import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { copyFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../../../src/command.ts';
import { CHUNK_BYTES, chunkLength, countUsedBytes, type ImageIndex } from '../../../src/image/index.ts';
import { labNeeds } from '../../needs.ts';
import { filesOf, labDisk, MIB, scratch, withLoopOf, withMount } from '../fit/lab-disk.ts';
import { capture, deploy, Shop } from './shop.ts';

const PART = { startByte: MIB, lengthBytes: 220 * MIB };

for (const make of ['ntfs', 'ext4'] as const) {
  const tools = [
    'sfdisk',
    'losetup',
    ...(make === 'ntfs' ? ['mkntfs', 'ntfs-3g', 'partclone.ntfs'] : ['mke2fs']),
  ];
  const change = (disk: string, edit: (root: string) => Promise<void>) =>
    withLoopOf(disk, PART.startByte, PART.lengthBytes, (device) => withMount(device, make, 'rw', edit));

  test(`${make}: a host drifts, upgrades and reverts; only what differs comes, and every byte of it is told`, {
    skip: labNeeds(...tools),
  }, async (t) => {
    const folder = await scratch(t);
    const first = await labDisk(join(folder, 'first'), 224, 'dos', [
      { start: 1, size: 220, type: make === 'ntfs' ? '7' : '83', make, label: 'SYS', files: 60 },
    ]);
    const shop = new Shop();
    const one = await capture(first, shop);
    const second = join(folder, 'second');
    await copyFile(first, second);
    await change(second, async (root) => {
      for (let i = 1; i < 6; i++) {
        const path = join(root, 'Users', `file ${i * 2}.bin`);
        await writeFile(`${path}.new`, randomBytes(700_000));
        await rename(`${path}.new`, path);
      }
    });
    const puts = shop.puts;
    const two = await capture(second, shop);
    assert.ok(shop.puts > puts && shop.puts - puts < puts / 2, 'a second version costs what changed');

    const wanted = { one: await filesOf(first, PART, make), two: await filesOf(second, PART, make) };
    const { stdout } = await run(['losetup', '--find', '--show', await blank(folder, 224)]);
    const host = stdout.toString().trim();
    t.after(() => run(['losetup', '--detach', host]));
    const steps = [
      { name: 'empty', index: one, files: wanted.one, drift: null, most: 1 },
      { name: 'the same again', index: one, files: wanted.one, drift: null, most: 0.06 },
      { name: 'drifted', index: one, files: wanted.one, drift: driftIn, most: 0.3 },
      { name: 'upgraded', index: two, files: wanted.two, drift: null, most: 0.5 },
      { name: 'reverted', index: one, files: wanted.one, drift: null, most: 0.5 },
      { name: 'drifted and upgraded', index: two, files: wanted.two, drift: driftIn, most: 0.6 },
    ];
    for (const { name, index, files, drift, most } of steps) {
      if (drift !== null) await change(host, drift);
      const report = await deploy(host, index, shop);
      const used = usedBytes(index);
      assert.equal(
        report.reusedBytes + report.writtenBytes,
        used,
        `${name}: every used byte is one or the other`,
      );
      assert.equal(report.networkBytes, report.fetchedBytes, `${name}: what came over the network`);
      assert.equal(
        report.verifiedBytes,
        report.writtenBytes,
        `${name}: what was written is read back, no more`,
      );
      assert.equal(report.readBack, true);
      assert.ok(
        report.writtenBytes <= used * most,
        `${name}: ${report.writtenBytes} of ${used} bytes written`,
      );
      assert.deepEqual(await filesOf(host, PART, make), files, name);
    }
  });
}

async function driftIn(root: string): Promise<void> {
  await writeFile(join(root, 'Users', 'file 1.bin'), randomBytes(500_000));
  await rm(join(root, 'Users', 'file 4.bin'));
  for (let i = 0; i < 30; i++) await writeFile(join(root, `cache ${i}`), randomBytes(3000));
}

async function blank(folder: string, mib: number): Promise<string> {
  const path = join(folder, 'host');
  await writeFile(path, '');
  await run(['truncate', '--size', `${mib}M`, path]);
  return path;
}

function usedBytes({ regions }: ImageIndex): number {
  let bytes = 0;
  for (const { chunks, lengthBytes } of regions) {
    for (let i = 0; i * CHUNK_BYTES < lengthBytes; i++) {
      if (chunks.id(i) !== null) bytes += countUsedBytes(chunks.mask(i), chunkLength(lengthBytes, i));
    }
  }
  return bytes;
}
