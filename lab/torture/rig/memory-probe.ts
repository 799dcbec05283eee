/**
 * Loaded into a server process before its own code (`--expose-gc --import`): at SIGUSR2 it collects garbage
 * and says what is left, so that memory that is kept can be told from memory that waits for its collection.
 */
import process from 'node:process';

process.on('SIGUSR2', () => {
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  process.stdout.write(`memory ${JSON.stringify({ rss, kept: heapUsed + external })}\n`);
});
