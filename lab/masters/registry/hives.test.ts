import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../../../src/command.ts';
import { labNeeds } from '../../needs.ts';
import { hivexCommands, SYSTEM_KEYS, writeHive } from './hives.ts';

test('keys become commands, values of a key at once', () => {
  assert.deepEqual(hivexCommands({ Select: { Current: 1 }, Empty: {} }, []), [
    'cd \\',
    'cd \\',
    'add Select',
    'cd \\Select',
    'setval 1',
    'Current',
    'dword:1',
    'cd \\',
    'add Empty',
    'cd \\Empty',
  ]);
});

test('two independent tools read the hive', { skip: labNeeds('hivexsh', 'reged') }, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'mimeo-hive-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'system');
  await writeHive(file, 'System32\\Config\\SYSTEM', 128_500_000_000_000_000n, SYSTEM_KEYS);
  const hivex = await run(['hivexsh', file], {
    input: 'cd \\ControlSet001\\Control\\TimeZoneInformation\nlsval\n',
  });
  assert.match(hivex.stdout.toString(), /"StandardName"="Mitteleuropäische Zeit"/);

  const exported = join(folder, 'system.reg');
  // reged leaves with status 2 when it has nothing to write back.
  await run(['reged', '-x', file, 'HKEY_LOCAL_MACHINE\\SYSTEM', '\\', exported], { allowStatus: [0, 2] });
  assert.match(
    await readFile(exported, 'latin1'),
    /\[HKEY_LOCAL_MACHINE\\SYSTEM\\Select\]\r\n"Current"=dword:00000001/,
  );
});
