import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { generateSigningKey } from '../../../src/image/index.ts';
import { FolderStore, nodeFiles } from '../../../src/store/index.ts';
import { ALL_KEPT, NOTHING_KEPT, ONLY_NAMES, randomChance } from './chances.ts';
import type { Chance, Step } from './disk-log.ts';
import { type Change, type Known, knownOf, liveThrough } from './life.ts';
import { ModelFiles } from './model-files.ts';
import { cutPower } from './power-cut.ts';
import { RecordingFiles } from './recording-files.ts';
import { checkWhole } from './whole.ts';

/** What was said before a step: the changes that were done, and the one that was under way. */
function saidBefore(steps: readonly Step[]): { done: Known; under: Known | null } {
  let done: Known = {};
  let under: Known | null = null;
  for (const step of steps) {
    if (step.do !== 'say') continue;
    const { begun, ended } = step.words as { begun?: Change; ended?: Change };
    under = begun?.after ?? null;
    done = ended?.after ?? begun?.before ?? done;
  }
  return { done, under };
}

/** A life on a real folder, its steps with what every change led to. */
async function recordLife(
  signingKey: ReturnType<typeof generateSigningKey>,
): Promise<{ log: Step[]; folder: string }> {
  const folder = await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'mimeo-power-'));
  try {
    const files = new RecordingFiles(nodeFiles);
    const store = new FolderStore({ folder, files, signingKey });
    await store.start();
    await liveThrough({
      store,
      change: async (what, carryOut) => {
        const before = await knownOf(store);
        const at = files.log.length;
        files.say({});
        await carryOut();
        const after = await knownOf(store);
        files.log[at] = { do: 'say', words: { begun: { what, before, after } } };
        files.say({ ended: { what, before, after } });
      },
      meanwhile: async (_, carryOut) => {
        await carryOut();
      },
    });
    await store.stop();
    return { log: files.log, folder };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Whether a step is one of hundreds in a row that are much alike. */
function isPlain(step: Step | undefined): boolean {
  return step?.do === 'folder' || (step?.do === 'sync-folder' && step.path.includes('/chunks/'));
}

/**
 * Cuts the power after every step of a store's life, each time with nothing, everything and random parts of what
 * was not synced kept, and lets the store's own code look at what is left.
 * @param options `random` combinations for each step; only after each `stride`th step, from a random one on
 * @throws Error naming the step and the combination
 */
export async function tryPowerCuts({
  random,
  stride,
}: {
  random: number;
  stride: number;
}): Promise<{ steps: number; cuts: number }> {
  const signingKey = generateSigningKey();
  const { log, folder } = await recordLife(signingKey);
  let cuts = 0;
  const first = randomInt(stride);
  for (let end = first; end <= log.length; end += stride) {
    if (isPlain(log[end - 1]) && isPlain(log[end]) && end % 16 !== first) continue;
    const steps = log.slice(0, end);
    const { done, under } = saidBefore(steps);
    const seeds = Array.from({ length: random }, () => randomInt(2 ** 31));
    const chances: [string, Chance][] = [
      ['nothing kept', NOTHING_KEPT],
      ['all kept', ALL_KEPT],
      ['only names kept', ONLY_NAMES],
      ...seeds.map((seed): [string, Chance] => [`seed ${seed}`, randomChance(seed)]),
    ];
    for (const [how, chance] of chances) {
      const files = new ModelFiles(cutPower(steps, dirname(folder), chance));
      try {
        await checkWhole(files, folder, signingKey, (known) => {
          if (under === null || !isDeepStrictEqual(known, under)) assert.deepEqual(known, done);
        });
      } catch (error) {
        const last = JSON.stringify(log[end - 1])?.slice(0, 200);
        throw new Error(`after step ${end} of ${log.length} (${last}), ${how}`, { cause: error });
      }
      cuts++;
    }
  }
  return { steps: log.length, cuts };
}
