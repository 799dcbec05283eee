import { EXIT } from '../exit-codes.ts';
import { renderExplanation } from '../render/explanation.ts';
import { type AddCommands, examples } from './runner.ts';

export const addPersonaliseCommands: AddCommands = (program, run) => {
  const personalise = program.command('personalise').description('what makes each machine its own');
  personalise
    .command('plan')
    .argument('<host>', 'name, MAC or id')
    .description('what a machine would become, and which line of which profile says so; writes nothing')
    .option('--image <image>', 'with this image instead of the one that is assigned')
    .addHelpText(
      'before',
      examples('mimeo personalise plan pc-07', 'mimeo personalise plan pc-07 --image win11@3'),
    )
    .action(
      run(async (session, ref: string, options: { image?: string }) => {
        const found = await session.api.explain(ref, options.image);
        session.print(found, () => renderExplanation(found, session.paint));
        return EXIT.ok;
      }),
    );
};
