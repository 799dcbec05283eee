import { EXIT } from '../exit-codes.ts';
import { renderManifestProblems, renderStatus } from '../render/status.ts';
import { watchStatus, wholeStatus } from '../watch/watch-status.ts';
import { type AddCommands, examples } from './runner.ts';

export const addStatusCommands: AddCommands = (program, run) => {
  program
    .command('status')
    .description('the server, the manifest, and what is being done')
    .option('--watch', 'go on showing it until Ctrl-C')
    .addHelpText('before', examples('mimeo status', 'mimeo status --watch', 'mimeo status --watch --json'))
    .action(
      run(async (session, options: { watch?: boolean }) => {
        if (options.watch === true) return await watchStatus(session);
        const whole = await wholeStatus(session);
        session.print(whole, () => renderStatus(whole, session.now(), session.paint));
        return EXIT.ok;
      }),
    );
  const manifest = program.command('manifest').description('the list of machines in the share');
  manifest
    .command('check')
    .description('what is wrong in it, with line and column; exit status 1 when something is')
    .addHelpText('before', examples('mimeo manifest check'))
    .action(
      run(async (session) => {
        const status = await session.api.status();
        const { path, rows, problems } = status.manifest;
        session.print(status.manifest, () =>
          problems.length === 0
            ? [`${path}: ${rows === 1 ? '1 host' : `${rows} hosts`}, nothing wrong.`]
            : renderManifestProblems(status, session.paint),
        );
        return problems.length === 0 ? EXIT.ok : EXIT.failure;
      }),
    );
};
