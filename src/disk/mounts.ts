import { readFile } from 'node:fs/promises';

export interface Mount {
  /** The device, where it is one. */
  readonly source: string;
  readonly folder: string;
  readonly readOnly: boolean;
}

/** Everything that is mounted, as the kernel says. */
export async function mounts(): Promise<Mount[]> {
  const lines = (await readFile('/proc/mounts', 'utf8')).split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    const [source = '', folder = '', , options = ''] = line.split(' ');
    return {
      source: unescaped(source),
      folder: unescaped(folder),
      readOnly: options.split(',').includes('ro'),
    };
  });
}

/** The kernel writes spaces and a few others as octal escapes. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
}
