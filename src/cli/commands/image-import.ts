import { Option } from 'commander';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { renderUploaded } from '../render/uploaded.ts';
import type { Session } from '../session.ts';
import { type AddCommands, examples } from './runner.ts';

const FORMATS = ['raw', 'qcow2', 'vhd', 'vhdx', 'vmdk'] as const;
type ImportFormatName = (typeof FORMATS)[number];

interface ImportOptions {
  readonly name: string;
  readonly notes?: string;
  readonly table?: 'mbr' | 'gpt';
  readonly mbr?: string;
  readonly index?: string;
  readonly format?: ImportFormatName;
  readonly backing?: readonly string[];
  readonly workFolder?: string;
}

/** @param image the `image` command, under which it stands */
export const addImageImport: AddCommands = (image, run) => {
  image
    .command('import')
    .argument(
      '<path>',
      'a folder or file: Clonezilla, FOG, partclone, partimage, raw, qcow2, VHD, VMDK, WIM, …',
    )
    .requiredOption('--name <image>', 'name of the image; a name that is there already gets a new version')
    .option('--notes <text>', 'what is in it, for people (default: what it was made from)')
    .addOption(
      new Option('--table <kind>', 'the partition table around an image of one partition').choices([
        'mbr',
        'gpt',
      ]),
    )
    .option(
      '--mbr <file>',
      'the first sectors of the disk that an image of one partition comes from: its boot code',
    )
    .option('--index <image>', 'which image of a WIM or ESD file: its number, or its name')
    .addOption(
      new Option('--format <format>', 'what a file of a virtual disk is, when it does not say').choices(
        FORMATS,
      ),
    )
    .option(
      '--backing <file...>',
      'the disks that a differencing virtual disk builds on; no other file is read',
    )
    .option('--work-folder <folder>', 'for large temporary files (default: /var/tmp)')
    .description(
      "bring somebody else's image into the store; it is read with your own rights, on this machine",
    )
    .addHelpText(
      'before',
      examples(
        'mimeo image import /home/partimag/win7-lab --name win7',
        'mimeo image import /images/office.qcow2 --name win10 --notes "with Office"',
        'mimeo image import install.wim --name win11 --index 6',
        'mimeo image import sda1.ntfs-ptcl-img.zst --name data --table gpt',
      ),
    )
    .action(run(importCommand));
};

async function importCommand(session: Session, path: string, options: ImportOptions): Promise<ExitCode> {
  // Loaded only here: every other command starts faster without it.
  const { importImage } = await import('../image-work/import.ts');
  const imported = await importImage(session, path, {
    name: options.name,
    notes: options.notes ?? null,
    ...(options.table === undefined ? {} : { partitionTable: options.table }),
    ...(options.mbr === undefined ? {} : { mbr: options.mbr }),
    ...(options.index === undefined ? {} : { index: options.index }),
    ...(options.format === undefined ? {} : { format: options.format }),
    ...(options.backing === undefined ? {} : { backing: options.backing }),
    ...(options.workFolder === undefined ? {} : { workFolder: options.workFolder }),
  });
  session.print(imported, () => renderUploaded(imported));
  return EXIT.ok;
}
