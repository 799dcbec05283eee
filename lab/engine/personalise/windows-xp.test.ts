import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { type Edit, type FolderEntry, type HostSettings, planXp } from '../../../src/personalise/index.ts';
import { labNeeds } from '../../needs.ts';
import { WineHost } from './wine-host.ts';

const skip = labNeeds('wine', 'wineboot', 'wineserver', 'nasm');
let windows: WineHost;
before(async () => {
  if (skip === false) windows = await WineHost.make();
});
beforeEach(async () => {
  if (skip === false) await windows.fresh();
});
after(async () => {
  if (skip === false) await windows.remove();
});

const SETTINGS: HostSettings = {
  computerName: 'R101-PC05',
  fields: { 'host.name': 'R101-PC05' },
  region: { language: null, formats: null, keyboard: null, timeZone: null },
  windows: {
    productKey: null,
    owner: null,
    organisation: null,
    administratorPassword: 'ad;min 50%',
    autoLogon: { account: 'Schüler', password: 'a%b"c', count: 3 },
    skipQuestions: false,
    preventEncryption: false,
  },
  accounts: [
    { name: 'Schüler', fullName: 'A "pupil"', password: 'a%b"c', administrator: false },
    { name: 'teacher', fullName: null, password: '', administrator: true },
  ],
  domain: null,
  registryFiles: [
    {
      name: 'school.reg',
      content: Buffer.from(
        'REGEDIT4\r\n\r\n[HKEY_LOCAL_MACHINE\\Software\\School]\r\n"Name"="{{host.name}}"\r\n',
      ).toString('base64'),
    },
  ],
  drivers: [{ path: 'dell/780', files: [{ path: 'net/e1k.inf', bytes: 1, sha256: '' }] }],
  firstBoot: null,
  linux: { account: null, sshKeys: [], commands: [], cloudInit: false },
};

const WINLOGON = 'HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Winlogon';
const DEVICE_PATH = 'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion';

/** What the VBScript of Wine lacks; these take no letter beyond its code page. */
const FUNCTIONS = `
Function ChrW(number)
  ChrW = Chr(number)
End Function
Function LenB(bytes)
  LenB = Len(bytes)
End Function
Function MidB(bytes, at, count)
  MidB = Mid(bytes, at, count)
End Function
Function AscB(bytes)
  AscB = Asc(bytes)
End Function
`;

/**
 * Wine has no accounts that a script could make: these classes stand for them and write down what is asked of them. The
 * SIDs are those of Windows; the names are those of a German one. (`Get` cannot be a method's name in Wine.)
 */
const ACCOUNTS = `
Dim everything, written
Set written = CreateObject("Scripting.FileSystemObject").CreateTextFile("C:\\test\\accounts.txt", True, True)
everything = Array(Thing("Administrator", 500), Thing("Gast", 501), Thing("Administratoren", 544), Thing("Benutzer", 545), Thing("teacher", 1003))
Function GetObject(path)
  Dim one
  If path = "WinNT://.,computer" Then
    Set GetObject = New Computer
    Exit Function
  End If
  For Each one In everything
    If path = "WinNT://./" & one.Name & ",user" Then
      Set GetObject = one
      Exit Function
    End If
  Next
  Err.Raise 9, "GetObject", "no such account"
End Function
Function Thing(name, number)
  Set Thing = New Account
  Thing.Name = name
  Thing.Number = number
End Function
Class Computer
  Public Filter
  Public Function All
    All = everything
  End Function
  Public Function Create(kind, name)
    written.WriteLine "create " & kind & " " & name
    Set Create = Thing(name, 1004)
  End Function
End Class
Class Account
  Public Name
  Public Number
  Public Flags
  Public Property Get ADsPath
    ADsPath = "WinNT://X/" & Name
  End Property
  Public Property Let FullName(text)
    written.WriteLine Name & " is " & text
  End Property
  Public Sub SetPassword(text)
    written.WriteLine Name & " has password " & text
  End Sub
  Public Sub SetInfo
  End Sub
  Public Sub GetInfo
    Flags = 512
  End Sub
  Public Function Read(what)
    If what = "UserFlags" Then
      Read = Flags
    Else
      Read = Chr(1) & Chr(2) & Chr(0) & Chr(0) & Chr(0) & Chr(0) & Chr(0) & Chr(5) & Chr(32) & Chr(0) & Chr(0) & Chr(0) & Chr(Number Mod 256) & Chr(Number \\ 256) & Chr(0) & Chr(0)
    End If
  End Function
  Public Sub Put(what, value)
    written.WriteLine Name & " has " & what & " " & value
  End Sub
  Public Function IsMember(path)
    IsMember = False
  End Function
  Public Sub Add(path)
    written.WriteLine Name & " has member " & path
  End Sub
End Class
`;

function planned(settings: HostSettings, sysprepInf: string): readonly Edit[] {
  const bytes = Buffer.from(sysprepInf);
  const view: FolderEntry = {
    kind: 'folder',
    name: '',
    entries: [{ kind: 'folder', name: 'Sysprep', entries: [{ kind: 'file', name: 'sysprep.inf', bytes }] }],
  };
  const firstBootCommand = 'cmd /c C:\\shims\\schtasks.exe last';
  return planXp(settings, { version: 'xp', windowsFolder: 'windows', firstBootCommand }, view).edits;
}

function forWine(script: string): string {
  return script.replace('Option Explicit', () => `Option Explicit${FUNCTIONS}`);
}

function withAccounts(script: string): string {
  return forWine(script)
    .replace('Option Explicit', () => `Option Explicit${ACCOUNTS}`)
    .replaceAll('In computer', 'In computer.All')
    .replaceAll('.Get(', '.Read(');
}

