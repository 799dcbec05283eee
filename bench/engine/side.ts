/** One measured run in a process of its own: what to do comes as JSON, what it cost goes out as JSON. */
import { readFileSync } from 'node:fs';
import { run } from '../../src/command.ts';
import { widenThreadPool } from '../../src/thread-pool.ts';
import { type Cost, costSince, mark } from './cost.ts';
import { captureImage, deployImage } from './mimeo-side.ts';
import { clone, restore } from './peer-side.ts';
import { readUsed } from './read-used.ts';

export type Job =
  | { readonly kind: 'capture'; readonly disk: string; readonly store: string }
  | {
      readonly kind: 'deploy';
      readonly disk: string;
      readonly store: string;
      readonly version: number;
      readonly verify: boolean;
    }
  | { readonly kind: 'clone'; readonly device: string; readonly image: string }
  | { readonly kind: 'restore'; readonly device: string; readonly image: string }
  | { readonly kind: 'read-used'; readonly disk: string; readonly store: string; readonly version: number };

/** What a run cost, and what it said of itself. */
export interface Outcome extends Cost {
  readonly facts: Readonly<Record<string, number>>;
}

async function perform(job: Job): Promise<Outcome> {
  const begin = await beginning(job);
  const before = mark();
  const facts = await begin();
  await run(['sync']);
  return { ...costSince(before), facts };
}

/** Everything that has to be open before the clock starts. */
async function beginning(job: Job): Promise<() => Promise<Record<string, number>>> {
  switch (job.kind) {
    case 'capture':
      return await captureImage(job);
    case 'deploy':
      return await deployImage(job);
    case 'clone':
      return () => clone(job);
    case 'restore':
      return () => restore(job);
    case 'read-used':
      return await readUsed(job);
  }
}

widenThreadPool();
const outcome = await perform(JSON.parse(readFileSync(0, 'utf8')) as Job);
process.stdout.write(`${JSON.stringify(outcome)}\n`);
process.exit();
