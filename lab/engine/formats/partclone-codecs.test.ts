import assert from 'node:assert/strict';
import { open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { run } from '../../../src/command.ts';
import { labNeeds } from '../../needs.ts';
import { blankVolume, MIB, scratch } from '../maps/volume-map.ts';
import { firstDifference, onlyRegion, openSource, writeRegion } from './imported.ts';
import { clone, makeVolume } from './volumes.ts';

/** How Clonezilla and FOG compress, as `argv` that writes to its standard output. */
const WAYS: readonly { readonly name: string; readonly argv: readonly string[] }[] = [
  { name: 'gzip', argv: ['gzip', '-c', '-1'] },
  { name: 'pigz', argv: ['pigz', '-c', '-1', '-p', '2'] },
  { name: 'zstd', argv: ['zstd', '-cq', '-1'] },
  { name: 'zstd with a long window', argv: ['zstd', '-cq', '-1', '--long=31'] },
  { name: 'pzstd', argv: ['pzstd', '-cq', '-1', '-p', '2'] },
  { name: 'xz', argv: ['xz', '-c', '-0'] },
  { name: 'lzma', argv: ['xz', '-c', '-0', '--format=lzma'] },
  { name: 'lz4', argv: ['lz4', '-cq', '-1'] },
  { name: 'lz4 legacy', argv: ['lz4', '-clq'] },
  { name: 'bzip2', argv: ['bzip2', '-c', '-1'] },
  { name: 'lzop', argv: ['lzop', '-c', '-1'] },
  { name: 'lzip', argv: ['lzip', '-c', '-0'] },
];

interface Sample {
  readonly folder: string;
  readonly image: string;
  readonly plain: string;
}

let sample: Promise<Sample> | null = null;

/** One small image for all of them; the volume it was made of is what has to come out. */
function smallImage(t: TestContext): Promise<Sample> {
  sample ??= (async () => {
    const folder = await scratch(t);
    const volume = join(folder, 'volume');
    await makeVolume('fat32', volume, 36 * MIB);
    const image = await clone('fat32', volume, join(folder, 'image'), '-a1');
    return { folder, image, plain: await imported(image) };
  })();
  return sample;
}

async function imported(path: string): Promise<string> {
  const region = onlyRegion(await openSource(path));
  const target = await blankVolume(`${path}.imported`, region.lengthBytes);
  await writeRegion(region, target);
  return target;
}

test('compressed and split images', async (t) => {
  const { folder, image, plain } = await smallImage(t);
  for (const [i, { name, argv }] of WAYS.entries()) {
    const [program = ''] = argv;
    await t.test(name, { skip: labNeeds('partclone.fat32', 'mcopy', program, 'split') }, async () => {
      const { stdout } = await run([...argv, image]);
      // The name says nothing: FOG's do not.
      const path = join(folder, `packed-${i}`);
      await writeFile(path, stdout);
      assert.equal(await firstDifference(await imported(path), plain, (await stat(plain)).size), null);
      await refusesCuts(path, stdout);
      await refusesFlips(path, stdout);
      await run(['split', '-b', '400000', path, `${path}.`]);
      await rm(path);
      assert.equal(
        await firstDifference(await imported(`${path}.aa`), plain, (await stat(plain)).size),
        null,
      );
      await refusesLostPieces(path);
    });
  }
});

async function refusesCuts(path: string, bytes: Buffer): Promise<void> {
  for (const length of [Math.floor(bytes.length / 2), bytes.length - 1]) {
    await writeFile(path, bytes.subarray(0, length));
    await assertDamaged(path);
  }
  await writeFile(path, bytes);
}

async function refusesFlips(path: string, bytes: Buffer): Promise<void> {
  for (const share of [0.3, 0.8]) {
    const at = Math.floor(bytes.length * share);
    const flipped = Buffer.from(bytes);
    flipped[at] = (flipped[at] ?? 0) ^ 0x40;
    await writeFile(path, flipped);
    await assertDamaged(path);
  }
  await writeFile(path, bytes);
}

async function refusesLostPieces(stem: string): Promise<void> {
  const stemName = `${basename(stem)}.`;
  const names = (await readdir(dirname(stem)))
    .filter((name) => name.startsWith(stemName) && /\.a[a-z]$/.test(name))
    .sort();
  assert.ok(names.length > 3);
  // What lies between two pieces is missed by its name, the last by what is in the others.
  for (const [lost, words] of [
    [names[1], /\.ab is missing: it is a piece of a split image/],
    [names.at(-1), /at byte \d+.*a later piece may be missing/],
  ] as const) {
    const path = join(dirname(stem), lost ?? '');
    const content = await readFile(path);
    await rm(path);
    await assertDamaged(`${stem}.aa`, words);
    await writeFile(path, content);
  }
}

async function assertDamaged(path: string, words = /at byte \d+/): Promise<void> {
  const target = `${path}.target`;
  await (await open(target, 'w')).close();
  await assert.rejects(async () => await writeRegion(onlyRegion(await openSource(path)), target), {
    code: 'import-damaged',
    message: words,
  });
}
