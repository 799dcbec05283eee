import { z } from 'zod';
import type { SettingsRepository } from '../db/index.ts';
import type { ImageStore } from '../store/index.ts';
import type { StoreOutcome, StoreWish } from './store-work.ts';

/** Where it is kept. */
const KEY = 'store.damage';
/** Of one image; more are a lost disk. */
const MAX_CHUNKS = 1000;

const keptSchema = z.array(
  z.object({ name: z.string(), version: z.number(), chunks: z.array(z.string()), foundAt: z.number() }),
);
type Kept = z.infer<typeof keptSchema>;

/** A version that cannot be deployed until it is captured or imported again. */
export interface BrokenImage {
  readonly name: string;
  readonly version: number;
  /** How many of its chunks are lost; at most 1000 are counted. */
  readonly lostChunks: number;
  /** Milliseconds since the epoch. */
  readonly foundAt: number;
}

/** What the last looks at the store found lost; it outlives a restart, and ends when the chunks are there again. */
export class StoreDamage {
  readonly #settings: SettingsRepository;
  readonly #store: Pick<ImageStore, 'list' | 'missing'>;

  constructor(ports: { settings: SettingsRepository; store: Pick<ImageStore, 'list' | 'missing'> }) {
    this.#settings = ports.settings;
    this.#store = ports.store;
  }

  /** Keeps what a look found. A scrub looks at every image, a verification at one. Calls must not overlap. */
  async note(wish: StoreWish, outcome: StoreOutcome, foundAt: number): Promise<void> {
    if (wish.kind === 'gc') return;
    const before = wish.kind === 'scrub' ? [] : await this.#kept();
    const others = before.filter(
      ({ name, version }) => wish.kind === 'verify' && (name !== wish.image || version !== wish.version),
    );
    await this.#settings.set(KEY, JSON.stringify([...others, ...lostIn(outcome, foundAt)]));
  }

  /** The versions that are there and of which a chunk is still lost. */
  async broken(): Promise<BrokenImage[]> {
    const kept = await this.#kept();
    if (kept.length === 0) return [];
    const there = new Set((await this.#store.list()).map(({ name, version }) => `${name}@${version}`));
    const broken: BrokenImage[] = [];
    for (const { name, version, chunks, foundAt } of kept) {
      if (!there.has(`${name}@${version}`)) continue;
      const lostChunks = (await this.#store.missing(chunks)).length;
      if (lostChunks > 0) broken.push({ name, version, lostChunks, foundAt });
    }
    return broken;
  }

  /** How many chunks of a `name@version` are lost; nothing of those that are whole. */
  async lostChunks(): Promise<Map<string, number>> {
    const broken = await this.broken();
    return new Map(broken.map(({ name, version, lostChunks }) => [`${name}@${version}`, lostChunks]));
  }

  async #kept(): Promise<Kept> {
    const text = await this.#settings.get(KEY);
    return text === null ? [] : keptSchema.parse(JSON.parse(text));
  }
}

function lostIn({ faults }: StoreOutcome, foundAt: number): Kept {
  const images = new Map<string, Kept[number]>();
  for (const { chunk, places } of faults.filter(({ healed }) => !healed)) {
    for (const { image: name, version } of places) {
      const key = `${name}@${version}`;
      const found = images.get(key) ?? { name, version, chunks: [], foundAt };
      images.set(key, found);
      if (found.chunks.at(-1) !== chunk && found.chunks.length < MAX_CHUNKS) found.chunks.push(chunk);
    }
  }
  return [...images.values()];
}
