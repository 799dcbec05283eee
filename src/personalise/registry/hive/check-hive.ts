import type { Hive } from './hive.ts';
import type { HiveKey } from './hive-key.ts';

/** Windows allows 512 levels. */
const DEEPEST = 512;

export interface HiveCount {
  readonly keys: number;
  readonly values: number;
}

/**
 * Every key of a hive with its path, parents first.
 *
 * @throws MimeoError `hive-invalid`, also for a key that is found twice (a loop would never end)
 */
export function* walkHive(hive: Hive): Generator<{ readonly path: string; readonly key: HiveKey }> {
  const seen = new Set<number>([hive.root.offset]);
  const open: { path: string; depth: number; keys: Iterator<HiveKey> }[] = [];
  yield { path: '', key: hive.root };
  open.push({ path: '', depth: 0, keys: hive.root.subkeys() });
  for (let last = open.at(-1); last !== undefined; last = open.at(-1)) {
    const next = last.keys.next();
    if (next.done === true) {
      open.pop();
      continue;
    }
    const key = next.value;
    if (seen.has(key.offset))
      throw hive.cells.invalid(key.offset, `the key ${key.name} is in two places of the tree`);
    if (last.depth >= DEEPEST)
      throw hive.cells.invalid(key.offset, `the key ${key.name} is ${DEEPEST} levels deep`);
    seen.add(key.offset);
    const path = last.path === '' ? key.name : `${last.path}\\${key.name}`;
    yield { path, key };
    open.push({ path, depth: last.depth + 1, keys: key.subkeys() });
  }
}

/**
 * Reads all of a hive once: every key, every value and its data.
 *
 * @throws MimeoError `hive-invalid`
 */
export function checkHive(hive: Hive): HiveCount {
  let keys = 0;
  let values = 0;
  let bytes = 0;
  for (const { key } of walkHive(hive)) {
    keys += 1;
    for (const value of key.values()) {
      values += 1;
      bytes += 24 + (value.size > 4 ? value.data.bytes.length : 0);
      if (bytes > hive.cells.size)
        throw hive.cells.invalid(key.offset, 'the values together are larger than the hive');
    }
  }
  return { keys, values };
}
