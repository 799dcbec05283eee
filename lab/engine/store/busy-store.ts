/**
 * Run as a process of its own, and killed at any instant: captures, streams, gives up, renames, removes, annotates,
 * labels and collects garbage in a store's folder. A line goes out before a removal and after a commit. With a size of
 * chunks it fills its disk, and bears what a failing one does to it: a line goes out for each error.
 */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { setImmediate } from 'node:timers/promises';
import { MimeoError } from '../../../src/errors.ts';
import { type CaptureSession, FolderStore, loadSigningKey } from '../../../src/store/index.ts';
import { saidOfDisk } from './disk-words.ts';
import { ANY_AGE } from './life.ts';
import { noiseChunk, type SampleChunk, sampleChunk, sampleImage } from './samples.ts';

const [folder = '', seed = '1', chunkBytes] = process.argv.slice(2);
const noiseBytes = chunkBytes === undefined ? null : Number(chunkBytes);
let state = Number(seed);

/** A small pseudo-random number below `limit`, the same for the same seed. */
function draw(limit: number): number {
  state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
  return (state >>> 8) % limit;
}

/** At once and whole, so that a kill cannot take back what was said. */
function say(line: string): void {
  writeSync(1, `${line}\n`);
}

/** A chunk of this number; the same number is the same chunk in every process. */
function chunk(number: number, bytes?: number): SampleChunk {
  return noiseBytes === null ? sampleChunk(number, bytes) : noiseChunk(number, noiseBytes);
}

/** Goes on after an error that a disk may cause, when that is what this process is for. */
async function bear(task: () => Promise<unknown>): Promise<void> {
  try {
    await task();
  } catch (error) {
    if (noiseBytes === null || !(error instanceof MimeoError) || !saidOfDisk(error.code)) throw error;
    say(`failed ${error.code} ${error.message.replaceAll('\n', ' ')}`);
    await setImmediate();
  }
}

const store = new FolderStore({ folder, signingKey: await loadSigningKey(join(folder, 'key.pem')) });
await store.start();
say('started');

/** The versions of a lane, whose image goes by its own name or by that with a `-b`. */
async function versionsOf(lane: string): Promise<{ name: string; version: number }[]> {
  return (await store.list()).filter(({ name }) => name === lane || name === `${lane}-b`);
}

async function capture(lane: string): Promise<void> {
  const session = store.beginCapture();
  try {
    const bytes = draw(5) === 0 ? 1_048_576 : 20_000;
    const chunks = Array.from({ length: 1 + draw(6) }, () => chunk(draw(30), bytes));
    const ids = chunks.map(({ id }) => id);
    const wanted = new Set(await session.missing(ids));
    await Promise.all(
      chunks.filter(({ id }) => wanted.has(id)).map(({ id, frame }) => session.putChunk(id, frame)),
    );
    if (draw(4) !== 0) await commit(lane, session, ids);
  } finally {
    await session.abandon();
  }
}

/** As an import does it: one chunk after the other, asked for and put by this process itself. */
async function stream(lane: string): Promise<void> {
  const session = store.beginLocalCapture();
  try {
    const from = draw(2000);
    const chunks = Array.from({ length: 20 + draw(40) }, (_, i) => chunk(1000 + from + i));
    for (const { id, frame } of chunks) {
      const [wanted] = await session.missing([id]);
      if (wanted !== undefined) await session.putChunkUnchecked(id, frame);
    }
    await commit(
      lane,
      session,
      chunks.map(({ id }) => id),
    );
  } finally {
    await session.abandon();
  }
}

async function commit(lane: string, session: CaptureSession, ids: readonly string[]): Promise<void> {
  const name = (await versionsOf(lane)).at(-1)?.name ?? lane;
  const { version } = await session.commit(sampleImage(name, ids, `${seed} ${draw(2 ** 24)}`));
  say(`committed ${lane} ${version}`);
}

async function removeOldest(lane: string): Promise<void> {
  const mine = await versionsOf(lane);
  const oldest = mine[0];
  if (mine.length < 4 || !oldest) return;
  say(`removing ${lane} ${oldest.version}`);
  await store.remove(oldest.name, oldest.version);
}

async function changeWords(lane: string): Promise<void> {
  const newest = (await versionsOf(lane)).at(-1);
  if (!newest) return;
  await store.setLabel(newest.name, 'approved', newest.version);
  await store.setNotes(newest.name, newest.version, `notes ${draw(1000)}`);
}

async function rename(lane: string): Promise<void> {
  const name = (await versionsOf(lane)).at(-1)?.name;
  if (name !== undefined) await store.rename(name, name === lane ? `${lane}-b` : lane);
}

async function keepBusy(lane: string): Promise<void> {
  for (;;) {
    await bear(() => (draw(3) === 0 ? stream(lane) : capture(lane)));
    await bear(() => removeOldest(lane));
    if (draw(2) === 0) await bear(() => rename(lane));
    if (draw(3) === 0) await bear(() => changeWords(lane));
    if (draw(3) === 0) await bear(() => store.collectGarbage(ANY_AGE));
  }
}

await Promise.all([keepBusy('xp'), keepBusy('debian')]);
