import { MimeoError } from '../../../errors.ts';
import type { RegistryValue } from '../registry-data.ts';
import { foldName } from '../registry-name.ts';
import type { RegistryOperation } from '../registry-operation.ts';
import type { RegistryState } from '../state/registry-state.ts';

/** hivexsh reads lines of 8191 bytes. */
const LONGEST_LINE = 8000;

/**
 * The commands that lead hivexsh from one state of a hive to another. It sets all values of a key at once, so they are
 * all named.
 *
 * @param root where the hive's root stands: `HKEY_LOCAL_MACHINE\SYSTEM`
 * @param difference what `diffStates(from, to)` says
 * @throws MimeoError `hive-not-written` for what its lines cannot say
 */
export function hivexshCommands(
  root: string,
  difference: readonly RegistryOperation[],
  from: RegistryState,
  to: RegistryState,
): string {
  const lines: string[] = [];
  const made = new Set(from.keys());
  const set = new Set<string>();
  for (const operation of difference) {
    const path = foldName(operation.key);
    const below = operation.key.slice(root.length);
    if (operation.kind === 'delete-key') {
      lines.push(`cd ${checked(below)}`, 'del');
      continue;
    }
    if (!made.has(path)) {
      const name = below.lastIndexOf('\\');
      lines.push(`cd ${checked(below.slice(0, name)) || '\\'}`, `add ${checked(below.slice(name + 1))}`);
      made.add(path);
    }
    if (operation.kind === 'ensure-key' || set.has(path)) continue;
    set.add(path);
    const values = [...(to.get(path)?.values.values() ?? [])];
    lines.push(`cd ${checked(below) || '\\'}`, `setval ${values.length}`, ...values.flatMap(valueLines));
  }
  return [...lines, 'commit', ''].join('\n');
}

function valueLines({ name, data }: RegistryValue): string[] {
  if (name === '@') throw refused('A value that is called @ cannot be told from the default value');
  const bytes = Array.from(data.bytes, (byte) => byte.toString(16).padStart(2, '0'));
  const line = `hex:${data.type}:${bytes.join(',')}`;
  if (line.length > LONGEST_LINE) {
    throw refused(`The value ${JSON.stringify(name)} has ${bytes.length} bytes, too many for hivexsh`);
  }
  return [name === '' ? '@' : wholeText(name), line];
}

/** A key's name or path as a line can say it: hivexsh cuts blanks off. */
function checked(path: string): string {
  if (path.split('\\').every((name) => name === name.trim())) return wholeText(path);
  throw refused(`hivexsh cannot be told of the key ${JSON.stringify(path)}, which has a blank at an end`);
}

function wholeText(name: string): string {
  if (/^[^\p{Cc}\p{Cs}]*$/u.test(name)) return name;
  throw refused(`hivexsh cannot be told of ${JSON.stringify(name)}, which is no text of one line`);
}

function refused(words: string): MimeoError {
  return new MimeoError('hive-not-written', `${words}.`);
}
