import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MimeoError } from '../../errors.ts';
import type { FirstBoot, Package } from '../settings.ts';
import type { Entry, FolderEntry } from '../types.ts';
import { firstBootChanges } from './changes.ts';
import { planFirstBoot } from './plan.ts';
import type { FirstBootPlan } from './types.ts';

const XP = { generation: 'xp', drive: 'C:' } as const;
const SEVEN = { generation: '7+', drive: 'C:' } as const;
const OFFICE: Package = {
  name: 'Büro',
  files: [{ path: 'sub/setup.exe', bytes: 3, sha256: 'ab'.repeat(32) }],
  command: 'sub\\setup.exe /S',
  successCodes: [0],
  rebootCodes: [3010],
  retryCodes: [1618],
  retries: 2,
  timeoutSeconds: 900,
  detect: { kind: 'file', path: '%ProgramFiles%\\Office\\a.exe' },
};
const ROOM: FirstBoot = {
  report: { url: 'http://192.0.2.1:8080/first-boot/v1/', token: 'secret-token' },
  printers: [
    { kind: 'shared', name: 'Büro', path: '\\\\print1\\Büro 2' },
    { kind: 'direct', name: 'Lab laser', address: '192.0.2.9', driver: 'Generic', inf: 'hp/laser.inf' },
  ],
  defaultPrinter: 'Büro',
  packages: [OFFICE],
};

function text(plan: FirstBootPlan, ...path: string[]): string {
  const file = plan.files.find((one) => one.path.slice(2).join('/') === path.join('/'));
  assert.ok(file, path.join('/'));
  const { bytes } = file;
  return bytes[0] === 0xff ? bytes.toString('utf16le', 2) : bytes.toString('latin1');
}

test('the steps come in order: printers, the default one, packages, and the clean-up last', () => {
  const plan = planFirstBoot(ROOM, XP, [['Sysprep', 'sysprep.inf']]);
  assert.deepEqual(
    plan.steps.map(({ step, name }) => `${step} ${name}`),
    ['1 Printer Büro', '2 Printer Lab laser', '3 Default printer', '4 Büro', '5 Clean up'],
  );
  assert.equal(plan.startCommand, 'cmd.exe /d /c C:\\Mimeo\\first-boot\\register.cmd');
  assert.deepEqual(plan.deliveries, [
    { name: 'Büro', folder: ['Mimeo', 'first-boot', 'packages', '04'], files: OFFICE.files },
  ]);
  assert.match(text(plan, 'service.cmd'), /\r\ncall :step 04 900 2 "0" "3010" "1618"\r\n/);
  assert.equal(text(plan, 'steps', '04', 'name.json'), '"B\\u00fcro"\r\n');
  assert.match(text(plan, 'steps', '04', 'detect.cmd'), /if exist "%ProgramFiles%\\Office\\a.exe" exit 0/);
  assert.match(text(plan, 'steps', '05', 'run.cmd'), /call :remove "C:\\Sysprep\\sysprep.inf"/);
});

test('the token is in one file alone, and every file is for administrators', () => {
  const plan = planFirstBoot(ROOM, SEVEN, []);
  const holding = plan.files.filter(
    ({ bytes }) => bytes.includes('secret-token') || bytes.includes(Buffer.from('secret-token', 'utf16le')),
  );
  assert.deepEqual(
    holding.map(({ path }) => path.slice(2)),
    [['settings', 'authorization.txt']],
  );
  assert.ok(plan.files.every(({ readers }) => readers === 'administrators'));
  assert.equal(text(plan, 'settings', 'url.txt'), 'http://192.0.2.1:8080/first-boot/v1\r\n');
  const silent = planFirstBoot({ ...ROOM, report: null }, SEVEN, []);
  assert.ok(silent.files.every(({ path }) => path[2] !== 'settings'));
});

test('XP is given neither PowerShell nor the task scheduler nor certutil', () => {
  const plan = planFirstBoot(ROOM, XP, []);
  const scripts = plan.files.filter(({ path }) => path[2] !== 'service.cmd');
  for (const { path, bytes } of scripts) {
    assert.doesNotMatch(bytes.toString('latin1'), /powershell|schtasks|certutil|pnputil/i, path.join('\\'));
  }
  assert.match(text(planFirstBoot(ROOM, SEVEN, []), 'register.cmd'), /schtasks \/create/);
});

