import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const FILES = [
  'vmlinuz',
  'initrd.img',
  'extra.img',
  'undionly.kpxe',
  'snponly.efi',
  'extra-aliases.json',
] as const;

/**
 * A boot environment that the server takes for complete and no machine could boot: here agents are processes,
 * so that a server runs also where the real one was never built.
 */
export async function writeBootFolder(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o755 });
  const content = '[]';
  for (const name of FILES) await writeFile(join(folder, name), content);
  const file = { size: content.length, sha256: '0'.repeat(64) };
  const description = {
    format: 1,
    kernel: 'none',
    recipe: '',
    baseInput: '',
    agent: '',
    files: Object.fromEntries(FILES.map((name) => [name, file])),
    packages: {},
    node: process.version,
    missingFirmware: [],
    builtAt: new Date(0).toISOString(),
  };
  await writeFile(join(folder, 'bootenv.json'), JSON.stringify(description));
  return folder;
}
