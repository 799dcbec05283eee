import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isWindowsKeyboard, windowsLocale, windowsLocales } from './locales.ts';

test('locales by name, in any case, with the language identifier and the usual layout', () => {
  assert.deepEqual(windowsLocale('DE-de'), { name: 'de-DE', lcid: 0x407, keyboard: '0407:00000407' });
  assert.deepEqual(windowsLocale('fr-ca'), { name: 'fr-CA', lcid: 0xc0c, keyboard: '0c0c:00001009' });
  assert.equal(windowsLocale('de-CH')?.keyboard, '0807:00000807');
  assert.equal(windowsLocale('es-AR')?.keyboard, '2c0a:0000080a');
  assert.equal(windowsLocale('nl-NL')?.keyboard, '0413:00020409');
  assert.equal(windowsLocale('sr-latn-rs')?.name, 'sr-Latn-RS');
  assert.equal(windowsLocale('de'), null);
  assert.equal(windowsLocale('xx-XX'), null);
});

test('no row twice, none misspelt', () => {
  const all = windowsLocales();
  assert.equal(all.length, 223);
  assert.equal(new Set(all.map(({ lcid }) => lcid)).size, all.length);
  for (const { name, keyboard } of all) {
    assert.ok(isWindowsKeyboard(keyboard), name);
    assert.match(name, /^[a-z]{2,3}(-[A-Z][a-z]{3})?-([A-Z]{2}|\d{3})(-valencia)?$/);
  }
});

test('a keyboard in the form of Windows', () => {
  assert.ok(isWindowsKeyboard('0407:00000407'));
  assert.ok(
    isWindowsKeyboard('0804:{81D4E9C9-1D3B-41BC-9E6C-4B40BF79E35E}{FA550B04-5AD7-411f-A5AC-CA038EC515D7}'),
  );
  for (const wrong of ['de-DE', '407:407', '0407:00000407;0409:00000409', '0407:0000040g', '']) {
    assert.ok(!isWindowsKeyboard(wrong), wrong);
  }
});
