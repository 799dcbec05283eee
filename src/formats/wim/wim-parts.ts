import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { MimeoError } from '../../errors.ts';
import { damaged } from '../damage.ts';
import { readRangeUpTo } from '../read-range.ts';
import { readWimHead, WIM_MAGIC, type WimHead } from './wim-head.ts';

/**
 * The other parts of a split WIM, as `install2.swm` to `install.swm`; the heads say which belong together.
 *
 * @throws MimeoError `import-damaged` when one is missing, `import-unsupported` for a part other than the first
 */
export async function otherParts(path: string, head: WimHead): Promise<string[]> {
  if (head.part !== 1) {
    throw new MimeoError(
      'import-unsupported',
      `${path} is part ${head.part} of ${head.parts} of a split WIM.`,
      {
        next: 'Name its first part, such as install.swm.',
      },
    );
  }
  if (head.parts <= 1) return [];
  const [, stem = '', extension = ''] = /^(.*?)\d*(\.[^.]*)?$/.exec(basename(path)) ?? [];
  const found = new Map<number, string>();
  for (const name of await readdir(dirname(path))) {
    if (!name.startsWith(stem) || !name.endsWith(extension)) continue;
    if (!/^\d{1,5}$/.test(name.slice(stem.length, name.length - extension.length))) continue;
    const candidate = join(dirname(path), name);
    if ((await readRangeUpTo(candidate, 0, WIM_MAGIC.length)).toString('latin1') !== WIM_MAGIC) continue;
    const other = await readWimHead(candidate);
    if (other.guid === head.guid && other.parts === head.parts) found.set(other.part, candidate);
  }
  const parts: string[] = [];
  for (let part = 2; part <= head.parts; part++) {
    const file = found.get(part);
    if (file === undefined) {
      throw damaged(
        { path: join(dirname(path), `${stem}${part}${extension}`), offset: 0, compressed: false },
        `this part of ${head.parts} is missing`,
      );
    }
    parts.push(file);
  }
  return parts;
}
