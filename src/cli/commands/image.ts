import { EXIT } from '../exit-codes.ts';
import { renderImage, renderImages } from '../render/images.ts';
import { addImageImport } from './image-import.ts';
import { type AddCommands, examples } from './runner.ts';

export const addImageCommands: AddCommands = (program, run) => {
  const image = program.command('image').description('the images');
  image
    .command('list')
    .description('all images with their versions')
    .addHelpText('before', examples('mimeo image list', 'mimeo image list --json'))
    .action(
      run(async (session) => {
        const images = await session.api.images.list();
        session.print(images, () => renderImages(images, session.paint));
        return EXIT.ok;
      }),
    );
  image
    .command('show')
    .argument('<image>', 'name, or name@version')
    .description('one image with its partitions')
    .addHelpText('before', examples('mimeo image show win-xp', 'mimeo image show win-xp@3'))
    .action(
      run(async (session, ref: string) => {
        const found = await session.api.images.show(ref);
        session.print(found, () => renderImage(found, session.paint));
        return EXIT.ok;
      }),
    );
  addImageImport(image, run);
};
