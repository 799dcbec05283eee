import type { IndexNote, IndexShelf } from './shelf.ts';

interface Kept {
  /** Null stands for a version that left, whose number stays taken. */
  readonly bytes: Buffer | null;
  readonly why: 'there' | 'removed' | 'renamed';
  readonly mark: string;
}

/** Indexes that are gone with the process; see {@link IndexShelf}. */
export class MemoryIndexes implements IndexShelf {
  readonly #indexes = new Map<string, Map<number, Kept>>();
  readonly #notes = new Map<string, Buffer>();
  #writes = 0;

  async names(): Promise<string[]> {
    return [...this.#indexes.keys()];
  }
  async versions(name: string): Promise<number[]> {
    return this.#numbers(name, (kept) => kept.bytes !== null);
  }
  async nextVersion(name: string): Promise<number> {
    return (this.#numbers(name, () => true).at(-1) ?? 0) + 1;
  }
  async removedNumbers(name: string): Promise<number[]> {
    return this.#numbers(name, ({ why }) => why === 'removed');
  }
  async read(name: string, version: number): Promise<Buffer | null> {
    return this.#indexes.get(name)?.get(version)?.bytes ?? null;
  }
  async mark(name: string, version: number): Promise<string | null> {
    const kept = this.#indexes.get(name)?.get(version);
    return kept === undefined || kept.bytes === null ? null : kept.mark;
  }
  async write(name: string, version: number, bytes: Uint8Array): Promise<void> {
    this.#keep(name, version, Buffer.from(bytes), 'there');
  }
  async remove(name: string, version: number, why: 'removed' | 'renamed'): Promise<void> {
    this.#keep(name, version, null, why);
  }
  async readNote(name: string, note: IndexNote): Promise<Buffer | null> {
    return this.#notes.get(`${name}/${note}`) ?? null;
  }
  async writeNote(name: string, note: IndexNote, bytes: Uint8Array | null): Promise<void> {
    if (bytes === null) this.#notes.delete(`${name}/${note}`);
    else this.#notes.set(`${name}/${note}`, Buffer.from(bytes));
  }
  async readSummaries(): Promise<Buffer | null> {
    return null;
  }
  async writeSummaries(): Promise<void> {
    // What is in memory need not be read faster.
  }

  #keep(name: string, version: number, bytes: Buffer | null, why: Kept['why']): void {
    const versions = this.#indexes.get(name) ?? new Map<number, Kept>();
    this.#indexes.set(name, versions.set(version, { bytes, why, mark: `${this.#writes++}` }));
  }

  #numbers(name: string, wanted: (kept: Kept) => boolean): number[] {
    const all = [...(this.#indexes.get(name) ?? [])];
    return all
      .filter(([, kept]) => wanted(kept))
      .map(([version]) => version)
      .sort((a, b) => a - b);
  }
}
