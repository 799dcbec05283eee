import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { zstdDecompressSync } from 'node:zlib';
import { CHUNK_BYTES } from '../image/index.ts';
import { captureDisk } from '../transfer/index.ts';
import { diskFile, type Place, started } from './testing/command-place.ts';
import { mimeo } from './testing/mimeo-command.ts';

/** Puts a disk into the store without the command, which is quicker. */
async function stored({ server }: Place, disk: string, name: string): Promise<void> {
  const session = server.store.beginCapture();
  const sink = {
    missing: (ids: readonly string[]) => session.missing(ids),
    put: (id: string, frame: Buffer) => session.putChunk(id, frame),
  };
  const { signal } = new AbortController();
  const { index } = await captureDisk({ disk, name, notes: '', sink, signal });
  await session.commit(index);
}

/** The content of the first partition of an image. */
async function partitionOf({ server }: Place, name: string): Promise<Buffer> {
  const { index } = await server.store.readIndex(name);
  const region = index.regions.find(({ partition }) => partition === 1);
  assert.ok(region !== undefined);
  const bytes = Buffer.alloc(region.lengthBytes);
  for (let i = 0; i < region.chunks.count; i++) {
    const id = region.chunks.id(i);
    if (id !== null) bytes.set(zstdDecompressSync(await server.store.getChunk(id)), i * CHUNK_BYTES);
  }
  return bytes;
}

test('what is exported raw is what was imported; a file that is there stays', async (t) => {
  const place = await started(t);
  const path = await diskFile(place.home, 4);
  await stored(place, path, 'foreign');
  const to = join(place.home, 'out.raw');
  const args = [...place.data, 'image', 'export', 'foreign@1', to, '--format', 'raw'];
  const done = await mimeo([...args, '--json']);
  assert.equal(done.status, 0, done.err);
  assert.deepEqual(JSON.parse(done.out), { image: 'foreign', version: 1, format: 'raw', paths: [to] });
  // The first sector is written anew from the table.
  assert.ok((await readFile(to)).subarray(512).equals((await readFile(path)).subarray(512)));
  const again = await mimeo(args);
  assert.deepEqual([again.status, /out\.raw exists already/.test(again.err)], [1, true]);
});

test('an image with a rotten chunk is not exported, and leaves no file', async (t) => {
  const place = await started(t);
  await stored(place, await diskFile(place.home, 4), 'foreign');
  const { index } = await place.server.store.readIndex('foreign');
  await place.server.alterChunk(index.regions[1]?.chunks.id(2) ?? '', Buffer.from('rot'));
  const to = join(place.home, 'out.raw');
  const { status, err } = await mimeo([...place.data, 'image', 'export', 'foreign', to, '--format', 'raw']);
  assert.equal(status, 1, err);
  // The server looked, and set it aside.
  assert.match(
    err,
    /foreign@1 is not whole: The store does not hold the chunk .*\n.*mimeo image verify foreign@1/,
  );
  assert.deepEqual(
    readdirSync(place.home).filter((name) => name !== 'disk.raw' && name !== '.config'),
    [],
  );
  const told = await place.server.services.events.since(0, 100);
  assert.ok(
    told.some(({ level, words }) => level === 'error' && /Chunk .* of foreign is damaged/.test(words)),
  );
});

const env = { PATH: `${process.env['PATH']}:/usr/sbin:/sbin` };
const lacking = ['mke2fs', 'debugfs', 'resize2fs', 'e2fsck'].filter(
  (tool) => spawnSync(tool, ['-V'], { env }).error,
);
const skip = lacking.length > 0 ? `needs ${lacking.join(', ')}` : false;

test('an image shrunk to a smaller disk holds the same files', { skip }, async (t) => {
  const place = await started(t);
  const { data, home, server } = place;
  const run = (tool: string, ...args: string[]): Buffer =>
    execFileSync(tool, args, { env, stdio: ['ignore', 'pipe', 'ignore'] });
  const volume = join(home, 'volume');
  run('mke2fs', '-q', '-t', 'ext4', '-F', volume, '64M');
  const letter = join(home, 'letter');
  writeFileSync(letter, 'Dear Sir or Madam\n'.repeat(1000));
  run('debugfs', '-w', '-R', `write ${letter} letter`, volume);
  const disk = await diskFile(home, 0, 64);
  await appendFile(disk, readFileSync(volume));
  await stored(place, disk, 'big');

  const shrinkTo = (size: string): string[] => [
    'image',
    'shrink',
    'big',
    '--to',
    size,
    '--as',
    'small',
    '--work-folder',
    home,
  ];
  const same = await mimeo([...data, ...shrinkTo('1GB')], env);
  assert.equal(same.status, 1);
  assert.match(
    same.err,
    /big@1 is of a disk of \d+ MB and goes to one of 1\.0 GB as it is: nothing was made\./,
  );
  assert.deepEqual(
    (await server.store.list()).map(({ name }) => name),
    ['big'],
  );

  const shrink = shrinkTo('56MiB');
  const shrunk = await mimeo([...data, ...shrink, '--json'], env);
  assert.equal(shrunk.status, 0, shrunk.err + shrunk.out);
  const { plan } = JSON.parse(shrunk.out) as { plan: string[] };
  assert.match(plan.join(), /partition 1 \(ext\) shrinks from 67 MB to/);
  const { index } = await server.store.readIndex('small');
  assert.equal(index.layout.diskBytes, 56 * CHUNK_BYTES);
  const part = join(home, 'part');
  writeFileSync(part, await partitionOf(place, 'small'));
  run('e2fsck', '-fn', part);
  assert.ok(run('debugfs', '-R', 'cat letter', part).equals(readFileSync(letter)));
  assert.deepEqual(
    readdirSync(home).filter((name) => name.startsWith('mimeo-import-')),
    [],
  );
});