test('each .cmd and .vbs is ASCII with the line ends of Windows', () => {
  for (const facts of [XP, SEVEN]) {
    for (const { path, bytes } of planFirstBoot(ROOM, facts, []).files) {
      if (!/\.(cmd|vbs|ps1)$/.test(path.at(-1) ?? '') || bytes[0] === 0xff) continue;
      assert.match(bytes.toString('latin1'), /^(?:[\t\x20-\x7e]*\r\n)*$/, path.join('\\'));
    }
  }
});

test('each label that is jumped to is there, once', () => {
  for (const facts of [XP, SEVEN]) {
    for (const { path, bytes } of planFirstBoot(ROOM, facts, []).files) {
      if (!path.at(-1)?.endsWith('.cmd')) continue;
      const script = bytes.toString('latin1');
      const labels = [...script.matchAll(/^:([a-z-]+[a-z0-9]*)\r$/gm)].map(([, label]) => label);
      assert.equal(new Set(labels).size, labels.length, path.join('\\'));
      for (const [, label] of script.matchAll(/(?:goto |call :)([a-z-]+)(?![a-z%-])/g)) {
        assert.ok(label === 'run-' || labels.includes(label), `${path.join('\\')}: ${label}`);
      }
    }
  }
});

test('a printer of a server is the entry that the spooler reads, in any letters', () => {
  const reg = text(planFirstBoot(ROOM, XP, []), 'steps', '01', 'printer.reg');
  assert.match(
    reg,
    /\\Print\\Connections\\,,print1,Büro 2\]\r\n"Printer"="\\\\\\\\print1\\\\Büro 2"\r\n"Server"="\\\\\\\\print1"/,
  );
});

test('what a script cannot carry is refused before anything is written', () => {
  const refused: Partial<FirstBoot>[] = [
    { printers: [{ kind: 'shared', name: 'a', path: '\\\\server' }], defaultPrinter: null },
    {
      printers: [{ kind: 'direct', name: 'Büro', address: '192.0.2.9', driver: 'x', inf: null }],
      defaultPrinter: null,
    },
    {
      printers: [{ kind: 'direct', name: 'a', address: '192.0.2.9 & x', driver: 'x', inf: null }],
      defaultPrinter: null,
    },
    { defaultPrinter: 'another' },
    { report: { url: 'http://x/%PATH%', token: 't' } },
    { report: { url: 'http://x/', token: 'a b' } },
    { packages: [{ ...OFFICE, command: 'a\nb' }] },
  ];
  for (const part of refused) {
    assert.throws(
      () => planFirstBoot({ ...ROOM, ...part }, XP, []),
      (error) => error instanceof MimeoError && error.code === 'first-boot-text',
      JSON.stringify(part),
    );
  }
});

test('marks that the master was captured with go; planned over its own result nothing changes', () => {
  const plan = planFirstBoot(ROOM, XP, []);
  const volume = folder('', [
    folder('MIMEO', [
      folder('first-boot', [
        folder('State', [file('01.done', '')]),
        folder('steps', [folder('01', [file('detect.cmd', 'exit 0')]), folder('09', [])]),
        folder('packages', null),
      ]),
    ]),
  ]);
  const changes = firstBootChanges(volume, plan);
  const removed = changes.flatMap((change) => (change.kind === 'removal' ? [change.path.join('\\')] : []));
  assert.deepEqual(removed, [
    'MIMEO\\first-boot\\State',
    'MIMEO\\first-boot\\steps\\01\\detect.cmd',
    'MIMEO\\first-boot\\steps\\09',
  ]);
  assert.ok(changes.every(({ path }) => path[0] === 'MIMEO'));

  const written = plan.files.reduce<FolderEntry>(
    (root, { path, bytes }) => withFile(root, path, bytes),
    folder('', []),
  );
  for (const change of firstBootChanges(written, plan)) {
    assert.ok(
      change.kind === 'file' && change.before !== null && Buffer.compare(change.before, change.after) === 0,
    );
  }
});

function folder(name: string, entries: Entry[] | null): FolderEntry {
  return { kind: 'folder', name, entries };
}

function file(name: string, content: string): Entry {
  return { kind: 'file', name, bytes: Buffer.from(content) };
}

function withFile(root: FolderEntry, path: readonly string[], bytes: Buffer): FolderEntry {
  const [name = '', ...rest] = path;
  const others = (root.entries ?? []).filter((entry) => entry.name !== name);
  if (rest.length === 0) return { ...root, entries: [...others, { kind: 'file', name, bytes }] };
  const old = root.entries?.find((entry) => entry.name === name);
  const inner = old?.kind === 'folder' ? old : folder(name, []);
  return { ...root, entries: [...others, withFile(inner, rest, bytes)] };
}
