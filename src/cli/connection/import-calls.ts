import type { ImportedView } from '../../api/index.ts';
import type { ChunkId } from '../../image/index.ts';
import { record, type Wire } from './wire.ts';

/** Committing an index makes the server look at every chunk. */
const COMMIT_MS = 300_000;
/** A chunk waits for the ones before it in a server whose disk is slow. */
const CHUNK_MS = 120_000;

/** One upload into the store, from its opening to its commit. */
export class ImportCalls {
  readonly #wire: Wire;

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  async open(image: string): Promise<string> {
    return record<{ id: string }>(await this.#wire.post('/imports', { image }), ['id']).id;
  }

  async missing(id: string, ids: readonly ChunkId[], signal: AbortSignal): Promise<ChunkId[]> {
    const answer = await this.#wire.ask(`/imports/${id}/missing`, {
      method: 'POST',
      body: { ids },
      silenceMs: CHUNK_MS,
      signal,
    });
    return record<{ missing: ChunkId[] }>(answer, ['missing']).missing;
  }

  async put(id: string, chunk: ChunkId, frame: Uint8Array, signal: AbortSignal): Promise<void> {
    const path = `/imports/${id}/chunks/${chunk}`;
    await this.#wire.ask(path, { method: 'PUT', bytes: frame, silenceMs: CHUNK_MS, signal });
  }

  async commit(id: string, index: Uint8Array): Promise<ImportedView> {
    const answer = await this.#wire.ask(`/imports/${id}/index`, {
      method: 'PUT',
      bytes: index,
      silenceMs: COMMIT_MS,
    });
    return record<ImportedView>(answer, ['name', 'version', 'storedBytes']);
  }

  /** Gives back what was sent. Also after Ctrl-C, which ends every other call. */
  async abandon(id: string): Promise<void> {
    await this.#wire.ask(`/imports/${id}`, { method: 'DELETE', signal: AbortSignal.timeout(10_000) });
  }
}
