import { Interrupted } from './cli-error.ts';
import { EXIT } from './exit-codes.ts';
import { runCli } from './program.ts';
import { processTerminal } from './terminal.ts';

const stop = new AbortController();
process.on('SIGINT', () => {
  // The second Ctrl-C does not wait for anything.
  if (stop.signal.aborted) process.exit(EXIT.interrupted);
  stop.abort(new Interrupted());
});

process.exitCode = await runCli(process.argv.slice(2), {
  terminal: processTerminal(),
  env: process.env,
  now: Date.now,
  signal: stop.signal,
});
