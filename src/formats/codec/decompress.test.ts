import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { ImportFile } from './import-file.ts';

const signal = new AbortController().signal;

async function fileOf(t: TestContext, bytes: Buffer): Promise<ImportFile> {
  const folder = await mkdtemp(join(tmpdir(), 'mimeo-codec-'));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, 'file');
  await writeFile(path, bytes);
  return await ImportFile.open([path]);
}

async function contentOf(file: ImportFile): Promise<Buffer> {
  await using stream = file.stream(signal);
  return Buffer.from(await stream.readUpTo(10_000_000));
}

test('members of gzip that follow each other are one stream; what comes after them is damage', async (t) => {
  const [one, two] = [randomBytes(300_000), randomBytes(1000)];
  const packed = Buffer.concat([gzipSync(one), gzipSync(two)]);
  const file = await fileOf(t, packed);
  assert.equal(file.codec, 'gz');
  assert.deepEqual(await contentOf(file), Buffer.concat([one, two]));
  const damage = { code: 'import-damaged', message: /at byte \d+ \(counted in its decompressed content\)/ };
  await assert.rejects(contentOf(await fileOf(t, packed.subarray(0, -1))), damage);
  await assert.rejects(contentOf(await fileOf(t, Buffer.concat([packed, Buffer.from('more')]))), damage);
});

test('a reader may stop in the middle, and nothing goes on behind it', async (t) => {
  const file = await fileOf(t, gzipSync(Buffer.alloc(5_000_000)));
  assert.equal((await file.head(signal)).length, 68 * 1024);
  const controller = new AbortController();
  await using stream = file.stream(controller.signal);
  await stream.read(10, 'it');
  controller.abort(new Error('enough'));
  await assert.rejects(
    stream.skip(4_999_990, 'it').then(() => stream.expectEnd()),
    /enough|abort/i,
  );
});

test('a program that is missing is named with its package, and what cannot be streamed is refused', async (t) => {
  const zst = await fileOf(t, zstdCompressSync(Buffer.alloc(1000)));
  const path = process.env['PATH'];
  t.after(() => {
    process.env['PATH'] = path;
  });
  process.env['PATH'] = '/nowhere';
  await assert.rejects(contentOf(zst), { code: 'import-tool-missing', next: /apt install zstd/ });
  const lrz = await fileOf(t, Buffer.from('LRZI\0\0 and so on'));
  await assert.rejects(contentOf(lrz), { code: 'import-unsupported', next: /lrunzip/ });
});
