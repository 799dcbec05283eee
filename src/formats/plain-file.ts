import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { damaged } from './damage.ts';

/**
 * Looks at one of an import's files before it is opened: opening a pipe would wait for ever.
 * @throws MimeoError `import-damaged` when it is not there (a link that leads nowhere) or is no file
 */
export async function statFile(path: string): Promise<Stats> {
  const found = await stat(path).catch((error: unknown) => {
    throw damaged({ path, offset: 0, compressed: false }, `it could not be opened (${String(error)})`, error);
  });
  if (found.isFile() || found.isBlockDevice()) return found;
  const what = found.isDirectory() ? 'a folder' : 'a pipe, a socket or a terminal';
  throw damaged({ path, offset: 0, compressed: false }, `it should be a file, it is ${what}`);
}
