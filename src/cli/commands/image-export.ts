import { Option } from 'commander';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { parseSize } from '../format/parse-size.ts';
import type { ExportFormat } from '../image-work/export.ts';
import { renderUploaded } from '../render/uploaded.ts';
import type { Session } from '../session.ts';
import { type AddCommands, examples } from './runner.ts';

const FORMATS: readonly ExportFormat[] = ['raw', 'qcow2', 'clonezilla'];

/** Under `image`: export, shrink. */
export const addImageExport: AddCommands = (image, run) => {
  image
    .command('export')
    .argument('<image>', 'name, name@version or name@label')
    .argument('<path>', 'the file, or for Clonezilla the folder, that is made')
    .addOption(new Option('--format <format>', 'what it becomes').choices(FORMATS).makeOptionMandatory())
    .option('--force', 'replace a file that is there (a folder never is)')
    .description('write an image as a file of another program, on this machine; every chunk is checked')
    .addHelpText(
      'before',
      examples(
        'mimeo image export win7@3 win7.qcow2 --format qcow2',
        'mimeo image export win7@3 /home/partimag/win7-lab --format clonezilla',
      ),
    )
    .action(run(exportCommand));
  image
    .command('shrink')
    .argument('<image>', 'name, name@version or name@label')
    .requiredOption('--to <size>', 'the size of the disk that it shall fit, like 60GB')
    .requiredOption('--as <name>', 'name of the new image; the old one stays as it is')
    .option('--work-folder <folder>', 'where partitions are made smaller (default: /var/tmp)')
    .description('make an image that fits smaller disks; NTFS and ext volumes can be made smaller')
    .addHelpText('before', examples('mimeo image shrink win-10 --to 60GB --as win-10-small'))
    .action(run(shrinkCommand));
};

async function exportCommand(
  session: Session,
  ref: string,
  path: string,
  { format, force }: { format: ExportFormat; force?: boolean },
): Promise<ExitCode> {
  // Loaded only here: every other command starts faster without it.
  const { exportImage } = await import('../image-work/export.ts');
  const done = await exportImage(session, ref, { format, path, force: force ?? false });
  session.print(done, () => [`${done.image}@${done.version} is written to ${done.paths.join(' and ')}.`]);
  return EXIT.ok;
}

async function shrinkCommand(
  session: Session,
  ref: string,
  options: { to: string; as: string; workFolder?: string },
): Promise<ExitCode> {
  const toBytes = parseSize(options.to);
  const { shrinkImage } = await import('../image-work/shrink.ts');
  const shrunk = await shrinkImage(session, ref, {
    toBytes,
    as: options.as,
    workFolder: options.workFolder ?? null,
  });
  session.print(shrunk, () => renderUploaded(shrunk));
  return EXIT.ok;
}
