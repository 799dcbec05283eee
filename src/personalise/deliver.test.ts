import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Bring, type Delivery, deliver, verifyDelivery } from './deliver.ts';

const content = randomBytes(10_000);

function deliveryOf(bytes: Buffer, path: readonly string[] = ['Drivers', 'HP', 'a.inf']): Delivery {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { path, bytes: bytes.length, sha256, readers: 'everyone' };
}

/** Gives a file in pieces of 4000 bytes, and counts them. */
function bringOf(bytes: Buffer): Bring & { count: number } {
  const bring = async (_file: unknown, from: number): Promise<Uint8Array> => {
    bring.count++;
    return bytes.subarray(from, from + 4000);
  };
  bring.count = 0;
  return bring;
}

async function volume(t: TestContext): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'mimeo-deliver-'));
  t.after(() => rm(root, { recursive: true }));
  return root;
}

test('a file comes in pieces, and one that is there already is not fetched again', async (t) => {
  const root = await volume(t);
  const delivery = deliveryOf(content);
  const bring = bringOf(content);
  assert.equal(await deliver(root, delivery, false, bring), true);
  assert.equal(bring.count, 3);
  const path = join(root, ...delivery.path);
  assert.ok((await readFile(path)).equals(content));
  assert.equal((await stat(path)).mode & 0o777, 0o644);
  await verifyDelivery(root, delivery, false);
  assert.equal(await deliver(root, delivery, false, bring), false);
  assert.equal(bring.count, 3);
});

test('an old file of that name, and what a power cut left of a new one, give way', async (t) => {
  const root = await volume(t);
  const delivery = deliveryOf(content);
  const folder = join(root, 'Drivers', 'HP');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'a.inf'), Buffer.alloc(content.length));
  await writeFile(join(folder, 'a.inf.mimeo-new'), 'half');
  await assert.rejects(verifyDelivery(root, delivery, false), { code: 'personalise-not-written' });
  assert.equal(await deliver(root, delivery, false, bringOf(content)), true);
  assert.deepEqual(await readdir(folder), ['a.inf']);
  await verifyDelivery(root, delivery, false);
});

test('an empty file is brought without asking for it', async (t) => {
  const root = await volume(t);
  const bring = bringOf(Buffer.alloc(0));
  assert.equal(await deliver(root, deliveryOf(Buffer.alloc(0)), true, bring), true);
  assert.equal(bring.count, 0);
});

for (const [what, bytes] of [
  ['other bytes', Buffer.alloc(content.length, 1)],
  ['more bytes', Buffer.concat([content, content])],
  ['fewer bytes', content.subarray(0, 5000)],
] as const) {
  test(`${what} than were planned are never put in the file's place`, async (t) => {
    const root = await volume(t);
    const delivery = deliveryOf(content);
    await assert.rejects(deliver(root, delivery, false, bringOf(bytes)), {
      code: 'personalise-not-written',
      message: /\\Drivers\\HP\\a\.inf/,
    });
    assert.ok(!(await readdir(join(root, 'Drivers', 'HP'))).includes('a.inf'));
  });
}

test('a path that leads out of its folder is refused', async (t) => {
  const root = await volume(t);
  for (const path of [
    ['..', 'a'],
    ['Drivers', 'a/../../b'],
    ['Drivers', 'a\\b'],
    ['Drivers', ''],
  ]) {
    await assert.rejects(deliver(root, deliveryOf(content, path), false, bringOf(content)), {
      message: /leads out of its folder/,
    });
  }
  assert.deepEqual(await readdir(root), []);
});
