import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ImportFile } from './codec/import-file.ts';
import { rawImage } from './raw-image.ts';

test('a raw copy has the length of its partition, over all its pieces', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'mimeo-raw-'));
  t.after(() => rm(folder, { recursive: true }));
  const pieces = [join(folder, 'sda2.dd-img.aa'), join(folder, 'sda2.dd-img.ab')];
  for (const path of pieces) await writeFile(path, Buffer.alloc(1000, 7));
  const file = await ImportFile.open(pieces);
  const read = async (lengthBytes: number): Promise<number> => {
    let total = 0;
    const { signal } = new AbortController();
    for await (const { offset, bytes } of rawImage(file, lengthBytes).read(signal)) {
      assert.equal(offset, total);
      total += bytes.length;
    }
    return total;
  };
  assert.equal(await read(2000), 2000);
  await assert.rejects(read(2001), { code: 'import-damaged', message: /byte 2000: it ends there/ });
  await assert.rejects(read(1999), { code: 'import-damaged', message: /byte 1999: .*the copy goes on/ });
});
