import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { MimeoError } from '../../errors.ts';
import type { HostSettings } from '../settings.ts';
import { isChange } from '../types.ts';
import type { WindowsFacts } from './facts.ts';
import { pathsOfWindows, planWindows } from './plan.ts';
import {
  after,
  answerFile,
  component,
  FULL,
  named,
  PLAIN,
  pass,
  reg,
  TEN,
  volume,
} from './sample.fixture.ts';

const PANTHER = 'Windows\\Panther\\unattend.xml';
const SYSPREP = 'Windows\\System32\\Sysprep\\unattend.xml';

function planned(
  files: Readonly<Record<string, string | Uint8Array>>,
  settings: HostSettings = PLAIN,
  facts: WindowsFacts = TEN,
) {
  const plan = planWindows(settings, facts, volume(files));
  const result = after(files, plan.edits);
  assert.deepEqual(planWindows(settings, facts, volume(result)).edits.filter(isChange), [], 'planned again');
  return { files: result, answer: result[PANTHER] ?? '', warnings: plan.warnings, edits: plan.edits };
}

const GOLDEN: readonly [string, WindowsFacts, HostSettings][] = [
  [
    'windows-7-x86',
    { ...TEN, build: 7601, architecture: 'x86', language: 'de-DE' },
    {
      ...FULL,
      domain: {
        kind: 'credentials',
        domain: 'school.example',
        account: 'SCHOOL\\joiner',
        password: 'join&me',
        unit: 'OU=RM101,DC=school,DC=example',
      },
    },
  ],
  [
    'windows-10-amd64',
    { ...TEN, firstBootCommand: 'cmd /d /c C:\\Mimeo\\first-boot\\register.cmd' },
    { ...FULL, registryFiles: [reg('school.reg')] },
  ],
  [
    'windows-11-amd64',
    { ...TEN, build: 26100 },
    { ...FULL, domain: { kind: 'offline', domain: 'school.example', blob: 'QUJDREVG' }, registryFiles: [] },
  ],
];

for (const [name, facts, settings] of GOLDEN) {
  test(`a fresh answer file is ${name}.xml`, () => {
    const { answer, warnings } = planned({}, settings, facts);
    const file = new URL(`golden/${name}.xml`, import.meta.url);
    assert.equal(answer, readFileSync(file, 'utf8'));
    assert.deepEqual(warnings, []);
  });
}

test('the master’s own file is changed in the values only, and moves where Windows looks', () => {
  const master = named('OLD')
    .replace('<ComputerName>', '<!-- drawn --><ComputerName >')
    .replaceAll('\n', '\r\n');
  const { files, warnings, edits } = planned({ 'WINDOWS\\system32\\SYSPREP\\Unattend.xml': master });
  assert.deepEqual(warnings, []);
  assert.deepEqual(Object.keys(files), ['WINDOWS\\Panther\\unattend.xml']);
  const written = files['WINDOWS\\Panther\\unattend.xml'] ?? '';
  assert.ok(written.startsWith(master.slice(0, master.indexOf('OLD'))));
  assert.ok(written.includes('<!-- drawn --><ComputerName >RM101-PC05</ComputerName>'));
  assert.deepEqual(edits.at(-1), {
    kind: 'removal',
    path: ['WINDOWS', 'system32', 'SYSPREP', 'Unattend.xml'],
    why: 'Windows would read it instead of, or after, C:\\Windows\\Panther\\unattend.xml',
    secret: true,
  });
});

