import type { ImageStore } from '../../../src/store/index.ts';
import { idsOf, sampleChunk, sampleImage } from './samples.ts';

/** One version as a technician knows it. */
export interface KnownVersion {
  readonly chunks: readonly string[];
  readonly notes: string;
  readonly labels: readonly string[];
}
/** All versions, by `name@version`. */
export type Known = Readonly<Record<string, KnownVersion>>;

/** A change of what is known: what it is like when it is done. */
export interface Change {
  readonly what: string;
  readonly before: Known;
  readonly after: Known;
}

/** Every chunk counts as old. */
export const ANY_AGE = { olderThanMs: -60_000 };

/** What a store says that it holds, read from it in full. */
export async function knownOf(store: ImageStore): Promise<Known> {
  const known: Record<string, KnownVersion> = {};
  for (const { name, version, notes, labels } of await store.list()) {
    const { index } = await store.readIndex(name, version);
    known[`${name}@${version}`] = { chunks: idsOf(index), notes, labels };
  }
  return known;
}

interface Life {
  readonly store: ImageStore;
  /** Carries out a change, and tells when it begins and when it is done. */
  readonly change: (what: string, carryOut: () => Promise<unknown>) => Promise<void>;
  /** Carries out what changes nothing that is known. */
  readonly meanwhile: (what: string, carryOut: () => Promise<unknown>) => Promise<void>;
}

function numbers(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from + i);
}

async function capture({ store, change }: Life, name: string, from: number, count: number): Promise<void> {
  const chunks = numbers(from, count).map((number) => sampleChunk(number));
  const ids = chunks.map(({ id }) => id);
  const session = store.beginLocalCapture();
  await change(`capture ${name} ${from}-${from + count}`, async () => {
    const wanted = new Set(await session.missing(ids));
    const [first, ...rest] = chunks.filter(({ id }) => wanted.has(id));
    if (first) await session.putChunk(first.id, first.frame);
    await Promise.all(rest.map(({ id, frame }) => session.putChunkUnchecked(id, frame)));
    await session.commit(sampleImage(name, ids, `from ${from}`));
  });
}

async function giveUp({ store, meanwhile }: Life, from: number, count: number): Promise<void> {
  const session = store.beginCapture();
  const chunks = numbers(from, count).map((number) => sampleChunk(number));
  await meanwhile('give up', async () => {
    await session.missing(chunks.map(({ id }) => id));
    for (const { id, frame } of chunks) await session.putChunk(id, frame);
    await session.abandon();
  });
}

/** Some of everything that a store is used for, one thing after the other. */
export async function liveThrough(life: Life): Promise<void> {
  const { store, change, meanwhile } = life;
  const collect = (): Promise<void> => meanwhile('collect', () => store.collectGarbage(ANY_AGE));
  await capture(life, 'xp', 0, 3);
  await change('label', () => store.setLabel('xp', 'approved', 1));
  await capture(life, 'xp', 1, 4);
  await change('move label', () => store.setLabel('xp', 'approved', 2));
  await change('notes', () => store.setNotes('xp', 1, 'for room 12'));
  // Enough to be written out in one go.
  await capture(life, 'debian', 4, 20);
  await giveUp(life, 30, 3);
  await meanwhile('stray', async () => {
    const { id, frame } = sampleChunk(40);
    await store.putChunk(id, frame);
  });
  await collect();
  await change('rename', () => store.rename('xp', 'windows-xp'));
  await collect();
  await change('remove', () => store.remove('windows-xp', 1));
  await collect();
  // Brings chunk 0 back, which is in quarantine, and chunk 40, which was deleted.
  await capture(life, 'windows-xp', 0, 2);
  await capture(life, 'xp', 40, 1);
  await collect();
  await meanwhile('scrub', () => store.scrub());
  await change('unlabel', () => store.removeLabel('windows-xp', 'approved'));
  await change('remove all', () => store.remove('debian', 1));
  await collect();
  await collect();
}
