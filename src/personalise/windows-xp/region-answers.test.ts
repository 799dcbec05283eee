import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Region } from '../settings.ts';
import { windowsTimeZones } from '../time-zones.ts';
import { writeAnswer } from './answer.ts';
import { iniSection } from './ini.ts';
import { languageGroup } from './language-groups.ts';
import { regionAnswers, timeZoneAnswers } from './region-answers.ts';
import { xpTimeZone, xpTimeZones } from './xp-time-zones.ts';

const NOTHING: Region = { language: null, formats: null, keyboard: null, timeZone: null };

function regional(region: Partial<Region>, inf = '') {
  const { answers, warnings } = regionAnswers({ ...NOTHING, ...region }, inf);
  return { lines: iniSection(answers.reduce(writeAnswer, inf), 'RegionalSettings'), warnings };
}

test('languages, formats and keyboard as XP numbers them', () => {
  assert.deepEqual(regional({ language: 'de-DE', formats: 'de-AT', keyboard: 'de-CH' }), {
    lines: ['LanguageGroup=1', 'SystemLocale=00000407', 'UserLocale=00000c07', 'InputLocale=0807:00000807'],
    warnings: [],
  });
  assert.deepEqual(regional({ keyboard: '0409:00020409' }).lines, ['InputLocale=0409:00020409']);
  assert.deepEqual(regional({}).lines, []);
});

test('what the file has in another form stays; groups are added in the form of the list', () => {
  const inf =
    '[RegionalSettings]\r\nLanguageGroup="9","1"\r\nSystemLocale=0415\r\nUserLocale_DefaultUser = "0409"\r\nInputLocale="0415:00000415"\r\n';
  assert.deepEqual(regional({ language: 'pl-PL' }, inf).lines, [
    'LanguageGroup="9","1","2"',
    'SystemLocale=0415',
    'UserLocale_DefaultUser = "00000415"',
    'InputLocale="0415:00000415"',
    'UserLocale=00000415',
  ]);
  assert.deepEqual(
    regional({ language: 'pl-PL' }, '[RegionalSettings]\r\nLanguageGroup=02\r\n').lines[0],
    'LanguageGroup=02',
  );
});

test('a Language that hides the rest is written out', () => {
  const inf = '[RegionalSettings]\r\nLanguage="00000407"\r\nLanguageGroup=1\r\n';
  assert.deepEqual(regional({ formats: 'fr-CH' }, inf).lines, [
    'LanguageGroup=1',
    'SystemLocale=00000407',
    'UserLocale=0000100c',
    'InputLocale=0407:00000407',
  ]);
});

test('what XP may not have is said', () => {
  assert.match(regional({ language: 'ja-JP' }).warnings.join(), /group 7/);
  assert.match(regional({ language: 'de-XX' }).warnings.join(), /does not know de-XX as a language/);
  assert.match(
    regional({
      keyboard: '0411:{03B5835F-F03C-411B-9CE2-AA23E1171E36}{A76C93D9-5523-4E90-AAFA-4DB112F9AC76}',
    }).warnings.join(),
    /takes no keyboard/,
  );
});

test('time zones have the numbers of XP, or none and a warning', () => {
  const zone = (timeZone: string) => timeZoneAnswers({ ...NOTHING, timeZone });
  assert.equal(zone('Europe/Berlin').answers[0]?.written, '110');
  assert.equal(zone('Europe/London').answers[0]?.written, '85');
  assert.equal(zone('America/New_York').answers[0]?.written, '35');
  assert.equal(zone('Asia/Kolkata').answers[0]?.written, '190');
  assert.equal(zone('Asia/Kabul').answers[0]?.written, '175');
  assert.equal(zone('Etc/GMT-3').answers[0]?.written, '155');
  assert.deepEqual(zone('Europe/Istanbul').answers, []);
  assert.match(zone('Europe/Istanbul').warnings.join(), /Europe\/Istanbul/);
  assert.match(zone('Mars/Olympus').warnings.join(), /Mars/);
  assert.ok(zone('Europe/Berlin').answers[0]?.sameAs('0110'), 'a leading zero changes nothing');
});

test('every name in the table of numbers is one that a zone can have, bar those Vista renamed', () => {
  const unknown = xpTimeZones().filter((name) => !windowsTimeZones().includes(name));
  assert.deepEqual(unknown, ['Mexico Standard Time 2', 'Mexico Standard Time', 'Mid-Atlantic Standard Time']);
  assert.equal(xpTimeZone('Yukon Standard Time'), null);
});

test('language groups', () => {
  const groups: readonly (readonly [number, number])[] = [
    [0x407, 1],
    [0x415, 2],
    [0x41a, 2],
    [0x427, 3],
    [0x408, 4],
    [0x419, 5],
    [0xc1a, 5],
    [0x81a, 2],
    [0x41f, 6],
    [0x82c, 5],
    [0x42c, 6],
    [0x411, 7],
    [0x412, 8],
    [0x404, 9],
    [0xc04, 9],
    [0x804, 10],
    [0x1004, 10],
    [0x41e, 11],
    [0x40d, 12],
    [0x401, 13],
    [0x429, 13],
    [0x42a, 14],
    [0x439, 15],
    [0x437, 16],
    [0x42b, 17],
    [0x43e, 1],
  ];
  for (const [lcid, group] of groups) assert.equal(languageGroup(lcid), group, lcid.toString(16));
});
