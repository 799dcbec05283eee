import type { DeployRequest, Preview } from '../../api/index.ts';
import { MimeoError } from '../../errors.ts';
import { ServerRefusal } from '../cli-error.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { parseRate } from '../format/parse-size.ts';
import { parseHours, parseSeconds } from '../format/time.ts';
import { renderPreview } from '../render/preview.ts';
import { joined, type Session } from '../session.ts';
import { type After, afterOption, followOrder } from './after-order.ts';
import { confirm } from './confirm.ts';
import { diskOption, diskRule } from './disk-option.ts';
import { type AddCommands, examples } from './runner.ts';

interface DeployOptions {
  readonly image?: string;
  readonly for?: string;
  readonly after?: After;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly wait?: boolean;
  readonly disk?: string;
  readonly keep?: readonly string[];
  /** Commander's reading of --no-grow. */
  readonly grow: boolean;
  readonly limit?: string;
  readonly hostLimit?: string;
  readonly linger?: string;
}

export const addDeployCommand: AddCommands = (program, run) => {
  program
    .command('deploy')
    .argument('<targets...>', 'names, MACs or ids of machines, names of labs, or the word all')
    .description('put an image on machines: their disks are overwritten')
    .option(
      '--image <image>',
      'this image (name, name@version or name@label) instead of what the manifest assigns',
    )
    .addOption(diskOption())
    .option(
      '--keep <partition...>',
      'leave these partitions of the disk as they are: number, label or GPT name',
    )
    .option('--no-grow', 'let no partition grow to fill a larger disk')
    .option('--limit <rate>', 'what the server may send for this order, like 40mbit or 5MB/s')
    .option('--host-limit <rate>', 'what each machine may receive, and send to its neighbours')
    .option(
      '--linger <seconds>',
      'how long a machine that is done may put off its restart while a neighbour needs it: 60, or 0',
    )
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
        'mimeo deploy pc-07 --disk "nvme,size>=200GB" --keep DATA',
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
    ...(options.disk === undefined ? {} : { disk: await diskRule(options.disk) }),
    ...(options.keep === undefined ? {} : { keep: [...options.keep] }),
    ...(options.grow ? {} : { grow: 'none' as const }),
    ...(options.limit === undefined ? {} : { limit: parseRate(options.limit) }),
    ...(options.hostLimit === undefined ? {} : { hostLimit: parseRate(options.hostLimit) }),
    ...(options.linger === undefined ? {} : { lingerSeconds: parseSeconds(options.linger) }),
  };
  const preview = await session.api.preview(request);
  if (options.dryRun === true) {
    session.print(preview, () => renderPreview(preview, session.paint));
    return preview.machines.length > 0
      ? partly(preview, EXIT.ok)
      : nothingIsThere(preview)
        ? EXIT.notFound
        : EXIT.failure;
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

/** What the server does not know, as against what cannot be done. */
const MISSING: ReadonlySet<string> = new Set(['host-missing', 'image-missing']);

function nothingIsThere({ refused }: Preview): boolean {
  return refused.length > 0 && refused.every(({ code }) => MISSING.has(code));
}

function nothingToDo(preview: Preview): Error {
  const { refused } = preview;
  const [first] = refused;
  if (first === undefined) return new MimeoError('nothing-to-deploy', 'No machine fits what was asked for.');
  const others = refused.length > 1 ? ` (and ${refused.length - 1} more, see --dry-run)` : '';
  const { code, next } = first;
  const detail = `${first.target}: ${first.message}${others}`;
  if (nothingIsThere(preview)) {
    const type = `urn:mimeo:${code}`;
    return new ServerRefusal({ type, title: code, status: 404, detail, code, next, kind: 'permanent' });
  }
  return new MimeoError('nothing-to-deploy', detail, { next });
}
