import { sameData } from '../registry-data.ts';
import type { RegistryOperation } from '../registry-operation.ts';
import type { RegistryState } from './registry-state.ts';

/** The fewest operations that lead from one state to another: keys that go first, then what is new or different. */
export function diffStates(from: RegistryState, to: RegistryState): RegistryOperation[] {
  const operations: RegistryOperation[] = [];
  for (const [path, { key }] of from) {
    const above = path.slice(0, Math.max(0, path.lastIndexOf('\\')));
    // With a key goes all that is in it.
    if (!to.has(path) && (above === '' || to.has(above))) operations.push({ kind: 'delete-key', key });
  }
  for (const [path, { key, values }] of to) {
    const before = from.get(path);
    const changes: RegistryOperation[] = [];
    for (const [folded, { name }] of before?.values ?? []) {
      if (!values.has(folded)) changes.push({ kind: 'delete-value', key, name });
    }
    for (const [folded, { name, data }] of values) {
      const old = before?.values.get(folded);
      if (old === undefined || !sameData(old.data, data))
        changes.push({ kind: 'set-value', key, name, data });
    }
    if (before === undefined && changes.length === 0) changes.push({ kind: 'ensure-key', key });
    operations.push(...changes);
  }
  return operations;
}
