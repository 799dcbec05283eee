import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { copyFile, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { run } from '../../../src/command.ts';
import { MimeoError } from '../../../src/errors.ts';
import { openImport } from '../../../src/formats/index.ts';
import { labNeeds } from '../../needs.ts';
import { MIB, scratch } from '../maps/volume-map.ts';
import { extVolume, ntfsVolume } from './sample-disk.ts';
import { clone } from './volumes.ts';

const TOOLS = ['partclone.extfs', 'ntfsclone', 'partimage', 'qemu-img', 'mkntfs', 'ntfscp'];
const skip = labNeeds(...TOOLS, 'mkfs.ext4', 'losetup', 'sfdisk', 'zstd', 'bzip2', 'lzop');
const RUNS = 25;
/** What an import may say of damage; `import-unknown` when the damage is where the format has its mark. */
const REFUSED = /^(?:import-(?:damaged|unsupported|unknown|no-room)|volume-\w+|table-\w+|disk-failed)$/;

interface Sample {
  readonly path: string;
  /** Whether everything in it is under some checksum, so that nothing else may ever come out of it. */
  readonly checked: boolean;
}

/** A way to damage a file, by shares of its length; most of them hit its beginning, where the structures are. */
const damages = fc.record({
  kind: fc.constantFrom('cut', 'flip', 'ones', 'zeros', 'drop'),
  // Doubles of fast-check crowd around 0.
  at: fc.integer({ min: 0, max: 99_999 }).map((share) => share / 100_000),
  within: fc.constantFrom(600, 5000, 80_000, Number.POSITIVE_INFINITY),
  length: fc.integer({ min: 1, max: 600 }),
});
type Damage = typeof damages extends fc.Arbitrary<infer T> ? T : never;

function damagedCopy(whole: Buffer, { kind, at: share, within, length }: Damage): Buffer {
  const at = Math.floor(share * Math.min(whole.length, within));
  const end = Math.min(whole.length, at + length);
  const copy = Buffer.from(whole);
  if (kind === 'cut') return copy.subarray(0, at);
  if (kind === 'drop') return Buffer.concat([copy.subarray(0, at), copy.subarray(end)]);
  if (kind === 'flip') copy.writeUInt8(copy.readUInt8(at) ^ (1 << (length % 8)), at);
  else copy.fill(kind === 'ones' ? 0xff : 0, at, end);
  return copy;
}

/** A hash of all that an import brings, places included. */
async function contentOf(path: string, workFolder: string): Promise<string> {
  const signal = AbortSignal.timeout(20_000);
  const opened = await openImport(path, { signal, workFolder });
  await using _closed = opened.kind === 'source' ? opened.source : opened;
  const hash = createHash('sha256');
  if (opened.kind === 'disk') return hash.update(await readFile(opened.path)).digest('hex');
  for (const region of opened.source.disks.flatMap(({ regions }) => regions)) {
    let end = -1;
    for await (const { offset, bytes } of region.read(signal)) {
      if (offset !== end) hash.update(`at ${offset}`);
      hash.update(bytes);
      end = offset + bytes.length;
      assert.ok(end <= region.lengthBytes, 'a piece reaches past its region');
    }
  }
  return hash.digest('hex');
}

/** What became of an import: its content's hash, or the error's code. */
async function outcome(path: string, workFolder: string): Promise<string> {
  try {
    return await contentOf(path, workFolder);
  } catch (error) {
    // Of a view the system itself says that a part cannot be read.
    if (error instanceof Error && 'syscall' in error && error.message.endsWith(', read'))
      return 'disk-failed';
    if (!(error instanceof MimeoError)) throw error;
    assert.doesNotMatch(error.message, /undefined|NaN|\[object/);
    return error.code;
  }
}

async function holds({ path, checked }: Sample, folder: string): Promise<void> {
  const whole = await readFile(path);
  const expected = await contentOf(path, folder);
  await copyFile(path, `${path}.whole`);
  const property = fc.asyncProperty(damages, async (damage) => {
    const broken = damagedCopy(whole, damage);
    if (broken.equals(whole)) return;
    await writeFile(path, broken);
    const came = await outcome(path, folder);
    if (came.length === expected.length)
      assert.ok(!checked || came === expected, 'other bytes came in silence');
    else assert.match(came, REFUSED);
  });
  try {
    await fc.assert(property, { numRuns: RUNS });
  } finally {
    await rename(`${path}.whole`, path);
  }
}

async function samples(t: TestContext, folder: string): Promise<Sample[]> {
  const at = (name: string): string => join(folder, name);
  const ntfs = await ntfsVolume(at('ntfs'), 8 * MIB, 2);
  const ext = await extVolume(at('ext'), 8 * MIB, 'ext3');
  const clones = await clone('extfs', ext, at('clone.img'));
  const packed = ['zst', 'bz2', 'lzo'].map((ending) => `${clones}.${ending}`);
  await run(['zstd', '-qk', clones]);
  await run(['bzip2', '-k', clones]);
  await run(['lzop', clones]);
  await run(['ntfsclone', '--quiet', '--force', '--save-image', '--output', at('ntfsclone.img'), ntfs]);
  const device = (await run(['losetup', '--find', '--show', ext])).stdout.toString().trim();
  t.after(() => run(['losetup', '--detach', device]));
  await run(['partimage', '-z0', '-o', '-d', '-b', '-B', 'gui=no', 'save', device, at('partimage')]);
  const virtual = ['qcow2', 'vhdx', 'vmdk', 'vpc'].map((format) => at(`virtual.${format}`));
  const raw = at('disk');
  await writeFile(raw, Buffer.concat([Buffer.alloc(MIB), await readFile(ntfs)]));
  await run(['sfdisk', '--quiet', '--no-tell-kernel', raw], { input: 'label: dos\nstart=2048, type=7\n' });
  for (const path of virtual)
    await run(['qemu-img', 'convert', '-f', 'raw', '-O', path.slice(path.lastIndexOf('.') + 1), raw, path]);
  return [
    ...[clones, ...packed, at('partimage.000')].map((path) => ({ path, checked: true })),
    ...[at('ntfsclone.img'), ...virtual, ntfs, ext].map((path) => ({ path, checked: false })),
  ];
}

test('however a file is damaged, it is refused in words, or read within its bounds', {
  skip,
  timeout: 100_000,
}, async (t) => {
  const folder = await scratch(t);
  for (const sample of await samples(t, folder))
    await t.test(sample.path.slice(folder.length + 1), () => holds(sample, folder));
});
