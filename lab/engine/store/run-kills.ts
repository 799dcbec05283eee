/** Kills a store as often as is said. */
import process from 'node:process';
import { killStore } from './kills.ts';

const counts = await killStore({ kills: Number(process.argv[2] ?? 30) });
if (counts.commits === 0) throw new Error('the runs were too short to commit anything');
const { kills, commits, leftovers, renames } = counts;
process.stdout.write(
  `${kills} kills, ${commits} commits, ${leftovers} half-written files, ${renames} renames cut short\n`,
);
