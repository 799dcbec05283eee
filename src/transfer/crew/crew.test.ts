import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { openDisk } from '../../disk/index.ts';
import { CHUNK_BYTES, chunkIdOf, emptyMask, fullMask, markUsed } from '../../image/index.ts';
import { blankFile, patch, scratch } from '../test-support/master.ts';
import { nameChunk, packChunk, readChunk, unpackChunk, writeChunk } from './chunk-work.ts';
import { Crew } from './crew.ts';
import { openPorts } from './disk-ports.ts';
import type { DiskPorts } from './job.ts';

const SECTOR = 512;

test('a chunk goes to a disk and back, at any sector, past the cache and through it', async (t) => {
  const path = await blankFile(join(await scratch(t), 'disk'), 8 * CHUNK_BYTES);
  await using disk = await openDisk(path, 'write');
  await using open = await openPorts(disk, 'write');
  await using crew = new Crew(4, 2);
  const ways: DiskPorts[] = [open.ports, { ...open.ports, direct: null }];
  for (const [i, ports] of ways.entries()) {
    const offset = SECTOR * (7 + i);
    const content = randomBytes(CHUNK_BYTES - 3 * SECTOR);
    const room = await crew.memory.take(content.length);
    const frame = zstdCompressSync(content);
    assert.equal(await unpackChunk(crew, frame, chunkIdOf(content), room), null);
    await writeChunk({ crew, disk, ports }, offset, room);
    const found = (await readFile(path)).subarray(offset, offset + content.length);
    assert.ok(found.equals(content));

    const mask = emptyMask();
    markUsed(mask, 8192, 8193);
    markUsed(mask, 40_960, 49_152);
    const masked = Buffer.alloc(content.length);
    for (const [from, to] of [
      [8192, 12_288],
      [40_960, 49_152],
    ] as const)
      content.copy(masked, from, from, to);
    room.bytes.fill(0xee);
    const place = { offset, length: content.length, mask };
    assert.equal(await readChunk({ crew, disk, ports }, place, room), chunkIdOf(masked));
    assert.ok(room.bytes.equals(masked), 'what does not count is zeros');
    assert.equal(await nameChunk(crew, room), chunkIdOf(masked));
    assert.ok(zstdDecompressSync(await packChunk(crew, room)).equals(masked));
    room.release();
  }
});

test('where a disk refuses a place past the cache, it is read and written through it', async (t) => {
  const path = join(await scratch(t), 'disk');
  // No direct IO begins or ends within a sector.
  const content = randomBytes(100_001);
  await writeFile(path, content);
  await using disk = await openDisk(path, 'write');
  await using open = await openPorts(disk, 'write');
  await using crew = new Crew(1, 1);
  const on = { crew, disk, ports: open.ports };
  const room = await crew.memory.take(content.length - 101);
  const place = { offset: 101, length: room.length, mask: fullMask(room.length) };
  assert.equal(await readChunk(on, place, room), chunkIdOf(content.subarray(101)));
  room.bytes.fill(9);
  await writeChunk(on, 101, room);
  assert.ok((await readFile(path)).subarray(101).every((byte) => byte === 9));
});

test('a disk that ends early and one that cannot be written are told with the place', async (t) => {
  const path = await blankFile(join(await scratch(t), 'disk'), CHUNK_BYTES + 8192);
  await using disk = await openDisk(path, 'read');
  await using open = await openPorts(disk, 'read');
  await using crew = new Crew(1, 1);
  const on = { crew, disk, ports: open.ports };
  const room = await crew.memory.take(CHUNK_BYTES);
  const place = { offset: CHUNK_BYTES, length: CHUNK_BYTES, mask: fullMask() };
  await assert.rejects(readChunk(on, place, room), {
    code: 'disk-failed',
    message: /disk could not be read at byte 1056768: it ends there$/,
  });
  await assert.rejects(writeChunk(on, 4096, room), {
    code: 'disk-failed',
    message: /disk could not be written at byte 4096: .*EBADF/,
  });
  await patch(path, 0, Buffer.from('still works'));
  assert.match(await readChunk(on, { ...place, offset: 0 }, room), /^[0-9a-f]{64}$/);
});

test('frames that are not the chunk are told apart; none of them harms the next', async () => {
  await using crew = new Crew(1, 1);
  const content = randomBytes(5000);
  const id = chunkIdOf(content);
  const room = await crew.memory.take(content.length);
  const words = (frame: Buffer): Promise<string | null> => unpackChunk(crew, frame, id, room);
  assert.match((await words(Buffer.alloc(0))) ?? '', /^it (does not decompress|has 0 bytes)/);
  assert.match((await words(randomBytes(300_000))) ?? '', /^it does not decompress/);
  assert.match(
    (await words(zstdCompressSync(Buffer.alloc(64 * CHUNK_BYTES)))) ?? '',
    /^it does not decompress/,
  );
  assert.equal(await words(zstdCompressSync(Buffer.alloc(4999))), 'it has 4999 bytes, not 5000');
  assert.match(
    (await words(zstdCompressSync(randomBytes(5000)))) ?? '',
    /^its content hashes to [0-9a-f]{64}$/,
  );
  const frame = zstdCompressSync(content);
  assert.equal(await words(frame), null);
  assert.ok(room.bytes.equals(content));
  assert.ok(zstdDecompressSync(frame).equals(content), 'the frame is still the caller’s');
});

test('who wants room in a full memory waits for it, in turn; room given back twice counts once', async () => {
  await using crew = new Crew(2, 1);
  const [first, second] = [await crew.memory.take(1), await crew.memory.take(1)];
  const got: number[] = [];
  const waiting = [0, 1].map(async (i) => {
    const room = await crew.memory.take(1);
    got.push(i);
    return room;
  });
  second.release();
  second.release();
  assert.equal((await waiting[0])?.at, second.at);
  assert.deepEqual(got, [0]);
  first.release();
  assert.equal((await waiting[1])?.at, first.at);
});

test('a crew that has gone home takes no more jobs', async () => {
  const crew = new Crew(1, 1);
  const room = await crew.memory.take(10);
  await nameChunk(crew, room);
  await crew[Symbol.asyncDispose]();
  await assert.rejects(nameChunk(crew, room), { code: 'internal' });
});

test('zeros have the name that their bytes have, whatever their length', async () => {
  await using crew = new Crew(1, 1);
  for (const length of [CHUNK_BYTES, CHUNK_BYTES - 512]) {
    const room = await crew.memory.take(length);
    room.bytes.fill(0);
    assert.equal(await nameChunk(crew, room), chunkIdOf(Buffer.alloc(length)));
    room.bytes[length - 1] = 1;
    assert.equal(await nameChunk(crew, room), chunkIdOf(room.bytes));
    room.release();
  }
});

test('one thread does the work of a slow network, and more come while jobs keep waiting', async () => {
  await using crew = new Crew(4, 3);
  const room = await crew.memory.take(CHUNK_BYTES);
  for (let i = 0; i < 20; i++) await nameChunk(crew, room);
  assert.equal(crew.threads, 1);
  const pile = async (): Promise<void> => {
    while (crew.threads < 3) await nameChunk(crew, room);
  };
  await Promise.all(Array.from({ length: 8 }, pile));
  assert.equal(crew.threads, 3);
});
