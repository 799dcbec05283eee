import assert from 'node:assert/strict';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../../command.ts';
import { readLayout, writeLayout } from '../layout.ts';
import { openDisk, readAt } from '../open-disk.ts';

const MIB = 1_048_576;
/** Large enough for cylinders of more than eight bits; the files are sparse. */
const DISK = 12_000 * MIB;

/** Tables as Windows and Linux make them, in sfdisk's words. */
const scripts: Record<string, string> = {
  'MBR as XP makes it':
    'label: dos\nlabel-id: 0xd0a1b2c3\nstart=63, size=10000000, type=7, bootable\nstart=12000000, size=6000000, type=c\n',
  'MBR with logical partitions': [
    'label: dos',
    'label-id: 0x00000001',
    'start=2048, size=20480, type=7, bootable',
    'start=22528, size=20480, type=27',
    'start=43008, type=f',
    'start=45056, size=40960, type=7',
    'start=88064, size=40960, type=83',
    'start=131072, size=20000000, type=7',
    '',
  ].join('\n'),
  'GPT as Windows makes it': [
    'label: gpt',
    'label-id: 0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9',
    'start=2048, size=40960, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B, uuid=11111111-2222-3333-4444-555555555555, name="EFI system partition", attrs="GUID:63"',
    'size=32768, type=E3C9E316-0B5C-4DB8-817D-F92DF00215AE, name="Microsoft reserved partition"',
    'size=200000, type=EBD0A0A2-B9E5-4433-87C0-68B6B72699C7, name="Größe 大"',
    'type=DE94BBA4-06D1-4D40-A16A-BFD50179D6AC, attrs="RequiredPartition GUID:63"',
    '',
  ].join('\n'),
};

for (const [name, script] of Object.entries(scripts)) {
  test(`sfdisk reads what we write as what it wrote itself: ${name}`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'mimeo-table-'));
    t.after(() => rm(folder, { recursive: true }));
    const [original, copy] = [join(folder, 'original'), join(folder, 'copy')];
    for (const path of [original, copy]) {
      await writeFile(path, '');
      await truncate(path, DISK);
    }
    await run(['sfdisk', '--quiet', original], { input: script });
    const layout = await readLayout(original);
    {
      await using disk = await openDisk(copy, 'write');
      await writeLayout(disk, layout);
    }
    assert.deepEqual(await readLayout(copy), layout);
    assert.equal(await dump(copy), await dump(original));
    const [ours, theirs] = [await firstSector(copy), await firstSector(original)];
    assert.ok(ours.equals(theirs), `${ours.toString('hex', 440)}\n${theirs.toString('hex', 440)}`);
    await run(['sfdisk', '--verify', copy]);
    if (layout.table === 'gpt') {
      const { stdout } = await run(['sgdisk', '--verify', copy]);
      assert.match(stdout.toString(), /No problems found/);
    }
  });
}

test('a table that does not fit its disk is not written', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'mimeo-table-'));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, 'disk');
  await writeFile(path, '');
  await truncate(path, 300 * MIB);
  await run(['sfdisk', '--quiet', path], { input: scripts['GPT as Windows makes it'] ?? '' });
  const layout = await readLayout(path);
  await using disk = await openDisk(path, 'write');
  await assert.rejects(writeLayout(disk, { ...layout, diskBytes: 250 * MIB }), {
    code: 'table-unwritable',
    message: /lies where the GPT itself/,
  });
});

/** Boot code, disk id and entries with their cylinder addresses. */
async function firstSector(path: string): Promise<Buffer> {
  await using disk = await openDisk(path, 'read');
  return await readAt(disk, 0, 512);
}

/** The table in sfdisk's words, without the file's name and the range that new partitions may use. */
async function dump(path: string): Promise<string> {
  const { stdout } = await run(['sfdisk', '--dump', path]);
  return stdout
    .toString()
    .replaceAll(path, 'disk')
    .replace(/^(first|last)-lba: .*\n/gm, '');
}
