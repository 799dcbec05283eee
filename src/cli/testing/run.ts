import type { ExitCode } from '../exit-codes.ts';
import { runCli } from '../program.ts';
import type { Terminal } from '../terminal.ts';

export interface Outcome {
  readonly exit: ExitCode;
  readonly out: string;
  readonly err: string;
  /** What was asked at the terminal. */
  readonly questions: readonly string[];
}

export interface RunOptions {
  /** What is typed, answer by answer; with it there is a terminal, without it none. */
  readonly answers?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
  readonly onErr?: (text: string) => void;
  readonly onOut?: (text: string) => void;
}

/** A moment after those of the samples. */
export const NOW = Date.parse('2026-11-23T14:30:00Z');

/** Runs the command in this process, with a terminal of our own. */
export async function runForTest(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const answers = [...(options.answers ?? [])];
  const isTty = options.answers !== undefined;
  const questions: string[] = [];
  let out = '';
  let err = '';
  const terminal: Terminal = {
    out: (text) => {
      out += text;
      options.onOut?.(text);
    },
    err: (text) => {
      err += text;
      options.onErr?.(text);
    },
    inputIsTty: isTty,
    outputIsTty: isTty,
    errorsAreTty: isTty,
    rows: 24,
    ask: async (question) => {
      questions.push(question);
      return answers.shift() ?? '';
    },
  };
  const exit = await runCli(args, {
    terminal,
    env: { HOME: '/nonexistent', NO_COLOR: '1', ...options.env },
    now: () => NOW,
    signal: options.signal ?? new AbortController().signal,
  });
  return { exit, out, err, questions };
}
