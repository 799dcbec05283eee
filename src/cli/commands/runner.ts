import type { Command } from 'commander';
import type { ExitCode } from '../exit-codes.ts';
import type { Session } from '../session.ts';

/** Turns what a command does into commander's action: opens the session, keeps the exit code. */
export type Runner = <Args extends unknown[]>(
  action: (session: Session, ...args: Args) => Promise<ExitCode>,
) => (...all: [...Args, Command]) => Promise<void>;

/** Adds one group of commands to the program. */
export type AddCommands = (program: Command, run: Runner) => void;

/** Examples, which a command's help begins with. */
export function examples(...lines: string[]): string {
  return `Examples:\n${lines.map((line) => `  ${line}`).join('\n')}\n`;
}
