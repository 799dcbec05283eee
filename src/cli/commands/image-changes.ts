import type { ImageUsesView } from '../../api/index.ts';
import { MimeoError } from '../../errors.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { formatCount } from '../format/quantity.ts';
import { renderUses } from '../render/image-uses.ts';
import { joined, type Session } from '../session.ts';
import { type AddCommands, examples } from './runner.ts';

/** Under `image`: rename, delete, note, label. */
export const addImageChanges: AddCommands = (image, run) => {
  image
    .command('rename')
    .argument('<image>', 'its name as it is now')
    .argument('<name>', 'its new name')
    .description('give all versions of an image another name')
    .addHelpText('before', examples('mimeo image rename win-xp win-xp-2025'))
    .action(run(rename));
  image
    .command('delete')
    .argument('<image>', 'name@version or name@label; a name alone with --all-versions')
    .option('--all-versions', 'all versions of the image')
    .option('--yes', 'do not ask')
    .description(
      'remove a version; its number is not given again, its chunks go with the next garbage collection',
    )
    .addHelpText('before', examples('mimeo image delete win-xp@1', 'mimeo image delete win-7 --all-versions'))
    .action(run(remove));
  image
    .command('note')
    .argument('<image>', 'name, name@version or name@label')
    .argument('<text>', 'what is in it, for people; "" takes the notes away')
    .description('replace the notes of a version')
    .addHelpText('before', examples('mimeo image note win-xp@3 "SP3, Office 2003"'))
    .action(
      run(async (session, ref: string, text: string) => {
        const changed = await session.api.images.note(ref, text);
        session.print(changed, () => [`${changed.name}@${changed.version}: ${changed.notes || 'no notes'}`]);
        return EXIT.ok;
      }),
    );
  image
    .command('label')
    .argument('<image>', 'name, name@version or name@label')
    .argument('<label>', 'a word that stands for this version, like approved')
    .option('--remove', 'take the label away')
    .description('let a word stand for a version: name@label is understood wherever an image is named')
    .addHelpText(
      'before',
      examples('mimeo image label win-xp@3 approved', 'mimeo image label win-xp@approved approved --remove'),
    )
    .action(
      run(async (session, ref: string, label: string, options: { remove?: boolean }) => {
        const changed = await session.api.images.label(
          ref,
          label,
          options.remove === true ? 'DELETE' : 'PUT',
        );
        session.print(changed, () => [
          `${changed.name}@${changed.version}: ${changed.labels.join(' ') || 'no labels'}`,
        ]);
        return EXIT.ok;
      }),
    );
};

async function rename(session: Session, from: string, to: string): Promise<ExitCode> {
  const { assigned } = await session.api.images.uses(from);
  const renamed = await session.api.images.rename(from, to);
  session.print(renamed, () => [
    `${from} is called ${to} now (${formatCount(renamed.length, 'version')}).`,
    ...(assigned.length === 0 ? [] : [`! ${stillSay(assigned.length)} ${from}: mimeo manifest check`]),
  ]);
  return EXIT.ok;
}

function stillSay(lines: number): string {
  return lines === 1 ? '1 line of the manifest still says' : `${lines} lines of the manifest still say`;
}

async function remove(
  session: Session,
  ref: string,
  options: { allVersions?: boolean; yes?: boolean },
): Promise<ExitCode> {
  const all = options.allVersions ?? false;
  if (!all && !/[@:]/.test(ref)) {
    throw new MimeoError('not-understood', `${ref} names no version.`, {
      next: `Name one, like ${ref}@1, or say --all-versions.`,
    });
  }
  const uses = await session.api.images.uses(ref);
  if (uses.tasks.length === 0) await agree(session, uses, options.yes ?? false);
  // With tasks that read it the server refuses, and says which.
  const gone = await session.api.images.delete(ref, all);
  session.print(gone, () =>
    [...gone, ...uses.damaged].map(({ name, version }) => `${name}@${version} is deleted.`),
  );
  return EXIT.ok;
}

async function agree(session: Session, uses: ImageUsesView, yes: boolean): Promise<void> {
  const { terminal, json, signal } = session;
  if (yes) return;
  if (json || !terminal.inputIsTty || !terminal.errorsAreTty) {
    throw new MimeoError(
      'confirmation-needed',
      `This would delete ${countWords(uses)}, and nobody is here to ask.`,
      {
        next: 'Give the same command with --yes.',
      },
    );
  }
  terminal.err(joined(renderUses(uses, session.paintErrors)));
  const answer = await terminal.ask(`Delete ${countWords(uses)}? [y/N] `, signal);
  if (!/^y(es)?$/i.test(answer)) {
    throw new MimeoError('not-confirmed', 'That was no yes.', { next: 'Nothing was deleted.' });
  }
}

function countWords({ versions: readable, damaged }: ImageUsesView): string {
  const versions = [...readable, ...damaged];
  const [first] = versions;
  return versions.length === 1 && first !== undefined
    ? `${first.name}@${first.version}`
    : `${versions.length} versions`;
}