/** Puts what is planned on drive C:, and does what Mini-Setup does at its end; what each command exits with. */
async function endMiniSetup(
  settings: HostSettings,
  prepare: (script: string) => string,
): Promise<(number | null)[]> {
  const inf = '[Unattended]\r\nInstallFilesPath=C:\\test\\i386\r\n[UserData]\r\nComputerName=*\r\n';
  for (const { path, after: bytes } of planned(settings, inf)) {
    const isScript = path.at(-1) === 'setup.vbs';
    const target = windows.path(...path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, isScript ? prepare(Buffer.from(bytes).toString('latin1')) : bytes);
  }
  const lines = (await windows.text('test', 'i386', '$OEM$', 'cmdlines.txt')).split('\r\n').slice(1, -1);
  const codes: (number | null)[] = [];
  for (const line of lines) {
    // By itself, not by cmd: that would not wait for regedit.
    codes.push(await windows.run(...line.slice(1, -1).split(' ')));
  }
  return codes;
}

async function value(key: string, name: string): Promise<string> {
  const printed = await windows.output('reg', 'query', key, '/v', name);
  return /REG_\w+ +(.*?)\r?\n/.exec(printed)?.[1] ?? '';
}

test('at the end of Mini-Setup: keys, accounts, groups by their numbers, logon, drivers, then the first-boot service', {
  skip,
}, async () => {
  assert.deepEqual(await endMiniSetup(SETTINGS, withAccounts), [0, 0, 0]);
  assert.equal(await value('HKLM\\Software\\School', 'Name'), 'R101-PC05');
  const accounts = (await readFile(windows.path('test', 'accounts.txt'))).toString('utf16le').slice(1);
  assert.deepEqual(accounts.split('\r\n'), [
    'Administrator has password ad;min 50%',
    'create user Schüler',
    'Schüler has password a%b"c',
    'Schüler is A "pupil"',
    'Schüler has UserFlags 66048',
    'Benutzer has member WinNT://X/Schüler',
    'teacher has password ',
    'teacher has UserFlags 66048',
    'Benutzer has member WinNT://X/teacher',
    'Administratoren has member WinNT://X/teacher',
    '',
  ]);
  assert.equal(await value(WINLOGON, 'DefaultPassword'), 'a%b"c');
  assert.equal(await value(WINLOGON, 'DefaultDomainName'), 'R101-PC05');
  assert.equal(await value(WINLOGON, 'AutoLogonCount'), '0x3');
  assert.match(await value(DEVICE_PATH, 'DevicePath'), /;%SystemDrive%\\Drivers\\dell\\780\\net$/);
  assert.deepEqual(await windows.commands(), ['C:\\shims\\schtasks.exe last']);
  assert.ok(
    !existsSync(windows.path('test', 'i386', '$OEM$', 'mimeo', 'setup.vbs')),
    'the script with its passwords is gone',
  );
  assert.ok(!existsSync(windows.path('Mimeo', 'setup.log')), 'nothing failed');
});

test('what fails is told without passwords, and the rest is done', { skip }, async () => {
  // Wine as it is has no accounts at all.
  assert.deepEqual(await endMiniSetup(SETTINGS, forWine), [0, 3, 0]);
  const log = (await readFile(windows.path('Mimeo', 'setup.log'))).toString('utf16le').slice(1);
  const lines = log.split('\r\n').slice(0, -1);
  assert.equal(lines.length, 3, log);
  assert.match(lines[1] ?? '', /^account Schüler: error /);
  assert.doesNotMatch(log, /50%|a%b/);
  assert.match(await value(DEVICE_PATH, 'DevicePath'), /\\Drivers\\dell/);
  assert.ok(!existsSync(windows.path('test', 'i386', '$OEM$', 'mimeo', 'setup.vbs')));
});

test("values in sysprep.inf are what setup's own INF reader makes of them", { skip }, async () => {
  const values = [
    'School, west wing; 50%',
    'a=b',
    "'O''Neill'",
    'C:\\x\\',
    ' blanks around ',
    'x #y',
    '[x]',
    '$OEM$',
    'R101-PC05',
    'SCHOOL\\join',
    '!^&|<>~`{}@',
  ];
  const written = values.map((owner) => {
    const inf = planned({ ...SETTINGS, windows: { ...SETTINGS.windows, owner } }, '').at(-1)?.after ?? [];
    return /^FullName=(.*)$/m.exec(Buffer.from(inf).toString('latin1').replaceAll('\r', ''))?.[1] ?? '';
  });
  const lines = written.map((text, at) => `HKCU,"Software\\Answers","${at}",0,${text}`);
  const inf = `[Version]\nSignature="$Windows NT$"\n[DefaultInstall]\nAddReg=Values\n[Values]\n${lines.join('\n')}\n`;
  await writeFile(windows.path('test', 'answers.inf'), inf.replaceAll('\n', '\r\n'), 'latin1');
  const install = ['setupapi,InstallHinfSection', 'DefaultInstall', '128', 'C:\\test\\answers.inf'];
  await windows.run('C:\\windows\\system32\\rundll32.exe', ...install);
  const printed = await windows.output('reg', 'query', 'HKCU\\Software\\Answers');
  const read = [...printed.matchAll(/^ {4}(\d+) {4}REG_SZ {4}(.*?)\r?$/gm)].map(([, at, text]) => [
    Number(at),
    text,
  ]);
  assert.deepEqual(Object.fromEntries(read), Object.fromEntries(values.entries()));
});
