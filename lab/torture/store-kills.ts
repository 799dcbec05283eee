import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import type { TortureResult } from './tally.ts';

const PROJECT = resolve(import.meta.dirname, '../..');

/** Kills a process that writes into a store, this many times; the store's own test looks at what is left each time. */
export async function tortureStore({ kills }: { kills: number }): Promise<TortureResult> {
  const test = join(PROJECT, 'src/store/folder-store.crash.test.ts');
  const child = spawn(process.execPath, ['--test', '--test-reporter=tap', test], {
    cwd: PROJECT,
    env: { ...process.env, MIMEO_KILLS: String(kills) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (bytes: Buffer) => {
    said += bytes.toString();
  });
  const [status] = await once(child, 'close');
  const notes = [...said.matchAll(/^\s*# (\d+ commits.*)$/gm)].map(([, words]) => words);
  const done = status === 0;
  const words = done ? notes.join('; ') : `BROKEN:\n${said.slice(-3000)}`;
  return { passed: done ? kills : 0, failed: done ? 0 : 1, words: `store: ${kills} kills; ${words}` };
}
