import { EXIT } from '../exit-codes.ts';
import { renderDiff } from '../render/image-diff.ts';
import { renderBroken, renderDamaged, renderImage, renderImages } from '../render/images.ts';
import { renderJob } from '../render/store.ts';
import { joined } from '../session.ts';
import { followJob } from '../watch/follow-job.ts';
import { addImageChanges } from './image-changes.ts';
import { addImageExport } from './image-export.ts';
import { addImageImport } from './image-import.ts';
import { type AddCommands, examples } from './runner.ts';

const REFERENCE = 'name, name@version or name@label';

export const addImageCommands: AddCommands = (program, run) => {
  const image = program.command('image').description('the images');
  image
    .command('list')
    .description('all images with their versions; ONLY HERE is what deleting a version would give back')
    .addHelpText('before', examples('mimeo image list', 'mimeo image list --json'))
    .action(
      run(async (session) => {
        const images = await session.api.images.list();
        const damaged = await session.api.images.damaged();
        session.print(images, () => renderImages(images, session.paint));
        const paint = session.paintErrors;
        const faults = [...renderBroken(images, paint), ...renderDamaged(damaged, paint)];
        if (faults.length > 0) session.terminal.err(joined(faults));
        return EXIT.ok;
      }),
    );
  image
    .command('show')
    .argument('<image>', REFERENCE)
    .description('one image with its partitions')
    .addHelpText('before', examples('mimeo image show win-xp', 'mimeo image show win-xp@approved'))
    .action(
      run(async (session, ref: string) => {
        const found = await session.api.images.show(ref);
        session.print(found, () => renderImage(found, session.paint));
        return EXIT.ok;
      }),
    );
  image
    .command('diff')
    .argument('<first>', REFERENCE)
    .argument('<second>', REFERENCE)
    .description('what is different, and what an upgrade from the first to the second fetches')
    .addHelpText('before', examples('mimeo image diff win-xp@2 win-xp@3'))
    .action(
      run(async (session, first: string, second: string) => {
        const diff = await session.api.images.diff(first, second);
        session.print(diff, () => renderDiff(diff, session.paint));
        return EXIT.ok;
      }),
    );
  image
    .command('verify')
    .argument('<image>', REFERENCE)
    .description('read every chunk of an image in the store and check it; exit status 1 when one is bad')
    .addHelpText('before', examples('mimeo image verify win-xp@3'))
    .action(
      run(async (session, ref: string) => {
        const { storedBytes } = await session.api.images.show(ref);
        const job = await session.api.store.request({ kind: 'verify', image: ref });
        const ended = await followJob(session, job, storedBytes);
        session.print(ended, () => renderJob(ended, session.paint));
        return ended.outcome?.sound === true ? EXIT.ok : EXIT.failure;
      }),
    );
  addImageChanges(image, run);
  addImageImport(image, run);
  addImageExport(image, run);
};
