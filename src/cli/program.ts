import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { projectFolder } from '../../setup/project.mjs';
import { describeFailure } from './cli-error.ts';
import { addCaptureCommand } from './commands/capture.ts';
import { addCodeCommand } from './commands/code.ts';
import { addCompletionCommand } from './commands/completion.ts';
import { addDeployCommand } from './commands/deploy.ts';
import { addDeploymentCommands } from './commands/deployment.ts';
import { addHostCommands } from './commands/host.ts';
import { addImageCommands } from './commands/image.ts';
import { addLoginCommand } from './commands/login.ts';
import { addLogsCommand } from './commands/logs.ts';
import { addPersonaliseCommands } from './commands/personalise.ts';
import { examples, type Runner } from './commands/runner.ts';
import { addStatusCommands } from './commands/status.ts';
import { addStoreCommands } from './commands/store.ts';
import { addTaskCommands } from './commands/task.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { painter } from './format/paint.ts';
import { renderFailure } from './render/failure.ts';
import { colours, joined, openSession, type Session, type Surroundings } from './session.ts';

const GROUPS = [
  addStatusCommands,
  addHostCommands,
  addPersonaliseCommands,
  addImageCommands,
  addStoreCommands,
  addCaptureCommand,
  addDeployCommand,
  addDeploymentCommands,
  addTaskCommands,
  addCodeCommand,
  addLoginCommand,
  addLogsCommand,
  addCompletionCommand,
];

/** Runs the `mimeo` command; never throws, and leaves the exit code to its caller. */
export async function runCli(args: readonly string[], around: Surroundings): Promise<ExitCode> {
  let exit: ExitCode = EXIT.ok;
  const run: Runner =
    <Args extends unknown[]>(action: (session: Session, ...args: Args) => Promise<ExitCode>) =>
    async (...all: [...Args, Command]) => {
      const command = all.at(-1) as Command;
      // Commander hands over the arguments, then the options, then the command itself.
      const args = all.slice(0, -1) as unknown[] as Args;
      exit = await action(openSession(around, command.optsWithGlobals()), ...args);
    };
  const program = buildProgram(around, run);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exit;
  } catch (thrown) {
    return tell(thrown, program, args, around);
  }
}

function buildProgram({ terminal }: Surroundings, run: Runner): Command {
  const program = new Command('mimeo')
    .description('Images rooms full of computers over the network.')
    .version(projectVersion())
    .option('--json', 'the result as JSON on standard output, progress on standard error')
    .option('--server <url>', 'the server to talk to (default: $MIMEO_SERVER, else the one on this machine)')
    .option('--data <folder>', "the local server's data folder (default: $MIMEO_DATA)")
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => terminal.out(text),
      writeErr: (text) => terminal.err(text),
      outputError: () => undefined,
    })
    .exitOverride()
    .addHelpText(
      'before',
      examples(
        'mimeo status --watch',
        'mimeo capture master-1 win-xp --wait',
        'mimeo deploy lab-3 --dry-run',
        'mimeo deploy lab-3 --for 8h',
      ),
    );
  for (const add of GROUPS) add(program, run);
  return program;
}

/** The command that was meant, as far as the words name one: `mimeo image export`. */
function commandOf(program: Command, args: readonly string[]): string {
  let command = program;
  const words = [program.name()];
  for (const arg of args) {
    const sub = command.commands.find((one) => one.name() === arg);
    if (sub === undefined) continue;
    words.push(arg);
    command = sub;
  }
  return words.join(' ');
}

function tell(
  thrown: unknown,
  program: Command,
  args: readonly string[],
  { terminal, env }: Surroundings,
): ExitCode {
  if (thrown instanceof CommanderError) {
    if (thrown.exitCode === 0) return EXIT.ok;
    // Its help was printed instead of a message: a group of commands was named alone.
    if (thrown.code === 'commander.help') return EXIT.usage;
  }
  const described = describeFailure(thrown);
  const help = `See: ${commandOf(program, args)} --help`;
  const failure = thrown instanceof CommanderError ? { ...described, next: help } : described;
  const { exit, ...error } = failure;
  if (args.includes('--json')) terminal.out(`${JSON.stringify({ error }, null, 2)}\n`);
  else terminal.err(joined(renderFailure(failure, painter(colours(terminal.errorsAreTty, env)))));
  return exit;
}

function projectVersion(): string {
  const text = readFileSync(join(projectFolder, 'package.json'), 'utf8');
  const { version } = JSON.parse(text) as { version: string };
  return version;
}
