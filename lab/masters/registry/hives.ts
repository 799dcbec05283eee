import { writeFile } from 'node:fs/promises';
import { run } from '../../../src/command.ts';
import { emptyHive } from './empty-hive.ts';

/** Keys and values of a hive: a key is an object, a value text (REG_SZ) or a number (REG_DWORD). */
export interface HiveKeys {
  readonly [name: string]: string | number | HiveKeys;
}

/** Makes a hive file with these keys, by hivexsh. */
export async function writeHive(file: string, fileName: string, time: bigint, keys: HiveKeys): Promise<void> {
  await writeFile(file, emptyHive(fileName, time));
  await run(['hivexsh', '-w', file], { input: `${hivexCommands(keys, []).join('\n')}\ncommit\n` });
}

/** Commands for hivexsh that add the keys below `path`. */
export function hivexCommands(keys: HiveKeys, path: readonly string[]): string[] {
  const values = Object.entries(keys).flatMap(([name, value]) =>
    typeof value === 'object' ? [] : [[name, value] as const],
  );
  const commands = [`cd \\${path.join('\\')}`];
  if (values.length > 0) {
    // setval takes all values of a key at once: their number, then name and value by turns.
    commands.push(`setval ${values.length}`);
    for (const [name, value] of values) {
      commands.push(name, typeof value === 'number' ? `dword:${value}` : text(value));
    }
  }
  for (const [name, value] of Object.entries(keys)) {
    if (typeof value !== 'object') continue;
    commands.push(`cd \\${path.join('\\')}`, `add ${name}`, ...hivexCommands(value, [...path, name]));
  }
  return commands;
}

/** A REG_SZ by its bytes: hivexsh's own `string:` takes ASCII only. */
function text(value: string): string {
  const bytes = Buffer.from(`${value}\0`, 'utf16le');
  return `hex:1:${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(',')}`;
}

/** What Windows XP keeps in `system`, as far as a deployment looks at it. */
export const SYSTEM_KEYS: HiveKeys = {
  Select: { Current: 1, Default: 1, Failed: 0, LastKnownGood: 2 },
  MountedDevices: {},
  Setup: { CmdLine: 'setup -newsetup -mini', SystemSetupInProgress: 1, SetupType: 1, OsLoaderPath: '\\' },
  ControlSet001: {
    Control: {
      ComputerName: { ComputerName: { ComputerName: 'MASTER' } },
      TimeZoneInformation: { StandardName: 'Mitteleuropäische Zeit', Bias: 4294967236 },
    },
    Services: { Tcpip: { Parameters: { Hostname: 'master', 'NV Hostname': 'master' } } },
  },
};

/** The same for `software`. */
export const SOFTWARE_KEYS: HiveKeys = {
  Microsoft: {
    'Windows NT': {
      CurrentVersion: {
        ProductName: 'Microsoft Windows XP',
        CurrentVersion: '5.1',
        CSDVersion: 'Service Pack 3',
      },
    },
    Windows: { CurrentVersion: { ProgramFilesDir: 'C:\\Program Files', RunOnce: {} } },
  },
};
