import { MimeoError } from '../../errors.ts';
import { FileSource } from '../registry/hive/byte-source.ts';
import { type Hive, readHive } from '../registry/hive/hive.ts';
import type { HiveKey } from '../registry/hive/hive-key.ts';
import { numberOf, textOf, textsOf } from '../registry/registry-data.ts';

/** Looks into one hive; what is damaged or not there is null, and the reason is kept. */
export interface HiveLook {
  text(key: string, value: string): string | null;
  texts(key: string, value: string): readonly string[];
  number(key: string, value: string): number | null;
  bytes(key: string, value: string): Uint8Array | null;
  /** Names of the keys below a key. */
  subkeys(key: string): readonly string[];
}

/**
 * Opens a hive, looks, and closes it. Only the pages that are looked at are read, so a hive of any size is no burden.
 *
 * @param path on this machine; null when there is no such file
 * @param name for sentences: `SYSTEM`
 * @param problems takes a sentence for each thing that could not be read
 */
export function lookIntoHive<T>(
  path: string | null,
  name: string,
  problems: string[],
  look: (hive: HiveLook) => T,
): T {
  if (path === null) {
    problems.push(`There is no hive ${name}.`);
    return look(lookOf(null, name, problems));
  }
  let source: FileSource | null = null;
  try {
    source = new FileSource(path);
    // A machine that is running or was cut off has a hive that is not closed; what it says is mostly right.
    const hive = readHive(source, { where: `the hive ${name}`, evenDirty: true });
    if (hive.header.dirty) problems.push(`The hive ${name} was not closed cleanly: what it says may be old.`);
    return look(lookOf(hive, name, problems));
  } catch (error) {
    problems.push(wordsOf(error, name));
    return look(lookOf(null, name, problems));
  } finally {
    source?.[Symbol.dispose]();
  }
}

function lookOf(hive: Hive | null, name: string, problems: string[]): HiveLook {
  const careful = <T>(otherwise: T, read: (open: Hive) => T): T => {
    if (hive === null) return otherwise;
    try {
      return read(hive);
    } catch (error) {
      const words = wordsOf(error, name);
      if (!problems.includes(words)) problems.push(words);
      return otherwise;
    }
  };
  const data = <T>(
    key: string,
    value: string,
    read: (found: NonNullable<ReturnType<HiveKey['value']>>['data']) => T,
  ): T | null =>
    careful<T | null>(null, (open) => {
      const found = open.key(key)?.value(value);
      return found == null ? null : read(found.data);
    });
  return {
    text: (key, value) => data(key, value, textOf),
    texts: (key, value) => data(key, value, textsOf) ?? [],
    number: (key, value) => data(key, value, numberOf),
    bytes: (key, value) => data(key, value, ({ bytes }) => bytes),
    subkeys: (key) =>
      careful<readonly string[]>([], (open) => [...(open.key(key)?.subkeys() ?? [])].map((one) => one.name)),
  };
}

function wordsOf(error: unknown, name: string): string {
  if (error instanceof MimeoError) return error.message;
  return `The hive ${name} cannot be read: ${error instanceof Error ? error.message : String(error)}.`;
}
