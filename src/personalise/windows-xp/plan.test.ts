import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MimeoError } from '../../errors.ts';
import { settingsOfOrder } from '../order-settings.ts';
import { type Entry, type FolderEntry, isChange, type PersonaliseOrder } from '../types.ts';
import { planXp } from './plan.ts';

/** A plan for an order that knows no more than a name and .reg files. */
function planOf(what: PersonaliseOrder, view: FolderEntry) {
  const facts = { version: 'xp', windowsFolder: 'WINDOWS', firstBootCommand: null } as const;
  return planXp(settingsOfOrder(what), facts, view);
}

const reg = (name: string) => ({
  name,
  content: Buffer.from('REGEDIT4\r\n[HKEY_USERS\\X]\r\n@="{{host.name}}"\r\n').toString('base64'),
});
const order: PersonaliseOrder = {
  computerName: 'R101-PC05',
  fields: { 'host.name': 'R101-PC05' },
  registryFiles: [reg('My school.reg')],
};

function folder(name: string, ...entries: Entry[]): FolderEntry {
  return { kind: 'folder', name, entries };
}
function file(name: string, text: string | Buffer): Entry {
  return { kind: 'file', name, bytes: Buffer.from(text as string, 'latin1') };
}
function written(view: FolderEntry, what = order) {
  const { edits, warnings } = planOf(what, view);
  return {
    files: Object.fromEntries(
      edits.map((edit) => [edit.path.join('\\'), Buffer.from(edit.after).toString('latin1')]),
    ),
    warnings,
  };
}

const INF = '; B\xfcro\r\n[Unattended]\r\nOemSkipEula=Yes\r\n\r\n[UserData]\r\nComputerName=*\r\n';

test('name, .reg file and the command that imports it', () => {
  const { files, warnings } = written(
    folder('', folder('SYSPREP', file('SysPrep.INF', INF), folder('I386'))),
  );
  assert.deepEqual(warnings, []);
  assert.deepEqual(files, {
    'SYSPREP\\I386\\$OEM$\\mimeo\\01-My-school.reg': 'REGEDIT4\r\n[HKEY_USERS\\X]\r\n@="R101-PC05"\r\n',
    'SYSPREP\\I386\\$OEM$\\cmdlines.txt':
      '[Commands]\r\n"regedit /s C:\\Sysprep\\i386\\$OEM$\\mimeo\\01-My-school.reg"\r\n',
    'SYSPREP\\SysPrep.INF': INF.replace('=*', '=R101-PC05').replace(
      'Yes\r\n',
      'Yes\r\nInstallFilesPath=C:\\Sysprep\\i386\r\n',
    ),
  });
});

test('commands that were there stay, and planning over the result changes nothing', () => {
  const cmdlines =
    '[Commands]\r\n"C:\\tools\\first.exe /q"\r\n"regedit /s C:\\Sysprep\\i386\\$oem$\\mimeo\\01-stale.reg"\r\n';
  const inf = `${INF}[unattended2]\r\n`.replace(
    'OemSkipEula=Yes',
    'InstallFilesPath = "%SystemDrive%\\Setup\\Files\\"',
  );
  const view = folder(
    '',
    folder('Sysprep', file('sysprep.inf', inf)),
    folder('setup', folder('FILES', folder('$oem$', file('Cmdlines.txt', cmdlines)))),
  );
  const { files } = written(view);
  assert.equal(
    files['setup\\FILES\\$oem$\\Cmdlines.txt'],
    '[Commands]\r\n"C:\\tools\\first.exe /q"\r\n"regedit /s C:\\Setup\\Files\\$OEM$\\mimeo\\01-My-school.reg"\r\n',
  );
  const after = folder(
    '',
    folder('Sysprep', file('sysprep.inf', files['Sysprep\\sysprep.inf'] ?? '')),
    folder(
      'setup',
      folder(
        'FILES',
        folder(
          '$oem$',
          file('Cmdlines.txt', files['setup\\FILES\\$oem$\\Cmdlines.txt'] ?? ''),
          folder(
            'mimeo',
            file('01-My-school.reg', files['setup\\FILES\\$oem$\\mimeo\\01-My-school.reg'] ?? ''),
          ),
        ),
      ),
    ),
  );
  assert.deepEqual(planOf(order, after).edits.filter(isChange), []);
});

