/** Lets calls of the system fail in the process of a store, as often as is said. */
import process from 'node:process';
import { saidInWords } from './disk-words.ts';
import { failCalls } from './failing-calls.ts';
import { sayFailure } from './say-failure.ts';

try {
  const { rounds, commits, said } = await failCalls(Number(process.argv[2] ?? 5));
  if (said.size === 0) throw new Error('no call ever failed');
  process.stdout.write(`${rounds} runs with failing calls, ${commits} commits, said ${saidInWords(said)}\n`);
} catch (error) {
  sayFailure(error);
}
