import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { Interrupted } from './cli-error.ts';

/** Where the command's words go and answers come from. */
export interface Terminal {
  /** Results, on standard output. */
  out(text: string): void;
  /** Progress, questions and failures, on standard error. */
  err(text: string): void;
  readonly inputIsTty: boolean;
  readonly outputIsTty: boolean;
  readonly errorsAreTty: boolean;
  /** Lines that fit on the screen. */
  readonly rows: number;
  /** Asks on standard error and reads one line. @throws Interrupted by Ctrl-C and by Ctrl-D */
  ask(question: string, signal: AbortSignal): Promise<string>;
}

/** The terminal of this process. */
export function processTerminal(): Terminal {
  // `mimeo host list | head` closes our output early; that is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
  return {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    inputIsTty: process.stdin.isTTY,
    outputIsTty: process.stdout.isTTY,
    errorsAreTty: process.stderr.isTTY,
    rows: process.stdout.rows ?? process.stderr.rows ?? 24,
    async ask(question, signal) {
      const lines = createInterface({ input: process.stdin, output: errors(), terminal: true });
      // In raw mode Ctrl-C is a key, and no signal reaches us.
      lines.on('SIGINT', () => process.emit('SIGINT'));
      try {
        return (await lines.question(question, { signal })).trim();
      } catch {
        // The line was not ended: readline's own words for that tell nobody anything.
        signal.throwIfAborted();
        process.stderr.write('\n');
        throw new Interrupted();
      } finally {
        lines.close();
      }
    },
  };
}

/** Standard error as readline wants it. */
function errors(): Writable {
  return new Writable({ write: (chunk, _, done) => process.stderr.write(chunk, () => done()) });
}