test('what waits for the first logon goes to its own folder and [GuiRunOnce]', () => {
  const inf = `${INF}[GuiRunOnce]\r\nCommand0="C:\\x.exe"\r\n`;
  const what = { ...order, registryFiles: [reg('desk.first-logon.reg')] };
  const { files } = written(folder('', folder('Sysprep', file('sysprep.inf', inf))), what);
  assert.deepEqual(Object.keys(files), ['Mimeo\\01-desk.first-logon.reg', 'Sysprep\\sysprep.inf']);
  const done = files['Sysprep\\sysprep.inf'] ?? '';
  assert.ok(
    done.endsWith('Command0="C:\\x.exe"\r\nCommand1="regedit /s C:\\Mimeo\\01-desk.first-logon.reg"\r\n'),
  );
  assert.deepEqual(
    written(folder('', folder('Sysprep', file('sysprep.inf', done))), what).files['Sysprep\\sysprep.inf'],
    done,
  );
});

test('InstallFilesPath on another drive: imported at the first logon, and said so', () => {
  const inf = INF.replace('OemSkipEula=Yes', 'InstallFilesPath=D:\\i386');
  const { files, warnings } = written(folder('', folder('Sysprep', file('sysprep.inf', inf))));
  assert.match(files['Sysprep\\sysprep.inf'] ?? '', /Command0="regedit \/s C:\\Mimeo\\01-My-school\.reg"/);
  assert.match(warnings.join(), /no folder of drive C:/);
});

test('UTF-16 stays UTF-16', () => {
  const inf = Buffer.from('\ufeff[UserData]\r\nFullName="Büro Ж"\r\nComputerName="OLD"\r\n', 'utf16le');
  const { edits } = planOf(
    { ...order, registryFiles: [] },
    folder('', folder('Sysprep', { kind: 'file', name: 'sysprep.inf', bytes: inf })),
  );
  assert.deepEqual(
    edits[0]?.after,
    Buffer.from('\ufeff[UserData]\r\nFullName="Büro Ж"\r\nComputerName="R101-PC05"\r\n', 'utf16le'),
  );
});

test('no sysprep.inf: a small one, and a warning', () => {
  const { files, warnings } = written(folder('', folder('Sysprep')), { ...order, registryFiles: [] });
  assert.deepEqual(files, { 'Sysprep\\sysprep.inf': '[UserData]\r\nComputerName=R101-PC05\r\n' });
  assert.match(warnings.join(), /Mini-Setup will ask for the rest/);
});

test('a comment behind the name and a UTF-8 mark are pointed out', () => {
  const inf = '\xef\xbb\xbf[A]\r\nx=1\r\n[UserData]\r\nComputerName=* ; drawn\r\n';
  const { warnings } = written(folder('', folder('Sysprep', file('sysprep.inf', inf))), {
    ...order,
    registryFiles: [],
  });
  assert.equal(warnings.length, 2);
});

test('two names that Windows takes for one are an error, and so is a name it would refuse', () => {
  const refuses = (view: FolderEntry, what: PersonaliseOrder, code: string): void =>
    assert.throws(
      () => planOf(what, view),
      (error) => error instanceof MimeoError && error.code === code,
    );
  refuses(
    folder('', folder('Sysprep', file('sysprep.inf', INF)), folder('SYSPREP')),
    order,
    'personalise-ambiguous',
  );
  refuses(
    folder('', folder('Sysprep', file('sysprep.inf', INF), file('SYSPREP.INF', INF))),
    order,
    'personalise-ambiguous',
  );
  refuses(folder('', folder('Sysprep', folder('sysprep.inf'))), order, 'personalise-ambiguous');
  refuses(
    folder('', folder('Sysprep', file('sysprep.inf', INF))),
    { ...order, computerName: 'PC 1' },
    'personalise-order',
  );
  const swapped = Buffer.from('\ufeff[A]', 'utf16le').swap16();
  refuses(
    folder('', folder('Sysprep', { kind: 'file', name: 'sysprep.inf', bytes: swapped })),
    order,
    'sysprep-inf-invalid',
  );
});