test('the first file in Windows’ order is used; a pass that only a later one has is put into it', () => {
  const oobe = answerFile(pass('oobeSystem', component('Shell-Setup', '<TimeZone>UTC</TimeZone>')));
  const { files, warnings } = planned({
    [SYSPREP]: oobe,
    'Windows\\Panther\\Unattend\\unattend.xml': named('FIRST').replace(
      '\n</un',
      '<settings pass="oobeSystem" />\n</un',
    ),
    'unattend.xml': named('LAST'),
  });
  assert.deepEqual(Object.keys(files), [PANTHER]);
  const answer = files[PANTHER] ?? '';
  assert.match(answer, /<settings pass="oobeSystem"><component[^>]*><TimeZone>UTC</);
  assert.equal(answer.match(/ComputerName/g)?.length, 2);
  assert.equal(answer.match(/<settings/g)?.length, 2);
  assert.deepEqual(warnings, [
    'The pass oobeSystem of C:\\Windows\\System32\\Sysprep\\unattend.xml was put into the answer file, and that file is removed.',
    'C:\\unattend.xml is removed: Windows reads C:\\Windows\\Panther\\Unattend\\unattend.xml instead of it.',
  ]);
});

test('passes that were worked off on the master say nothing of a host', () => {
  const done = answerFile(
    pass(
      'specialize',
      component('Shell-Setup', '<ComputerName>MASTER</ComputerName>'),
      ' wasPassProcessed="true"',
    ) + pass('oobeSystem', component('Shell-Setup', '<FirstLogonCommands/>'), " wasPassProcessed = 'true'"),
  );
  const { answer, warnings } = planned({ [PANTHER]: done, [SYSPREP]: named('NEXT') });
  assert.deepEqual(warnings, []);
  assert.equal(answer.match(/<settings/g)?.length, 2, 'specialize, and oobeSystem for the clean-up');
  assert.doesNotMatch(answer, /MASTER|NEXT|wasPassProcessed/);
});

test('what Windows has deleted from a file does not become a password', () => {
  const gone = '<Value>*SENSITIVE*DATA*DELETED*</Value>';
  const master = answerFile(
    pass(
      'oobeSystem',
      component(
        'Shell-Setup',
        `<UserAccounts><LocalAccounts><LocalAccount><Password>${gone}</Password><Name>a</Name></LocalAccount></LocalAccounts></UserAccounts>` +
          `<AutoLogon><Password>${gone}</Password><Enabled>true</Enabled></AutoLogon><TimeZone>UTC</TimeZone>`,
      ),
    ),
  );
  const { answer, warnings } = planned({ [PANTHER]: master });
  assert.doesNotMatch(answer, /SENSITIVE|AutoLogon/);
  assert.match(answer, /<TimeZone>UTC/);
  assert.match(warnings.join(), /LocalAccount, AutoLogon can no longer come from it/);
});

test('another way to join takes the place of the old one; time-outs and logging stay', () => {
  const master = answerFile(
    pass(
      'specialize',
      component(
        'UnattendedJoin',
        '<Identification><Credentials><Domain>d</Domain><Username>u</Username><Password>p</Password></Credentials>' +
          '<JoinDomain>d</JoinDomain><DebugJoin>true</DebugJoin></Identification>',
      ),
    ),
  );
  const { answer } = planned({ [SYSPREP]: master }, { ...PLAIN, domain: { kind: 'workgroup', name: 'W' } });
  assert.match(
    answer,
    /<Identification><DebugJoin>true<\/DebugJoin><JoinWorkgroup>W<\/JoinWorkgroup><\/Identification>/,
  );
});

test('an account that the master’s file makes is changed in its place, others stay', () => {
  const account = (name: string): string =>
    `<LocalAccount><!-- ${name} --><Name>${name}</Name><Group>Power Users</Group></LocalAccount>`;
  const master = answerFile(
    pass(
      'oobeSystem',
      component(
        'Shell-Setup',
        `<UserAccounts><LocalAccounts>${account('Pupil')}${account('other')}</LocalAccounts></UserAccounts>`,
      ),
    ),
  );
  const { answer } = planned({ [SYSPREP]: master }, { ...PLAIN, accounts: FULL.accounts.slice(0, 1) });
  assert.ok(answer.includes('<!-- Pupil --><Name>pupil</Name><Group>Users</Group><Password><Value>'));
  assert.ok(answer.includes(account('other')));
});

