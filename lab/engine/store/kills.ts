import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { loadSigningKey, nodeFiles } from '../../../src/store/index.ts';
import { checkWhole } from './whole.ts';

/** What was seen over all kills. */
export interface KillCounts {
  kills: number;
  commits: number;
  /** Files that were on their way, or half written, when the process was killed. */
  leftovers: number;
  /** Kills in the middle of a rename. */
  renames: number;
}

/**
 * Kills a process that uses a store, at random instants, and each time lets the store's own code look at what is
 * left: everything that was committed must be there, whole, under one name.
 * @throws Error naming the seed
 */
export async function killStore({ kills }: { kills: number }): Promise<KillCounts> {
  // In memory where there is such a place: a killed process loses nothing that it had handed to the system,
  // so syncing to a disk proves nothing here and only makes the runs slow.
  const folder = await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'mimeo-kills-'));
  /** Versions (lane and number) whose commit was reported and whose removal was not begun. */
  const certain = new Set<string>();
  const seen: KillCounts = { kills: 0, commits: 0, leftovers: 0, renames: 0 };
  try {
    for (; seen.kills < kills; seen.kills++) {
      const seed = randomInt(2 ** 31);
      const afterMs = randomInt(250);
      seen.commits += await runAndKill(folder, seed, afterMs, certain);
      const left = await readdir(folder, { recursive: true });
      seen.leftovers += left.filter((path) => /\.tmp-|incoming\//.test(path)).length;
      if (left.some((path) => path.endsWith('/renaming'))) seen.renames++;
      try {
        await check(folder, certain);
      } catch (error) {
        throw new Error(`seed ${seed}, killed after ${afterMs} ms`, { cause: error });
      }
    }
    return seen;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Kills the busy store some time after it started, and keeps book of what it said; returns its commits. */
async function runAndKill(
  folder: string,
  seed: number,
  afterMs: number,
  certain: Set<string>,
): Promise<number> {
  const program = join(import.meta.dirname, 'busy-store.ts');
  const child = spawn(process.execPath, [program, folder, `${seed}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  const output = createInterface({ input: child.stdout });
  const closed = once(output, 'close');
  output.on('line', (line) => lines.push(line));
  await once(output, 'line');
  await delay(afterMs);
  child.kill('SIGKILL');
  const [status] = await once(child, 'exit');
  assert.equal(status, null, 'the store ended by itself');
  await closed;
  let commits = 0;
  for (const line of lines) {
    const [word, lane, version] = line.split(' ');
    if (word === 'removing') certain.delete(`${lane} ${version}`);
    if (word !== 'committed') continue;
    certain.add(`${lane} ${version}`);
    commits++;
  }
  return commits;
}

async function check(folder: string, certain: ReadonlySet<string>): Promise<void> {
  const signingKey = await loadSigningKey(join(folder, 'key.pem'));
  await checkWhole(nodeFiles, folder, signingKey, (known) => {
    const places = Object.keys(known).filter((place) => !place.startsWith('afterwards'));
    const lanes = places.map((place) => place.replace(/-b@/, '@').replace('@', ' '));
    assert.equal(new Set(lanes).size, lanes.length, `a version is there twice: ${places.join(', ')}`);
    for (const version of certain)
      assert.ok(lanes.includes(version), `${version} was lost: ${places.join(', ')}`);
  });
}
