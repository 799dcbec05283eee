import { MimeoError } from '../../errors.ts';
import { ApiClient } from '../connection/api-client.ts';
import { saveLogin } from '../connection/logins.ts';
import { serverUrl } from '../connection/server-address.ts';
import { EXIT } from '../exit-codes.ts';
import type { Session } from '../session.ts';
import { type AddCommands, examples } from './runner.ts';

export const addLoginCommand: AddCommands = (program, run) => {
  program
    .command('login')
    .argument('<server>', "the server's name or address; with its port when that is not 8080")
    .description('use a server from another machine, with the one-time code that it printed')
    .option('--code <code>', 'the code; without it the command asks')
    .addHelpText('before', examples('mimeo login 192.168.1.10', 'mimeo login http://mimeo.school:9000'))
    .action(
      run(async (session, address: string, options: { code?: string }) => {
        const server = serverUrl(address);
        const code = options.code ?? (await askCode(session));
        const client = new ApiClient({ kind: 'url', url: server, token: null }, session.signal);
        const { token } = await client.claim(code);
        const file = await saveLogin(session.env, server, token);
        session.print({ server, file }, () => [`Logged in to ${server}. The token is in ${file}.`]);
        return EXIT.ok;
      }),
    );
};

async function askCode({ terminal, json, signal }: Session): Promise<string> {
  if (json || !terminal.inputIsTty) {
    throw new MimeoError('not-understood', 'The code is missing, and nobody is here to ask.', {
      next: 'Give it with --code.',
    });
  }
  return await terminal.ask('One-time code (the server prints it): ', signal);
}
