import { parseHours } from '../format/time.ts';
import { type After, afterOption, followOrder } from './after-order.ts';
import { diskOption, diskRule } from './disk-option.ts';
import { type AddCommands, examples } from './runner.ts';

interface CaptureOptions {
  readonly notes?: string;
  readonly after?: After;
  readonly for?: string;
  readonly wait?: boolean;
  readonly disk?: string;
  readonly allDisks?: boolean;
}

export const addCaptureCommand: AddCommands = (program, run) => {
  program
    .command('capture')
    .argument('<host>', 'name, MAC or id of the master')
    .argument('<name>', 'name of the image; a name that is there already gets a new version')
    .description("make an image of a machine's disk; the disk is only read")
    .option('--notes <text>', 'what is in it, for people')
    .option('--for <time>', 'how long a machine that is switched off is waited for, like 8h')
    .addOption(diskOption())
    .option('--all-disks', 'all internal disks as one image; --disk then says which one starts the machine')
    .addOption(afterOption())
    .option('--wait', 'wait for the end')
    .addHelpText(
      'before',
      examples(
        'mimeo capture master-1 win-xp --wait',
        'mimeo capture master-1 win-10 --disk nvme',
        'mimeo capture 00:16:3e:12:34:56 win-xp --notes "with Office" --after shutdown',
      ),
    )
    .action(
      run(async (session, host: string, image: string, options: CaptureOptions) => {
        const order = await session.api.capture({
          host,
          image,
          ...(options.notes === undefined ? {} : { notes: options.notes }),
          ...(options.after === undefined ? {} : { after: options.after }),
          ...(options.disk === undefined ? {} : { disk: await diskRule(options.disk) }),
          ...(options.allDisks === true ? { allDisks: true } : {}),
          ...(options.for === undefined ? {} : { forHours: parseHours(options.for) }),
        });
        return await followOrder(session, order, options.wait ?? false);
      }),
    );
};
