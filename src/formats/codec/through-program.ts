import { spawn } from 'node:child_process';
import { MimeoError } from '../../errors.ts';

/**
 * Runs a filter: `stored` goes into its input, what comes out is the stream. It is ended when the reader stops.
 *
 * @throws MimeoError `command-failed` with its words when it fails, also after its last byte;
 * `import-tool-missing`
 */
export async function* throughProgram(
  program: { readonly argv: readonly string[]; readonly debian: string },
  stored: AsyncIterable<Buffer>,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const [name = '', ...args] = program.argv;
  const child = spawn(name, args, { stdio: ['pipe', 'pipe', 'pipe'], signal });
  const words: Buffer[] = [];
  child.stderr.on('data', (bytes: Buffer) => {
    if (words.length < 64) words.push(bytes);
  });
  const ended = new Promise<{ status: number | null; signal: string | null }>((resolve, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'ENOENT' ? missing(name, program.debian, error) : error),
    );
    child.on('close', (status, killedBy) => resolve({ status, signal: killedBy }));
  });
  // Whoever stops reading early never awaits these two.
  ended.catch(() => undefined);
  const fed = feed(child.stdin, stored);
  fed.catch(() => child.kill('SIGKILL'));
  try {
    for await (const bytes of child.stdout) if (Buffer.isBuffer(bytes)) yield bytes;
    const result = await ended;
    await fed;
    if (result.status !== 0) {
      const said = Buffer.concat(words).toString().trim().split(/\r?\n/).slice(-3).join(' | ').slice(-400);
      const how = result.signal === null ? `exit status ${result.status}` : `signal ${result.signal}`;
      throw new MimeoError('command-failed', `${name} ended with ${how}${said === '' ? '' : `: ${said}`}`);
    }
  } finally {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await Promise.allSettled([ended, fed]);
  }
}

/** @throws what reading `stored` throws; that the program does not read on is told by its exit status */
async function feed(input: NodeJS.WritableStream, stored: AsyncIterable<Buffer>): Promise<void> {
  let open = true;
  let goOn = (): void => undefined;
  const stop = (): void => {
    open = false;
    goOn();
  };
  input.on('error', stop);
  input.on('close', stop);
  input.on('drain', () => goOn());
  for await (const bytes of stored) {
    if (!open) return;
    if (input.write(bytes)) continue;
    // One promise per wait: racing against one that lives as long as the program would keep them all.
    await new Promise<void>((resolve) => {
      goOn = resolve;
      if (!open) resolve();
    });
  }
  input.end();
}

function missing(name: string, debian: string, cause: Error): MimeoError {
  return new MimeoError('import-tool-missing', `${name} is not installed, and this import needs it.`, {
    next: `Install it with: apt install ${debian}`,
    cause,
  });
}
