import type { RegistryData } from '../registry-data.ts';
import { foldName } from '../registry-name.ts';
import type { RegistryOperation } from '../registry-operation.ts';

interface KeyChange {
  readonly key: string;
  /** Deleted first, with all that was in it. */
  deletes: boolean;
  ensures: boolean;
  /** By folded names; null is a value that is deleted. */
  readonly values: Map<string, { readonly name: string; readonly data: RegistryData | null }>;
}

/**
 * Several files as one: what they would do one after the other, without what a later one undoes. Deletions of keys
 * come first, then each key once: those that were deleted, then the rest in the order in which they were first named.
 */
export function mergeOperations(files: readonly (readonly RegistryOperation[])[]): RegistryOperation[] {
  const changes = new Map<string, KeyChange>();
  for (const operation of files.flat()) {
    if (operation.kind === 'delete-key') {
      deleteKey(changes, operation.key);
      continue;
    }
    const change = changeOf(changes, operation.key);
    change.ensures = true;
    if (operation.kind === 'ensure-key') continue;
    const { name } = operation;
    const data = operation.kind === 'set-value' ? operation.data : null;
    change.values.set(foldName(name), { name, data });
  }
  const all = [...changes.values()].sort((a, b) => Number(b.deletes) - Number(a.deletes));
  return [
    ...all.flatMap(({ key, deletes }): RegistryOperation[] => (deletes ? [{ kind: 'delete-key', key }] : [])),
    ...all.flatMap(operationsOf),
  ];
}

function changeOf(changes: Map<string, KeyChange>, key: string): KeyChange {
  const path = foldName(key);
  const change = changes.get(path) ?? { key, deletes: false, ensures: false, values: new Map() };
  changes.set(path, change);
  return change;
}

function deleteKey(changes: Map<string, KeyChange>, key: string): void {
  const path = foldName(key);
  let ensured = false;
  for (const [other, change] of changes) {
    if (other !== path && !other.startsWith(`${path}\\`)) continue;
    ensured ||= change.ensures;
    changes.delete(other);
  }
  // What had been made with the key stays: the keys above it.
  const above = key.slice(0, Math.max(0, key.lastIndexOf('\\')));
  if (ensured && above.includes('\\')) changeOf(changes, above).ensures = true;
  changes.set(path, { key, deletes: true, ensures: false, values: new Map() });
}

function operationsOf({ key, ensures, values }: KeyChange): RegistryOperation[] {
  if (values.size === 0) return ensures ? [{ kind: 'ensure-key', key }] : [];
  return [...values.values()].map(({ name, data }) =>
    data === null ? { kind: 'delete-value', key, name } : { kind: 'set-value', key, name, data },
  );
}
