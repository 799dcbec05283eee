import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import {
  diffStates,
  dwordData,
  makeRegistryFile,
  parseRegistryFile,
  qwordData,
  type RegistryOperation,
  type RegistryState,
  stateOf,
  textData,
  textsData,
  writeRegistryFile,
} from '../../../src/personalise/index.ts';
import { labNeeds } from '../../needs.ts';
import { WineHost } from './wine-host.ts';

const skip = labNeeds('wine', 'wineboot', 'wineserver', 'nasm');
let windows: WineHost;
before(async () => {
  if (skip === false) windows = await WineHost.make();
});
after(async () => {
  if (skip === false) await windows.remove();
});

const TOP = 'HKEY_CURRENT_USER\\Software\\Mimeo';
const REG_EXPAND_SZ = 2;
const set = (name: string, data: ReturnType<typeof textData>, below = ''): RegistryOperation => ({
  kind: 'set-value',
  key: `${TOP}${below}`,
  name,
  data,
});

/** One value of every kind, and names of every sort. (A REG_DWORD of two bytes is one that Wine cannot export.) */
const EVERY_KIND: readonly RegistryOperation[] = [
  set('', textData('the default')),
  set('text', textData('C:\\School\\"Süd" ; # [x] 名 %not%\ttab')),
  set('lines', textData('one\r\ntwo\n')),
  set('empty', textData('')),
  set('expand', textData('%SystemRoot%\\School', REG_EXPAND_SZ)),
  set('texts', textsData(['a', 'Süd', 'c'])),
  set('no texts', textsData([])),
  set('dword', dwordData(0xdeadbeef)),
  set('qword', qwordData(2n ** 63n + 5n)),
  set('binary', { type: 3, bytes: Buffer.from(Array.from({ length: 700 }, (_, at) => at % 256)) }),
  set('no bytes', { type: 3, bytes: Buffer.alloc(0) }),
  set('none', { type: 0, bytes: Buffer.from('abc') }),
  set('big-endian', { type: 5, bytes: Buffer.from([0, 0, 1, 2]) }),
  set('resources', { type: 8, bytes: Buffer.alloc(40, 7) }),
  set('of a program', { type: 0x8000_0001, bytes: Buffer.from([9]) }),
  set('na"me\\with [every] =thing; 名', dwordData(1)),
  set('v', textData('x'), '\\key [with] brackets; "quotes" ä'),
  { kind: 'ensure-key', key: `${TOP}\\nothing in it` },
];

async function importFile(bytes: Uint8Array): Promise<void> {
  await writeFile(windows.path('import.reg'), bytes);
  assert.equal(await windows.run('regedit', '/S', 'C:\\import.reg'), 0);
}
async function exported(): Promise<Buffer> {
  assert.equal(await windows.run('regedit', '/E', 'C:\\export.reg', TOP), 0);
  return readFile(windows.path('export.reg'));
}
function assertSame(found: RegistryState, wanted: RegistryState): void {
  assert.deepEqual(diffStates(wanted, found), []);
}

test('what we write is imported and exported again as the same, every kind of value', { skip }, async () => {
  await importFile(writeRegistryFile(EVERY_KIND));
  const file = await exported();
  assertSame(stateOf(parseRegistryFile(file, 'export.reg').operations), stateOf(EVERY_KIND));
  assert.match(
    await windows.output('reg', 'query', 'HKCU\\Software\\Mimeo', '/v', 'dword'),
    /REG_DWORD\s+0xdeadbeef/,
  );
  assert.match(
    await windows.output('reg', 'query', 'HKCU\\Software\\Mimeo', '/v', 'expand'),
    /REG_EXPAND_SZ\s+%SystemRoot%\\School/,
  );

  // Our form of a file is regedit's own. (It writes the ends of lines in texts in its own way.)
  const forms = EVERY_KIND.filter((one) => one.kind !== 'set-value' || one.name !== 'lines');
  await importFile(writeRegistryFile([{ kind: 'delete-key', key: TOP }, ...forms]));
  const theirs = await exported();
  const ours = writeRegistryFile(parseRegistryFile(theirs, 'export.reg').operations);
  assert.equal(ours.toString('utf16le'), theirs.toString('utf16le'));
});

