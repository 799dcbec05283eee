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
  const tally = new Tally('store');
  const torture = async (name: string, work: () => Promise<string>): Promise<string[]> => {
    try {
      const words = await work();
      tally.check(true, name);
      return [words];
    } catch (error) {
      tally.check(false, `${name}: ${error instanceof Error ? error.message : error}`);
      return [];
    }
  };
  const program = (name: string, ...args: readonly number[]): Promise<string[]> =>
    torture(name, async () => {
      // What is mounted there is nobody else's.
      const argv = ['unshare', '--mount', process.execPath, join(PROGRAMS, name), ...args.map(String)];
      return (await run(argv)).stdout.toString().trim().replaceAll('\n', '; ');
    });
  // Side by side: one lane mostly waits for a disk, the other computes.
  const lanes = await Promise.all([
    inTurn([
      () => program('run-kills.ts', kills),
      () => program('run-failing-disk.ts', disks),
      () => program('run-failing-calls.ts', calls),
      () => torture('imports', () => importsOf(imports)),
    ]),
    inTurn([
      () => program('run-power-cuts.ts', random, stride),
      () => program('run-io-errors.ts', 0, stride * 7),
    ]),
  ]);
  return tally.result(lanes.flat().join('; '));
}

async function inTurn(tasks: readonly (() => Promise<string[]>)[]): Promise<string[]> {
  const all: string[] = [];
  for (const task of tasks) all.push(...(await task()));
  return all;
}

/** @throws Error with what was broken */
async function importsOf(kills: number): Promise<string> {
  const { failed, words } = await tortureImport({ kills });
  if (failed > 0) throw new Error(words);
  return words;
}
