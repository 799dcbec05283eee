import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { MimeoError } from '../errors.ts';
import { checkWhole } from './contract-interleavings.ts';
import { FolderStore } from './folder-store.ts';
import { loadSigningKey } from './signing-key-file.ts';

/** How often the store's process is killed; `MIMEO_KILLS=500` for a long run. */
const KILLS = Number(process.env['MIMEO_KILLS'] ?? 30);

test(`a store whose process is killed ${KILLS} times keeps every committed image whole`, async (t) => {
  // In memory where there is such a place: a killed process loses nothing that it had handed to the system,
  // so syncing to a disk proves nothing here and only makes the runs slow.
  const folder = await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'mimeo-crash-'));
  /** Versions whose commit was reported and whose removal was not begun. */
  const certain = new Set<string>();
  const seen = { commits: 0, leftovers: 0, garbage: 0 };
  try {
    for (let kill = 0; kill < KILLS; kill++) {
      const seed = randomInt(2 ** 31);
      const afterMs = randomInt(120);
      seen.commits += await runAndKill(folder, seed, afterMs, certain);
      seen.leftovers += (await temporaries(folder)).length;
      seen.garbage += await check(folder, certain, `seed ${seed}, killed after ${afterMs} ms`);
    }
    t.diagnostic(
      `${seen.commits} commits, ${seen.leftovers} half-written files, ${seen.garbage} stray chunks`,
    );
    assert.ok(seen.commits > 0, 'the runs were too short to commit anything');
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** Runs the busy store, kills it some time after it started, and keeps book of what it said; returns its commits. */
async function runAndKill(
  folder: string,
  seed: number,
  afterMs: number,
  certain: Set<string>,
): Promise<number> {
  const fixture = join(import.meta.dirname, 'busy-store.fixture.ts');
  const child = spawn(process.execPath, [fixture, folder, `${seed}`], {
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
    const [word, name, version] = line.split(' ');
    if (word === 'removing') certain.delete(`${name} ${version}`);
    if (word !== 'committed') continue;
    certain.add(`${name} ${version}`);
    commits++;
  }
  return commits;
}

/** What must hold after any crash; returns how many stray chunks the garbage collection found. */
async function check(folder: string, certain: ReadonlySet<string>, when: string): Promise<number> {
  const problems: MimeoError[] = [];
  const signingKey = await loadSigningKey(join(folder, 'key.pem'));
  const store = new FolderStore({ folder, signingKey, onProblem: (error) => problems.push(error) });
  await store.start();
  assert.deepEqual(await temporaries(folder), [], when);
  const listed = new Set((await store.list()).map(({ name, version }) => `${name} ${version}`));
  assert.deepEqual(problems, [], when);
  for (const version of certain) assert.ok(listed.has(version), `${version} was lost: ${when}`);
  await checkWhole(store);
  for (const path of await chunkFiles(folder)) {
    assert.equal(await store.recheck(basename(path, '.zst')), 'good', `${path} is not whole: ${when}`);
  }
  const { chunks } = (await store.collectGarbage({ olderThanMs: -60_000 })).quarantined;
  const used = await checkWhole(store);
  assert.equal((await chunkFiles(folder)).length, used.size, when);
  await store.stop();
  return chunks;
}

async function temporaries(folder: string): Promise<string[]> {
  return (await readdir(folder, { recursive: true })).filter((path) => /\.tmp-|incoming\//.test(path));
}

async function chunkFiles(folder: string): Promise<string[]> {
  return (await readdir(join(folder, 'chunks'), { recursive: true })).filter((path) => path.endsWith('.zst'));
}
