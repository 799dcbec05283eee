/**
 * Loaded into a process of ours before its own code (`--import`): at SIGUSR2 it collects garbage and says what is
 * left, so that memory that is kept can be told from memory that waits for its collection.
 */
import process from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = globalThis.gc ?? runInNewContext('gc');

process.on('SIGUSR2', () => {
  collectGarbage();
  const { rss, heapUsed, external } = process.memoryUsage();
  process.stdout.write(`memory ${JSON.stringify({ rss, kept: heapUsed + external })}\n`);
});
