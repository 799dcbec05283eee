import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { MimeoError } from '../../../src/errors.ts';
import { generateSigningKey } from '../../../src/image/index.ts';
import { FolderStore } from '../../../src/store/index.ts';
import { ALL_KEPT, NOTHING_KEPT } from './chances.ts';
import { saidOfDisk } from './disk-words.ts';
import { type Fault, FaultyFiles } from './faulty-files.ts';
import { type Known, knownOf, liveThrough } from './life.ts';
import { ModelFiles } from './model-files.ts';
import { cutPower } from './power-cut.ts';
import { RecordingFiles } from './recording-files.ts';
import { checkWhole } from './whole.ts';

const FOLDER = '/disk/store';
const key = generateSigningKey();

/** What every change may have left, one key of the catalogue after the other. */
class Beliefs {
  /** What is certain about a version: exactly this, or gone for certain (null). */
  readonly #certain = new Map<string, string | null>();
  readonly #doubtful = new Set<string>();

  settle(before: Known, after: Known): void {
    for (const place of new Set([...Object.keys(before), ...Object.keys(after)])) {
      if (isDeepStrictEqual(before[place], after[place])) continue;
      this.#certain.set(place, after[place] ? JSON.stringify(after[place].chunks) : null);
      this.#doubtful.delete(place);
    }
  }

  doubt(places: Iterable<string>): void {
    for (const place of places) this.#doubtful.add(place);
  }

  check(known: Known): void {
    for (const [place, chunks] of this.#certain) {
      if (this.#doubtful.has(place)) continue;
      const found = known[place] ? JSON.stringify(known[place].chunks) : null;
      assert.equal(found, chunks, `${place} is not what it was`);
    }
  }
}

/** Lives through with one fault; returns how many calls there were. */
async function liveWith(fault: Fault, at: number, until?: number): Promise<number> {
  const recording = new RecordingFiles(new ModelFiles({ folders: new Set(['/disk']), files: new Map() }));
  const files = new FaultyFiles(recording, fault, at, until);
  const store = new FolderStore({ folder: FOLDER, files, signingKey: key });
  const beliefs = new Beliefs();
  // What is really there is read past the fault.
  const look = async (): Promise<Known> => {
    const reader = new FolderStore({ folder: FOLDER, files: recording, signingKey: key });
    return knownOf(reader);
  };
  const survive = async (carryOut: () => Promise<unknown>): Promise<boolean> => {
    try {
      await carryOut();
      return true;
    } catch (error) {
      if (error instanceof MimeoError && saidOfDisk(error.code)) return false;
      throw error;
    }
  };
  if (await survive(() => store.start())) {
    await liveThrough({
      store,
      change: async (what, carryOut) => {
        const before = await look();
        const done = await survive(carryOut);
        const after = await look();
        if (done) beliefs.settle(before, after);
        else if (what === 'rename') beliefs.doubt([...Object.keys(before), ...Object.keys(after)]);
        else {
          const changed = Object.keys({ ...before, ...after });
          beliefs.doubt(changed.filter((place) => !isDeepStrictEqual(before[place], after[place])));
        }
      },
      meanwhile: async (_, carryOut) => {
        await survive(carryOut);
      },
    });
    await survive(() => store.stop());
  }
  for (const chance of [NOTHING_KEPT, ALL_KEPT]) {
    const left = new ModelFiles(cutPower(recording.log, '/disk', chance));
    await checkWhole(left, FOLDER, key, (known) => beliefs.check(known));
  }
  return files.calls;
}

/**
 * Lets the disk fail at every `stride`th call of a store's life, from a given one on: once, for good, full, and with
 * short writes; then opens what is left, the power cut as well.
 * @throws Error naming the fault
 */
export async function tryIoErrors({
  first,
  stride,
}: {
  first: number;
  stride: number;
}): Promise<{ calls: number; faults: number }> {
  const calls = await liveWith('EIO', Number.POSITIVE_INFINITY);
  let faults = 0;
  for (let at = first; at < calls; at += stride) {
    const ways: [Fault, number][] = [
      ['EIO', at],
      ['ENOSPC', at],
      ['ENOSPC', at + 40],
      ['short', at + 40],
      ['EIO', Number.POSITIVE_INFINITY],
    ];
    for (const [fault, until] of ways) {
      try {
        await liveWith(fault, at, until);
      } catch (error) {
        throw new Error(`${fault} from call ${at} to ${until} of ${calls}`, { cause: error });
      }
      faults++;
    }
  }
  return { calls, faults };
}
