import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../../command.ts';
import { MimeoError } from '../../../errors.ts';
import { replaceInPlace, UNDO_SUFFIX, undoInterrupted } from '../../replace-in-place.ts';
import { checkHive } from '../hive/check-hive.ts';
import { type Hive, readHive, resolveControlSet } from '../hive/hive.ts';
import { foldName } from '../registry-name.ts';
import type { RegistryOperation } from '../registry-operation.ts';
import { diffStates } from '../state/diff-states.ts';
import { applyOperations, type RegistryState, stateOfHiveKey } from '../state/registry-state.ts';
import { hivexshCommands } from './hivexsh-commands.ts';

export interface WriteHiveOptions {
  /** Where the hive's root stands in the registry: `HKEY_LOCAL_MACHINE\SYSTEM`. */
  readonly root: string;
  /** How the file is called in messages. Default: its path. */
  readonly where?: string;
  /** Changes a copy of the hive by commands of hivexsh. Default: hivexsh itself. */
  readonly edit?: (file: string, commands: string) => Promise<void>;
}

/**
 * Changes a hive of a Windows that does not run. Only for what Windows cannot be left to do itself (drive letters in
 * MountedDevices): everything else is imported by Windows at its first start.
 *
 * It has to be closed cleanly. A copy is changed by hivexsh (the one tool of Debian that sets bytes of any type under
 * any name; reged breaks down on keys with brackets and reads `[-key]` as no key), read again and compared as a whole.
 * Then the file itself is rewritten, its old content beside it until the new one is on the disk and was read again.
 *
 * @param operations keys in full; `CurrentControlSet` is the one that `\Select` names
 * @returns what had to be changed; empty when everything was in place
 * @throws MimeoError `hive-invalid`, `hive-dirty`, `hive-not-written` (the hive is as it was)
 */
export async function writeHiveValues(
  path: string,
  operations: readonly RegistryOperation[],
  options: WriteHiveOptions,
): Promise<readonly RegistryOperation[]> {
  const { root, where = path, edit = editByHivexsh } = options;
  if (existsSync(`${path}${UNDO_SUFFIX}`)) await undoInterrupted(`${path}${UNDO_SUFFIX}`);
  const before = await readFile(path);
  const hive = readHive(before, { where });
  const from = stateOfHiveKey(hive.root, root);
  const wanted = applyOperations(
    from,
    operations.map((operation) => placed(operation, hive, root)),
  );
  const difference = diffStates(from, wanted);
  if (difference.length === 0) return [];
  const commands = hivexshCommands(root, difference, from, wanted);
  const after = await changedCopy(before, commands, edit);
  assertHolds(after, wanted, root, `${where}, changed by hivexsh,`);
  await replaceInPlace(path, before, after);
  try {
    assertHolds(await readFile(path), wanted, root, where);
  } catch (error) {
    await replaceInPlace(path, after, before);
    throw error;
  }
  return difference;
}

function placed(operation: RegistryOperation, hive: Hive, root: string): RegistryOperation {
  const { key } = operation;
  if (!foldName(`${key}\\`).startsWith(foldName(`${root}\\`))) {
    throw new MimeoError('hive-not-written', `${key} is no key of ${root}.`);
  }
  const below = resolveControlSet(hive.root, key.slice(root.length + 1));
  if (below === '' && operation.kind === 'delete-key') {
    throw new MimeoError('hive-not-written', `${root} is the root of its hive, which cannot be deleted.`);
  }
  return { ...operation, key: below === '' ? root : `${root}\\${below}` };
}

/** The hive changed, in memory: on the disk it is a copy that nobody else may read, as hives hold secrets. */
async function changedCopy(
  bytes: Buffer,
  commands: string,
  edit: (file: string, commands: string) => Promise<void>,
): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'mimeo-hive-'));
  try {
    const copy = join(folder, 'hive');
    await writeFile(copy, bytes, { mode: 0o600 });
    await edit(copy, commands);
    return await readFile(copy);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function editByHivexsh(file: string, commands: string): Promise<void> {
  await run(['hivexsh', '-w', file], { input: commands, env: { LC_ALL: 'C.UTF-8' } });
}

function assertHolds(bytes: Buffer, wanted: RegistryState, root: string, where: string): void {
  const hive = readHive(bytes, { where });
  checkHive(hive);
  const [first] = diffStates(wanted, stateOfHiveKey(hive.root, root));
  if (first === undefined) return;
  const what = 'name' in first ? `${first.key}, ${first.name || '@'}` : first.key;
  throw new MimeoError('hive-not-written', `${where} does not read back as it should: ${what}.`);
}
