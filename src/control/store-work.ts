import type { ChunkId } from '../image/index.ts';
import type { ChunkProgress, GarbageReport, ImageStore, ScrubReport, VerifyReport } from '../store/index.ts';
import { type ChunkPlace, chunkPlaces } from './chunk-places.ts';
import { countWords, sizeWords } from './size-words.ts';

/** What can be done to the store as a whole. */
export type StoreWish =
  /** With `now` what nobody uses is deleted without any grace. */
  | { readonly kind: 'gc'; readonly dryRun: boolean; readonly now: boolean }
  | { readonly kind: 'scrub'; readonly bytesPerSecond: number | null }
  | { readonly kind: 'verify'; readonly image: string; readonly version: number };

/** A chunk that is not what it should be. */
export interface ChunkFault {
  readonly chunk: ChunkId;
  readonly state: 'damaged' | 'missing';
  /** Another holder gave it back: nothing is lost. */
  readonly healed: boolean;
  /** Where images need it; empty when none does. */
  readonly places: readonly ChunkPlace[];
}

/** How such a piece of work ended. */
export interface StoreOutcome {
  /** One or two sentences. */
  readonly words: string;
  /** Nothing that an image needs is damaged or missing. */
  readonly sound: boolean;
  readonly chunks: number;
  readonly bytes: number;
  readonly faults: readonly ChunkFault[];
  readonly damagedImages: readonly {
    readonly name: string;
    readonly version: number;
    readonly message: string;
  }[];
  readonly garbage: GarbageReport | null;
}

/** As much of the store as this work needs. */
export type WorkedStore = Pick<ImageStore, 'collectGarbage' | 'scrub' | 'verify' | 'list' | 'readIndex'>;

export interface StoreWorkOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ChunkProgress) => void;
  /** How long a chunk that no image uses is kept, and how long it then stays in quarantine. */
  readonly graceMs: number;
}

/** Does it. @throws MimeoError of the store; the signal's reason when aborted */
export async function doStoreWork(
  store: WorkedStore,
  wish: StoreWish,
  options: StoreWorkOptions,
): Promise<StoreOutcome> {
  const { signal, onProgress } = options;
  switch (wish.kind) {
    case 'gc': {
      const { dryRun, now } = wish;
      const olderThanMs = now ? 0 : options.graceMs;
      return garbageOutcome(await store.collectGarbage({ olderThanMs, atOnce: now, dryRun }), wish);
    }
    case 'scrub': {
      const { bytesPerSecond } = wish;
      const limit = bytesPerSecond === null ? {} : { bytesPerSecond };
      return scrubOutcome(store, await store.scrub({ signal, onProgress, ...limit }));
    }
    case 'verify':
      return verifyOutcome(store, await store.verify(wish.image, wish.version, { signal, onProgress }));
  }
}

function garbageOutcome(
  garbage: GarbageReport,
  { dryRun, now }: Extract<StoreWish, { kind: 'gc' }>,
): StoreOutcome {
  const { chunks, bytes, quarantined, waiting, young, restored } = garbage;
  const would = dryRun ? 'would be ' : '';
  const words = [
    now
      ? `${countWords(chunks, 'chunk')} (${sizeWords(bytes)}) that nobody uses ${would}deleted.`
      : `${countWords(chunks, 'chunk')} (${sizeWords(bytes)}) ${would}deleted; ${countWords(quarantined.chunks, 'chunk')} (${sizeWords(quarantined.bytes)}) that no image uses ${would}put into quarantine for a day.`,
    ...(waiting.chunks > 0
      ? [`In quarantine${dryRun ? ' then' : ''}: ${waiting.chunks} (${sizeWords(waiting.bytes)}).`]
      : []),
    ...(young.chunks > 0
      ? [
          `${countWords(young.chunks, 'chunk')} (${sizeWords(young.bytes)}) that no image uses ${young.chunks === 1 ? 'is younger than a day and stays' : 'are younger than a day and stay'} for now.`,
        ]
      : []),
    ...(restored > 0 ? [`${countWords(restored, 'chunk')} ${would}taken back from there.`] : []),
  ].join(' ');
  return { words, sound: true, chunks, bytes, faults: [], damagedImages: [], garbage };
}

async function verifyOutcome(store: WorkedStore, report: VerifyReport): Promise<StoreOutcome> {
  const { name, version, chunks, bytes, damaged, missing } = report;
  const bad = damaged.length + missing.length;
  const { index } = await store.readIndex(name, version);
  const places = Map.groupBy(chunkPlaces(index, new Set([...damaged, ...missing])), ([id]) => id);
  const faults = [...faultsOf(damaged, 'damaged'), ...faultsOf(missing, 'missing')].map((fault) => ({
    ...fault,
    places: (places.get(fault.chunk) ?? []).map(([, place]) => place),
  }));
  const words =
    bad === 0
      ? `${name}@${version} is whole: ${countWords(chunks, 'chunk')} (${sizeWords(bytes)}) were read and hashed.`
      : `${name}@${version} is NOT whole: of ${countWords(chunks, 'chunk')}, ${damaged.length} damaged, ${missing.length} missing.`;
  return { words, sound: bad === 0, chunks, bytes, faults, damagedImages: [], garbage: null };
}

async function scrubOutcome(store: WorkedStore, report: ScrubReport): Promise<StoreOutcome> {
  const { chunks, bytes, damaged, missing, healed, lost, damagedImages } = report;
  const places = await placesInAll(store, new Set([...damaged, ...missing]));
  const back = new Set(healed);
  const faults = [...faultsOf(damaged, 'damaged'), ...faultsOf(missing, 'missing')].map((fault) => ({
    ...fault,
    healed: back.has(fault.chunk),
    places: places.get(fault.chunk) ?? [],
  }));
  const sound = lost.length === 0 && damagedImages.length === 0;
  const hurt = new Set(
    lost.flatMap((id) => places.get(id) ?? []).map((place) => `${place.image}@${place.version}`),
  );
  const words = [
    `${countWords(chunks, 'chunk')} (${sizeWords(bytes)}) were read and hashed: ${damaged.length} damaged, ${missing.length} missing, ${healed.length} healed.`,
    ...(hurt.size > 0 ? [`Not whole any more: ${[...hurt].sort().join(', ')}.`] : []),
    ...damagedImages.map(({ name, version, message }) => `${name}@${version} cannot be read: ${message}`),
  ].join(' ');
  return { words, sound, chunks, bytes, faults, damagedImages, garbage: null };
}

function faultsOf(ids: readonly ChunkId[], state: ChunkFault['state']): ChunkFault[] {
  return ids.map((chunk) => ({ chunk, state, healed: false, places: [] }));
}

/** Reads every index only when there is something to look for. */
async function placesInAll(
  store: WorkedStore,
  ids: ReadonlySet<ChunkId>,
): Promise<Map<ChunkId, ChunkPlace[]>> {
  const found = new Map<ChunkId, ChunkPlace[]>();
  if (ids.size === 0) return found;
  for (const { name, version } of await store.list()) {
    const { index } = await store.readIndex(name, version);
    for (const [id, place] of chunkPlaces(index, ids)) found.set(id, [...(found.get(id) ?? []), place]);
  }
  return found;
}
