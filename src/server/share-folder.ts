import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '../durable-file.ts';

const README = `This folder is the share: what you put here, Mimeo uses.\r
\r
manifest.csv   which machine (MAC) gets which image and which name; saving it takes effect at once.\r
               It only assigns. Disks are written when you say "mimeo deploy".\r
registry       .reg files that every Windows imports at its first start; {{host.name}} and the like are filled in.\r
profiles       .toml files that say what else a host becomes: language, accounts, domain, drivers, software.\r
drivers        drivers, unpacked, that profiles name.\r
packages       software that profiles name, a folder each.\r
`;

const MANIFEST = 'mac,image,name,lab\r\n';

/** Makes the share with its folders, a README and an empty manifest; leaves alone what is there. */
export async function prepareShare(folder: string): Promise<void> {
  for (const name of ['registry', 'profiles', 'drivers', 'packages'])
    await mkdir(join(folder, name), { recursive: true });
  await writeIfMissing(join(folder, 'README.txt'), README);
  await writeIfMissing(join(folder, 'manifest.csv'), MANIFEST);
}

async function writeIfMissing(path: string, text: string): Promise<void> {
  const there = await access(path).then(
    () => true,
    () => false,
  );
  if (!there) await writeDurably(path, text, { mode: 0o664 });
}
