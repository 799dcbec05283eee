import { join, resolve } from 'node:path';
import { run } from '../../src/command.ts';
import { tortureImport } from './import-kills.ts';
import { Tally, type TortureResult } from './tally.ts';

const PROGRAMS = resolve(import.meta.dirname, '../engine/store');

export interface StoreTortureOptions {
  /** How often the process that uses the store is killed. */
  readonly kills: number;
  /** Random combinations of what a power cut leaves, for every step. */
  readonly random: number;
  /** 1 takes every step and every call, 5 each fifth. */
  readonly stride: number;
  /** How often a disk fails under each of the filesystems. */
  readonly disks: number;
  /** How often a process runs with failing calls. */
  readonly calls: number;
  /** How often a real import, its server, or both are killed. */
  readonly imports: number;
}

/**
 * Kills a process that uses a store, cuts its power, and lets its disk fail: at the store's own port, under a real
 * filesystem, and in the C library; then kills real imports. Each looks at what is left each time.
 */
export async function tortureStore(options: StoreTortureOptions): Promise<TortureResult> {
  const { kills, random, stride, disks, calls, imports } = options;
  const runs: [string, string[]][] = [
    ['run-kills.ts', [`${kills}`]],
    ['run-power-cuts.ts', [`${random}`, `${stride}`]],
    ['run-io-errors.ts', ['0', `${stride * 7}`]],
    ['run-failing-disk.ts', [`${disks}`]],
    ['run-failing-calls.ts', [`${calls}`]],
  ];
  const tally = new Tally('store');
  const notes: string[] = [];
  for (const [program, args] of runs) {
    try {
      const { stdout } = await run([process.execPath, join(PROGRAMS, program), ...args]);
      notes.push(stdout.toString().trim().replaceAll('\n', '; '));
      tally.check(true, program);
    } catch (error) {
      tally.check(false, `${program}: ${error instanceof Error ? error.message : error}`);
    }
  }
  const imported = await tortureImport({ kills: imports });
  notes.push(imported.words);
  const { passed, failed, words } = tally.result(notes.join('; '));
  return { passed: passed + imported.passed, failed: failed + imported.failed, words };
}