test('deletions of values and of keys with all that is in them', { skip }, async () => {
  await importFile(writeRegistryFile(EVERY_KIND));
  await importFile(writeRegistryFile([set('v', textData('deep'), '\\gone\\deep\\deeper')]));
  const changes: readonly RegistryOperation[] = [
    { kind: 'delete-value', key: TOP, name: 'TEXTS' },
    { kind: 'delete-value', key: TOP, name: '' },
    { kind: 'delete-value', key: TOP, name: 'never was there' },
    { kind: 'delete-key', key: `${TOP}\\GONE` },
    { kind: 'delete-key', key: `${TOP}\\never was there` },
    set('dword', textData('another kind')),
  ];
  await importFile(writeRegistryFile(changes));
  assertSame(
    stateOf(parseRegistryFile(await exported(), 'export.reg').operations),
    stateOf([...EVERY_KIND, ...changes]),
  );
  await importFile(writeRegistryFile([{ kind: 'delete-key', key: TOP }]));
  assert.match(await windows.output('reg', 'query', 'HKCU\\Software\\Mimeo'), /^(?!.*dword)/s);
});

test('a difference of two exports leads Windows from one to the other', { skip }, async () => {
  await importFile(writeRegistryFile([{ kind: 'delete-key', key: TOP }, ...EVERY_KIND]));
  const from = stateOf(parseRegistryFile(await exported(), 'export.reg').operations);
  const to = stateOf([
    set('text', textData('other')),
    set('new', textsData(['x']), '\\new\\key'),
    { kind: 'ensure-key', key: `${TOP}\\nothing in it` },
  ]);
  await importFile(writeRegistryFile(diffStates(from, to)));
  assertSame(stateOf(parseRegistryFile(await exported(), 'export.reg').operations), to);
});

test('REGEDIT4 says what version 5.00 says', { skip }, async () => {
  const plain: readonly RegistryOperation[] = [
    set('text', textData('C:\\School')),
    set('expand', textData('%SystemRoot%', REG_EXPAND_SZ)),
    set('texts', textsData(['a', 'b'])),
    set('binary', { type: 3, bytes: Buffer.from([1, 0xfe]) }),
    set('dword', dwordData(7)),
    set('qword', qwordData(7n)),
  ];
  await importFile(writeRegistryFile([{ kind: 'delete-key', key: TOP }, ...plain], 4));
  assertSame(stateOf(parseRegistryFile(await exported(), 'export.reg').operations), stateOf(plain));
});

test('what is read of a file by hand is what is imported of it', { skip }, async () => {
  const lines = [
    '"comment"=hex:01,\\;c',
    '  02,03 ;c',
    '"end"=hex:01,02,',
    '"digits"=hex:1,a',
    '"blank" =\t dword:\t00000008 ',
    '"late"=hex:\\',
    '  ff',
    '"unended"=hex(2):61,00',
    '"half"=hex(7):61,00,00,00',
    '"text"="; # \\"q\\" \\\\" ;c',
    '@="default"',
    '"gone"="x"',
    '"GONE"=-',
    '# a comment',
    `[${TOP}\\a[b]\\] ; c`,
    '"x"="y"',
  ];
  for (const [header, key] of [
    ['Windows Registry Editor Version 5.00', TOP],
    [' REGEDIT4', `${TOP}4`],
  ] as const) {
    const text = `${header}\r\n\r\n[-${key}]\r\n[${key}]\r\n${lines.join('\r\n').replaceAll(TOP, key)}\r\n`;
    const content = Buffer.from(text, 'latin1').toString('base64');
    const made = makeRegistryFile({ name: 'hand.reg', content }, {});
    await importFile(made.bytes);
    assert.equal(await windows.run('regedit', '/E', 'C:\\export.reg', key), 0);
    const found = parseRegistryFile(await readFile(windows.path('export.reg')), 'export.reg');
    assertSame(stateOf(found.operations), stateOf(parseRegistryFile(made.bytes, 'hand.reg').operations));
  }
});
