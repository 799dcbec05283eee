import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../../command.ts';
import type { ImageIndex } from '../../image/index.ts';
import { exportRaw } from './export-disk.ts';

const index: ImageIndex = {
  name: 'win',
  version: 1,
  createdAt: '2026-11-23T08:00:00.000Z',
  notes: '',
  layout: {
    table: 'mbr',
    diskBytes: 1_048_576,
    sectorBytes: 512,
    diskId: '12345678',
    bootCode: new Uint8Array(440),
    partitions: [],
  },
  regions: [],
  otherDisks: [],
};

test('an export replaces no device, pipe or folder, not even when told to replace', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'mimeo-export-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const [pipe, link, inner] = ['pipe', 'link', 'inner'].map((name) => join(folder, name));
  assert.ok(pipe && link && inner);
  await run(['mkfifo', pipe]);
  await symlink('/dev/null', link);
  await mkdir(inner);
  const common = {
    index,
    chunk: () => Promise.reject(new Error('nothing is to be read')),
    signal: new AbortController().signal,
    force: true,
  };
  for (const [path, words] of [
    [pipe, /is a device or a pipe; an image is exported to a file/],
    [link, /is a device or a pipe/],
    [inner, /is a folder/],
  ] as const) {
    await assert.rejects(exportRaw({ ...common, path }), { code: 'export-target-exists', message: words });
  }
  assert.ok((await stat(pipe)).isFIFO());
  assert.deepEqual((await readdir(folder)).sort(), ['inner', 'link', 'pipe']);
});
