/**
 * Run as a process of its own by the benchmark of the store: makes one share of its files. Nothing is synced and
 * no chunk has content (its file is as long as a frame, and sparse): what is measured never reads a chunk.
 */
import { closeSync, ftruncateSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { encodeIndex, importSigningKey, signIndex } from '../src/image/index.ts';
import { BUILDERS, idOf, imageName, type StorePlan, storedBytesOf, versionIndex } from './store-plan.ts';

const [folder = '', share = '0', pem = '', text = '{}'] = process.argv.slice(2);
const plan: StorePlan = JSON.parse(text);
const key = importSigningKey(Buffer.from(pem, 'base64').toString());

function chunk(lane: string, number: number): void {
  const id = idOf(lane, number);
  const file = openSync(join(folder, 'chunks', id.slice(0, 2), `${id}.zst`), 'w');
  ftruncateSync(file, storedBytesOf(id));
  closeSync(file);
}

const mine = (number: number): boolean => number % BUILDERS === Number(share);
const perImage = plan.chunksOfVersion + (plan.versionsOfEach - 1) * plan.newInVersion;
for (let image = 0; image < plan.images; image++) {
  for (let number = 0; number < perImage; number++) if (mine(number)) chunk(imageName(image), number);
  mkdirSync(join(folder, 'images', imageName(image)), { recursive: true });
  for (let version = 1; version <= plan.versionsOfEach; version++) {
    if (!mine(version)) continue;
    const bytes = signIndex(encodeIndex(versionIndex(plan, image, version)), key);
    writeFileSync(join(folder, 'images', imageName(image), `${version}.idx`), bytes);
  }
}
for (let number = 0; number < plan.strays; number++) if (mine(number)) chunk('stray', number);
