import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { MimeoError } from '../errors.ts';

/**
 * The lines that a program prints, as they come: for output that is too long to be kept.
 * @throws MimeoError `command-failed` with its words when it fails
 */
export async function* programLines(argv: readonly string[], signal: AbortSignal): AsyncGenerator<string> {
  const [program = '', ...args] = argv;
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], signal });
  let words = '';
  child.stderr.on('data', (bytes: Buffer) => {
    words = (words + bytes.toString()).slice(-2000);
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  // Whoever stops reading early does not await it.
  ended.catch(() => undefined);
  try {
    yield* createInterface({ input: child.stdout });
    const status = await ended;
    if (status !== 0) {
      throw new MimeoError('command-failed', `${program} ended with exit status ${status}: ${words.trim()}`);
    }
  } finally {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await Promise.allSettled([ended]);
  }
}
