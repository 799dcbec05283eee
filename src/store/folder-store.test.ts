import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { MimeoError } from '../errors.ts';
import { generateSigningKey, publicKeyOf } from '../image/index.ts';
import { storeContract } from './contract.ts';
import { FolderStore } from './folder-store.ts';
import { sampleChunk, sampleChunks, sampleImage } from './sample-image.ts';
import { loadSigningKey } from './signing-key-file.ts';

// In memory where there is such a place: no power is cut here, so syncing to a disk would only be slow.
const PLACE = join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'mimeo-store-');

storeContract('folder', async (signingKey, onProblem) => {
  const folder = await mkdtemp(PLACE);
  const store = new FolderStore({ folder, signingKey, onProblem });
  await store.start();
  return {
    store,
    alterChunk: (id, bytes) => writeFile(join(folder, 'chunks', id.slice(0, 2), `${id}.zst`), bytes),
    alterIndex: async (name, version, bytes) => {
      await mkdir(join(folder, 'images', name), { recursive: true });
      await writeFile(join(folder, 'images', name, `${version}.idx`), bytes);
    },
    close: async () => {
      await store.stop();
      await rm(folder, { recursive: true });
    },
  };
});

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(PLACE);
  try {
    await body(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('a store opened again holds what it held', () =>
  inFolder(async (folder) => {
    const signingKey = generateSigningKey();
    const { id, frame } = await sampleChunk(1);
    const first = new FolderStore({ folder, signingKey });
    await first.start();
    await first.putChunk(id, frame);
    const summary = await first.commit(sampleImage('winxp', [id]));
    await first.stop();
    const second = new FolderStore({ folder, signingKey });
    await second.start();
    assert.deepEqual(await second.list(), [summary]);
    assert.equal(await second.recheck(id), 'good');
    await second.stop();
  }));

test('chunks are plain files that other servers can serve; a rotten one is kept for inspection until it is put again', () =>
  inFolder(async (folder) => {
    const { id, frame } = await sampleChunk(1);
    const options = { folder, signingKey: generateSigningKey() };
    let store = new FolderStore(options);
    await store.start();
    await store.putChunk(id, frame);
    const path = join(folder, 'chunks', id.slice(0, 2), `${id}.zst`);
    assert.ok((await readFile(path)).equals(frame));
    await writeFile(path, 'rotten');
    assert.equal(await store.recheck(id), 'damaged');
    const aside = join(folder, 'damaged', `${id}.zst`);
    assert.equal(await readFile(aside, 'utf8'), 'rotten');
    await store.stop();
    store = new FolderStore(options);
    await store.start();
    assert.equal((await store.usage()).damaged.chunks, 1);
    await store.putChunk(id, frame);
    await assert.rejects(stat(aside), { code: 'ENOENT' });
    // A folder where the chunk had come back before, and what was set aside stayed.
    await writeFile(aside, 'rotten');
    assert.equal((await store.usage()).damaged.chunks, 0);
    await store.stop();
  }));

test('a folder is used by one store at a time, in this process or another', () =>
  inFolder(async (folder) => {
    const options = { folder, signingKey: generateSigningKey() };
    const first = new FolderStore(options);
    const second = new FolderStore(options);
    await first.start();
    const message = `Another Mimeo server is using the store in ${folder}.`;
    await assert.rejects(second.start(), { code: 'store-locked', message });
    await first.stop();
    await second.start();
    await second.stop();

    const holder = join(import.meta.dirname, 'hold-store.fixture.ts');
    const child = spawn(process.execPath, [holder, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      await once(child.stdout, 'data');
      await assert.rejects(first.start(), { code: 'store-locked' });
    } finally {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    await first.start();
    await first.stop();
  }));

test('leftovers of a crash are cleaned at the next start', () =>
  inFolder(async (folder) => {
    const options = { folder, signingKey: generateSigningKey() };
    const store = new FolderStore(options);
    await store.start();
    const { id, frame } = await sampleChunk(1);
    await store.putChunk(id, frame);
    await store.commit(sampleImage('winxp', [id]));
    await store.stop();
    const leftovers = [
      join(folder, 'incoming', `${id}.1234`),
      join(folder, 'incoming', 'anything'),
      join(folder, 'images', 'winxp', '.tmp-5678'),
    ];
    for (const path of leftovers) await writeFile(path, 'half');
    await store.start();
    for (const path of leftovers) await assert.rejects(stat(path), { code: 'ENOENT' });
    assert.equal(await store.recheck(id), 'good');
    await store.stop();
  }));

test('what a killed server had taken in is there when the next one starts', () =>
  inFolder(async (folder) => {
    const options = { folder, signingKey: generateSigningKey() };
    const store = new FolderStore(options);
    await store.start();
    const { id, frame } = await sampleChunk(1);
    await store.stop();
    // A power cut may leave one chunk twice.
    for (const end of ['0123456789abcdef', 'fedcba9876543210']) {
      await writeFile(join(folder, 'incoming', `${id}.${end}`), frame);
    }
    await store.start();
    assert.deepEqual(await store.missing([id]), []);
    assert.deepEqual(await readdir(join(folder, 'incoming')), []);
    assert.equal(await store.recheck(id), 'good');
    await store.stop();
  }));

test('a capture in batches is stored, and read while it is on its way', () =>
  inFolder(async (folder) => {
    const store = new FolderStore({ folder, signingKey: generateSigningKey() });
    await store.start();
    const chunks = await sampleChunks(Array.from({ length: 600 }, (_, i) => i));
    const capture = store.beginLocalCapture();
    await Promise.all(
      chunks.map(async ({ id, frame }) => {
        await capture.putChunkUnchecked(id, frame);
        assert.ok((await store.getChunk(id)).equals(frame));
      }),
    );
    const ids = chunks.map(({ id }) => id);
    assert.deepEqual(await capture.missing(ids), []);
    assert.ok(
      (await readdir(join(folder, 'incoming'))).length <= 512,
      'two batches are on their way at most',
    );
    await capture.commit(sampleImage('winxp', ids));
    assert.deepEqual(await readdir(join(folder, 'incoming')), []);
    assert.deepEqual((await store.verify('winxp', 1)).missing, []);
    await store.stop();
  }));

test('damaged labels and summaries hide no image, and damaged labels are reported', () =>
  inFolder(async (folder) => {
    const problems: MimeoError[] = [];
    const signingKey = generateSigningKey();
    const store = new FolderStore({ folder, signingKey, onProblem: (error) => problems.push(error) });
    await store.start();
    const { id, frame } = await sampleChunk(1);
    await store.putChunk(id, frame);
    const summary = await store.commit(sampleImage('winxp', [id]));
    await store.setLabel('winxp', 'approved', 1);
    assert.deepEqual(await store.list(), [{ ...summary, labels: ['approved'] }]);
    await store.stop();
    const labels = join(folder, 'images', 'winxp', 'labels');
    await writeFile(labels, (await readFile(labels, 'utf8')).replace('1}', '2}'));
    await writeFile(join(folder, 'summaries'), 'no summaries');
    await store.start();
    assert.deepEqual(await store.list(), [summary]);
    assert.deepEqual(
      problems.map(({ message }) => message),
      ['The labels of image winxp cannot be read.'],
    );
    await store.setLabel('winxp', 'approved', 1);
    assert.deepEqual(await store.list(), [{ ...summary, labels: ['approved'] }]);
    await store.stop();
  }));

test('a rename that a crash interrupted is finished at the next start', () =>
  inFolder(async (folder) => {
    const options = { folder, signingKey: generateSigningKey() };
    const store = new FolderStore(options);
    await store.start();
    const { id, frame } = await sampleChunk(1);
    await store.putChunk(id, frame);
    for (const notes of ['one', 'two']) await store.commit(sampleImage('winxp', [id], notes));
    await store.stop();
    await writeFile(join(folder, 'images', 'winxp', 'renaming'), 'vista');
    const next = new FolderStore(options);
    await next.start();
    assert.deepEqual(
      (await next.list()).map(({ name, version, notes }) => [name, version, notes]),
      [
        ['vista', 1, 'one'],
        ['vista', 2, 'two'],
      ],
    );
    await next.stop();
  }));

test('a folder of a later layout is left alone', () =>
  inFolder(async (folder) => {
    await writeFile(join(folder, 'format'), 'mimeo store 2\n');
    const store = new FolderStore({ folder, signingKey: generateSigningKey() });
    await assert.rejects(store.start(), { code: 'store-failed', message: /mimeo store 2/ });
    assert.deepEqual((await readdir(folder)).sort(), ['format', 'lock']);
  }));

test('the signing key is made once, for its owner only', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'key.pem');
    const key = await loadSigningKey(path);
    assert.equal(publicKeyOf(await loadSigningKey(path)), publicKeyOf(key));
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    await writeFile(path, 'no key');
    await assert.rejects(loadSigningKey(path), { code: 'index-untrusted' });
  }));
