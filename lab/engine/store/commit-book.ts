import assert from 'node:assert/strict';
import { join } from 'node:path';
import { loadSigningKey, nodeFiles } from '../../../src/store/index.ts';
import { checkWhole } from './whole.ts';

/** Book of what the busy store said: what must be there whatever happened to it. */
export class CommitBook {
  /** Versions (lane and number) whose commit was reported and whose removal was not begun. */
  readonly #certain = new Set<string>();

  /** @returns how many commits there were */
  enter(lines: readonly string[]): number {
    let commits = 0;
    for (const line of lines) {
      const [word, lane, version] = line.split(' ');
      if (word === 'removing') this.#certain.delete(`${lane} ${version}`);
      if (word !== 'committed') continue;
      this.#certain.add(`${lane} ${version}`);
      commits++;
    }
    return commits;
  }

  /** Looks at what is left with the store's own code: everything in the book is there, whole, under one name. */
  async check(folder: string): Promise<void> {
    const signingKey = await loadSigningKey(join(folder, 'key.pem'));
    await checkWhole(nodeFiles, folder, signingKey, (known) => {
      const places = Object.keys(known).filter((place) => !place.startsWith('afterwards'));
      const lanes = places.map((place) => place.replace(/-b@/, '@').replace('@', ' '));
      assert.equal(new Set(lanes).size, lanes.length, `a version is there twice: ${places.join(', ')}`);
      for (const version of this.#certain)
        assert.ok(lanes.includes(version), `${version} was lost: ${places.join(', ')}`);
    });
  }
}
