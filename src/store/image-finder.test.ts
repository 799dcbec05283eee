import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ImageFinder } from './image-finder.ts';
import { MemoryIndexes } from './memory-indexes.ts';

test('a version that goes from folder to folder between the looks into them is found by a second look', async () => {
  class MovesWhileLooked extends MemoryIndexes {
    override async versions(name: string): Promise<number[]> {
      const found = await super.versions(name);
      // The new folder was looked into when it was empty; now the old one is.
      if (name === 'WinXP' && (await super.versions('winxp')).length > 0) {
        await this.write('WinXP', 1, Buffer.from('index'));
        await this.remove('winxp', 1, 'renamed');
      }
      return found;
    }
  }
  const indexes = new MovesWhileLooked();
  await indexes.write('WinXP', 2, Buffer.from('index'));
  await indexes.remove('WinXP', 2, 'removed');
  await indexes.write('winxp', 1, Buffer.from('index'));
  const finder = new ImageFinder(indexes);
  const found: Promise<{ name: string; version: number }>[] = [];
  await finder.renaming(async () => {
    found.push(finder.locate('winxp', 1));
  });
  assert.deepEqual(await Promise.all(found), [{ name: 'WinXP', version: 1 }]);
  await assert.rejects(finder.locate('winxp', 2), { code: 'image-missing' });
});
