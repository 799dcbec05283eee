/**
 * Run as a process of its own, and killed at any instant: captures, streams, gives up, renames, removes, annotates,
 * labels and collects garbage in a store's folder. A line goes out before a removal and after a commit.
 */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { FolderStore, loadSigningKey } from '../../../src/store/index.ts';
import { ANY_AGE } from './life.ts';
import { sampleChunk, sampleImage } from './samples.ts';

const [folder = '', seed = '1'] = process.argv.slice(2);
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

const store = new FolderStore({ folder, signingKey: await loadSigningKey(join(folder, 'key.pem')) });
await store.start();
say('started');

/** The versions of a lane, whose image goes by its own name or by that with a `-b`. */
async function versionsOf(lane: string): Promise<{ name: string; version: number }[]> {
  return (await store.list()).filter(({ name }) => name === lane || name === `${lane}-b`);
}

async function capture(lane: string): Promise<void> {
  const session = store.beginCapture();
  const bytes = draw(5) === 0 ? 1_048_576 : 20_000;
  const chunks = Array.from({ length: 1 + draw(6) }, () => sampleChunk(draw(30), bytes));
  const ids = chunks.map(({ id }) => id);
  const wanted = new Set(await session.missing(ids));
  await Promise.all(
    chunks.filter(({ id }) => wanted.has(id)).map(({ id, frame }) => session.putChunk(id, frame)),
  );
  if (draw(4) === 0) {
    await session.abandon();
    return;
  }
  const name = (await versionsOf(lane)).at(-1)?.name ?? lane;
  const { version } = await session.commit(sampleImage(name, ids, `${seed} ${draw(2 ** 24)}`));
  say(`committed ${lane} ${version}`);
}

/** As an import does it: one chunk after the other, asked for and put by this process itself. */
async function stream(lane: string): Promise<void> {
  const session = store.beginLocalCapture();
  const from = draw(2000);
  const chunks = Array.from({ length: 20 + draw(40) }, (_, i) => sampleChunk(1000 + from + i));
  for (const { id, frame } of chunks) {
    const [wanted] = await session.missing([id]);
    if (wanted !== undefined) await session.putChunkUnchecked(id, frame);
  }
  const name = (await versionsOf(lane)).at(-1)?.name ?? lane;
  const ids = chunks.map(({ id }) => id);
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
    if (draw(3) === 0) await stream(lane);
    else await capture(lane);
    await removeOldest(lane);
    if (draw(2) === 0) await rename(lane);
    if (draw(3) === 0) await changeWords(lane);
    if (draw(3) === 0) await store.collectGarbage(ANY_AGE);
  }
}

await Promise.all([keepBusy('xp'), keepBusy('debian')]);
