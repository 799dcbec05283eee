import assert from 'node:assert/strict';
import { test } from 'node:test';
import { junk } from './junk.ts';
import { oddFiles } from './odd-files.ts';
import { realFiles } from './real-files.ts';
import { SYSPREP_INF } from './windows-files.ts';

const limits = { maxFiles: 300, maxBytes: 5_000_000 };

test('the same real files are chosen each time, within the limits', () => {
  const chosen = realFiles(limits);
  assert.ok(chosen.length > 100, `${chosen.length} files found on this machine`);
  assert.ok(chosen.length <= limits.maxFiles);
  assert.deepEqual(realFiles(limits), chosen);
});

test('no two paths are one to Windows, and each name is short enough', () => {
  const entries = [...oddFiles(), ...realFiles(limits)];
  const paths = entries.map(({ path }) => path.toLowerCase());
  assert.equal(new Set(paths).size, paths.length);
  for (const name of entries.flatMap(({ path }) => path.split('/'))) assert.ok(name.length <= 255, name);
});

test('junk is the same for the same seed and does not compress', async () => {
  const { zstdCompressSync } = await import('node:zlib');
  assert.deepEqual(junk('a', 1000), junk('a', 1000));
  assert.notDeepEqual(junk('a', 1000), junk('b', 1000));
  assert.ok(zstdCompressSync(junk('a', 100_000)).length >= 100_000);
});

test('sysprep.inf is Windows-1252 with CRLF, and no UTF-8', () => {
  assert.throws(() => new TextDecoder('utf8', { fatal: true }).decode(SYSPREP_INF));
  assert.match(new TextDecoder('windows-1252').decode(SYSPREP_INF), /für die Rechner der Schule[^\n]*\r\n/);
  assert.doesNotMatch(SYSPREP_INF.toString('latin1'), /[^\r]\n/);
});
