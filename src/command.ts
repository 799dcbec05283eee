import { spawn } from 'node:child_process';
import { MimeoError } from './errors.ts';

/** What a finished command left behind. */
export interface CommandResult {
  readonly status: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface CommandOptions {
  /** Fed to the command's standard input; without it the command reads end of file at once. */
  readonly input?: string | Uint8Array;
  readonly signal?: AbortSignal;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Exit statuses that are no failure. Default: only 0. */
  readonly allowStatus?: readonly number[];
  /** Each line of standard output and error as it comes, for progress. */
  readonly onLine?: (line: string) => void;
}

/**
 * Runs one program with an argv array (never a shell string) and waits for its end.
 *
 * @throws MimeoError `command-failed` with the program's own words when it cannot be started, is killed,
 * or exits with a status that was not allowed.
 */
export async function run(argv: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const [program, ...args] = argv;
  if (program === undefined) throw new MimeoError('internal', 'run() was given an empty argv');
  const result = await new Promise<CommandResult & { signal: string | null }>((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: options.env ? { ...process.env, ...options.env } : process.env,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (bytes: Buffer) => out.push(bytes));
    child.stderr.on('data', (bytes: Buffer) => err.push(bytes));
    if (options.onLine) {
      followLines(child.stdout, options.onLine);
      followLines(child.stderr, options.onLine);
    }
    child.on('error', (error: NodeJS.ErrnoException) => {
      reject(
        options.signal?.aborted
          ? options.signal.reason
          : new MimeoError('command-failed', `${program} could not be started: ${error.message}`, {
              cause: error,
              ...(error.code === 'ENOENT' ? { next: `Install the package that brings ${program}.` } : {}),
            }),
      );
    });
    child.on('close', (status, signal) =>
      resolve({
        status: status ?? -1,
        signal,
        stdout: Buffer.concat(out),
        stderr: Buffer.concat(err).toString(),
      }),
    );
    // A command that ends without reading its input is judged by its exit status, not by our EPIPE.
    child.stdin.on('error', () => child.stdin.destroy());
    child.stdin.end(options.input);
  });
  const allowed = options.allowStatus ?? [0];
  if (!allowed.includes(result.status)) {
    const how = result.signal === null ? `exit status ${result.status}` : `signal ${result.signal}`;
    const said = tail(result.stderr) || tail(result.stdout.toString());
    throw new MimeoError('command-failed', `${argv.join(' ')} ended with ${how}${said ? `: ${said}` : ''}`);
  }
  return result;
}

/** The last few lines of a program's output, for an error message. */
function tail(text: string): string {
  return text.trim().split(/\r?\n/).slice(-6).join(' | ').slice(-800);
}

function followLines(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  let rest = '';
  stream.on('data', (bytes: Buffer) => {
    const lines = (rest + bytes.toString()).split(/[\r\n]+/);
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') onLine(line);
  });
  stream.on('end', () => {
    if (rest !== '') onLine(rest);
  });
}
