import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { IndexShelf } from './shelf.ts';
import type { IndexSummary } from './summary.ts';

const bytes = z.number().nonnegative();
const CacheFile = z.record(
  z.string(),
  z.object({
    mark: z.string(),
    summary: z.object({
      name: z.string(),
      version: z.int().positive(),
      createdAt: z.string(),
      notes: z.string(),
      diskBytes: bytes,
      diskSizes: z.array(bytes).min(1),
      usedBytes: bytes,
      storedBytes: bytes,
      table: z.enum(['mbr', 'gpt']),
      filesystems: z.array(z.string()),
    }),
  }),
);

type Known = Map<string, { readonly mark: string; readonly summary: IndexSummary }>;

/** A new cache is written when so many summaries are not in the old one; the rest follows at the end. */
const MANY = 50;

/**
 * What lists show of each index, as long as its file is the same, so that a list of a thousand versions need not
 * read two gigabytes of indexes. It is kept in a file (its SHA-256, then JSON) over a restart; a file that is lost
 * or damaged costs only time.
 */
export class SummaryCache {
  readonly #indexes: IndexShelf;
  #known: Known | null = null;
  #unsaved = 0;

  constructor(indexes: IndexShelf) {
    this.#indexes = indexes;
  }

  /** Null when it is not known, or of another file than the one with this mark. */
  async get(key: string, mark: string): Promise<IndexSummary | null> {
    const known = (await this.#load()).get(key);
    return known?.mark === mark ? known.summary : null;
  }

  async set(key: string, mark: string, summary: IndexSummary): Promise<void> {
    (await this.#load()).set(key, { mark, summary });
    this.#unsaved++;
  }

  async delete(key: string): Promise<void> {
    if ((await this.#load()).delete(key)) this.#unsaved++;
  }

  /** Keeps what was learnt since the last time, when that is worth while. */
  async save(least: number = MANY): Promise<void> {
    if (this.#known === null || this.#unsaved < least) return;
    this.#unsaved = 0;
    const text = JSON.stringify(Object.fromEntries(this.#known));
    await this.#indexes.writeSummaries(Buffer.from(`${hashOf(text)}\n${text}`));
  }

  async #load(): Promise<Known> {
    this.#known ??= decode(await this.#indexes.readSummaries().catch(() => null));
    return this.#known;
  }
}

function decode(file: Buffer | null): Known {
  const text = file?.toString() ?? '';
  const end = text.indexOf('\n');
  const json = text.slice(end + 1);
  if (end < 0 || hashOf(json) !== text.slice(0, end)) return new Map();
  try {
    return new Map(Object.entries(CacheFile.parse(JSON.parse(json))));
  } catch {
    return new Map();
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
