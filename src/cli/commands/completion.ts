import { Argument, type Command } from 'commander';
import { EXIT } from '../exit-codes.ts';
import { type AddCommands, examples } from './runner.ts';

export const addCompletionCommand: AddCommands = (program, run) => {
  program
    .command('completion')
    .addArgument(new Argument('<shell>').choices(['bash']))
    .description('a script that lets the shell complete commands and options')
    .addHelpText(
      'before',
      examples('source <(mimeo completion bash)', 'mimeo completion bash > /etc/bash_completion.d/mimeo'),
    )
    .action(
      run(async (session) => {
        const script = bashCompletion(program);
        session.print({ shell: 'bash', script }, () => script.trimEnd().split('\n'));
        return EXIT.ok;
      }),
    );
};

/** The words that may follow each command, as a function for bash. */
export function bashCompletion(program: Command): string {
  const all = allCommands(program, '');
  const paths = all.flatMap(({ path }) => (path === '' ? [] : [`'${path}'`]));
  return `_mimeo() {
  local path='' words='' word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$path$word " in ${paths.join('|')}) path="$path$word " ;; esac
  done
  case $path in
${all.map(({ path, words }) => `    '${path}') words='${words.join(' ')}' ;;`).join('\n')}
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}")
}
complete -F _mimeo mimeo
`;
}

function allCommands(command: Command, path: string): { path: string; words: string[] }[] {
  const options = [...command.options, ...rootOf(command).options].map((option) => option.long ?? '');
  const names = command.commands.map((each) => each.name());
  const below = command.commands.flatMap((each) => allCommands(each, `${path}${each.name()} `));
  return [{ path, words: [...new Set([...names, ...options, '--help'])] }, ...below];
}

function rootOf(command: Command): Command {
  return command.parent === null ? command : rootOf(command.parent);
}
