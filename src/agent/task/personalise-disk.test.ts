import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { run } from '../../command.ts';
import { type LinuxMount, type PartitionView, withLinux } from '../../disk/index.ts';
import type { DiskLayout, PartitionLayout, Region } from '../../image/index.ts';
import { ChunkTableBuilder } from '../../image/index.ts';
import { settingsOfOrder } from '../../personalise/index.ts';
import { personaliseDisk } from './personalise-disk.ts';

const MIB = 1_048_576;
const START = MIB;
const order = settingsOfOrder({ computerName: 'R101-PC05', fields: {}, registryFiles: [] });

const DEBIAN: Readonly<Record<string, string>> = {
  'etc/os-release': 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
  'etc/hostname': 'master\n',
  'etc/hosts': '127.0.0.1\tlocalhost\n127.0.1.1\tmaster\n',
  'etc/machine-id': `${'a'.repeat(32)}\n`,
  'usr/lib/systemd/systemd': '',
};

async function missing(tools: readonly string[]): Promise<string | null> {
  if (process.getuid?.() !== 0) return 'mounting needs root';
  for (const tool of tools) {
    if ((await run(['which', tool], { allowStatus: [0, 1] })).status !== 0) return `${tool} is not installed`;
  }
  return null;
}

/** A disk whose only partition holds a small Debian, in the tree of `mount`. */
async function diskWithDebian(t: TestContext, mkfs: readonly string[], mount: LinuxMount) {
  const folder = await mkdtemp(join(tmpdir(), 'mimeo-linux-disk-'));
  t.after(() => rm(folder, { recursive: true }));
  const disk = join(folder, 'disk');
  await writeFile(disk, '');
  await truncate(disk, 160 * MIB);
  const partition: PartitionLayout = {
    ...{ number: 1, startByte: START, lengthBytes: 128 * MIB, type: '83', active: true, gpt: null },
  };
  const volume = join(folder, 'volume');
  await writeFile(volume, '');
  await truncate(volume, partition.lengthBytes);
  await run([...mkfs, volume]);
  await run(['dd', `if=${volume}`, `of=${disk}`, 'bs=1M', 'seek=1', 'conv=notrunc,sparse', 'status=none']);
  const view: PartitionView = { disk, sectorBytes: 512, partition };
  const plain: LinuxMount = { ...mount, subvolume: null };
  await withLinux(view, plain, { readOnly: false }, async (root) => {
    if (mount.subvolume !== null) await run(['btrfs', 'subvolume', 'create', join(root, mount.subvolume)]);
    for (const [path, text] of Object.entries(DEBIAN)) {
      const file = join(root, mount.subvolume ?? '', path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    }
  });
  const layout: DiskLayout = {
    ...{ table: 'mbr', diskBytes: 160 * MIB, sectorBytes: 512, diskId: '12345678' },
    ...{ bootCode: new Uint8Array(440), partitions: [partition] },
  };
  const region: Region = {
    ...{ kind: 'partition', partition: 1, filesystem: mount.filesystem, label: '', startByte: START },
    ...{ lengthBytes: partition.lengthBytes, chunks: new ChunkTableBuilder().build() },
  };
  const read = (path: string): Promise<string | null> =>
    withLinux(view, mount, { readOnly: true }, (root) => readFile(join(root, path), 'utf8'));
  return { request: { disk, regions: [region], layout }, read };
}

for (const { mkfs, mount } of [
  { mkfs: ['mkfs.ext4', '-q', '-F'], mount: { filesystem: 'ext', subvolume: null } },
  { mkfs: ['mkfs.btrfs', '-q', '-f'], mount: { filesystem: 'btrfs', subvolume: '@rootfs' } },
] as const) {
  test(`a Debian on ${mkfs[0]} becomes this host, and a second run changes nothing`, async (t) => {
    const why = await missing([mkfs[0], 'losetup']);
    if (why !== null) return t.skip(why);
    const { request, read } = await diskWithDebian(t, mkfs, mount);
    const lines: string[] = [];
    const log = (line: string): void => void lines.push(line);
    const bring = (): Promise<never> => Promise.reject(new Error('no files are named'));
    await personaliseDisk({ ...request, order, bring, log });
    assert.equal(await read('etc/hostname'), 'R101-PC05\n');
    assert.match((await read('etc/hosts')) ?? '', /^127\.0\.1\.1\tR101-PC05$/m);
    assert.doesNotMatch((await read('etc/machine-id')) ?? '', /aaaa/);
    assert.match(lines.join('\n'), /^\/etc\/hostname: /m);
    lines.length = 0;
    await personaliseDisk({ ...request, order, bring, log });
    assert.deepEqual(lines, []);
  });
}
