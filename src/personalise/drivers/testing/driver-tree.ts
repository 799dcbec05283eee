import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';

/** A folder with these files, removed after the test. */
export async function makeTree(t: TestContext, files: Readonly<Record<string, string>>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'mimeo-drivers-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
}

/** What an .inf file of a test may say otherwise than {@link infText} has it. */
export interface InfWords {
  readonly ids: readonly string[];
  /** Of its Models section. */
  readonly target?: string;
  readonly driverVer?: string;
  /** Name of the driver file that lies beside it. */
  readonly file?: string;
  /** More of its install section. */
  readonly install?: string;
  /** More of `[Version]`. */
  readonly version?: string;
}

/** The text of a small driver with a catalog `x.cat`. */
export function infText({
  ids,
  target = 'NTamd64',
  driverVer,
  file = 'x.sys',
  install,
  version,
}: InfWords): string {
  return [
    '[Version]',
    'Signature="$Windows NT$"',
    'CatalogFile=x.cat',
    `DriverVer=${driverVer ?? '01/02/2020,1.0.0.0'}`,
    version ?? '',
    '[Manufacturer]',
    `Maker=M,${target}`,
    `[M.${target}]`,
    ...ids.map((id) => `Device=Install,${id}`),
    '[Install]',
    `CopyFiles=@${file}`,
    install ?? '',
    '[SourceDisksNames]',
    '1=Disk',
    '[SourceDisksFiles]',
    `${file}=1`,
  ].join('\r\n');
}

/** A whole small driver: its three files in a folder, named after it. */
export function driverFiles(folder: string, words: InfWords): Record<string, string> {
  const file = words.file ?? 'x.sys';
  return { [`${folder}/x.inf`]: infText(words), [`${folder}/x.cat`]: 'c', [`${folder}/${file}`]: 'code' };
}
