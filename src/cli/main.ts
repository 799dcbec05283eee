import { widenThreadPool } from '../thread-pool.ts';
import { Interrupted } from './cli-error.ts';
import { EXIT } from './exit-codes.ts';
import { runCli } from './program.ts';
import { processTerminal } from './terminal.ts';

/** One Ctrl-C may come twice: from the terminal, and passed on by a launcher. */
const SAME_MS = 500;

widenThreadPool();
const stop = new AbortController();
let stoppedAt = 0;
process.on('SIGINT', () => {
  // The second Ctrl-C does not wait for anything.
  if (stop.signal.aborted && performance.now() - stoppedAt > SAME_MS) process.exit(EXIT.interrupted);
  if (!stop.signal.aborted) stoppedAt = performance.now();
  stop.abort(new Interrupted());
});

process.exitCode = await runCli(process.argv.slice(2), {
  terminal: processTerminal(),
  env: process.env,
  now: Date.now,
  signal: stop.signal,
});
