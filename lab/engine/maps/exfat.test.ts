import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../../../src/command.ts';
import type { FactSheet } from '../../compare/index.ts';
import { labNeeds } from '../../needs.ts';
import { fillFolder } from './fill.ts';
import { whileDriven } from './mounted.ts';
import { provePoison } from './poison.ts';
import { treeFacts } from './tree-facts.ts';
import { blankVolume, compareWithPartclone, contentOf, MIB, scratch } from './volume-map.ts';

interface ExfatVolume {
  readonly name: string;
  readonly bytes: number;
  readonly options: readonly string[];
  readonly files: number;
}

const VOLUMES: readonly ExfatVolume[] = [
  { name: 'exFAT', bytes: 150 * MIB, options: ['-c', '4K'], files: 150 },
  { name: 'exFAT with clusters of 128 KiB', bytes: 100 * MIB, options: ['-c', '128K'], files: 60 },
  { name: 'exFAT with clusters of a sector', bytes: 64 * MIB, options: ['-c', '512'], files: 80 },
];

for (const volume of VOLUMES) {
  const skip = labNeeds('mkfs.exfat', 'mount.exfat-fuse');
  test(`free clusters of ${volume.name} do not matter`, { skip }, async (t) => {
    const file = await blankVolume(join(await scratch(t), 'volume'), volume.bytes);
    await run(['mkfs.exfat', ...volume.options, file]);
    await whileMounted(file, 'rw', async (root) => {
      await fillFolder(root, volume.files, volume.bytes / 10);
      await rm(join(root, 'folder 2'), { recursive: true });
    });
    const { filesystem, free, warnings } = await contentOf(file);
    assert.equal(filesystem, 'exfat');
    assert.deepEqual(warnings, []);
    const judges = {
      file,
      check: (path: string) => run(['fsck.exfat', '-n', path]),
      facts: (path: string): Promise<FactSheet> =>
        whileMounted(path, 'ro', (root) => treeFacts(root, { attributes: null })),
    };
    await provePoison(judges, free, { leastShare: 0.3 });
    const { onlyOurs, onlyTheirs } = await compareWithPartclone('partclone.exfat', file, free);
    assert.deepEqual({ onlyOurs, onlyTheirs }, { onlyOurs: 0, onlyTheirs: 0 });
  });
}

function whileMounted<T>(file: string, mode: 'ro' | 'rw', use: (root: string) => Promise<T>): Promise<T> {
  const options = `${mode},noatime`;
  return whileDriven((device, root) => ['mount.exfat-fuse', '-o', options, device, root], file, use);
}
