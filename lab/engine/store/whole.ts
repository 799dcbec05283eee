import assert from 'node:assert/strict';
import type { KeyObject } from 'node:crypto';
import { FolderStore, type StoreFiles } from '../../../src/store/index.ts';
import { ANY_AGE, type Known, knownOf } from './life.ts';
import { sampleChunk, sampleImage } from './samples.ts';

/**
 * Opens what is left of a store with the store's own code and checks what must hold after any crash: nothing but
 * what may be known is there, all of it is whole, nothing is left over, and the store goes on working.
 * @param allowed whether this is what may be known
 */
export async function checkWhole(
  files: StoreFiles,
  folder: string,
  signingKey: KeyObject,
  allowed: (known: Known) => void,
): Promise<void> {
  const problems: string[] = [];
  const onProblem = (error: Error): void => void problems.push(error.message);
  const store = new FolderStore({ folder, files, signingKey, onProblem });
  await store.start();
  const known = await knownOf(store);
  allowed(known);
  await checkChunks(store, known);
  await noLeftovers(files, folder);
  for (let run = 0; run < 2; run++) await store.collectGarbage(ANY_AGE);
  assert.equal((await store.usage()).chunks, await checkChunks(store, known), 'only what is used is left');
  const { id, frame } = sampleChunk(99);
  const session = store.beginCapture();
  await session.putChunk(id, frame);
  await session.commit(sampleImage('afterwards', [id]));
  assert.deepEqual((await store.verify('afterwards', 1)).missing, []);
  await store.stop();
  assert.deepEqual(problems, []);
}

/** Every chunk of every image is there and good; returns how many there are. */
async function checkChunks(store: FolderStore, known: Known): Promise<number> {
  for (const place of Object.keys(known)) {
    const [name = '', version] = place.split('@');
    const { missing, damaged } = await store.verify(name, Number(version));
    assert.deepEqual([missing, damaged], [[], []], `${place} is not whole`);
  }
  return new Set(Object.values(known).flatMap(({ chunks }) => chunks)).size;
}

async function noLeftovers(files: StoreFiles, folder: string): Promise<void> {
  assert.deepEqual(await files.list(`${folder}/incoming`), []);
  for (const name of await files.list(`${folder}/images`)) {
    const left = await files.list(`${folder}/images/${name}`);
    assert.deepEqual(
      left.filter((file) => !/^(\d+\.(idx|removed|renamed)|labels)$/.test(file)),
      [],
      `left in images/${name}`,
    );
  }
}
