import { EXIT } from '../exit-codes.ts';
import { formatMoment } from '../format/time.ts';
import { type AddCommands, examples } from './runner.ts';

export const addCodeCommand: AddCommands = (program, run) => {
  program
    .command('code')
    .description("a new technician's code, for the question at an unknown machine's screen")
    .addHelpText('before', examples('mimeo code'))
    .action(
      run(async (session) => {
        const made = await session.api.newCode();
        session.print(made, () => [
          `${session.paint(made.code, 'bold')}  (valid until ${formatMoment(made.validUntil)})`,
        ]);
        return EXIT.ok;
      }),
    );
};
