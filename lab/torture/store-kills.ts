import { join, resolve } from 'node:path';
import { run } from '../../src/command.ts';
import { Tally, type TortureResult } from './tally.ts';

const PROGRAMS = resolve(import.meta.dirname, '../engine/store');

export interface StoreTortureOptions {
  /** How often the process that uses the store is killed. */
  readonly kills: number;
  /** Random combinations of what a power cut leaves, for every step. */
  readonly random: number;
  /** 1 takes every step and every call, 5 each fifth. */
  readonly stride: number;
}

/** Kills a process that uses a store, cuts its power, and lets its disk fail; each looks at what is left each time. */
export async function tortureStore(options: StoreTortureOptions): Promise<TortureResult> {
  const { kills, random, stride } = options;
  const runs: [string, string[]][] = [
    ['run-kills.ts', [`${kills}`]],
    ['run-power-cuts.ts', [`${random}`, `${stride}`]],
    ['run-io-errors.ts', ['0', `${stride * 7}`]],
  ];
  const tally = new Tally('store');
  const notes: string[] = [];
  for (const [program, args] of runs) {
    try {
      const { stdout } = await run([process.execPath, join(PROGRAMS, program), ...args]);
      notes.push(stdout.toString().trim());
      tally.check(true, program);
    } catch (error) {
      tally.check(false, `${program}: ${error instanceof Error ? error.message : error}`);
    }
  }
  return tally.result(notes.join('; '));
}
