import type { HiveKey } from '../hive/hive-key.ts';
import type { RegistryValue } from '../registry-data.ts';
import { foldName } from '../registry-name.ts';
import type { RegistryOperation } from '../registry-operation.ts';

/** The values of one key, by their folded names. */
export interface KeyState {
  /** As it was first spelled. */
  readonly key: string;
  readonly values: ReadonlyMap<string, RegistryValue>;
}

/** Keys and their values, by the keys' folded paths; all keys above a key are there, too. */
export type RegistryState = ReadonlyMap<string, KeyState>;

/**
 * What the registry holds after some operations.
 *
 * @param state is not changed
 */
export function applyOperations(
  state: RegistryState,
  operations: readonly RegistryOperation[],
): RegistryState {
  const after = new Map(state);
  for (const operation of operations) {
    if (operation.kind === 'delete-key') {
      removeKey(after, operation.key);
      continue;
    }
    const before = ensureKey(after, operation.key);
    if (operation.kind === 'ensure-key') continue;
    const values = new Map(before.values);
    const name = foldName(operation.name);
    if (operation.kind === 'delete-value') values.delete(name);
    else values.set(name, { name: values.get(name)?.name ?? operation.name, data: operation.data });
    after.set(foldName(operation.key), { key: before.key, values });
  }
  return after;
}

/** The state that a file of operations leads to where nothing was before. */
export function stateOf(operations: readonly RegistryOperation[]): RegistryState {
  return applyOperations(new Map(), operations);
}

/**
 * A key of a hive, with all below it, as a state.
 *
 * @param at where it stands in the registry: `HKEY_LOCAL_MACHINE\SYSTEM\Select`
 * @throws MimeoError `hive-invalid`
 */
export function stateOfHiveKey(key: HiveKey, at: string): RegistryState {
  const state = new Map<string, KeyState>();
  const seen = new Set<number>();
  const open: { key: HiveKey; path: string }[] = [{ key, path: at }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next.key.offset)) throw next.key.invalid('it is in two places of the tree');
    seen.add(next.key.offset);
    const values = new Map<string, RegistryValue>();
    for (const { name, data } of next.key.values()) values.set(foldName(name), { name, data });
    ensureKey(state, next.path);
    state.set(foldName(next.path), { key: next.path, values });
    for (const subkey of next.key.subkeys()) open.push({ key: subkey, path: `${next.path}\\${subkey.name}` });
  }
  return state;
}

function ensureKey(state: Map<string, KeyState>, key: string): KeyState {
  const names = key.split('\\');
  let last: KeyState = { key, values: new Map() };
  for (let count = 1; count <= names.length; count += 1) {
    const path = names.slice(0, count).join('\\');
    const folded = foldName(path);
    last = state.get(folded) ?? { key: path, values: new Map() };
    state.set(folded, last);
  }
  return last;
}

function removeKey(state: Map<string, KeyState>, key: string): void {
  const folded = foldName(key);
  const below = `${folded}\\`;
  for (const path of state.keys()) {
    if (path === folded || path.startsWith(below)) state.delete(path);
  }
}
