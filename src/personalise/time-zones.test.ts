import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRecentTimeZone, windowsTimeZone, windowsTimeZones } from './time-zones.ts';

test('IANA names, old and new, find the zone of Windows', () => {
  const expected = {
    'Europe/Berlin': 'W. Europe Standard Time',
    'europe/zurich': 'W. Europe Standard Time',
    'Europe/Paris': 'Romance Standard Time',
    'Europe/Kyiv': 'FLE Standard Time',
    'Europe/Kiev': 'FLE Standard Time',
    'Asia/Kolkata': 'India Standard Time',
    'Asia/Calcutta': 'India Standard Time',
    'America/New_York': 'Eastern Standard Time',
    'US/Eastern': 'Eastern Standard Time',
    'America/Cancun': 'Eastern Standard Time (Mexico)',
    'Asia/Almaty': 'West Asia Standard Time',
    UTC: 'UTC',
    'Etc/GMT+11': 'UTC-11',
  };
  for (const [iana, windows] of Object.entries(expected)) assert.equal(windowsTimeZone(iana), windows, iana);
  assert.equal(windowsTimeZone('Europe/Atlantis'), null);
  assert.equal(windowsTimeZone(''), null);
});

test('every time zone this system knows has one, but for Troll', () => {
  const without = Intl.supportedValuesOf('timeZone').filter((zone) => windowsTimeZone(zone) === null);
  assert.deepEqual(
    without.filter((zone) => zone !== 'Antarctica/Troll'),
    [],
  );
});

test('names are those of Windows: 139, at most 31 characters, and the recent ones are told', () => {
  const names = windowsTimeZones();
  assert.equal(names.length, 139);
  assert.deepEqual(
    names.filter((name) => name.length > 31 || !/^[A-Z][\w.+() -]+$/.test(name)),
    [],
  );
  assert.equal(names.filter(isRecentTimeZone).length, 45);
  assert.ok(!isRecentTimeZone('W. Europe Standard Time'));
});
