import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MimeoError } from '../../errors.ts';
import {
  cmdCommand,
  cmdFile,
  cmdPath,
  cmdWord,
  jsonWord,
  powershellString,
  unicodeFile,
} from './script-text.ts';

const refused = (act: () => unknown): void => {
  assert.throws(act, (error) => error instanceof MimeoError && error.code === 'first-boot-text');
};

test('a word of a .cmd file holds nothing that cmd.exe would read as something else', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      const harmless = /^[\x20-\x7e]*$/.test(value) && !/["%!^&|<>]/.test(value);
      if (!harmless) return refused(() => cmdWord(value, 'It'));
      assert.match(cmdWord(value, 'It'), /^"[^"%]*"$/);
    }),
  );
  assert.equal(cmdWord('C:\\a b\\', 'It'), '"C:\\a b\\\\"');
  assert.throws(() => cmdWord('a\nb', 'The name'), /The name \("a\\nb"\) has the character U\+000A/);
});

test('a path may begin with a folder as Windows calls it, and with no other variable', () => {
  assert.equal(cmdPath('%ProgramFiles(x86)%\\A\\a.exe', 'It'), '"%ProgramFiles(x86)%\\A\\a.exe"');
  refused(() => cmdPath('%PATH%\\a.exe', 'It'));
  refused(() => cmdPath('100%', 'It'));
});

test('a command stays as it was written, on one line', () => {
  assert.equal(cmdCommand('setup.exe /S "%TEMP%" && echo x', 'It'), 'setup.exe /S "%TEMP%" && echo x');
  refused(() => cmdCommand('a\r\nb', 'It'));
  refused(() => cmdCommand('größe.exe', 'It'));
  refused(() => cmdCommand('  ', 'It'));
});

test('a JSON string means what it was, in letters that every script carries', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      const word = jsonWord(value);
      assert.match(word, /^"[A-Za-z0-9 ._\\-]*"$/);
      assert.equal(JSON.parse(word), value);
    }),
  );
});

test('a string of PowerShell doubles each kind of single quote', () => {
  assert.equal(powershellString("It's a ‘B’", 'It'), "'It''s a ‘‘B’’'");
  refused(() => powershellString('a\nb', 'It'));
});

test('files have the line ends and the mark of Windows', () => {
  assert.equal(cmdFile('a\nb\r\nc\n').toString(), 'a\r\nb\r\nc\r\n');
  assert.equal(unicodeFile('ü\n').toString('hex'), 'fffefc000d000a00');
});
