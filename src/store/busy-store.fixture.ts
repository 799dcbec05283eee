/**
 * Run as a process of its own by the crash test: captures, commits, gives up, removes and collects garbage
 * in a store's folder until it is killed. A line goes out before a removal and after a commit.
 */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { FolderStore } from './folder-store.ts';
import { sampleChunk, sampleImage } from './sample-image.ts';
import { loadSigningKey } from './signing-key-file.ts';

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

async function capture(lane: string): Promise<void> {
  const session = store.beginCapture();
  const chunks = await Promise.all(
    Array.from({ length: 1 + draw(6) }, () => sampleChunk(draw(30), draw(5) === 0 ? 1_048_576 : 20_000)),
  );
  const ids = chunks.map(({ id }) => id);
  const wanted = new Set(await session.missing(ids));
  await Promise.all(
    chunks.filter(({ id }) => wanted.has(id)).map(({ id, frame }) => session.putChunk(id, frame)),
  );
  if (draw(4) === 0) {
    await session.abandon();
    return;
  }
  const { name, version } = await session.commit(sampleImage(lane, ids, `${seed} ${draw(2 ** 24)}`));
  say(`committed ${name} ${version}`);
}

async function removeOldest(lane: string): Promise<void> {
  const mine = (await store.list()).filter(({ name }) => name === lane);
  const oldest = mine[0];
  if (mine.length < 3 || !oldest) return;
  say(`removing ${lane} ${oldest.version}`);
  await store.remove(lane, oldest.version);
}

async function keepBusy(lane: string): Promise<void> {
  for (;;) {
    await capture(lane);
    await removeOldest(lane);
    if (draw(3) === 0) await store.collectGarbage({ olderThanMs: -60_000 });
  }
}

await Promise.all([keepBusy('xp'), keepBusy('debian')]);
