import { EXIT } from '../exit-codes.ts';
import { type AddCommands, examples } from './runner.ts';

export const addTaskCommands: AddCommands = (program, run) => {
  const task = program.command('task').description('what one machine has to do');
  const changes = [
    { change: 'cancel', description: 'stop one machine at the next safe point' },
    { change: 'retry', description: 'do a task again that failed or was cancelled' },
  ] as const;
  for (const { change, description } of changes) {
    task
      .command(change)
      .argument('<task>', 'id of the task, or name, MAC or id of the machine')
      .description(description)
      .addHelpText('before', examples(`mimeo task ${change} pc-07`))
      .action(
        run(async (session, ref: string) => {
          const changed = await session.api.changeTask(ref, change);
          session.print(changed, () => [`${changed.hostName}: ${changed.status}: ${changed.words}`]);
          return EXIT.ok;
        }),
      );
  }
};
