import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { zstdDecompressSync } from 'node:zlib';
import { agentArchive, bundleAgent } from './agent-bundle.ts';
import { describeBootEnvironment } from './describe.ts';
import { recipeHash } from './input-hash.ts';
import { publish } from './publish.ts';

const facts = {
  kernel: '6.12.0',
  recipe: await recipeHash(),
  baseInput: 'b',
  agent: 'a',
  packages: { ipxe: '1.21' },
  node: '24.21.0',
  missingFirmware: [],
};

async function layersFolder(): Promise<{ parent: string; layers: string; folder: string }> {
  const parent = await mkdtemp(join(tmpdir(), 'mimeo-publish-'));
  const layers = join(parent, 'layers');
  await mkdir(layers);
  for (const name of [
    'vmlinuz',
    'base.img',
    'extra.img',
    'undionly.kpxe',
    'snponly.efi',
    'extra-aliases.json',
  ]) {
    await writeFile(join(layers, name), `content of ${name}`);
  }
  return { parent, layers, folder: join(parent, 'bootenv') };
}

test('a boot environment is published whole, described, and replaced leaving nothing behind', async (t) => {
  const { parent, layers, folder } = await layersFolder();
  t.after(() => rm(parent, { recursive: true, force: true }));
  assert.deepEqual(await describeBootEnvironment(folder), { state: 'missing' });
  await mkdir(join(parent, '.tmp-bootenv-of-a-crash'));

  const first = await publish(folder, layers, Buffer.from('+agent'), facts);
  assert.equal(await readFile(join(folder, 'initrd.img'), 'utf8'), 'content of base.img+agent');
  const sha256 = createHash('sha256').update('content of vmlinuz').digest('hex');
  assert.deepEqual(first.files.vmlinuz, { size: 18, sha256 });
  assert.deepEqual(await describeBootEnvironment(folder), {
    state: 'complete',
    current: true,
    environment: first,
  });

  const second = await publish(folder, layers, Buffer.from('+newer'), {
    ...facts,
    recipe: 'of another builder',
  });
  assert.deepEqual(await describeBootEnvironment(folder), {
    state: 'complete',
    current: false,
    environment: second,
  });
  assert.deepEqual((await readdir(parent)).sort(), ['bootenv', 'layers']);
});

test('a file cut short, a file gone, and a foreign description are told', async (t) => {
  const { parent, layers, folder } = await layersFolder();
  t.after(() => rm(parent, { recursive: true, force: true }));
  await publish(folder, layers, Buffer.from('x'), facts);
  await truncate(join(folder, 'vmlinuz'), 5);
  assert.deepEqual(await describeBootEnvironment(folder), {
    state: 'broken',
    reason: 'vmlinuz has 5 of 18 bytes',
  });
  await rm(join(folder, 'vmlinuz'));
  assert.deepEqual(await describeBootEnvironment(folder), {
    state: 'broken',
    reason: 'vmlinuz has 0 of 18 bytes',
  });
  await writeFile(join(folder, 'bootenv.json'), '{"format":1');
  assert.equal((await describeBootEnvironment(folder)).state, 'broken');
});

test('a failed publication leaves the old environment in place', async (t) => {
  const { parent, layers, folder } = await layersFolder();
  t.after(() => rm(parent, { recursive: true, force: true }));
  const first = await publish(folder, layers, Buffer.from('x'), facts);
  await rm(join(layers, 'snponly.efi'));
  await assert.rejects(publish(folder, layers, Buffer.from('y'), facts));
  assert.deepEqual(await describeBootEnvironment(folder), {
    state: 'complete',
    current: true,
    environment: first,
  });
  assert.deepEqual((await readdir(parent)).sort(), ['bootenv', 'layers']);
});

test('the agent becomes one module in an archive of its own', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'mimeo-agent-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'part.ts'), 'export const answer: number = 41;\n');
  await writeFile(
    join(folder, 'main.ts'),
    "import { readFileSync } from 'node:fs';\nimport { answer } from './part.ts';\nconsole.log(answer + 1, typeof readFileSync);\n",
  );
  const bundle = await bundleAgent(join(folder, 'main.ts'));
  assert.match(bundle.code.toString(), /answer \+ 1/, 'legible');
  assert.doesNotMatch(bundle.code.toString(), /part\.ts'/);
  const archive = agentArchive(bundle);
  assert.equal(archive.length % 4, 0);
  const unpacked = zstdDecompressSync(archive.subarray(0, archive.length));
  assert.ok(unpacked.includes(bundle.code));
  assert.ok(unpacked.includes('agent.mjs\0'));
  await writeFile(join(folder, 'broken.ts'), "import './absent.ts';\n");
  await assert.rejects(bundleAgent(join(folder, 'broken.ts')), /absent\.ts/);
});
