import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HiveBuilder, type KeyToBuild } from '../registry/hive/build-hive.fixture.ts';
import { dwordData, type RegistryData, textData, textsData } from '../registry/registry-data.ts';

/** Keys by their paths, values by their names: texts, numbers, lists of texts, or bytes. */
export type HiveText = Readonly<
  Record<string, Readonly<Record<string, string | number | readonly string[] | RegistryData>>>
>;

/** A Windows to be laid into a folder. */
export interface WindowsToBuild {
  readonly folder: string;
  readonly config: string;
  readonly minorVersion: number;
  readonly system: HiveText;
  readonly software: HiveText;
  readonly security?: HiveText;
  readonly machine?: number;
  readonly files?: Readonly<Record<string, string | Buffer>>;
}

/** Lays what is looked at of a Windows into a folder. */
export async function buildWindows(root: string, windows: WindowsToBuild): Promise<void> {
  const config = `${windows.folder}/${windows.config}`;
  const files: Record<string, string | Buffer> = {
    [`${config}/SYSTEM`]: hiveOf(windows.system, windows.minorVersion),
    [`${config}/software`]: hiveOf(windows.software, windows.minorVersion),
    ...(windows.security === undefined
      ? {}
      : { [`${config}/SECURITY`]: hiveOf(windows.security, windows.minorVersion) }),
    ...(windows.machine === undefined
      ? {}
      : { [`${dirname(config)}/ntoskrnl.exe`]: peHead(windows.machine) }),
    ...windows.files,
  };
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
}

export function hiveOf(keys: HiveText, minorVersion = 5): Buffer {
  interface Open {
    readonly name: string;
    values: { name: string; data: RegistryData }[];
    readonly subkeys: Map<string, Open>;
  }
  const root: Open = { name: 'ROOT', values: [], subkeys: new Map() };
  for (const [path, values] of Object.entries(keys)) {
    let here = root;
    for (const name of path.split('\\').filter((part) => part !== '')) {
      const next = here.subkeys.get(name) ?? { name, values: [], subkeys: new Map<string, Open>() };
      here.subkeys.set(name, next);
      here = next;
    }
    here.values = Object.entries(values).map(([name, value]) => ({ name, data: dataOf(value) }));
  }
  const closed = (key: Open): KeyToBuild => ({
    name: key.name,
    values: key.values,
    subkeys: [...key.subkeys.values()].map(closed),
  });
  return new HiveBuilder().build(closed(root), minorVersion);
}

function dataOf(value: HiveText[string][string]): RegistryData {
  if (typeof value === 'string') return textData(value);
  if (typeof value === 'number') return dwordData(value);
  return 'bytes' in value ? value : textsData(value);
}

function peHead(machine: number): Buffer {
  const head = Buffer.alloc(1024);
  head.write('MZ');
  head.writeUInt32LE(0x80, 0x3c);
  head.write('PE\0\0', 0x80, 'latin1');
  head.writeUInt16LE(machine, 0x84);
  return head;
}

/** A value of the local security policy: length, most, offset, text. */
export function policyText(text: string): RegistryData {
  const bytes = Buffer.from(text, 'utf16le');
  const head = Buffer.alloc(8);
  head.writeUInt16LE(bytes.length, 0);
  head.writeUInt16LE(bytes.length + 2, 2);
  head.writeUInt32LE(8, 4);
  return { type: 0, bytes: Buffer.concat([head, bytes]) };
}
