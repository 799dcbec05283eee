import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MimeoError } from '../../errors.ts';
import type { RecognisedWindows } from '../recognise/facts.ts';
import type { HostSettings } from '../settings.ts';
import { pathsToRemove } from './clean-up.ts';
import { type WindowsFacts, windowsFactsOf } from './facts.ts';
import { planWindows } from './plan.ts';
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

function answered(files: Record<string, string>, settings: HostSettings, facts: WindowsFacts = TEN): string {
  return after(files, planWindows(settings, facts, volume(files)).edits)[PANTHER] ?? '';
}

test('the part for another architecture stays as it is', () => {
  const x86 = component('Shell-Setup', '<ComputerName>X86</ComputerName>', 'x86');
  const both = answerFile(
    pass('specialize', x86 + component('Shell-Setup', '<ComputerName>*</ComputerName>')),
  );
  const answer = answered({ [SYSPREP]: both }, PLAIN);
  assert.ok(answer.includes(x86));
  assert.ok(answer.includes('<ComputerName>RM101-PC05</ComputerName>'));
});

test('Panther\\Unattend comes before Panther', () => {
  const comment = (word: string): string => named('X').replace('<settings', `<!-- ${word} --><settings`);
  const files = {
    [PANTHER]: comment('second'),
    'Windows\\Panther\\Unattend\\autounattend.xml': comment('first'),
  };
  assert.match(answered(files, PLAIN), /<!-- first -->/);
});

test('where nobody is to be asked, the image’s language answers what neither profile nor master say', () => {
  const master = answerFile(
    pass('oobeSystem', component('International-Core', '<UserLocale>fr-FR</UserLocale>')),
  );
  const silent = { ...PLAIN, windows: { ...PLAIN.windows, skipQuestions: true } };
  const answer = answered({ [SYSPREP]: master }, silent);
  assert.match(
    answer,
    /<UserLocale>fr-FR<\/UserLocale><InputLocale>en-US<\/InputLocale><SystemLocale>en-US<\/SystemLocale>/,
  );
  assert.doesNotMatch(answered({}, PLAIN), /International-Core/);
});

test('what a version does not know is not written', () => {
  const seven = answered({}, FULL, { ...TEN, build: 7601 });
  assert.doesNotMatch(seven, /PreventDeviceEncryption|HideOnlineAccountScreens|HideOEMRegistrationScreen/);
  assert.doesNotMatch(answered({}, FULL, { ...TEN, build: 6002 }), /HideWirelessSetupInOOBE/);
  assert.doesNotMatch(answered({}, FULL, { ...TEN, architecture: 'x86' }), /PreventDeviceEncryption/);
});

test('a keyboard may be given as Windows writes it, several by semicolons', () => {
  const keyboard = '0407:00000407;en-gb';
  const answer = answered({}, { ...PLAIN, region: { ...PLAIN.region, keyboard } });
  assert.match(answer, /<InputLocale>0407:00000407;en-GB<\/InputLocale>/);
});

test('a domain account logs on by itself with its domain, a local one of a joined host with a dot', () => {
  const domain = { kind: 'offline' as const, domain: 'school.example', blob: 'QQ==' };
  const logon = (account: string): string =>
    answered(
      {},
      { ...PLAIN, domain, windows: { ...PLAIN.windows, autoLogon: { account, password: 'x', count: 1 } } },
    );
  assert.match(logon('SCHOOL\\kiosk'), /<Username>kiosk<\/Username>\s*<Domain>SCHOOL</);
  assert.match(logon('kiosk'), /<Username>kiosk<\/Username>\s*<Domain>\.</);
});

test('the first-boot service removes the answer file, but not before the first logon has read it', () => {
  const facts = { ...TEN, firstBootCommand: 'C:\\start.cmd' };
  const removed = (settings: HostSettings, files = {}): string[] =>
    pathsToRemove(settings, facts, volume(files)).map((path) => path.join('\\'));
  assert.ok(removed(PLAIN).includes(PANTHER));
  assert.ok(removed(PLAIN).includes('Mimeo\\registry'));
  assert.doesNotMatch(answered({}, PLAIN, facts), /del \/f/);

  const waiting = { ...PLAIN, registryFiles: [reg('a.first-logon.reg')] };
  assert.ok(!removed(waiting).includes(PANTHER));
  assert.match(
    answered({}, waiting, facts),
    /<Order>2<\/Order>[^/]*\/Description>\s*<CommandLine>[^<]* \/f \/q C:/,
  );

  const own =
    '<FirstLogonCommands><SynchronousCommand><Order>1</Order></SynchronousCommand></FirstLogonCommands>';
  const master = { [SYSPREP]: answerFile(pass('oobeSystem', component('Shell-Setup', own))) };
  assert.ok(!removed(PLAIN, master).includes(PANTHER));
});

test('a Windows of unknown version or architecture is refused', () => {
  const found: RecognisedWindows = {
    system: 'windows',
    folder: 'Windows',
    generation: null,
    words: 'Windows',
    productName: null,
    edition: null,
    release: null,
    build: 19045,
    isServer: null,
    installationType: null,
    architecture: 'amd64',
    language: 'en-US',
    languages: ['en-US', 'de-DE'],
    computerName: null,
    membership: null,
    sealed: { sealed: true, because: '' },
    unattendFile: null,
    hibernated: false,
    fastStartup: null,
    warnings: [],
  };
  assert.deepEqual(windowsFactsOf(found, null), TEN);
  for (const unknown of [{ build: null }, { architecture: null }]) {
    assert.throws(
      () => windowsFactsOf({ ...found, ...unknown }, null),
      (error) => error instanceof MimeoError && error.code === 'personalise-order',
    );
  }
});