test('commands of the master come first; ours of an earlier order go', () => {
  const command = (order: number, description: string): string =>
    `<RunSynchronousCommand><Order>${order}</Order><Description>${description}</Description><Path>x</Path></RunSynchronousCommand>`;
  const master = answerFile(
    pass(
      'specialize',
      component(
        'Deployment',
        `<RunSynchronous>${command(1, 'Mimeo: stale')}${command(7, 'own')}</RunSynchronous>`,
      ),
    ),
  );
  const { answer } = planned({ [SYSPREP]: master }, { ...PLAIN, registryFiles: [reg('a.reg')] });
  assert.deepEqual(
    [...answer.matchAll(/<Order>(\d+)<\/Order>\s*<Description>([^<]*)/g)]
      .slice(0, 2)
      .map(([, ...rest]) => rest),
    [
      ['7', 'own'],
      ['8', 'Mimeo: import a.reg'],
    ],
  );
  assert.doesNotMatch(answer, /stale/);
});

test('a file that the registry names says the same; one on another drive is pointed out', () => {
  const explicit = { ...TEN, unattendFile: '%SystemDrive%\\Answers\\u.xml' };
  const { files } = planned({ 'Answers\\u.xml': named('OLD') }, PLAIN, explicit);
  assert.deepEqual(Object.keys(files), ['Answers\\u.xml', PANTHER]);
  assert.equal(files['Answers\\u.xml'], files[PANTHER]);
  assert.ok(pathsOfWindows(PLAIN, explicit).some((path) => path.join('\\') === 'Answers\\u.xml'));
  assert.match(planned({}, PLAIN, { ...TEN, unattendFile: 'E:\\u.xml' }).warnings.join(), /names E:\\u\.xml/);
});

test('what a technician should know is said', () => {
  const warned = (settings: HostSettings, facts: WindowsFacts, files = {}): string =>
    planned(files, settings, facts).warnings.join();
  const answered = { ...PLAIN, windows: { ...PLAIN.windows, skipQuestions: true } };
  const french = { ...PLAIN, region: { ...PLAIN.region, language: 'fr-FR' } };
  assert.match(warned(french, TEN), /speaks en-US, de-DE, not fr-FR/);
  assert.equal(warned(french, { ...TEN, languages: [] }), '');
  assert.match(warned(answered, TEN), /asks for its first user/);
  const yukon = { ...PLAIN, region: { ...PLAIN.region, timeZone: 'America/Whitehorse' } };
  assert.match(warned(yukon, { ...TEN, build: 7601 }), /Yukon Standard Time came to Windows by an update/);
  assert.equal(warned(yukon, TEN), '');
  const x86 = { [SYSPREP]: answerFile(pass('specialize', component('Deployment', '<A>1</A>', 'x86'))) };
  assert.match(warned(PLAIN, TEN, x86), /Deployment for another architecture only/);
});

test('orders and files that cannot be carried out are refused', () => {
  const refuses = (code: string, files: Record<string, string>, settings = PLAIN, facts = TEN): void =>
    assert.throws(
      () => planned(files, settings, facts),
      (error) => error instanceof MimeoError && error.code === code,
    );
  refuses('personalise-order', {}, { ...PLAIN, computerName: 'PC 1' });
  refuses('personalise-order', {}, { ...PLAIN, region: { ...PLAIN.region, timeZone: 'Europe/Atlantis' } });
  const offline = { ...PLAIN, domain: { kind: 'offline' as const, domain: 'd', blob: 'QQ==' } };
  refuses('personalise-order', {}, offline, { ...TEN, build: 6002 });
  refuses('personalise-order', {}, PLAIN, { ...TEN, firstBootCommand: 'x'.repeat(260) });
  refuses('unattend-invalid', { [SYSPREP]: '<unattend>' });
  refuses('unattend-invalid', { [SYSPREP]: '<unattend/>' });
  refuses('personalise-ambiguous', {
    [SYSPREP]: named('A'),
    'Windows\\System32\\Sysprep\\UNATTEND.XML': named('B'),
  });
  const broken = planned({ [SYSPREP]: named('A'), 'unattend.xml': '<' });
  assert.match(broken.warnings.join(), /C:\\unattend\.xml, line 1.*not needed/);
});
