import { EXIT } from '../exit-codes.ts';
import { renderHost, renderHosts } from '../render/hosts.ts';
import { type AddCommands, examples } from './runner.ts';

export const addHostCommands: AddCommands = (program, run) => {
  const host = program.command('host').description('the machines');
  host
    .command('list')
    .description('all machines, and what each one does')
    .option('--lab <lab>', 'only those of one lab')
    .addHelpText('before', examples('mimeo host list', 'mimeo host list --lab lab-3 --json'))
    .action(
      run(async (session, options: { lab?: string }) => {
        const hosts = await session.api.hosts(options.lab);
        session.print(hosts, () => renderHosts(hosts, session.now(), session.paint));
        return EXIT.ok;
      }),
    );
  host
    .command('show')
    .argument('<host>', 'name, MAC or id')
    .description('one machine with its history: why did this PC not boot?')
    .addHelpText('before', examples('mimeo host show pc-07', 'mimeo host show 00:16:3e:12:34:56'))
    .action(
      run(async (session, ref: string) => {
        const found = await session.api.host(ref);
        session.print(found, () => renderHost(found, session.now(), session.paint));
        return EXIT.ok;
      }),
    );
};
