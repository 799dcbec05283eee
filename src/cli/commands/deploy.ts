import type { DeployRequest, Preview } from '../../api/index.ts';
import { MimeoError } from '../../errors.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { parseHours } from '../format/time.ts';
import { renderPreview } from '../render/preview.ts';
import { joined, type Session } from '../session.ts';
import { type After, afterOption, followOrder } from './after-order.ts';
import { confirm } from './confirm.ts';
import { type AddCommands, examples } from './runner.ts';

interface DeployOptions {
  readonly image?: string;
  readonly for?: string;
  readonly after?: After;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly wait?: boolean;
}

export const addDeployCommand: AddCommands = (program, run) => {
  program
    .command('deploy')
    .argument('<targets...>', 'names, MACs or ids of machines, names of labs, or the word all')
    .description('put an image on machines: their disks are overwritten')
    .option('--image <image>', 'this image (name or name@version) instead of what the manifest assigns')
    .option('--for <time>', 'how long machines that are switched off are waited for, like 8h (the default)')
    .addOption(afterOption())
    .option('--dry-run', 'show what would be written, and stop')
    .option('--yes', 'do not ask')
    .option('--wait', 'wait for the end')
    .addHelpText(
      'before',
      examples(
        'mimeo deploy lab-3 --dry-run',
        'mimeo deploy pc-07 --image win-xp --wait',
        'mimeo deploy all --for 8h --after shutdown',
      ),
    )
    .action(run(deploy));
};

async function deploy(session: Session, targets: string[], options: DeployOptions): Promise<ExitCode> {
  const request: DeployRequest = {
    targets,
    ...(options.image === undefined ? {} : { image: options.image }),
    ...(options.for === undefined ? {} : { forHours: parseHours(options.for) }),
    ...(options.after === undefined ? {} : { after: options.after }),
  };
  const preview = await session.api.preview(request);
  if (options.dryRun === true) {
    session.print(preview, () => renderPreview(preview, session.paint));
    return preview.machines.length === 0 ? EXIT.failure : partly(preview, EXIT.ok);
  }
  if (preview.machines.length === 0) throw nothingToDo(preview);
  if (options.yes === true) {
    if (!session.json) session.terminal.err(joined(renderPreview(preview, session.paintErrors)));
  } else {
    await confirm(session, preview);
  }
  const order = await session.api.deploy({ ...request, digest: preview.digest });
  return partly(preview, await followOrder(session, order, options.wait ?? false));
}

/** Machines that were asked for and refused make a success a partial one. */
function partly({ refused }: Preview, exit: ExitCode): ExitCode {
  return exit === EXIT.ok && refused.length > 0 ? EXIT.partial : exit;
}

function nothingToDo({ refused }: Preview): MimeoError {
  const [first] = refused;
  if (first === undefined) return new MimeoError('nothing-to-deploy', 'No machine fits what was asked for.');
  const others = refused.length > 1 ? ` (and ${refused.length - 1} more, see --dry-run)` : '';
  return new MimeoError('nothing-to-deploy', `${first.target}: ${first.message}${others}`, {
    next: first.next,
  });
}
